import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapInterval } from '../../src/stats/bootstrap.js';
import { compareEstimates, type Estimate } from '../../src/stats/difference.js';
import { cohenKappa } from '../../src/stats/kappa.js';
import { mcnemar, mcnemarChiSquared, mcnemarMidP, mcnemarWorse } from '../../src/stats/mcnemar.js';
import { meanInterval, scoreInterval } from '../../src/stats/mean.js';
import { benjaminiHochberg, holm } from '../../src/stats/multiplicity.js';
import {
  casesNeeded,
  detectableEffect,
  type Noise,
  pairedPower,
  repeatsNeeded,
  trialsPerSide,
} from '../../src/stats/power.js';
import { clopperPearson, proportionStandardError, wilson, wilsonCorrected } from '../../src/stats/proportion.js';
import { seeded } from '../../src/stats/random.js';
import { allOfK, passAtK } from '../../src/stats/repeats.js';
import { binomialChance } from '../../src/stats/binomial.js';

const counts = fc.tuple(fc.nat(60), fc.nat(60)).map(([k, rest]) => ({ k, n: k + rest }));
const scores = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 });

function noiseOf(caseVariance: number, trialVariance: number): Noise {
  return {
    caseVariance,
    trialVariance: { baseline: trialVariance, run: trialVariance },
    repeats: { baseline: 8, run: 2 },
  };
}

function exactly(mean: number): Estimate {
  return { mean, standardError: 0 };
}

function draw(seed: string): number[] {
  const random = seeded(seed);
  return Array.from({ length: 5 }, () => random.next());
}

describe('intervals of a proportion', () => {
  it.each([
    ['Wilson', wilson],
    ['Wilson corrected', wilsonCorrected],
    ['Clopper-Pearson', clopperPearson],
  ])('%s: within 0..1, around the proportion, mirrored, wider with more confidence', (_, interval) => {
    fc.assert(
      fc.property(counts, ({ k, n }) => {
        const [low, high] = interval(k, n);
        const [lower, higher] = interval(k, n, 0.99);
        const [mirrorLow, mirrorHigh] = interval(n - k, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        const p = n === 0 ? 0.5 : k / n;
        expect(low).toBeLessThanOrEqual(p);
        expect(high).toBeGreaterThanOrEqual(p);
        expect(lower).toBeLessThanOrEqual(low);
        expect(higher).toBeGreaterThanOrEqual(high);
        expect(mirrorLow).toBeCloseTo(1 - high, 10);
        expect(mirrorHigh).toBeCloseTo(1 - low, 10);
      }),
      { numRuns: 60 },
    );
    expect(interval(0, 0)).toEqual([0, 1]);
  });

  it('Clopper-Pearson covers at least as often as it says', () => {
    const n = 20;
    for (const p of [0.02, 0.1, 0.35, 0.5, 0.9]) {
      let covered = 0;
      for (let k = 0; k <= n; k += 1) {
        const [low, high] = clopperPearson(k, n);
        if (low <= p && p <= high) covered += binomialChance(k, n, p);
      }
      expect(covered).toBeGreaterThanOrEqual(0.95);
    }
    expect(proportionStandardError(0.5, 0)).toBeUndefined();
  });
});

describe('intervals of a mean', () => {
  it('stay within the bounds and around the mean, and are never NaN', () => {
    fc.assert(
      fc.property(scores, (values) => {
        const average = values.length === 0 ? 0.5 : values.reduce((sum, each) => sum + each, 0) / values.length;
        for (const [low, high] of [meanInterval(values), scoreInterval(values)]) {
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(average + 1e-12);
          expect(high).toBeGreaterThanOrEqual(average - 1e-12);
        }
      }),
    );
  });

  it('bootstrap: seeded, defined for degenerate data, moves with the data', () => {
    expect(bootstrapInterval([])).toBeUndefined();
    expect(bootstrapInterval([0.4])).toEqual([0.4, 0.4]);
    expect(bootstrapInterval([1, 1, 1])).toEqual([1, 1]);
    const values = [0.1, 0.5, 0.6, 0.9, 0.2, 0.3];
    const one = bootstrapInterval(values, { resamples: 999 });
    expect(bootstrapInterval(values, { resamples: 999 })).toEqual(one);
    expect(bootstrapInterval(values, { resamples: 999, seed: 'other' })).not.toEqual(one);
    const moved = bootstrapInterval(
      values.map((each) => each + 1),
      { resamples: 999 },
    );
    expect(moved?.[0]).toBeCloseTo((one?.[0] ?? 0) + 1, 9);
    expect(moved?.[1]).toBeCloseTo((one?.[1] ?? 0) + 1, 9);
    const extreme = bootstrapInterval([0, 0, 0, 0, 1], { statistic: (sample) => Math.max(...sample), resamples: 99 });
    expect(extreme?.every(Number.isFinite)).toBe(true);
  });
});

describe('McNemar', () => {
  it('is symmetric, within 0..1, and mid-p is the less cautious one', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), (b, c) => {
        expect(mcnemar(b, c)).toBeCloseTo(mcnemar(c, b), 12);
        expect(mcnemarMidP(b, c)).toBeLessThanOrEqual(mcnemar(b, c));
        expect(mcnemarMidP(b, c)).toBeGreaterThan(0);
        expect(mcnemarWorse(b + 1, c)).toBeLessThan(mcnemarWorse(b, c) + 1e-12);
        expect(mcnemarChiSquared(b, c).p).toBeGreaterThanOrEqual(mcnemarChiSquared(b, c, 0).p);
      }),
    );
    expect([mcnemar(0, 0), mcnemarMidP(0, 0), mcnemarWorse(0, 0), mcnemarChiSquared(0, 0).p]).toEqual([1, 1, 1, 1]);
  });
});

