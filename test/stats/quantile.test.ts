import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile } from '../../src/stats/quantile.js';

const amount = fc.oneof(
  fc.nat({ max: 20 }),
  fc.nat({ max: 300_000 }).map((value) => value / 100),
  // No minus zero: zero is what comes back.
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
);

describe('a quantile', () => {
  it('is the value at its rank in sorted order', () => {
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 60 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (values, p) => {
          const sorted = values.toSorted((a, b) => a - b);
          for (const share of [0, 0.5, 0.95, 1, p]) {
            expect(quantile(values, share)).toBe(sorted[Math.max(0, Math.ceil(share * values.length) - 1)]);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('is none of no values', () => {
    expect(quantile([], 0.5)).toBeUndefined();
  });
});
