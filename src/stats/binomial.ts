import { betaCdf } from './beta.js';
import { logChoose } from './gamma.js';

/** P(X = k) for X ~ Binomial(n, p). */
export function binomialChance(k: number, n: number, p: number): number {
  if (k < 0 || k > n) return 0;
  if (p <= 0) return k === 0 ? 1 : 0;
  if (p >= 1) return k === n ? 1 : 0;
  return Math.exp(logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(X ≤ k) for X ~ Binomial(n, p), by the incomplete beta function (Abramowitz & Stegun 26.5.24). */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return betaCdf(1 - p, n - k, k + 1);
}

/** P(X ≥ k) for X ~ Binomial(n, p), with the relative accuracy of a small tail kept. */
export function binomialUpperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return betaCdf(p, k, n - k + 1);
}

/** Outcomes whose chances differ by less than this share count as equally likely, as in R's binom.test. */
const SAME_CHANCE = 1 + 1e-7;

/**
 * Exact two-sided binomial test: the chance of all outcomes that are no likelier than the one seen (the method of R's
 * binom.test). No trials: 1.
 * @param k successes seen in n trials
 * @param p the chance of success under the null hypothesis
 */
export function binomialTest(k: number, n: number, p: number): number {
  const seen = binomialChance(k, n, p) * SAME_CHANCE;
  let total = 0;
  for (let other = 0; other <= n; other += 1) {
    const chance = binomialChance(other, n, p);
    if (chance <= seen) total += chance;
  }
  return Math.min(1, total);
}
