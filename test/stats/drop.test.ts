import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectableDrop, type DropEstimate, dropBounds, estimateDrop, remedyFor } from '../../src/stats/drop.js';
import { standardError } from '../../src/stats/mean.js';
import { pairedPermutation } from '../../src/stats/permutation.js';
import type { PairedTrials } from '../../src/stats/units.js';

function estimate(trials: PairedTrials): DropEstimate {
  const found = estimateDrop(trials);
  if (found === undefined) throw new Error('nothing paired');
  return found;
}

/** For cases that always passed: eight times in the baseline, and so often in the run. */
function perfect(cases: number, repeats: number): number | undefined {
  const pass = Array.from({ length: 8 }, () => 1);
  const baseline = Array.from({ length: cases }, () => pass);
  return detectableDrop(estimate({ baseline, run: baseline.map((each) => each.slice(0, repeats)) }), 0.04);
}

const score = fc.double({ min: 0, max: 1, noNaN: true });
const sides = fc.array(fc.tuple(fc.array(score, { maxLength: 5 }), fc.array(score, { maxLength: 5 })), {
  maxLength: 12,
});
/** Passes in four of five trials, at another place in each case. */
const four = Array.from({ length: 40 }, (_, index) => [1, 1, 1, 1, 1].with(index % 5, 0));
const one = four.map((_, index) => [index % 5 === 0 ? 0 : 1]);

describe('the estimate of a drop', () => {
  it('has the D of the permutation test, bounds around it, and no NaN', () => {
    fc.assert(
      fc.property(sides, (cases) => {
        const trials = { baseline: cases.map(([a]) => a), run: cases.map(([, b]) => b) };
        const found = estimateDrop(trials);
        expect(found?.effect ?? 9).toBeCloseTo(pairedPermutation(trials)?.effect ?? 9, 9);
        const bounds = found ? dropBounds(found, 0.95) : { lower: 0, upper: 0 };
        expect(bounds.lower).toBeLessThanOrEqual((found?.effect ?? 0) + 1e-12);
        expect(bounds.upper).toBeGreaterThanOrEqual((found?.effect ?? 0) - 1e-12);
        expect(bounds.lower).toBeGreaterThanOrEqual(-1);
        expect(bounds.upper).toBeLessThanOrEqual(1);
        const numbers = found ? [found.standardError ?? 0, detectableDrop(found, 0.04) ?? 0, found.baselineMean] : [];
        expect(numbers.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('takes the larger of the two standard errors', () => {
    const { within, between, standardError: larger } = estimate({ baseline: four, run: one });
    expect(between?.standardError).toBeCloseTo(standardError(one.map(([each]) => 0.8 - (each ?? 0))) ?? 0, 12);
    expect(within?.standardError).toBeCloseTo(Math.sqrt((0.2 * 1.2) / 40), 12);
    expect(larger).toBe(Math.max(within?.standardError ?? 0, between?.standardError ?? 0));
  });

  it('counts a group of cases as one', () => {
    const groups = four.map((_, index) => (index % 5 === 0 ? 'failing' : 'passing'));
    const grouped = estimate({ baseline: four, run: one, groups });
    expect(grouped.between?.df).toBe(1);
    expect(grouped.standardError).toBeGreaterThan(estimate({ baseline: four, run: one }).standardError ?? 0);
  });

  it('is defined where there is little or no noise', () => {
    expect(estimateDrop({ baseline: [[]], run: [[1]] })).toBeUndefined();
    const single = estimate({ baseline: [[1]], run: [[0]] });
    expect(single.standardError).toBeUndefined();
    expect(dropBounds(single, 0.95)).toEqual({ lower: -1, upper: 1 });
    expect(detectableDrop(single, 0.04)).toBeUndefined();
    expect(remedyFor(single, 0.1, 0.95)).toEqual({});
    const flat = estimate({
      baseline: [
        [1, 1],
        [1, 1],
      ],
      run: [[1], [1]],
    });
    expect(flat.standardError).toBe(0);
    expect(dropBounds(flat, 0.95)).toEqual({ lower: 0, upper: 0 });
  });
});

describe('the smallest drop that could have been found', () => {
  it('is never 0 for passes and fails: failures must be seen before they count', () => {
    expect(perfect(40, 1)).toBeGreaterThan(0.05);
    expect(perfect(40, 4)).toBeLessThan(perfect(40, 1) ?? 0);
    expect(perfect(400, 1)).toBeLessThan(perfect(40, 1) ?? 0);
    // One case, one repeat: chance alone deals its failure to the run in one of nine arrangements.
    expect(perfect(1, 1)).toBeUndefined();
  });

  it('is undefined where the baseline cannot fall so far', () => {
    const failing = four.map(() => [0, 0, 0, 0, 0]);
    expect(detectableDrop(estimate({ baseline: failing, run: failing }), 0.04)).toBeUndefined();
  });

  it('grows with the demands', () => {
    const noisy = estimate({ baseline: four, run: one });
    const plain = detectableDrop(noisy, 0.04) ?? 0;
    expect(detectableDrop(noisy, 0.004)).toBeGreaterThan(plain);
    expect(detectableDrop(noisy, 0.04, 0.95)).toBeGreaterThan(plain);
  });
});

describe('what would settle it', () => {
  it('names repeats and cases that are enough, and no fewer', () => {
    const noisy = estimate({ baseline: four, run: one });
    const { repeats, cases } = remedyFor(noisy, 0.1, 0.95);
    expect(repeats).toBeGreaterThan(1);
    expect(cases).toBeGreaterThan(40);
    const spread = noisy.within?.standardError ?? 0;
    const reach = (k: number): number => 1.6449 * Math.sqrt((spread ** 2 * (1 / 5 + 1 / k)) / 1.2);
    expect(reach(repeats ?? 0)).toBeLessThanOrEqual(0.1);
    expect(remedyFor(noisy, 0.01, 0.95).repeats).toBeUndefined();
    expect(remedyFor({ ...noisy, effect: 0.2 }, 0.1, 0.95)).toEqual({});
  });
});
