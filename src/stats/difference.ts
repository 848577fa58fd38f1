import { normalCdf, normalQuantile } from './normal.js';
import { wilson } from './proportion.js';

/** A mean and its standard error. */
export interface Estimate {
  mean: number;
  standardError: number;
}

/** A difference of two means, a − b, with a normal test and interval. */
export interface Difference {
  difference: number;
  standardError: number;
  /** Undefined where the standard error is 0. */
  z?: number;
  /** Two-sided. */
  p: number;
  interval: [number, number];
}

/**
 * The difference a − b of two means by the normal approximation (Miller 2024, arXiv:2411.00640, sections 4.1 and 4.2).
 * With a standard error of 0, p is 1 for equal means and 0 for different ones.
 * @param correlation of the two estimates: 0 for unpaired data; paired data has less noise the more it agrees
 */
export function compareEstimates(a: Estimate, b: Estimate, correlation = 0, confidence = 0.95): Difference {
  const difference = a.mean - b.mean;
  const standardError = pairedStandardError(a.standardError, b.standardError, correlation);
  const half = normalQuantile(0.5 + confidence / 2) * standardError;
  const interval: [number, number] = [difference - half, difference + half];
  if (standardError === 0) return { difference, standardError, p: difference === 0 ? 1 : 0, interval };
  const z = difference / standardError;
  return { difference, standardError, z, p: 2 * normalCdf(-Math.abs(z)), interval };
}

/** Standard error of a difference of two estimates that correlate by `correlation`: √(a² + b² − 2 r a b). */
function pairedStandardError(a: number, b: number, correlation: number): number {
  return Math.sqrt(Math.max(0, a * a + b * b - 2 * correlation * a * b));
}

/**
 * Interval for a difference a − b of two proportions by their Wilson intervals (Newcombe 1998, Stat. Med. 17, method 10 of the
 * paper on differences): honest where no value varies and an interval from the standard error has width 0. Scores within 0..1 may
 * stand for passes; it is then, if anything, too wide.
 * @param n trials behind each mean
 */
export function newcombeInterval(a: number, b: number, n: number, confidence = 0.95): [number, number] {
  const [lowA, highA] = wilson(a * n, n, confidence);
  const [lowB, highB] = wilson(b * n, n, confidence);
  return [Math.max(-1, a - b - Math.hypot(a - lowA, highB - b)), Math.min(1, a - b + Math.hypot(highA - a, b - lowB))];
}
