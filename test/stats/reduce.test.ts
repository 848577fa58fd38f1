import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  all,
  any,
  atLeast,
  foldPairs,
  majority,
  meanOfKnown as mean,
  passAtK,
  type Reducer,
  reducerNamed,
} from '../../src/stats/reduce.js';

const REDUCERS: [string, Reducer][] = [
  ['mean', mean],
  ['majority', majority],
  ['all', all],
  ['any', any],
  ['atLeast(1)', atLeast(1)],
  ['passAtK(1)', passAtK(1)],
];

describe('reducers', () => {
  it.each<[string, Reducer, number[], number | undefined]>([
    ['mean', mean, [1, 0, 1, 1], 0.75],
    ['majority', majority, [1, 0, 1], 1],
    ['majority', majority, [1, 0], 0],
    ['majority', majority, [1, 1, 0, 0], 0],
    ['majority', majority, [0.2, 0.9, 0.6], 0.6],
    ['all', all, [1, 1, 0], 0],
    ['all', all, [1, 1], 1],
    ['any', any, [0, 1, 0], 1],
    ['any', any, [0, 0], 0],
    ['atLeast(2)', atLeast(2), [1, 0, 1], 1],
    ['atLeast(2)', atLeast(2), [1, 0, 0], 0],
    ['atLeast(2)', atLeast(2), [1], undefined],
    ['passAtK(1)', passAtK(1), [1, 0, 0, 0], 0.25],
    ['passAtK(2)', passAtK(2), [1, 0, 0, 0], 0.5],
    ['passAtK(2)', passAtK(2), [1, 1, 0, 0, 0], 1 - 3 / 10],
    ['passAtK(3)', passAtK(3), [1, 0], undefined],
  ])('%s (%#)', (_, reduce, values, expected) => {
    expect(reduce(values)?.toFixed(12)).toBe(expected?.toFixed(12));
  });

  it.each<[string, Reducer, (number | undefined)[], number | undefined]>([
    ['mean', mean, [1, undefined, 0], 0.5],
    ['majority', majority, [1, undefined, 0], undefined],
    ['majority', majority, [1, undefined, 1], 1],
    ['majority', majority, [0, undefined, 0], 0],
    ['all', all, [1, undefined, 1], undefined],
    ['all', all, [0, undefined, 1], 0],
    ['any', any, [0, undefined, 0], undefined],
    ['any', any, [1, undefined], 1],
    ['atLeast(2)', atLeast(2), [1, undefined, 0], undefined],
    ['atLeast(2)', atLeast(2), [1, undefined, 1], 1],
    ['atLeast(2)', atLeast(2), [0, undefined, 0], 0],
    ['passAtK(2)', passAtK(2), [1, undefined, 0], 1],
  ])('%s leaves open what a missing value could decide (%#)', (_, reduce, given, expected) => {
    expect(reduce(given)).toBe(expected);
  });

  it('what is told with a value missing is what any value in its place would give', () => {
    const some = fc.array(fc.constantFrom(0, 0.5, 1, undefined), { minLength: 1, maxLength: 6 });
    const reducers = fc.constantFrom(majority, all, any, atLeast(2));
    fc.assert(
      fc.property(some, reducers, fc.constantFrom(0, 0.5, 1), (list, reduce, value) => {
        const told = reduce(list);
        const filled = reduce(list.map((each) => each ?? value));
        expect([undefined, filled]).toContain(told);
      }),
    );
  });

  const values = fc.array(
    fc.integer({ min: 0, max: 100 }).map((n) => n / 100),
    { minLength: 1, maxLength: 12 },
  );

  it.each(REDUCERS)(
    '%s knows no answer without values, keeps to their range and order does not matter',
    (_, reduce) => {
      expect(reduce([])).toBeUndefined();
      fc.assert(
        fc.property(values, (list) => {
          const value = Number(reduce(Object.freeze([...list])));
          expect(value).toBeGreaterThanOrEqual(Math.min(...list) - 1e-12);
          expect(value).toBeLessThanOrEqual(Math.max(...list) + 1e-12);
          expect(reduce(list.toReversed())).toBeCloseTo(value, 12);
        }),
      );
    },
  );

  it('pass@k is the mean best of all draws of k', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 4 }), (list, k) => {
        fc.pre(list.length >= k && list.length <= 8);
        const bests = draws(list, k).map((draw) => Math.max(...draw));
        expect(passAtK(k)(list)).toBeCloseTo(bests.reduce((sum, best) => sum + best, 0) / bests.length, 9);
      }),
    );
  });
});

describe('names', () => {
  it.each<[string, number[], number]>([
    ['mean', [1, 0, 1, 1], 0.75],
    ['majority', [1, 0, 1], 1],
    ['all', [1, 1, 0], 0],
    ['any', [0, 0, 1], 1],
    ['at-least-2', [1, 0, 1], 1],
    ['at-least-3', [1, 0, 1], 0],
    ['pass@2', [1, 0, 0, 0], 0.5],
  ])('%s', (name, values, expected) => {
    expect(reducerNamed(name)?.(values)).toBeCloseTo(expected, 12);
  });

  it.each(['', 'median', 'at-least-0', 'at-least-', 'pass@0', 'pass@k', 'constructor', 'mean '])('not "%s"', (name) => {
    expect(reducerNamed(name)).toBeUndefined();
  });
});

describe('folded pairs', () => {
  const trials = fc.array(fc.array(fc.constantFrom(0, 1), { maxLength: 8 }), { minLength: 1, maxLength: 6 });

  it('a case is one trial on either side, of as many repeats as both have', () => {
    const baseline = [[1, 1, 0], [1], [1, 1], []];
    const run = [[1, 1], [0, 1, 1], [1, 1, 0], [1]];
    const folded = foldPairs({ baseline, run, groups: ['g', undefined, 'g', undefined] }, all);
    expect(folded).toEqual({
      baseline: [[1], [1], [1], []],
      run: [[1], [0], [1], []],
      groups: ['g', undefined, 'g', undefined],
    });
    expect(foldPairs({ baseline, run }, atLeast(2)).baseline).toEqual([[1], [], [1], []]);
  });

  it('more repeats on one side are no difference, and the sides are alike', () => {
    fc.assert(
      fc.property(trials, fc.constantFrom(all, any, majority), (before, fold) => {
        const after = before.map((values) => [...values, 0, 1]);
        const { baseline, run } = foldPairs({ baseline: before, run: after }, fold);
        expect(run).toEqual(baseline);
        const turned = foldPairs({ baseline: after, run: before }, fold);
        expect([turned.run, turned.baseline]).toEqual([baseline, run]);
      }),
    );
  });
});

function draws(list: number[], k: number): number[][] {
  if (k === 0) return [[]];
  return list.flatMap((first, i) => draws(list.slice(i + 1), k - 1).map((rest) => [first, ...rest]));
}
