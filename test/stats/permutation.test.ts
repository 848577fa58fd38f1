import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcnemarWorse } from '../../src/stats/mcnemar.js';
import { pairedPermutation, signFlip } from '../../src/stats/permutation.js';
import { type Random, seeded } from '../../src/stats/random.js';
import type { PairedTrials } from '../../src/stats/units.js';

const bit = fc.constantFrom(0, 1);
const passFail = fc.array(
  fc.tuple(fc.array(bit, { minLength: 1, maxLength: 4 }), fc.array(bit, { minLength: 1, maxLength: 4 })),
  { minLength: 1, maxLength: 8 },
);
const even = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 }))
  .chain(([k, r, n]) =>
    fc.array(fc.tuple(fc.array(bit, { minLength: k, maxLength: k }), fc.array(bit, { minLength: r, maxLength: r })), {
      minLength: n,
      maxLength: n,
    }),
  );

function trials(cases: readonly (readonly [readonly number[], readonly number[]])[]): PairedTrials {
  return { baseline: cases.map(([before]) => before), run: cases.map(([, after]) => after) };
}

function test(data: PairedTrials, resamples = 9999): NonNullable<ReturnType<typeof pairedPermutation>> {
  const result = pairedPermutation(data, { resamples });
  if (result === undefined) throw new Error('nothing paired');
  return result;
}

