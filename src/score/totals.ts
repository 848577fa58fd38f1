import type { Score } from '../vocabulary.js';

/** A trial's totals; one is absent where it could not be told. */
export interface Totals {
  pass?: boolean;
  score?: number;
}

/**
 * Folds the scores of one trial. Only those of level error decide; `warn` counts in its own metric.
 *
 * `pass`: no score of level error failed. One that is unscored leaves it open, unless another one failed: then nothing can turn
 * it to a pass. `score` = Σ weight · value / Σ weight over level error; absent when one of them is unscored, or there is none.
 * Where no check gave a score there is neither: nothing was checked.
 */
export function totals(scores: readonly Score[]): Totals {
  if (scores.every(({ status }) => status === 'unscored')) return {};
  const deciding = scores.filter(({ level }) => level === 'error');
  const failed = deciding.some((each) => each.status === 'scored' && !each.pass);
  const open = deciding.some((each) => each.status === 'unscored');
  const score = weightedMean(deciding);
  const sums: Totals = {};
  if (failed || !open) sums.pass = !failed;
  if (score !== undefined) sums.score = score;
  return sums;
}

/** Σ weight · value / Σ weight; undefined when a score is missing among them, or all of them. */
export function weightedMean(scores: readonly Score[]): number | undefined {
  let sum = 0;
  let weights = 0;
  for (const each of scores) {
    if (each.status === 'unscored') return undefined;
    sum += each.weight * each.value;
    weights += each.weight;
  }
  return weights > 0 ? sum / weights : undefined;
}