describe('families of tests', () => {
  const family = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 });

  it('adjusted values are within 0..1, not below the raw ones, in the same order, and do not mind the listing', () => {
    fc.assert(
      fc.property(family, (values) => {
        const strict = holm(values);
        const lenient = benjaminiHochberg(values);
        values.forEach((value, index) => {
          expect(strict[index]).toBeGreaterThanOrEqual(value - 1e-15);
          expect(lenient[index]).toBeGreaterThanOrEqual(value - 1e-15);
          expect(strict[index]).toBeLessThanOrEqual(1);
          expect(lenient[index]).toBeLessThanOrEqual((strict[index] ?? 0) + 1e-12);
          const larger = strict.filter((_, at) => (values[at] ?? 0) > value);
          expect(strict[index]).toBeLessThanOrEqual(Math.min(1, ...larger));
        });
        expect(holm(values.toReversed())).toEqual(strict.toReversed());
        expect(benjaminiHochberg(values.toReversed())).toEqual(lenient.toReversed());
      }),
    );
    expect(holm([])).toEqual([]);
    expect(benjaminiHochberg([])).toEqual([]);
    expect(holm([0.01], 5)).toEqual([0.05]);
  });
});

describe('power', () => {
  it('cases, effect and power agree with each other', () => {
    const some = noiseOf(0.02, 0.16);
    const cases = casesNeeded(0.1, some);
    expect(detectableEffect(cases, some)).toBeCloseTo(0.1, 12);
    expect(pairedPower(0.1, cases, some)).toBeCloseTo(0.8, 5);
    expect(pairedPower(0.1, cases * 2, some)).toBeGreaterThan(0.95);
    const repeats = repeatsNeeded(0.1, 60, some, { sides: 1 });
    expect(repeats).toBeDefined();
    const run = (k: number): number =>
      pairedPower(0.1, 60, { ...some, repeats: { baseline: 8, run: k } }, { sides: 1 });
    expect(run(repeats ?? 0)).toBeGreaterThanOrEqual(0.8);
    expect(run((repeats ?? 0) - 1)).toBeLessThan(0.8);
  });

  it('is defined where there is nothing to see or nothing to see it with', () => {
    expect(casesNeeded(0, noiseOf(0.1, 0.1))).toBe(Number.POSITIVE_INFINITY);
    expect(trialsPerSide(0.5, 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(detectableEffect(0, noiseOf(0.1, 0.1))).toBeUndefined();
    expect(detectableEffect(10, noiseOf(0, 0))).toBe(0);
    expect(pairedPower(0.1, 10, noiseOf(0, 0))).toBe(1);
    expect(pairedPower(0, 10, noiseOf(0, 0))).toBe(0.05);
    expect(pairedPower(0.1, 0, noiseOf(0.1, 0.1))).toBeCloseTo(0.05, 12);
    expect(repeatsNeeded(0.001, 10, noiseOf(0.1, 0.1))).toBeUndefined();
    expect(repeatsNeeded(0.1, 0, noiseOf(0, 0))).toBeUndefined();
    expect(repeatsNeeded(0.1, 10, noiseOf(0, 0))).toBe(1);
  });
});

describe('the rest', () => {
  it('estimates without spread have a defined difference', () => {
    expect(compareEstimates(exactly(0.5), exactly(0.5))).toMatchObject({ p: 1, interval: [0, 0] });
    expect(compareEstimates(exactly(0.75), exactly(0.5))).toMatchObject({ p: 0, difference: 0.25 });
  });

  it('kappa: 1 for full agreement, undefined where agreement means nothing, the same for both raters swapped', () => {
    expect(
      cohenKappa([
        [20, 0],
        [0, 9],
      ]),
    ).toBe(1);
    expect(cohenKappa([])).toBeUndefined();
    expect(
      cohenKappa([
        [0, 0],
        [0, 0],
      ]),
    ).toBeUndefined();
    expect(
      cohenKappa([
        [20, 5],
        [10, 15],
      ]),
    ).toBe(
      cohenKappa([
        [20, 10],
        [5, 15],
      ]),
    );
  });

  it('pass@k and pass^k are shares that meet at k = 1, and unknown beyond the trials made', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(30), fc.integer({ min: 1, max: 30 }), (n, some, k) => {
        fc.pre(k <= n && some <= n);
        const any = passAtK(n, some, k) ?? -1;
        const all = allOfK(n, some, k) ?? -1;
        expect(all).toBeGreaterThanOrEqual(0);
        expect(any).toBeLessThanOrEqual(1);
        expect(all).toBeLessThanOrEqual(any + 1e-12);
      }),
    );
    expect(passAtK(2, 1, 3)).toBeUndefined();
    expect(allOfK(2, 1, 3)).toBeUndefined();
  });

  it('random numbers: the same for a seed, others for another, spread evenly', () => {
    expect(draw('a')).toEqual(draw('a'));
    expect(draw('a')).not.toEqual(draw('b'));
    const random = seeded('even');
    const bins = [0, 0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 70_000; i += 1) {
      const bin = random.below(7);
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    // Chi-squared with 6 degrees of freedom: above 22.5 in one of a thousand.
    expect(bins.reduce((sum, hits) => sum + (hits - 10_000) ** 2 / 10_000, 0)).toBeLessThan(22.5);
  });
});
