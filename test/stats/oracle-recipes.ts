/** How the product's functions are put together to answer a question of the oracle list. */
import { compareEstimates } from '../../src/stats/difference.js';
import { mcnemar, mcnemarChiSquared, mcnemarWorse } from '../../src/stats/mcnemar.js';
import { variance } from '../../src/stats/mean.js';
import { normalDensity, normalQuantile } from '../../src/stats/normal.js';
import { pairedPermutation, signFlip } from '../../src/stats/permutation.js';
import type { Noise } from '../../src/stats/power.js';
import { proportionStandardError } from '../../src/stats/proportion.js';

export function upTo(n: number): number[] {
  return Array.from({ length: n }, (_, index) => index);
}

function estimate(p: number, n: number): { mean: number; standardError: number } {
  return { mean: p, standardError: proportionStandardError(p, n) ?? 0 };
}

/** Standard error, z, p and the ends of the interval of a difference of two pass rates on different cases. */
export function unpaired(n: number, pA: number, pB: number): (number | undefined)[] {
  const { standardError, z, p, interval } = compareEstimates(estimate(pA, n), estimate(pB, n));
  return [standardError, z, p, ...interval];
}

/** Standard error and z of a difference of two pass rates on the same cases. */
export function paired(n: number, pA: number, pB: number, correlation: number): (number | undefined)[] {
  const { standardError, z } = compareEstimates(estimate(pA, n), estimate(pB, n), correlation);
  return [standardError, z];
}

export function noise(caseVariance: number, trialVariance: number, repeats: number): Noise {
  return {
    caseVariance,
    trialVariance: { baseline: trialVariance, run: trialVariance },
    repeats: { baseline: repeats, run: repeats },
  };
}

/** Noise given as the variance of the differences as measured. */
export function measured(caseVariance: number): Noise {
  return noise(caseVariance, 0, Number.POSITIVE_INFINITY);
}

export function chiSquared(b: number, c: number): number[] {
  const plain = mcnemarChiSquared(b, c, 0);
  const corrected = mcnemarChiSquared(b, c, 1);
  return [plain.statistic, plain.p, corrected.statistic, corrected.p];
}

/** The smallest count of newly failing cases with p ≤ .05, one-sided and two-sided. */
export function firstSignificant(newlyPassing: number): number[] {
  const first = (p: (worse: number, better: number) => number): number => {
    let worse = newlyPassing;
    while (p(worse, newlyPassing) > 0.05) worse += 1;
    return worse;
  };
  return [first(mcnemarWorse), first(mcnemar)];
}

/** Wilcoxon's signed-rank test is the sign-flip test of the signed ranks (no ties here). */
export function wilcoxon(differences: readonly number[]): {
  twoSided: (number | undefined)[];
  greater: (number | undefined)[];
} {
  const sizes = differences.map(Math.abs).toSorted((a, b) => a - b);
  const ranks = differences.map((each) => Math.sign(each) * (sizes.indexOf(Math.abs(each)) + 1));
  const plus = ranks.filter((rank) => rank > 0).reduce((sum, rank) => sum + rank, 0);
  const all = (ranks.length * (ranks.length + 1)) / 2;
  const test = signFlip(ranks);
  return { twoSided: [Math.min(plus, all - plus), test?.twoSided], greater: [plus, test?.greater] };
}

/** Arrangements as extreme and p, one-sided and two-sided. */
export function signFlipCounts(differences: readonly number[]): (number | undefined)[] {
  const test = signFlip(differences);
  const all = 2 ** differences.length;
  return [(test?.greater ?? 0) * all, test?.greater, (test?.twoSided ?? 0) * all, test?.twoSided];
}

/** The p of a Monte-Carlo test in which no arrangement drawn was as extreme as the data. */
export function neverAsExtreme(resamples: number): number | undefined {
  const cases = upTo(60);
  const test = pairedPermutation(
    { baseline: cases.map((i) => [0.9 + i / 1000]), run: cases.map((i) => [0.1 + i / 1000]) },
    { resamples },
  );
  return test?.exact === false ? test.drop : undefined;
}

/** The mean with each value left out in turn. */
export function leaveOneOut(values: readonly number[]): Float64Array {
  const total = values.reduce((sum, value) => sum + value, 0);
  return Float64Array.from(values, (value) => (total - value) / (values.length - 1));
}

/** Standard error of the mean over all possible resamples: the plug-in one. */
export function idealBootstrapError(values: readonly number[]): number {
  const spread = variance(values) ?? 0;
  return Math.sqrt((spread * (values.length - 1)) / values.length / values.length);
}

/**
 * Chance that one of several looks at growing data of equal steps is significant at a nominal two-sided .05 if nothing is there:
 * the density of the running sum, carried from look to look on a grid (Armitage, McPherson & Rowe 1969).
 */
export function peekingError(looks: number): number {
  const z = normalQuantile(0.975);
  const step = 0.04;
  const within = (look: number): number[] => {
    const half = Math.floor((z * Math.sqrt(look)) / step);
    return Array.from({ length: 2 * half + 1 }, (_, index) => (index - half) * step);
  };
  let points = within(1);
  let density = points.map(normalDensity);
  for (let look = 2; look <= looks; look += 1) {
    const next = within(look);
    density = next.map((to) => {
      let sum = 0;
      points.forEach((from, index) => {
        sum += (density[index] ?? 0) * normalDensity(to - from);
      });
      return sum * step;
    });
    points = next;
  }
  return 1 - density.reduce((sum, each) => sum + each * step, 0);
}
