import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { betaCdf, betaQuantile } from '../../src/stats/beta.js';
import { binomialCdf, binomialChance, binomialTest, binomialUpperTail } from '../../src/stats/binomial.js';
import { logChoose, logGamma } from '../../src/stats/gamma.js';
import { hypergeometricChances } from '../../src/stats/hypergeometric.js';
import { normalCdf, normalQuantile } from '../../src/stats/normal.js';
import { studentCdf, studentQuantile } from '../../src/stats/student.js';

const chance = fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true });

describe('distributions', () => {
  it('know the quantiles that others get wrong', () => {
    // Abramowitz & Stegun table 26.1 and Wichura's AS 241 to all digits; the wrong value met in the field is 1.9572.
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.95)).toBeCloseTo(1.6448536269514722, 14);
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 12);
    expect(normalCdf(-10)).toBeCloseTo(7.61985302416047e-24, 36);
    expect(normalQuantile(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY);
  });

  it('agree with what can be counted', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
    expect(Math.exp(logChoose(52, 5))).toBeCloseTo(2_598_960, 5);
    expect(logChoose(3, 4)).toBe(Number.NEGATIVE_INFINITY);
    expect(betaCdf(0.3, 1, 1)).toBeCloseTo(0.3, 13);
    expect(betaCdf(0.3, 2, 1)).toBeCloseTo(0.09, 13);
    expect(studentCdf(1, 1)).toBeCloseTo(0.75, 14);
    // 6 of 49: three right of six drawn.
    expect(hypergeometricChances(49, 6, 6)[3]).toBeCloseTo((20 * 12_341) / 13_983_816, 14);
  });

  it('normal: quantile and chance undo each other, and mirror', () => {
    fc.assert(
      fc.property(chance, (p) => {
        const x = normalQuantile(p);
        expect(Math.abs(normalCdf(x) / p - 1)).toBeLessThan(1e-12);
        expect(Math.abs(normalCdf(x) + normalCdf(-x) - 1)).toBeLessThan(1e-14);
      }),
    );
  });

  it('Student: quantile and chance undo each other; many degrees of freedom are the normal distribution', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true }), fc.integer({ min: 1, max: 500 }), (p, df) => {
        expect(Math.abs(studentCdf(studentQuantile(p, df), df) - p)).toBeLessThan(1e-12);
      }),
      { numRuns: 40 },
    );
    expect(studentQuantile(0.975, 1e8)).toBeCloseTo(1.959963984540054, 6);
    expect(studentQuantile(0.5, 3)).toBe(0);
  });

  it('beta: quantile and chance undo each other, and the two shapes mirror', () => {
    const shape = fc.double({ min: 0.5, max: 300, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 0.999, noNaN: true }), shape, shape, (p, a, b) => {
        expect(Math.abs(betaCdf(betaQuantile(p, a, b), a, b) - p)).toBeLessThan(1e-11);
        expect(Math.abs(betaCdf(p, a, b) + betaCdf(1 - p, b, a) - 1)).toBeLessThan(1e-11);
      }),
      { numRuns: 40 },
    );
  });

  it('binomial: chances add up to the cumulative ones, tails to 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer({ min: -1, max: 61 }), chance, (n, k, p) => {
        let sum = 0;
        for (let i = 0; i <= k; i += 1) sum += binomialChance(i, n, p);
        expect(Math.abs(binomialCdf(k, n, p) - sum)).toBeLessThan(1e-11);
        expect(Math.abs(binomialCdf(k, n, p) + binomialUpperTail(k + 1, n, p) - 1)).toBeLessThan(1e-11);
      }),
    );
    expect(binomialTest(0, 0, 0.5)).toBe(1);
    expect(binomialChance(0, 5, 0)).toBe(1);
    expect(binomialChance(5, 5, 1)).toBe(1);
  });

  it('hypergeometric: chances add up to 1 and have the right mean', () => {
    const shape = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(40)).map(([a, b, c]) => {
      const total = a + b;
      return { total, successes: a, draws: Math.min(c, total) };
    });
    fc.assert(
      fc.property(shape, ({ total, successes, draws }) => {
        const chances = hypergeometricChances(total, successes, draws);
        const sum = chances.reduce((all, each) => all + each, 0);
        const mean = chances.reduce((all, each, k) => all + each * k, 0);
        expect(Math.abs(sum - 1)).toBeLessThan(1e-11);
        expect(Math.abs(mean - (total === 0 ? 0 : (draws * successes) / total))).toBeLessThan(1e-9);
      }),
    );
  });
});
