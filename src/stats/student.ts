import { betaCdf, betaQuantile } from './beta.js';

/**
 * P(T ≤ t) for Student's t with `df` > 0 degrees of freedom (Abramowitz & Stegun 26.7.1 by way of the incomplete beta function).
 */
export function studentCdf(t: number, df: number): number {
  const tail = 0.5 * betaCdf(df / (df + t * t), df / 2, 0.5);
  return t < 0 ? tail : 1 - tail;
}

/** The t with P(T ≤ t) = p; p ≤ 0 gives −Infinity, p ≥ 1 gives Infinity. */
export function studentQuantile(p: number, df: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (p < 0.5) return -studentQuantile(1 - p, df);
  // t² / (df + t²) ~ Beta(1/2, df/2); asked for by its small side, whichever that is, to keep all digits.
  const tail = 2 * (1 - p);
  const far = betaQuantile(tail, df / 2, 0.5);
  if (far < 0.5) return Math.sqrt((df * (1 - far)) / far);
  const near = betaQuantile(1 - tail, 0.5, df / 2);
  return Math.sqrt((df * near) / (1 - near));
}
