import type { ShownConstraint } from '../catalogue/constraints.js';
import type { Event } from '../catalogue/history.js';
import type { AcceptedScores } from '../catalogue/scores.js';
import { EXIT } from '../exit-codes.js';
import { type ShownPartial, type ShownPrompt, show } from '../pipeline/show.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { percent } from './list.js';
import { paint } from './paint.js';
import { table } from './table.js';
import { problemScreen } from './trouble.js';

type Colors = ReturnType<typeof paint>;

/** `assay show`: one prompt, or one partial. */
export const command: CommandDefinition = {
  define(command_) {
    addConfigFlag(command_)
      .argument('<prompt>', 'a prompt by its id or file, or a partial by its file')
      .option('--json', 'print it as JSON');
    addExamples(command_, ['assay show support/triage', 'assay show evals/_partials/tone.md']);
  },
  run: ([given = ''], flags, world) => run(given, flags, world),
};

async function run(
  given: string,
  { config, json }: { config?: string; json?: boolean },
  world: World,
): Promise<number> {
  const shown = await show(given, { cwd: world.cwd, ...(config !== undefined && { config }) }, world);
  const color = paint(world.stdout, world.env);
  if (json) world.stdout.write(`${JSON.stringify(shown.kind === 'prompt' ? shown.prompt : shown.partial, null, 2)}\n`);
  else
    world.stdout.write(
      shown.kind === 'prompt' ? promptScreen(shown.prompt, color) : partialScreen(shown.partial, color),
    );
  if (shown.kind === 'prompt' || shown.partial.problems.length === 0) return EXIT.passed;
  world.stderr.write(problemScreen(shown.partial.problems, paint(world.stderr, world.env)));
  return EXIT.usage;
}

function promptScreen(prompt: ShownPrompt, color: Colors): string {
  const { id, version, path, cases, variables, parameters, tools } = prompt;
  const facts: [string, string][] = [
    ['owner', prompt.owner ?? ''],
    ['why', prompt.why ?? ''],
    ['tags', prompt.tags.join(', ')],
    ['models', prompt.models.join(', ')],
    ['parameters', Object.keys(parameters).length > 0 ? JSON.stringify(parameters) : ''],
    ['variables', variables.map(({ name, type, required }) => `${name}${required ? '' : '?'}: ${type}`).join(', ')],
    ['answer', `${prompt.answer}${prompt.structured === 'off' ? ' (not sent as a schema)' : ''}`],
    ['tools', tools.map(({ name }) => name).join(', ')],
    ['cases', `${cases.total}, ${cases.critical} of them critical, in ${cases.files.join(', ')}`],
    ['variant of', prompt.variantOf ?? ''],
    ['variants', prompt.variants.join(', ')],
    ['includes', prompt.includes.join(', ')],
  ];
  return [
    `${color.bold(forTerminal(id))}  ${version}  ${color.dim(forTerminal(path))}\n`,
    ...factLines(facts, color),
    ...section('Constraints', constraintLines(prompt.constraints, color), color),
    ...section('History', historyLines(prompt.history, version), color),
    ...section('Accepted scores', scoreLines(prompt.scores, version), color),
  ].join('');
}

function partialScreen({ path, includes, includedBy, constraints }: ShownPartial, color: Colors): string {
  const count = includedBy.length === 1 ? '1 prompt' : `${includedBy.length} prompts`;
  return [
    `${color.bold(forTerminal(path))}\n`,
    ...factLines([['includes', includes.join(', ')]], color),
    ...section(
      `Included by ${count}, directly or through other partials`,
      includedBy.map(({ prompt, path: file }) => `${prompt}  ${color.dim(forTerminal(file))}`),
      color,
    ),
    ...section('Constraints', constraintLines(constraints, color), color),
  ].join('');
}

function factLines(facts: readonly [string, string][], color: Colors): string[] {
  const given = facts.filter(([, value]) => value !== '');
  const width = Math.max(0, ...given.map(([name]) => name.length));
  return given.map(([name, value]) => `  ${color.dim(name.padEnd(width))}  ${forTerminal(value)}\n`);
}

function section(title: string, lines: readonly string[], color: Colors): string[] {
  return lines.length === 0 ? [] : [`\n${color.bold(title)}\n`, ...lines.map((line) => `  ${line}\n`)];
}

function constraintLines(constraints: readonly ShownConstraint[], color: Colors): string[] {
  return constraints.flatMap(({ why, text, place }) => [
    `${forTerminal(text)}  ${color.dim(`${place.file}:${place.line}`)}`,
    `    ${forTerminal(why)}`,
  ]);
}

function historyLines(history: readonly Event[], current: string): string[] {
  return history.map((each) => {
    const day = each.date.slice(0, 10);
    const version =
      each.version === undefined ? '' : `  ${each.version}${each.version === current ? ' (current)' : ''}`;
    if (each.event === 'changed') return forTerminal(`${day}  changed ${version}  ${each.why}`);
    const commit =
      each.commit === undefined ? '' : `  commit ${each.commit.slice(0, 7)}${each.dirty ? ' and changes' : ''}`;
    const pass = each.metrics.pass === undefined ? '' : `  pass ${percent(each.metrics.pass)}`;
    return forTerminal(`${day}  accepted${version}  ${each.model}${pass}${commit}`);
  });
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
  const lines = table([['model', 'version', 'cases', ...metrics.map(forTerminal)], ...rows], numbers);
  return scores.some(({ version }) => version !== current) ? [...lines, '* an earlier version'] : lines;
}
