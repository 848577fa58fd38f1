import { describe, expect, it } from 'vitest';
import {
  clusteredStandardError,
  mean,
  meanInterval,
  scoreInterval,
  standardError,
  variance,
} from '../../src/stats/mean.js';
import { wilson } from '../../src/stats/proportion.js';

const NO_BOUNDS: [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

describe('means', () => {
  it('says nothing where there is nothing to say', () => {
    expect(mean([])).toBeUndefined();
    expect(variance([1])).toBeUndefined();
    expect(standardError([1])).toBeUndefined();
    expect(clusteredStandardError([], [])).toBeUndefined();
    expect(clusteredStandardError([1, 2, 3], ['a', 'a', 'a'])).toBeUndefined();
    expect(meanInterval([])).toEqual([0, 1]);
    expect(meanInterval([0.4])).toEqual([0, 1]);
    expect(scoreInterval([])).toEqual([0, 1]);
    expect(wilson(0, 0)).toEqual([0, 1]);
  });

  it('gives a defined interval for values that are all equal', () => {
    expect(variance([0.1, 0.1, 0.1])).toBe(0);
    expect(meanInterval([0.1, 0.1, 0.1])).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.1, 12)]);
    const [low, high] = scoreInterval([1, 1, 1, 1]);
    expect(high).toBe(1);
    expect(low).toBeGreaterThan(0.3);
    expect(low).toBeLessThan(0.9);
    expect(scoreInterval([0.5, 0.5])).toEqual(wilson(1, 2));
  });

  it('reproduces the t interval of 0..9', () => {
    const [low, high] = meanInterval([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 0.95, NO_BOUNDS);
    expect(low).toBeCloseTo(2.334149410331833, 9);
    expect(high).toBeCloseTo(6.6658505896681675, 9);
  });

  it('treats singletons as independent and a single copy of each cluster as one', () => {
    const values = [0, 1, 1, 0.5, 0.25];
    expect(clusteredStandardError(values, ['a', 'b', 'c', 'd', 'e'])).toBeCloseTo(standardError(values) ?? -1, 12);
    const twice = [...values, ...values];
    const names = ['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c', 'd', 'e'];
    expect(clusteredStandardError(twice, names)).toBeCloseTo(standardError(values) ?? -1, 12);
  });
});