function average(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

function scores(random: Random, n: number, score = (uniform: number): number => uniform): number[] {
  return Array.from({ length: n }, () => score(random.next()));
}

/** One case that passed four times before, and fails k of four times now. */
function failing(k: number): PairedTrials {
  return { baseline: [[1, 1, 1, 1]], run: [[1, 1, 1, 1].fill(0, 0, k)] };
}

/** The chance of an effect at least as large, by dealing every case's trials in all ways, one by one. */
function bruteForce({ baseline, run }: PairedTrials): number {
  const deals = baseline.map((before, index) => {
    const pool = [...before, ...(run[index] ?? [])];
    const effects: number[] = [];
    for (let mask = 0; mask < 2 ** pool.length; mask += 1) {
      const dealt = pool.filter((_, at) => (mask >> at) & 1);
      if (dealt.length !== before.length) continue;
      const sum = dealt.reduce((all, each) => all + each, 0);
      const total = pool.reduce((all, each) => all + each, 0);
      effects.push(sum / before.length - (total - sum) / (pool.length - before.length));
    }
    return effects;
  });
  const seen = baseline.reduce((all, before, index) => {
    const after = run[index] ?? [];
    return all + average(before) - average(after);
  }, 0);
  let sums = [0];
  for (const effects of deals) sums = sums.flatMap((sum) => effects.map((effect) => sum + effect));
  return sums.filter((sum) => sum >= seen - 1e-9).length / sums.length;
}

describe('permutation within cases', () => {
  it('is what counting every arrangement gives, also with unequal repeats', () => {
    const small = fc.array(
      fc.tuple(fc.array(bit, { minLength: 1, maxLength: 3 }), fc.array(bit, { minLength: 1, maxLength: 2 })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(small, (cases) => {
        const { drop, exact } = test(trials(cases));
        expect(exact).toBe(true);
        expect(drop).toBeCloseTo(bruteForce(trials(cases)), 11);
      }),
      { numRuns: 60 },
    );
  });

  it('counts graded scores exactly where they are few', () => {
    const graded = fc.double({ min: 0, max: 1, noNaN: true });
    const small = fc.array(
      fc.tuple(fc.array(graded, { minLength: 1, maxLength: 2 }), fc.array(graded, { minLength: 1, maxLength: 2 })),
      { minLength: 1, maxLength: 4 },
    );
    fc.assert(
      fc.property(small, (cases) => {
        const { drop, exact } = test(trials(cases));
        expect(exact).toBe(true);
        expect(drop).toBeCloseTo(bruteForce(trials(cases)), 11);
      }),
      { numRuns: 60 },
    );
  });

  it('with one repeat each is the exact McNemar test', () => {
    const pairs = [
      ...Array.from({ length: 9 }, () => [[1], [0]] as const),
      ...Array.from({ length: 3 }, () => [[0], [1]] as const),
      ...Array.from({ length: 20 }, () => [[1], [1]] as const),
    ];
    expect(test(trials(pairs)).drop).toBeCloseTo(mcnemarWorse(9, 3), 12);
    expect(test(trials(pairs)).rise).toBeCloseTo(1 - mcnemarWorse(10, 2), 12);
  });

  it('stays within bounds, mirrors, and does not mind the order of cases or of trials', () => {
    fc.assert(
      fc.property(passFail, fc.integer(), (cases, salt) => {
        const data = trials(cases);
        const { drop, rise, effect } = test(data);
        expect(drop).toBeGreaterThan(0);
        expect(drop).toBeLessThanOrEqual(1);
        expect(drop + rise).toBeGreaterThanOrEqual(1 - 1e-9);
        const mirrored = test({ baseline: data.run, run: data.baseline });
        expect(mirrored.drop).toBeCloseTo(rise, 11);
        expect(mirrored.effect).toBeCloseTo(-effect, 12);
        const random = seeded(String(salt));
        const order = cases.map((each) => ({ each, at: random.next() })).toSorted((a, b) => a.at - b.at);
        const shuffled = test(trials(order.map(({ each: [a, b] }) => [a.toReversed(), b.toReversed()])));
        expect(shuffled.drop).toBeCloseTo(drop, 11);
      }),
    );
  });

  it('gives a Monte-Carlo p that does not mind the order of cases', () => {
    const random = seeded('order');
    const cases = Array.from({ length: 12 }, () => {
      return [scores(random, 5), scores(random, 5)] as const;
    });
    const one = test(trials(cases));
    expect(one.exact).toBe(false);
    expect(test(trials(cases.toReversed())).drop).toBe(one.drop);
  });

  it('is monotone: one more failure in the run never makes a drop less likely', () => {
    fc.assert(
      fc.property(even, (cases) => {
        const index = cases.findIndex(([, after]) => after.includes(1));
        fc.pre(index >= 0);
        const worse = cases.map(([before, after], at) => {
          if (at !== index) return [before, after] as const;
          const failed = after.indexOf(1);
          return [before, after.with(failed, 0)] as const;
        });
        expect(test(trials(worse)).effect).toBeGreaterThan(test(trials(cases)).effect);
      }),
    );
    const p = [0, 1, 2, 3, 4].map((k) => test(failing(k)).drop);
    expect(p).toEqual(p.toSorted((a, b) => b - a));
    expect(p[4]).toBeCloseTo(1 / 70, 12);
  });

  it('agrees with Monte-Carlo within its error', () => {
    const random = seeded('agree');
    const cases = Array.from({ length: 8 }, () => {
      return [scores(random, 5, (u) => (u < 0.9 ? 1 : 0)), scores(random, 4, (u) => (u < 0.7 ? 1 : 0))] as const;
    });
    const exact = test(trials(cases));
    // The same scores a little apart in one constant case: no longer passes and fails, the same permutation distribution.
    const graded = [...cases, [[0.5], [0.5]] as const];
    const sampled = test(trials(graded), 99_999);
    expect(exact.exact).toBe(true);
    expect(sampled.exact).toBe(false);
    // 100 arrangements as extreme: a relative error of 10 %.
    expect(Math.abs(sampled.drop / exact.drop - 1), `${sampled.drop} for ${exact.drop}`).toBeLessThan(0.4);
  });

  it('moves the cases of a group together, so that copies of one case are one observation', () => {
    const copy = [
      [1, 1, 0, 1],
      [0, 1, 0],
    ] as const;
    const alone = test(trials([copy]));
    const copies = trials([copy, copy, copy]);
    const together = test({ ...copies, groups: ['g', 'g', 'g'] });
    expect(together.drop).toBeCloseTo(alone.drop, 12);
    expect(together.effect).toBeCloseTo(alone.effect, 12);
    expect(test(copies).drop).toBeLessThan(alone.drop);
    const ragged = test({
      ...trials([
        copy,
        [
          [1, 1, 0, 1, 1],
          [0, 1, 0],
        ],
      ]),
      groups: ['g', 'g'],
    });
    expect(ragged.exact).toBe(false);
    expect(ragged.drop).toBeGreaterThan(0.05);
    expect(ragged.drop).toBeLessThan(0.5);
  });

  it('has a defined answer for degenerate data', () => {
    expect(pairedPermutation({ baseline: [], run: [] })).toBeUndefined();
    expect(pairedPermutation({ baseline: [[]], run: [[1]] })).toBeUndefined();
    expect(signFlip([])).toBeUndefined();
    expect(test({ baseline: [[1], [1]], run: [[1], []] })).toMatchObject({ cases: 1, effect: 0, drop: 1, rise: 1 });
    expect(test({ baseline: [[0.3, 0.3]], run: [[0.3]] })).toMatchObject({ effect: 0, drop: 1, rise: 1 });
    expect(signFlip([0, 0])).toMatchObject({ greater: 1, less: 1, twoSided: 1 });
    const equal = Array.from(
      { length: 30 },
      () =>
        [
          [0.1, 0.2, 0.7],
          [0.7, 0.1, 0.2],
        ] as const,
    );
    expect(test(trials(equal)).drop).toBeGreaterThan(0.3);
  });

  it.each([
    ['passes and fails', (next: number) => (next < 0.8 ? 1 : 0)],
    ['graded scores', (next: number) => Math.sqrt(next)],
  ])('does not cry wolf: P(p ≤ a) ≤ a for %s', (_, score) => {
    const random = seeded('null');
    const runs = 400;
    const ps = Array.from({ length: runs }, () => {
      const cases = Array.from({ length: 10 }, () => [scores(random, 4, score), scores(random, 2, score)] as const);
      return test(trials(cases), 999).drop;
    });
    for (const a of [0.01, 0.05, 0.2, 0.5]) {
      const share = ps.filter((p) => p <= a).length / runs;
      expect(share).toBeLessThan(a + 3 * Math.sqrt((a * (1 - a)) / runs));
    }
    expect(ps.filter((p) => p <= 0.5).length / runs).toBeGreaterThan(0.35);
  });
});
