import { mean, scoreInterval } from '../stats/mean.js';
import type { BaselineModel, CaseRun, EvalRun, MetricComparison, MetricCoverage } from '../vocabulary.js';
import { pairMetric } from './fold.js';
import { metricVerdict, type Pair } from './metric-verdict.js';
import { inMetricOrder, own } from './own.js';
import { isGated, toleranceOf } from './settings.js';

/** An eval's metrics against the baseline, and how much of each there is. */
export interface MetricFacts {
  metrics: Record<string, MetricComparison>;
  coverage: Record<string, MetricCoverage>;
}

interface Gathered {
  /** Per case: the mean over its repeats. */
  values: number[];
  pairs: Pair[];
  planned: number;
  missing: number;
  pairing?: { cases: number; same: number };
}

/**
 * Aggregates every metric: the mean over cases of the mean over a case's repeats. A score that could not be computed lowers
 * `n`; it is never a zero. Quarantined cases are left out. A metric without any score has coverage only.
 */
export function metricFacts(run: EvalRun, baseline: BaselineModel | undefined): MetricFacts {
  const cases = run.cases.filter((each) => !each.quarantine);
  const removed = baseline && !run.partial ? removedCases(run, baseline) : [];
  const metrics: [string, MetricComparison][] = [];
  const coverage: [string, MetricCoverage][] = [];
  for (const name of metricNames(cases, baseline, removed)) {
    const gathered = gather(name, cases, baseline, removed);
    coverage.push([name, coverageOf(gathered)]);
    const compared = compareMetric(name, gathered, run);
    if (compared) metrics.push([name, compared]);
  }
  return { metrics: Object.fromEntries(metrics), coverage: Object.fromEntries(coverage) };
}

/** Ids of the baseline's cases that the run does not have, in the baseline's order. */
export function removedCases(run: EvalRun, baseline: BaselineModel): string[] {
  const known = new Set(run.cases.map((each) => each.case));
  return Object.keys(baseline.cases).filter((id) => !known.has(id));
}

function metricNames(
  cases: readonly CaseRun[],
  baseline: BaselineModel | undefined,
  removed: readonly string[],
): string[] {
  const names = new Set(['pass', 'score']);
  for (const each of cases) {
    for (const name of Object.keys(each.asserts)) names.add(name);
    for (const trial of each.trials) for (const name of Object.keys(trial.metrics)) names.add(name);
  }
  for (const id of [...cases.map((each) => each.case), ...removed]) {
    for (const name of Object.keys((baseline && own(baseline.cases, id)?.scores) ?? {})) names.add(name);
  }
  return inMetricOrder(names);
}

function gather(
  name: string,
  cases: readonly CaseRun[],
  baseline: BaselineModel | undefined,
  removed: readonly string[],
) {
  const gathered: Gathered = { values: [], pairs: [], planned: 0, missing: 0 };
  let inBaseline = false;
  let onEitherSide = 0;
  let same = 0;
  for (const each of cases) {
    const accepted = baseline && own(baseline.cases, each.case);
    const there = accepted !== undefined && Object.hasOwn(accepted.scores, name);
    const scores = each.trials.map((trial) => own(trial.metrics, name)).filter((score) => score !== undefined);
    const here = Object.hasOwn(each.asserts, name) || scores.length > 0;
    inBaseline ||= there;
    if (here || there) onEitherSide += 1;
    if (!here) continue;
    // A case without any trial still lacks its score: it must not vanish from the count.
    const planned = Math.max(1, each.trials.length);
    gathered.planned += planned;
    gathered.missing += planned - scores.length;
    const average = mean(scores);
    if (average !== undefined) gathered.values.push(average);
    const paired = pairMetric(each, accepted, name);
    if (!('repeats' in paired)) continue;
    same += 1;
    if (scores.length > 0) gathered.pairs.push(pairOf(each, paired.repeats, scores));
  }
  for (const id of removed) {
    if (!baseline || !Object.hasOwn(own(baseline.cases, id)?.scores ?? {}, name)) continue;
    inBaseline = true;
    onEitherSide += 1;
  }
  if (inBaseline) gathered.pairing = { cases: onEitherSide, same };
  return gathered;
}

function pairOf(run: CaseRun, baseline: readonly number[], scores: readonly number[]): Pair {
  return { case: run.case, baseline, run: scores, ...(run.group !== undefined && { group: run.group }) };
}

function coverageOf({ planned, missing, pairing }: Gathered): MetricCoverage {
  return { planned, missing, ...(pairing && { pairing }) };
}

function compareMetric(name: string, gathered: Gathered, run: EvalRun): MetricComparison | undefined {
  const average = mean(gathered.values);
  if (average === undefined) return undefined;
  const alone: Omit<MetricComparison, 'verdict'> = {
    mean: average,
    ci: scoreInterval(gathered.values, 0.95),
    n: gathered.values.length,
    gated: isGated(run.gate, name),
  };
  if (!gathered.pairing) return { ...alone, verdict: 'new' };
  const { verdict, ...facts } = metricVerdict(gathered.pairs, toleranceOf(run.gate, name));
  return { ...alone, ...facts, paired: gathered.pairs.length, verdict };
}
