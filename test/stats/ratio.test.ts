import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratioOfSums } from '../../src/stats/ratio.js';

describe('the ratio of two sums', () => {
  it('is that of the sums, not the mean of ratios', () => {
    expect(ratioOfSums([1, 3], [2, 3])?.ratio).toBe(5 / 4);
  });

  it('has the bound of Cochran 1977, 2.11', () => {
    // Residuals of after = 1.25 · before: 0.75, −0.75; √(2 · 1.125 / 1) / 4 = 0.375; t(0.95, 1) = 6.3137515.
    expect(ratioOfSums([1, 3], [2, 3])?.lower).toBeCloseTo(1.25 - 0.375 * 6.313751514675, 9);
  });

  it('is exact where every case rose by the same share', () => {
    expect(ratioOfSums([1, 2, 4], [1.5, 3, 6])).toEqual({ ratio: 1.5, lower: 1.5 });
  });

  it('has no bound of a single case, and is nothing of none and of nothing', () => {
    expect(ratioOfSums([2], [3])).toEqual({ ratio: 1.5 });
    expect(ratioOfSums([], [])).toBeUndefined();
    expect(ratioOfSums([0, 0], [1, 1])).toBeUndefined();
  });

  it('does not hang on the unit, nor on the order of cases; the bound lies below', () => {
    const pairs = fc.array(
      fc.tuple(fc.double({ min: 0.1, max: 9, noNaN: true }), fc.double({ min: 0, max: 9, noNaN: true })),
      {
        minLength: 2,
        maxLength: 9,
      },
    );
    fc.assert(
      fc.property(pairs, (list) => {
        const of = (rows: typeof list, unit = 1) =>
          ratioOfSums(
            rows.map(([before]) => unit * before),
            rows.map(([, after]) => unit * after),
          );
        const { ratio = Number.NaN, lower = Number.NaN } = of(list) ?? {};
        expect(lower).toBeLessThanOrEqual(ratio);
        expect(of(list, 1000)?.lower).toBeCloseTo(lower, 6);
        expect(of(list.toReversed())?.lower).toBeCloseTo(lower, 6);
      }),
    );
  });
});
