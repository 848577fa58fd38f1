import { InvalidArgumentError } from 'commander';
import { EXIT } from '../exit-codes.js';
import { type Blame, type BlamedVersion, blame, type Drop } from '../pipeline/blame.js';
import { oneLine } from '../reports/ink.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { columnsOf, hanging } from './columns.js';
import { jsonText } from './json.js';
import { paint } from './paint.js';
import { proseTable, table } from './table.js';
import { wholeNumber } from './values.js';

type Colors = ReturnType<typeof paint>;

/** How many versions a screen shows, unless it is told. */
const SHOWN = 20;

interface BlameFlags {
  config?: string;
  limit?: number;
  json?: boolean;
}

/** `assay blame`: the versions of a prompt, who made them and why, and how they scored. */
export const command: CommandDefinition = {
  define(command_) {
    addConfigFlag(command_)
      .argument('<prompt>', 'a prompt by its id or file')
      .option('--limit <n>', `the newest versions only: ${SHOWN} by default, all with --json; or all`, limit)
      .option('--json', 'print it as JSON');
    addExamples(command_, ['assay blame support/triage', 'assay blame support/triage --limit all']);
    command_.addHelpText(
      'after',
      '\nA version is what a model sees: a changed partial makes a new one, a changed comment or owner does not. Scores are those of\nthe committed baselines. A drop is against the version before it whose scores were accepted; no model is asked.',
    );
  },
  run: ([given = ''], flags, world) => run(given, flags, world),
};

function limit(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  try {
    return wholeNumber(text);
  } catch {
    throw new InvalidArgumentError('Write a whole number from 1 to 99999, or all.');
  }
}

async function run(given: string, { config, limit: most, json }: BlameFlags, world: World): Promise<number> {
  const shown = most ?? (json ? Number.POSITIVE_INFINITY : SHOWN);
  const found = await blame(given, { cwd: world.cwd, limit: shown, ...(config !== undefined && { config }) });
  const width = columnsOf(world.stdout, Number.POSITIVE_INFINITY);
  world.stdout.write(json ? jsonText(found) : blameScreen(found, paint(world.stdout, world.env), width));
  return EXIT.passed;
}

function blameScreen(
  { prompt, versions, more, shallow, elsewhere, drops }: Blame,
  color: Colors,
  width: number,
): string {
  const count = versions.length + more === 1 ? '1 version' : `${versions.length + more} versions`;
  return [
    `${color.bold(oneLine(prompt))}  ${count}, the newest first\n\n`,
    ...lines(versionLines(versions, color, width)),
    ...(more > 0 ? lines([color.dim(`and ${more} older: --limit all`)]) : []),
    ...(shallow ? lines([color.yellow('this clone is shallow: older versions are not in it (fetch-depth: 0)')]) : []),
    ...(elsewhere === undefined
      ? []
      : lines([
          color.yellow(`it lay outside of this project before, as ${oneLine(elsewhere)}: versions there are not read`),
        ])),
    ...section('Accepted scores', scoreLines(versions, color), color),
    ...section('Where accepted scores fell', dropLines(drops, color), color),
    ...lines(remedies(prompt, drops, width)),
  ].join('');
}

function lines(texts: readonly string[]): string[] {
  return texts.map((text) => `${' '.repeat(INDENT)}${text}\n`);
}

function section(title: string, texts: readonly string[], color: Colors): string[] {
  return texts.length === 0 ? [] : [`\n${color.bold(title)}\n`, ...lines(texts)];
}

type Brush = (text: string) => string;

/** Lines, each with its own colour; the first is the head of a table. */
function colored(rows: readonly string[], brushes: readonly (Brush | undefined)[]): string[] {
  return rows.map((line, index) => brushes[index]?.(line) ?? line);
}

/** Blanks before what stands under a title. */
const INDENT = 2;

function versionLines(versions: readonly BlamedVersion[], color: Colors, width: number): string[] {
  const rows = versions.map(({ version, date, author, commit, why, whyFrom, state }) => ({
    cells: [version, date?.slice(0, 10) ?? '-', oneLine(author ?? '-'), commit?.slice(0, 7) ?? '-'],
    prose: reason({ why, whyFrom, state }),
  }));
  const head = { cells: ['version', 'date', 'author', 'commit'], prose: 'why' };
  const brushes = versions.map(({ state }) => (state === 'committed' ? undefined : color.yellow));
  return colored(proseTable([head, ...rows], { width, indent: INDENT }), [color.dim, ...brushes]);
}

function reason({ why, whyFrom, state }: Pick<BlamedVersion, 'why' | 'whyFrom' | 'state'>): string {
  if (state === 'before-clone') return 'made before this shallow clone begins';
  const text = whyFrom === 'commit' ? `${why} (commit message)` : why;
  if (state === 'committed') return text ?? '-';
  return text === null ? 'not committed' : `not committed: ${text}`;
}

function scoreLines(versions: readonly BlamedVersion[], color: Colors): string[] {
  const scored = versions.flatMap(({ version, scores }) => scores.map((each) => ({ ...each, version })));
  if (scored.length === 0) return [];
  const metrics = [...new Set(scored.flatMap((each) => Object.keys(each.metrics)))];
  const rows = scored.map(({ version, model, cases, date, metrics: means }) => [
    version,
    oneLine(model),
    date.slice(0, 10),
    String(cases),
    ...metrics.map((name) => means[name]?.toFixed(3) ?? '-'),
  ]);
  const head = ['version', 'model', 'accepted', 'cases', ...metrics.map(oneLine)];
  const right = new Set(head.map((_, index) => index).filter((index) => index > 2));
  return colored(table([head, ...rows], { right }), [color.dim]);
}

const WORDS: Partial<Record<Drop['verdict'], string>> = {
  regressed: 'more than chance explains',
  unchanged: 'less than matters',
};

function dropLines(drops: readonly Drop[], color: Colors): string[] {
  const rows = drops.map(({ metric, model, version, commit, since, before, after, delta, p, verdict }) => [
    oneLine(metric),
    oneLine(model),
    version,
    commit?.slice(0, 7) ?? '-',
    since,
    before.toFixed(3),
    after.toFixed(3),
    delta.toFixed(3).replace('-', '−'),
    p === undefined ? '-' : p < 0.001 ? '< 0.001' : p.toFixed(3),
    WORDS[verdict] ?? 'perhaps by chance',
  ]);
  const brushes = drops.map(({ verdict }) => (verdict === 'regressed' ? color.red : color.dim));
  const head = ['metric', 'model', 'version', 'commit', 'since', 'before', 'after', 'change', 'p', ''];
  const right = new Set([5, 6, 7, 8]);
  return drops.length === 0 ? [] : colored(table([head, ...rows], { right }), [color.dim, ...brushes]);
}

/** How to find which of several versions a drop is of, where those between were never accepted. */
function remedies(prompt: string, drops: readonly Drop[], width: number): string[] {
  const told = drops.flatMap(({ version, commit, since, sinceCommit, between }) => {
    if (between === 0) return [];
    const count = between === 1 ? '1 version' : `${between} versions`;
    const first = commit === null ? 'commit it, and ' : '';
    const ends = `--good ${sinceCommit.slice(0, 7)} --bad ${commit?.slice(0, 7) ?? 'HEAD'}`;
    return [
      `between ${since} and ${version}: ${count} never accepted, which may be to blame as well; ${first}run assay bisect ${oneLine(prompt)} ${ends}`,
    ];
  });
  return [...new Set(told)].map((text) => hanging(text, INDENT, width));
}
