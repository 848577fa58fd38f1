import { normalQuantile } from './normal.js';

/**
 * Wilson's score interval for a proportion (Wilson 1927, JASA 22; Agresti & Coull 1998): honest at 0 and at n successes, where
 * the textbook interval has width 0.
 * @param successes 0 … n; need not be whole: for n scores within 0..1 their sum gives an interval that is, if anything, too
 *   wide, because no such score varies more than a pass or fail with the same mean
 * @param n how many were tried; 0 says nothing about the proportion, and the answer is the widest interval, [0, 1]
 * @returns the ends of the interval, within 0..1
 */
export function wilson(successes: number, n: number, confidence = 0.95): [number, number] {
  if (n <= 0) return [0, 1];
  const z = normalQuantile(0.5 + confidence / 2);
  const p = successes / n;
  const center = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return [successes <= 0 ? 0 : Math.max(0, center - half), successes >= n ? 1 : Math.min(1, center + half)];
}
