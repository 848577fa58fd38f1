import { binomialCdf, binomialChance, binomialUpperTail } from './binomial.js';
import { normalCdf } from './normal.js';

/**
 * Exact McNemar test, two-sided (McNemar 1947; the binomial test on discordant pairs).
 * @param worse cases that passed before and fail now
 * @param better cases that failed before and pass now
 * @returns p; 1 where no case changed
 */
export function mcnemar(worse: number, better: number): number {
  return Math.min(1, 2 * binomialCdf(Math.min(worse, better), worse + better, 0.5));
}

/** Exact McNemar test, one-sided: the chance of at least so many newly failing cases if failing and passing were alike. */
export function mcnemarWorse(worse: number, better: number): number {
  return binomialUpperTail(worse, worse + better, 0.5);
}

/**
 * McNemar's mid-p test, two-sided: the exact p minus the point chance of what was seen (Fagerland, Lydersen & Laake 2013, BMC
 * Med. Res. Methodol. 13:91). Less cautious than the exact test. Arguments and degenerate case as for `mcnemar`.
 */
export function mcnemarMidP(worse: number, better: number): number {
  const changed = worse + better;
  if (changed === 0) return 1;
  return mcnemar(worse, better) - binomialChance(worse, changed, 0.5);
}

/**
 * McNemar's chi-squared test with one degree of freedom, for large tables: (|b − c| − correction)² / (b + c).
 * @param correction 1 for Edwards' continuity correction (1948), 0 for none
 */
export function mcnemarChiSquared(
  worse: number,
  better: number,
  correction: 0 | 1 = 1,
): { statistic: number; p: number } {
  const changed = worse + better;
  if (changed === 0) return { statistic: 0, p: 1 };
  const statistic = Math.max(0, Math.abs(worse - better) - correction) ** 2 / changed;
  return { statistic, p: Math.min(1, 2 * normalCdf(-Math.sqrt(statistic))) };
}
