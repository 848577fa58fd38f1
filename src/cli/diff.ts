import type { CaseChanges, PromptDiff, ScoreChange } from '../catalogue/compare.js';
import { EXIT } from '../exit-codes.js';
import { type DiffedPrompt, diff } from '../pipeline/diff.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { jsonText } from './json.js';
import { paint } from './paint.js';
import { table } from './table.js';

type Colors = ReturnType<typeof paint>;

/** `assay diff`: a prompt against what it was. */
export const command: CommandDefinition = {
  define(command_) {
    addConfigFlag(command_)
      .argument('<prompt>', 'a prompt by its id or file')
      .argument('<ref>', 'a commit: a branch, tag, hash, HEAD~3')
      .option('--json', 'print it as JSON');
    addExamples(command_, ['assay diff support/triage HEAD~1', 'assay diff support/triage origin/main --json']);
  },
  run: ([given = '', ref = ''], flags, world) => run(given, ref, flags, world),
};

async function run(
  given: string,
  ref: string,
  { config, json }: { config?: string; json?: boolean },
  world: World,
): Promise<number> {
  const found = await diff(given, ref, { cwd: world.cwd, ...(config !== undefined && { config }) }, world);
  const text = json ? jsonText(found) : screen(found, paint(world.stdout, world.env));
  world.stdout.write(text);
  return EXIT.passed;
}

const TEXTS = [
  ['template', 'Template, as the model sees it'],
  ['parameters', 'Parameters'],
  ['output', 'Schema of the answer'],
  ['tools', 'Tools'],
  ['input', 'Variables'],
  ['settings', 'Settings that no model sees'],
] as const satisfies (readonly [keyof PromptDiff, string])[];

function screen(found: DiffedPrompt, color: Colors): string {
  const { prompt, was, ref, commit, versions } = found;
  const at = `${ref} (${commit.slice(0, 7)})`;
  const blocks = TEXTS.flatMap(([key, title]) => {
    const lines = found[key];
    return lines
      ? [
          section(
            title,
            lines.map((line) => diffLine(line, color)),
            color,
          ),
        ]
      : [];
  });
  blocks.push(...casesBlock(found.cases, color), ...scoresBlock(found.scores, color));
  const head = `${color.bold(forTerminal(prompt))}  ${forTerminal(headline(versions, at))}\n`;
  const renamed = was === undefined ? '' : `It was ${forTerminal(was)} then.\n`;
  return [head + renamed, ...(blocks.length > 0 ? blocks : ['Nothing differs.\n'])].join('\n');
}

function headline({ before, after }: PromptDiff['versions'], at: string): string {
  if (before === null) return `version ${after}; there was none at ${at}`;
  if (after === null) return `version ${before} at ${at}; there is none now`;
  return before === after ? `version ${after}, as at ${at}` : `version ${before} at ${at} → ${after}`;
}

function section(title: string, lines: readonly string[], color: Colors): string {
  return `${color.bold(title)}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function diffLine(line: string, color: Colors): string {
  const text = forTerminal(line);
  if (line.startsWith('+')) return color.green(text);
  return line.startsWith('-') ? color.red(text) : color.dim(text);
}

function casesBlock(cases: CaseChanges | null, color: Colors): string[] {
  if (!cases) return [section('Cases', ['those of the commit cannot be read'], color)];
  const lines = [
    ...cases.added.map((id) => color.green(`+ ${forTerminal(id)}`)),
    ...cases.removed.map((id) => color.red(`- ${forTerminal(id)}`)),
    ...cases.changed.map((each) => `~ ${forTerminal(each.case)}  ${color.dim(each.what.join(', '))}`),
  ];
  return lines.length > 0 ? [section('Cases', lines, color)] : [];
}

function scoresBlock(scores: readonly ScoreChange[], color: Colors): string[] {
  if (scores.length === 0) return [];
  const text = (value: number | null): string => (value === null ? '-' : value.toFixed(3));
  const rows = scores.map(({ model, metric, before, after }) => [
    forTerminal(model),
    forTerminal(metric),
    text(before),
    text(after),
    before === null || after === null ? '' : `${after < before ? '' : '+'}${(after - before).toFixed(3)}`,
  ]);
  const head = ['model', 'metric', 'before', 'after', 'change'];
  return [section('Accepted scores', table([head, ...rows], { right: new Set([2, 3, 4]) }), color)];
}
