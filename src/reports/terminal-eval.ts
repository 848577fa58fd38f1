import type { EvalComparison, MetricComparison } from '../vocabulary.js';
import { type Ink, type Meaning, oneLine } from './ink.js';
import { type Mark, markOf, openChecks } from './mark.js';
import type { ReportInput } from './report.js';
import { cut, padded, rightAligned, widthOf, wrapped } from './width.js';
import { deltaCell, evalName, flakyText, scoreCell, shortfallTexts, usageTexts } from './words.js';

/** With more evals than these, those without anything to say take one line. */
const FEW = 5;

/** One eval: how many cases passed, its metrics against the baseline, what changed, what it used. */
export function evalBlock(evaluation: EvalComparison, input: ReportInput, ink: Ink, width: number): string[] {
  const open = openChecks(evaluation, input.verdict.checks);
  const head = headLines(evaluation, markOf(evaluation, open), ink, width);
  const quiet =
    open.length === 0 && Object.values(evaluation.metrics).every((metric) => metric.verdict === 'unchanged');
  if (quiet && input.comparison.evals.length > FEW) return head;
  const aside = [...changeTexts(evaluation), ...troubleTexts(evaluation), usageTexts(evaluation).join(' · ')];
  return [
    ...head,
    ...metricLines(evaluation.metrics, ink, width),
    ...aside.flatMap((each) => wrapped(oneLine(each), width - 2).map((line) => ink(`  ${line}`, 'aside'))),
  ];
}

/** The eval and how its cases went: on one line where both fit. */
function headLines(evaluation: EvalComparison, { sign, meaning }: Mark, ink: Ink, width: number): string[] {
  const { total, passed } = evaluation.cases;
  const tail = [`${passed}/${total} passed`, ...shortfallTexts(evaluation)].join(', ');
  const name = cut(oneLine(evalName(evaluation)), width - 2);
  const head = `${ink(sign, meaning)} ${ink(name, 'title')}`;
  if (widthOf(name) + widthOf(tail) + 4 <= width) return [`${head}  ${ink(tail)}`];
  return [head, ...wrapped(tail, width - 2).map((line) => ink(`  ${line}`))];
}

const MEANINGS: Record<MetricComparison['verdict'], Meaning | undefined> = {
  improved: 'good',
  unchanged: 'aside',
  'within-noise': 'aside',
  regressed: 'bad',
  inconclusive: 'doubtful',
  new: 'doubtful',
};

const LEAST_NAME = 6;
const GAP = 2;

/** A row per metric, columns aligned. Where the terminal is narrow, intervals go first, then changes; names are cut. */
export function metricLines(metrics: EvalComparison['metrics'], ink: Ink, width: number): string[] {
  const rows = Object.entries(metrics).map(([name, metric]) => ({
    name: oneLine(name),
    metric,
    cells: cellsOf(metric),
  }));
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map(widthOf));
  const values = widest(rows.map(({ cells }) => cells.value));
  const changes = widest(rows.map(({ cells }) => cells.change)) + GAP;
  const intervals = widest(rows.map(({ cells }) => cells.interval)) + GAP;
  const longest = widest(rows.map(({ name }) => name));
  const narrowest = GAP + GAP + values + GAP + widest(rows.map(({ metric }) => metric.verdict));
  const withChange = narrowest + LEAST_NAME + changes <= width;
  const withInterval = narrowest + longest + changes + intervals <= width;
  const others = narrowest + (withChange ? changes : 0) + (withInterval ? intervals : 0);
  const names = Math.max(LEAST_NAME, Math.min(longest, width - others));
  return rows.map(({ name, metric, cells }) => {
    const meaning = metric.verdict === 'regressed' && !metric.gated ? 'doubtful' : MEANINGS[metric.verdict];
    const columns = [
      ink(padded(cut(name, names), names), metric.gated ? undefined : 'aside'),
      ink(rightAligned(cells.value, values)),
      ...(withChange ? [ink(rightAligned(cells.change, changes - GAP), meaning)] : []),
      ...(withInterval ? [ink(padded(cells.interval, intervals - GAP), 'aside')] : []),
      ink(metric.verdict, meaning),
    ];
    return `  ${columns.join('  ')}`;
  });
}

function cellsOf({ mean, baseline, delta, ci }: MetricComparison): Record<'value' | 'change' | 'interval', string> {
  const interval = `[${scoreCell(ci[0])}, ${scoreCell(ci[1])}]`;
  if (baseline === undefined || delta === undefined) return { value: scoreCell(mean), change: '', interval };
  return { value: `${scoreCell(baseline)} → ${scoreCell(baseline + delta)}`, change: deltaCell(delta), interval };
}

const MOST_FLAKY = 5;

/** How many cases changed, and which are flaky. */
export function changeTexts({ changes, folded, flakiness = [] }: EvalComparison): string[] {
  const quarantined = folded.filter((each) => each.quarantined).length;
  const counts: [number, string][] = [
    [changes.newlyFailing.length, 'newly failing'],
    [changes.newlyPassing.length, 'newly passing'],
    [changes.flaky.length, 'flaky'],
    [quarantined, 'quarantined'],
    [changes.unpaired.length, 'not compared'],
  ];
  const texts = counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
  const flaky = flakiness.slice(0, MOST_FLAKY).map(flakyText).join(', ');
  const more = flakiness.length - MOST_FLAKY;
  return [
    ...(texts.length > 0 ? [texts.join(' · ')] : []),
    ...(flaky === '' ? [] : [`flaky: ${flaky}${more > 0 ? ` and ${more} more` : ''}`]),
  ];
}

const MOST_TROUBLE = 3;

function troubleTexts({ trouble }: EvalComparison): string[] {
  return trouble
    .slice(0, MOST_TROUBLE)
    .map(({ kind, message, count }) => `${kind} (${count}×): ${message.slice(0, 300)}`);
}
