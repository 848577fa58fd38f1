import { logChoose } from './gamma.js';

/**
 * The hypergeometric distribution: how many of `successes` good trials among `total` land in a random draw of `draws`.
 * @returns chances of 0 … min(draws, successes); they sum to 1, impossible counts have 0
 */
export function hypergeometricChances(total: number, successes: number, draws: number): Float64Array {
  const most = Math.min(draws, successes);
  const least = Math.max(0, draws + successes - total);
  const chances = new Float64Array(most + 1);
  const all = logChoose(total, draws);
  for (let k = least; k <= most; k += 1) {
    chances[k] = Math.exp(logChoose(successes, k) + logChoose(total - successes, draws - k) - all);
  }
  return chances;
}
