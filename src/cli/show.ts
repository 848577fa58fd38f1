import type { ShownConstraint } from '../catalogue/constraints.js';
import type { Event } from '../catalogue/history.js';
import type { AcceptedScores } from '../catalogue/scores.js';
import { EXIT } from '../exit-codes.js';
import { type ShownPartial, type ShownPrompt, show } from '../pipeline/show.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { columnsOf, hanging } from './columns.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { jsonText } from './json.js';
import { percent } from './list.js';
import { paint } from './paint.js';
import { table } from './table.js';
import { problemScreen } from './trouble.js';

/** What is written on. */
interface Page {
  color: ReturnType<typeof paint>;
  width: number;
}

/** `assay show`: one prompt, or one partial. */
export const command: CommandDefinition = {
  define(command_) {
    addConfigFlag(command_)
      .argument('<prompt>', 'a prompt by its id or file, or a partial by its file')
      .option('--json', 'print it as JSON');
    addExamples(command_, ['assay show support/triage', 'assay show evals/_partials/tone.md']);
    command_.addHelpText(
      'after',
      '\nIts history is that of its changelog and baseline; `assay blame` lists every version with its commit.',
    );
  },
  run: ([given = ''], flags, world) => run(given, flags, world),
};

async function run(
  given: string,
  { config, json }: { config?: string; json?: boolean },
  world: World,
): Promise<number> {
  const shown = await show(given, { cwd: world.cwd, ...(config !== undefined && { config }) }, world);
  const page: Page = { color: paint(world.stdout, world.env), width: columnsOf(world.stdout) };
  if (json) world.stdout.write(jsonText(shown.kind === 'prompt' ? shown.prompt : shown.partial));
  else
    world.stdout.write(shown.kind === 'prompt' ? promptScreen(shown.prompt, page) : partialScreen(shown.partial, page));
  if (shown.kind === 'prompt' || shown.partial.problems.length === 0) return EXIT.passed;
  world.stderr.write(problemScreen(shown.partial.problems, paint(world.stderr, world.env)));
  return EXIT.usage;
}

function promptScreen(prompt: ShownPrompt, page: Page): string {
  const { id, version, path, variables, parameters, tools } = prompt;
  const { color } = page;
  const facts: [string, string][] = [
    ['owner', prompt.owner ?? ''],
    ['why', prompt.why ?? ''],
    ['tags', prompt.tags.join(', ')],
    ['models', prompt.models.join(', ')],
    ['parameters', Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : ''],
    ['variables', variables.map(({ name, type, required }) => `${name}${required ? '' : '?'}: ${type}`).join(', ')],
    ['answer', `${prompt.answer}${prompt.structured === 'off' ? ' (not sent as a schema)' : ''}`],
    ['tools', tools.map(({ name }) => name).join(', ')],
    ['cases', casesText(prompt.cases)],
    ['variant of', prompt.variantOf ?? ''],
    ['variants', prompt.variants.join(', ')],
    ['includes', prompt.includes.join(', ')],
  ];
  return [
    `${color.bold(forTerminal(id))}  ${version}  ${color.dim(forTerminal(path))}\n`,
    ...factLines(facts, page),
    ...section('Constraints', constraintLines(prompt.constraints, page), page),
    ...section('History', historyLines(prompt.history, version, page), page),
    ...section('Accepted scores', scoreLines(prompt.scores, version), page),
  ].join('');
}

function casesText({ total, critical, files }: ShownPrompt['cases']): string {
  return `${total}${critical > 0 ? `, ${critical} of them critical,` : ''} in ${files.join(', ')}`;
}

function partialScreen({ path, includes, includedBy, constraints }: ShownPartial, page: Page): string {
  const { color } = page;
  const count = includedBy.length === 1 ? '1 prompt' : `${includedBy.length} prompts`;
  const includers = table(includedBy.map(({ prompt, path: file }) => [forTerminal(prompt), forTerminal(file)]));
  return [
    `${color.bold(forTerminal(path))}\n`,
    ...factLines([['includes', includes.join(', ')]], page),
    ...(includers.length > 0
      ? section(`Included by ${count}, directly or through other partials`, includers, page)
      : ['\nNo prompt includes it.\n']),
    ...section('Constraints', constraintLines(constraints, page), page),
  ].join('');
}

function factLines(facts: readonly [string, string][], { color, width: columns }: Page): string[] {
  const given = facts.filter(([, value]) => value !== '');
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `  ${color.dim(name.padEnd(width))}  ${hanging(value, width + 4, columns)}\n`);
}

function section(title: string, lines: readonly string[], { color }: Page): string[] {
  return lines.length === 0 ? [] : [`\n${color.bold(title)}\n`, ...lines.map((line) => `  ${line}\n`)];
}

function constraintLines(constraints: readonly ShownConstraint[], { color, width }: Page): string[] {
  return constraints.flatMap(({ why, text, place }) => [
    color.dim(forTerminal(`${place.file}:${place.line}`)),
    `  ${hanging(text, 4, width)}`,
    `  ${hanging(`why: ${why}`, 4, width)}`,
  ]);
}

function historyLines(history: readonly Event[], current: string, { width }: Page): string[] {
  return history.map((each) => {
    const { version } = each;
    const known = version === undefined ? [] : [`${version}${version === current ? ' (current)' : ''}`];
    const head = forTerminal(`${each.date.slice(0, 10)}  ${each.event.padEnd('accepted'.length)}  `);
    const told = each.event === 'changed' ? [...known, each.why] : [...known, each.model, ...acceptedWith(each)];
    return `${head}${hanging(told.join(', '), head.length + 2, width)}`;
  });
}

function acceptedWith({ metrics, commit, dirty }: Extract<Event, { event: 'accepted' }>): string[] {
  return [
    ...(metrics.pass === undefined ? [] : [`pass ${percent(metrics.pass)}`]),
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 7)}${dirty ? ' and changes' : ''}`]),
  ];
}

function scoreLines(scores: readonly AcceptedScores[], current: string): string[] {
  if (scores.length === 0) return [];
  const metrics = [...new Set(scores.flatMap((each) => Object.keys(each.metrics)))];
  const rows = scores.map((each) => [
    forTerminal(each.model),
    `${each.version}${each.version === current ? '' : '*'}`,
    String(each.cases),
    ...metrics.map((name) => (each.metrics[name] === undefined ? '-' : each.metrics[name].toFixed(3))),
  ]);
  const numbers = new Set(Array.from({ length: metrics.length + 1 }, (_, index) => index + 2));
  const lines = table([['model', 'version', 'cases', ...metrics.map(forTerminal)], ...rows], { right: numbers });
  return scores.some(({ version }) => version !== current) ? [...lines, '* an earlier version'] : lines;
}
