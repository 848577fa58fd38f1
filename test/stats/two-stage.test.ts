import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baselineNeeded, confirmationsNeeded, guardCase } from '../../src/stats/guard.js';
import { combineLooks, looksMade, lookSchedule, spendingWeights } from '../../src/stats/looks.js';
import { isOpen, judgeFamily, type Standing, standingOf, type Track } from '../../src/stats/sequential.js';
import { guardStates, lookAt, nextStep, type Step, type Stops } from '../../src/stats/two-stage.js';

const SETTINGS = { alpha: 0.05, tolerance: 0.02, detect: 0.1 };

function many<T>(n: number, value: T): T[] {
  return Array.from({ length: n }, () => value);
}

/** One repeat of each case, of which so many fail. */
function firstFail(cases: number, failing: number): number[][] {
  return Array.from({ length: cases }, (_, index) => [index < failing ? 0 : 1]);
}

function needed(passes: number, cases: number): number {
  return confirmationsNeeded(passes, cases, 0.01, 1000) ?? 1001;
}

function track(baseline: number[][], run: (number | undefined)[][], rounds: number, more: Partial<Track> = {}): Track {
  return { baseline, run, rounds, schedule: lookSchedule(1, 8), final: false, ...SETTINGS, ...more };
}

function standing(each: Track, family = 1): Standing {
  const found = standingOf(each, family);
  if (found === undefined) throw new Error('nothing to tell from');
  return found;
}

function verdict(each: Track): string | undefined {
  return judgeFamily([{ track: each, standing: standing(each) }])[0]?.verdict;
}

const passing = many(30, many(8, 1));
const mixed = Array.from({ length: 30 }, (_, index) =>
  many(8, 0).map((__, repeat) => ((index + repeat) % 5 === 0 ? 0 : 1)),
);

describe('looks', () => {
  it.each([
    [1, 8, [1, 2, 4, 8]],
    [2, 5, [2, 4, 5]],
    [3, 12, [3, 6, 12]],
    [5, 5, [5]],
    [1, 1, [1]],
  ])('from %i to %i rounds', (min, max, looks) => {
    expect(lookSchedule(min, max)).toEqual(looks);
  });

  it('spend all of alpha and no more, late looks more than early ones', () => {
    expect(spendingWeights(4)).toEqual([0.1, 0.2, 0.3, 0.4]);
    for (const looks of [1, 2, 3, 7]) {
      expect(spendingWeights(looks).reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
    }
  });

  it('combined: one look is its own p; more looks never raise it', () => {
    expect(combineLooks([0.03], 1)).toBeCloseTo(0.03, 12);
    expect(combineLooks([], 4)).toBe(1);
    expect(combineLooks([0.5, 0.001], 4)).toBeCloseTo(0.005, 12);
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 4 }), (ps) => {
        const all = combineLooks(ps, 4);
        expect(all).toBeLessThanOrEqual(combineLooks(ps.slice(0, -1), 4));
        expect(all).toBeGreaterThanOrEqual(Math.min(...ps));
      }),
    );
  });

  it('happen at complete rounds; what is left when it ends early gets the next one', () => {
    expect(looksMade([1, 2, 4, 8], 3, false)).toEqual([1, 2]);
    expect(looksMade([1, 2, 4, 8], 3, true)).toEqual([1, 2, 3]);
    expect(looksMade([2, 4], 1, true)).toEqual([1]);
    expect(looksMade([1, 2], 5, true)).toEqual([1, 2]);
    expect(looksMade([1, 2], 0, true)).toEqual([]);
  });
});

