import { logGamma } from './gamma.js';

/**
 * The regularised incomplete beta function I_x(a, b) = P(B ≤ x) for B ~ Beta(a, b), a, b > 0: the continued fraction of
 * DLMF 8.17.22 by Lentz's method, on the side where it converges fast (I_x(a, b) = 1 − I_{1−x}(b, a), DLMF 8.17.4).
 */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  return x < (a + 1) / (a + b + 2) ? front(x, a, b) : 1 - front(1 - x, b, a);
}

/** I_x(a, b) where x lies below the mean, so that no accuracy is lost to "1 −". */
function front(x: number, a: number, b: number): number {
  const log = a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b);
  return (Math.exp(log) / a) * continuedFraction(x, a, b);
}

const TINY = 1e-300;

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 10_000; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const change = d * c;
    result *= change;
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return result;
}

/**
 * The x with I_x(a, b) = p, to neighbouring doubles: Newton's steps on `betaCdf`, halving the bracket where one would leave it.
 * p ≤ 0 gives 0, p ≥ 1 gives 1.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  if (p <= 0) return 0;
  if (p >= 1) return 1;
  const logBeta = logGamma(a) + logGamma(b) - logGamma(a + b);
  let low = 0;
  let high = 1;
  let x = a / (a + b);
  for (let step = 0; step < 1100; step += 1) {
    const error = betaCdf(x, a, b) - p;
    if (error < 0) low = x;
    else high = x;
    const density = Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta);
    const newton = x - error / density;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    if (next === x || next <= low || next >= high || Math.abs(next - x) <= 2 ** -52 * x) return next;
    x = next;
  }
  return x;
}
