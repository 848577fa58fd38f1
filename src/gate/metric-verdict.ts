import { mean, meanInterval, variance } from '../stats/mean.js';
import type { MetricComparison } from '../vocabulary.js';

/** One case on both sides: the score of every repeat, at least one each. Both are 0..1. */
export interface Pair {
  case: string;
  /** Cases of one group belong together; absent: the case is a group of its own. */
  group?: string;
  baseline: readonly number[];
  run: readonly number[];
}

/** What the pairs say about one metric. */
export type PairedFacts = Pick<MetricComparison, 'baseline' | 'delta' | 'deltaCi' | 'verdict'>;

/** Differences that floating point may make of equal sums. */
const SLACK = 1e-9;

/**
 * Compares one metric over its paired cases, repeats folded first. Nothing but the size of the drop decides here: down by the
 * tolerance or more is regressed, up by as much improved, equal unchanged, anything between within noise; no pair at all is
 * inconclusive. `deltaCi` is Student's 95 % interval of the cases' differences, left out where these do not vary.
 * @param tolerance the smallest drop that matters, 0..1
 */
export function metricVerdict(pairs: readonly Pair[], tolerance: number): PairedFacts {
  const before = pairs.map((pair) => mean(pair.baseline) ?? 0);
  const after = pairs.map((pair) => mean(pair.run) ?? 0);
  const baseline = mean(before);
  const now = mean(after);
  if (baseline === undefined || now === undefined) return { verdict: 'inconclusive' };
  const delta = now - baseline;
  const differences = after.map((value, index) => value - (before[index] ?? 0));
  const varies = (variance(differences) ?? 0) > 0;
  return {
    baseline,
    delta,
    ...(varies && { deltaCi: meanInterval(differences, 0.95, [-1, 1]) }),
    verdict: plainVerdict(delta, tolerance),
  };
}

function plainVerdict(delta: number, tolerance: number): MetricComparison['verdict'] {
  if (Math.abs(delta) < SLACK) return 'unchanged';
  if (delta <= SLACK - tolerance) return 'regressed';
  return delta >= tolerance - SLACK ? 'improved' : 'within-noise';
}