describe('a track', () => {
  it('of identical answers has p 1, is unchanged and settled', () => {
    const same = track(passing, many(30, [1]), 1);
    const result = standing(same);
    expect(result).toMatchObject({ p: 1, drop: 1, rise: 1, exact: true });
    expect(isOpen(same, result, 1)).toBe(false);
    expect(verdict(same)).toBe('unchanged');
  });

  it('with a large drop is regressed and settled at the first look', () => {
    const worse = track(passing, many(30, [0]), 1);
    expect(isOpen(worse, standing(worse), 1)).toBe(false);
    expect(verdict(worse)).toBe('regressed');
    const better = track(many(30, many(8, 0)), many(30, [1]), 1);
    expect(verdict(better)).toBe('improved');
  });

  it('with a real drop below the tolerance is not regressed', () => {
    const worse = track(passing, many(30, [0]), 1, { tolerance: 1.01 });
    expect(verdict(worse)).not.toBe('regressed');
  });

  it('counts a drop of exactly the tolerance as one, whatever the rounding', () => {
    const fifty = track(many(50, many(8, 1)), [...many(49, many(8, 1)), many(8, 0)], 8, { tolerance: 1 / 50 });
    expect(verdict(fifty)).toBe('regressed');
  });

  it('stays open while a drop worth detecting is possible, and ends inconclusive', () => {
    const few = mixed.slice(0, 6);
    const early = track(few, firstFail(6, 1), 1);
    expect(isOpen(early, standing(early), 1)).toBe(true);
    const ended = { ...early, final: true };
    expect(isOpen(ended, standing(ended), 1)).toBe(false);
    expect(verdict(ended)).toBe('inconclusive');
    expect(isOpen(early, undefined, 1)).toBe(true);
  });

  it('leaves out repeats beyond the complete rounds, and scores that are missing', () => {
    const plain = track(mixed, many(30, [1, 0]), 2);
    const guarded = track(
      mixed,
      many<(number | undefined)[]>(30, [1, 0]).map((each, index) => (index === 0 ? [...each, 0, 0, 0] : each)),
      2,
    );
    expect(standing(guarded)).toEqual(standing(plain));
    const gap = track(mixed, many<(number | undefined)[]>(30, [1, 0]).with(0, [undefined, undefined]), 2);
    expect(standing(gap).estimate.cases).toBe(29);
    expect(standingOf(track(mixed, many(30, [undefined]), 1), 1)).toBeUndefined();
    expect(standingOf(track([], [], 1), 1)).toBeUndefined();
    expect(standingOf(track(mixed, many(30, []), 0), 1)).toBeUndefined();
  });

  it('needs stronger proof in a larger family', () => {
    const run = firstFail(30, 12);
    const worse = track(passing, run, 1);
    const member = { track: worse, standing: standing(worse) };
    const [alone] = judgeFamily([member]);
    const [inFamily] = judgeFamily([member], 40);
    expect(inFamily?.pAdjusted).toBeCloseTo(Math.min(1, 40 * (alone?.pAdjusted ?? 0)), 12);
    expect(inFamily?.mde ?? 1).toBeGreaterThan(alone?.mde ?? 1);
  });

  it('judges a family the same in any order', () => {
    const members = [many(30, [0]), many(30, [1]), firstFail(30, 5)].map((run) => {
      const each = track(mixed, run, 1);
      return { track: each, standing: standing(each) };
    });
    expect(judgeFamily(members.toReversed())).toEqual(judgeFamily(members).toReversed());
  });
});

