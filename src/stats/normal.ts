const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/** Density of the standard normal distribution at x. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / SQRT_TWO_PI;
}

/**
 * P(Z ≤ x) for a standard normal Z. Near the middle the Taylor series of Marsaglia (2004, J. Stat. Softw. 11(5)); in the tails
 * Laplace's continued fraction of the Mills ratio (DLMF 7.9.3), which keeps the relative accuracy of tiny probabilities.
 */
export function normalCdf(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 1;
  if (x === Number.NEGATIVE_INFINITY) return 0;
  if (Math.abs(x) > 4) return x < 0 ? upperTail(-x) : 1 - upperTail(x);
  if (x < -2) return upperTail(-x);
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** P(Z > x) for x ≥ 2: density / (x + 1/(x + 2/(x + 3/(x + …)))), evaluated from the inside out. */
function upperTail(x: number): number {
  let fraction = x;
  for (let k = 200; k >= 1; k -= 1) fraction = x + k / fraction;
  return normalDensity(x) / fraction;
}

/**
 * The x with P(Z ≤ x) = p: the start of Abramowitz & Stegun 26.2.23 (error below 4.5e-4), made exact by Halley's method on
 * `normalCdf`. p ≤ 0 gives −Infinity, p ≥ 1 gives Infinity.
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let x = -(
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
  );
  for (let step = 0; step < 4; step += 1) {
    const error = (normalCdf(x) - p) / normalDensity(x);
    if (!Number.isFinite(error)) break;
    x -= error / (1 + 0.5 * x * error);
  }
  return x;
}
