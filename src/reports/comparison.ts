import type { Comparison, EvalComparison } from '../vocabulary.js';
import { type Ink, inkFor, type Meaning, oneLine } from './ink.js';
import { evalFacts } from './json.js';
import type { Screen } from './terminal.js';
import { changeTexts, metricLines } from './terminal-eval.js';
import { wrapped } from './width.js';
import { evalName, usageChangeTexts } from './words.js';
import { plural } from '../words.js';

/** Two sides, compared: what `assay compare` shows. */
export interface ComparisonInput {
  before: { title: string; kind: string };
  after: { title: string; kind: string };
  comparison: Comparison;
  /** Evals that only the first side has. */
  gone: { prompt: string; model: string }[];
  notes: string[];
}

/** Two sides for people: a table per eval, then how many of each kind there are. */
export function* renderComparison(input: ComparisonInput, screen: Screen): Generator<string> {
  const ink = inkFor(screen.color);
  const width = Math.max(40, screen.width);
  yield block([...titleLines('A', input.before, ink, width), ...titleLines('B', input.after, ink, width)]);
  for (const evaluation of input.comparison.evals) yield `\n${block(evalLines(evaluation, ink, width))}`;
  const gone = input.gone.map(({ prompt, model }) => `only in A: ${evalName({ prompt: { id: prompt }, model })}`);
  const notes = [...input.notes, ...gone].flatMap((note) => hanging(note, '', ink, width, 'aside'));
  yield `\n${block([...notes, ...totalLines(input.comparison, ink, width)])}`;
}

/** The same for programs: `evals[]` as in report.json, without results. */
export function comparisonFacts({ before, after, comparison, gone, notes }: ComparisonInput): Record<string, unknown> {
  return {
    before: { title: before.title, kind: before.kind },
    after: { title: after.title, kind: after.kind },
    evals: comparison.evals.map(evalFacts),
    gone,
    notes,
  };
}

function block(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

function titleLines(name: string, { title }: { title: string }, ink: Ink, width: number): string[] {
  return hanging(title, `${name}  `, ink, width);
}

function evalLines(evaluation: EvalComparison, ink: Ink, width: number): string[] {
  const { prompt, baseline, replaces } = evaluation;
  const lines = hanging(evalName(evaluation), '', ink, width, 'title');
  const facts = baseline ? [versions(baseline.version, prompt.version)] : ['only in B'];
  if (replaces !== undefined) facts.push(`against ${replaces}`);
  if (baseline && evaluation.pairedShare !== undefined && evaluation.pairedShare < 1) {
    facts.push(`${Math.round(evaluation.pairedShare * 100)} % of the cases are the same on both sides`);
  }
  return [
    ...lines,
    ...metricLines(evaluation.metrics, ink, width),
    ...[...facts, ...usageChangeTexts(evaluation), ...names(evaluation), ...otherChanges(evaluation)].flatMap((text) =>
      hanging(text, '  ', ink, width, 'aside'),
    ),
  ];
}

function versions(before: string, after: string): string {
  return before === after ? `version ${after} on both sides` : `version ${before} → ${after}`;
}

const MOST_NAMES = 5;

/** Which cases changed sides: the first few. */
function names({ changes }: EvalComparison): string[] {
  const named = (what: string, cases: readonly string[]) => {
    const more = cases.length - MOST_NAMES;
    const list = cases.slice(0, MOST_NAMES).join(', ');
    return cases.length === 0 ? [] : [`${what}: ${list}${more > 0 ? ` and ${more} more` : ''}`];
  };
  return [...named('newly failing', changes.newlyFailing), ...named('newly passing', changes.newlyPassing)];
}

/** What the names do not say. */
function otherChanges(evaluation: EvalComparison): string[] {
  return changeTexts({ ...evaluation, changes: { ...evaluation.changes, newlyFailing: [], newlyPassing: [] } });
}

const MEANINGS: [EvalComparison['metrics'][string]['verdict'], Meaning | undefined][] = [
  ['regressed', 'bad'],
  ['improved', 'good'],
  ['inconclusive', 'doubtful'],
  ['within-noise', undefined],
  ['unchanged', undefined],
  ['new', undefined],
];

/** How the metric `pass` did over all evals. */
function totalLines({ evals }: Comparison, ink: Ink, width: number): string[] {
  const verdicts = evals.flatMap(({ metrics }) => metrics.pass?.verdict ?? []);
  const counts = MEANINGS.map(([verdict, meaning]) => ({
    verdict,
    meaning,
    count: verdicts.filter((each) => each === verdict).length,
  })).filter(({ count }) => count > 0);
  const text = counts.map(({ verdict, count }) => `${count} ${verdict}`).join(' · ');
  const [first] = counts;
  return hanging(
    `${plural(evals.length, 'eval')}${text === '' ? '' : `: pass ${text}`}`,
    '',
    ink,
    width,
    first?.meaning,
  );
}

function hanging(text: string, mark: string, ink: Ink, width: number, meaning?: Meaning): string[] {
  const lines = wrapped(oneLine(text), width - mark.length);
  return lines.map((line, index) => (index === 0 ? mark : ' '.repeat(mark.length)) + ink(line, meaning));
}