describe('the guard', () => {
  it('asks for as many failures as the bound says', () => {
    // 40 · 8^8 5^5 / 13^13 = 0.0069 ≤ 0.01, while four failures leave 0.0193.
    expect(confirmationsNeeded(8, 40, 0.01, 16)).toBe(5);
    expect(confirmationsNeeded(5, 30, 0.01, 16)).toBe(7);
    expect(confirmationsNeeded(1, 40, 0.01, 16)).toBeUndefined();
    expect(confirmationsNeeded(0, 40, 0.01, 16)).toBeUndefined();
    expect(baselineNeeded(40, 0.01, 16)).toBe(4);
    expect(baselineNeeded(40, 0.01, 0)).toBeUndefined();
  });

  it('bounds the chance of a false confirmation, whatever the pass rate', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (passes, cases, rate) => {
          const failures = confirmationsNeeded(passes, cases, 0.01, 40);
          const chance = failures === undefined ? 0 : rate ** passes * (1 - rate) ** failures;
          expect(cases * chance).toBeLessThanOrEqual(0.01 + 1e-9);
        },
      ),
    );
  });

  it('is monotone: more cases need more failures, a longer baseline fewer', () => {
    for (let k = 2; k < 12; k += 1) expect(needed(k + 1, 50)).toBeLessThanOrEqual(needed(k, 50));
    for (const n of [1, 10, 100, 1000]) expect(needed(8, n * 10)).toBeGreaterThanOrEqual(needed(8, n));
  });

  it.each([
    ['passes the first repeat', [1, 1], [1, 0, 0, 0], 'quiet'],
    ['failed before, too', [1, 0], [0, 0, 0], 'quiet'],
    ['has no baseline', [], [0, 0, 0], 'quiet'],
    ['has no score so far', [1, 1], [undefined], 'quiet'],
    ['fails from its first score on', [1, 1], [undefined, 0, 0], 'open'],
    ['has no first score, and fails often enough', [1, 1], [undefined, 0, 0, 0], 'confirmed'],
    ['passes at its first score', [1, 1], [undefined, 1, 0, 0], 'quiet'],
    ['has failed so far', [1, 1], [0, 0], 'open'],
    ['passes when repeated', [1, 1], [0, 0, 1], 'flaky'],
    ['fails often enough', [1, 1], [0, undefined, 0, 0], 'confirmed'],
    ['was confirmed before it passed', [1, 1], [0, 0, 0, 1], 'confirmed'],
  ])('a case that %s', (_, baseline, run, status) => {
    expect(guardCase({ baseline, run }, 3, false).status).toBe(status);
  });

  it('says what it needs, and ends', () => {
    expect(guardCase({ baseline: [1], run: [0] }, 3, false)).toMatchObject({ status: 'open', next: 2, needed: 3 });
    expect(guardCase({ baseline: [1], run: [0] }, 3, true)).toEqual({ status: 'unconfirmed', failures: 1, needed: 3 });
    expect(guardCase({ baseline: [1], run: [0] }, undefined, false)).toEqual({ status: 'unconfirmed', failures: 1 });
    const unscored = [0, ...many(5, undefined)];
    expect(guardCase({ baseline: [1], run: unscored }, 3, false).status).toBe('unconfirmed');
  });
});

describe('the next step', () => {
  const family = { tests: 1, cases: 30 };
  const before = mixed.with(0, many(8, 1));
  const step = (run: (number | undefined)[][], rounds: number, more: Partial<Stops> = {}): Step => {
    const cases = before.map((baseline, index) => ({ baseline, run: run[index] ?? [] }));
    const looks = [lookAt({ ...track(before, run, rounds), final: more.final === true }, family)];
    const guards = guardStates({ cases, alpha: 0.05, confirm: 16 }, family, more.final === true);
    return nextStep(looks, guards, { confirmedSettles: true, final: false, ...more });
  };
  const noisy = mixed.map((each, index) => (index === 0 ? [0] : [each[1] ?? 0]));

  it('is the guard first, then rounds, then nothing', () => {
    expect(step(noisy, 1)).toEqual({ repeats: [{ case: 0, repeat: 2 }] });
    expect(step(noisy.with(0, [0, 1]), 1)).toEqual({ repeats: [], rounds: 2 });
    const broken = noisy.with(0, many(5, 0));
    expect(step(broken, 1)).toEqual({ repeats: [] });
    expect(step(broken, 1, { confirmedSettles: false })).toEqual({ repeats: [], rounds: 2 });
    expect(step(noisy.with(0, [0, 1]), 1, { final: true })).toEqual({ repeats: [] });
    expect(step(noisy, 1, { final: true })).toEqual({ repeats: [] });
  });

  it('doubles the failures of a guarded case, up to what proves the break', () => {
    expect(step(noisy.with(0, [0, 0]), 1).repeats).toEqual([
      { case: 0, repeat: 3 },
      { case: 0, repeat: 4 },
    ]);
    expect(step(noisy.with(0, many(4, 0)), 1).repeats).toEqual([{ case: 0, repeat: 5 }]);
  });

  it('is nothing where the suite has failed: its cases need no proof of their own', () => {
    const failing = before.map(() => [0]);
    expect(step(failing, 1)).toEqual({ repeats: [] });
  });
});
