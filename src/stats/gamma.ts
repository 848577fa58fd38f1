/** Coefficients B(2k) / (2k (2k − 1)) of Stirling's series, k = 1 … 7 (DLMF 5.11.1). */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];

/** From here on seven terms of Stirling's series are exact to the last bits of a double. */
const LARGE = 15;

/**
 * Natural logarithm of the gamma function, for x > 0: Stirling's series (DLMF 5.11.1) after shifting a small x upward by
 * Γ(x + 1) = x Γ(x) (DLMF 5.5.1).
 */
export function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < LARGE) {
    product *= shifted;
    shifted += 1;
  }
  let series = 0;
  let power = 1 / shifted;
  for (const coefficient of STIRLING) {
    series += coefficient * power;
    power /= shifted * shifted;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product);
}

/** ln(n!) for whole n ≥ 0. */
function logFactorial(n: number): number {
  return n < 2 ? 0 : logGamma(n + 1);
}

/** ln of the binomial coefficient "n choose k"; −Infinity where there is no way to choose (k < 0 or k > n). */
export function logChoose(n: number, k: number): number {
  if (k < 0 || k > n) return Number.NEGATIVE_INFINITY;
  if (k === 0 || k === n) return 0;
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
