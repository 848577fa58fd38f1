import { betaQuantile } from './beta.js';
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

/**
 * Wilson's interval with continuity correction (Newcombe 1998, Stat. Med. 17, method 4): wider, for those who want at least the
 * stated confidence. Input and answer as for `wilson`.
 */
export function wilsonCorrected(successes: number, n: number, confidence = 0.95): [number, number] {
  if (n <= 0) return [0, 1];
  const z = normalQuantile(0.5 + confidence / 2);
  const p = successes / n;
  const scale = 2 * (n + z * z);
  const low = z * Math.sqrt(z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1)) + 1;
  const high = z * Math.sqrt(z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1)) + 1;
  return [
    successes <= 0 ? 0 : Math.max(0, (2 * successes + z * z - low) / scale),
    successes >= n ? 1 : Math.min(1, (2 * successes + z * z + high) / scale),
  ];
}

/**
 * The exact interval for a proportion (Clopper & Pearson 1934, Biometrika 26): it covers the truth at least as often as it says.
 * @param successes whole, 0 … n
 * @param n how many were tried; 0 gives [0, 1]
 */
export function clopperPearson(successes: number, n: number, confidence = 0.95): [number, number] {
  if (n <= 0) return [0, 1];
  const tail = (1 - confidence) / 2;
  return [
    successes <= 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    successes >= n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
  ];
}

/** Standard error of a proportion p seen in n independent trials, √(p (1 − p) / n); undefined for n = 0. */
export function proportionStandardError(p: number, n: number): number | undefined {
  return n > 0 ? Math.sqrt((p * (1 - p)) / n) : undefined;
}
