import { describe, expect, it } from 'vitest';
import { confirmationsNeeded, guardCase } from '../../src/stats/guard.js';
import { mcnemarWorse } from '../../src/stats/mcnemar.js';
import { combineLooks } from '../../src/stats/looks.js';
import { pairedPermutation } from '../../src/stats/permutation.js';
import { type Random, seeded } from '../../src/stats/random.js';
import { hypergeometricChances } from '../../src/stats/hypergeometric.js';

/**
 * Ways to fool oneself, each on a prompt that did not change: how often it alarms at a nominal 5 %, and how often the way taken
 * here does on the same data.
 */
const RUNS = 400;
const CASES = 40;
const RATE = 0.8;
/** Three standard errors of a share of 5 % in so many runs. */
const FIVE_PERCENT = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / RUNS);

type Draw = (n: number) => number[];

function simulate<T>(name: string, once: (draw: Draw) => T): T[] {
  const random = seeded(name);
  const draw: Draw = (n) => Array.from({ length: n }, () => (random.next() < RATE ? 1 : 0));
  return Array.from({ length: RUNS }, () => once(draw));
}

function share(alarms: readonly boolean[]): number {
  return alarms.filter(Boolean).length / alarms.length;
}

function cases(draw: Draw, repeats: number, n = CASES): number[][] {
  return Array.from({ length: n }, () => draw(repeats));
}

function drop(baseline: number[][], run: number[][]): number {
  return pairedPermutation({ baseline, run })?.drop ?? 1;
}

function average(rows: readonly (readonly number[])[]): number {
  return rows.reduce((sum, row) => sum + row.reduce((all, each) => all + each, 0) / row.length, 0) / rows.length;
}

/** Ten cases, each asked ten times: all answers of a case agree, and which way is drawn anew for each side. */
function agreeing(random: Random): number[][] {
  return Array.from({ length: 10 }, () => {
    const answer = random.next() < 0.5 ? 1 : 0;
    return Array.from({ length: 10 }, () => answer);
  });
}

describe('traps', () => {
  it('repeating only failing cases and pooling moves the mean without any change', () => {
    const found = simulate('pooling', (draw) => {
      const baseline = cases(draw, 8);
      const run = cases(draw, 1);
      const pooled = run.map((each) => (each[0] === 0 ? [...each, ...draw(4)] : each));
      const fooled = pairedPermutation({ baseline, run: pooled });
      const honest = pairedPermutation({ baseline, run });
      return { fooled: (fooled?.rise ?? 1) <= 0.05, honest: (honest?.rise ?? 1) <= 0.05 };
    });
    expect(share(found.map((each) => each.fooled))).toBeGreaterThan(0.5);
    expect(share(found.map((each) => each.honest))).toBeLessThan(FIVE_PERCENT);
  });

  it('confirming a picked case against the baseline trials that picked it alarms too often', () => {
    const n = 200;
    const needed = confirmationsNeeded(8, n, 0.01, 16);
    const found = simulate('selection', (draw) => {
      const picked = cases(draw, 8, n).filter((each) => !each.includes(0) && draw(1)[0] === 0);
      const again = picked.map((baseline) => ({ baseline, run: [0, ...draw(15)] }));
      // Fisher's exact test of four fresh repeats against eight passes that are known to be passes.
      const fooled = again.some(({ run }) => {
        const failures = run.slice(1, 5).filter((each) => each === 0).length;
        return (hypergeometricChances(12, failures, 4)[failures] ?? 1) <= 0.05;
      });
      return { fooled, honest: again.some((each) => guardCase(each, needed, true).status === 'confirmed') };
    });
    expect(share(found.map((each) => each.fooled))).toBeGreaterThan(0.1);
    expect(share(found.map((each) => each.honest))).toBeLessThan(0.01 + 3 * Math.sqrt(0.01 / RUNS));
  });

  it('several looks without an adjustment alarm too often', () => {
    const found = simulate('peeking', (draw) => {
      const baseline = cases(draw, 8);
      const run = cases(draw, 8);
      const ps = [1, 2, 4, 8].map((look) =>
        drop(
          baseline,
          run.map((each) => each.slice(0, look)),
        ),
      );
      return { fooled: ps.some((p) => p <= 0.05), honest: combineLooks(ps, ps.length) <= 0.05 };
    });
    expect(share(found.map((each) => each.fooled))).toBeGreaterThan(FIVE_PERCENT);
    expect(share(found.map((each) => each.honest))).toBeLessThan(FIVE_PERCENT);
  });

  it('accepting the best of several runs alarms at the next one; adding all of them up does not', () => {
    const found = simulate('best', (draw) => {
      const tries = Array.from({ length: 5 }, () => cases(draw, 3));
      const best = tries.reduce((a, b) => (average(b) > average(a) ? b : a));
      const all = Array.from({ length: CASES }, (_, index) => tries.flatMap((each) => each[index] ?? []));
      const run = cases(draw, 3);
      return { fooled: drop(best, run) <= 0.05, honest: drop(all, run) <= 0.05 };
    });
    expect(share(found.map((each) => each.fooled))).toBeGreaterThan(FIVE_PERCENT);
    expect(share(found.map((each) => each.honest))).toBeLessThan(FIVE_PERCENT);
  });

  it('counting a run twice alarms too often, and so does every further time', () => {
    const found = simulate('twice', (draw) => {
      const baseline = cases(draw, 3);
      const thrice = baseline.map((each) => [...each, ...each, ...each]);
      const run = cases(draw, 3);
      return { fooled: drop(thrice, run) <= 0.05, honest: drop(baseline, run) <= 0.05 };
    });
    expect(share(found.map((each) => each.fooled))).toBeGreaterThan(FIVE_PERCENT);
    expect(share(found.map((each) => each.honest))).toBeLessThan(FIVE_PERCENT);
  });

  it('taking repeats of a case for independent cases alarms too often where cases shift together', () => {
    const random = seeded('cluster');
    const found = Array.from({ length: RUNS }, () => {
      const [baseline, run] = [agreeing(random), agreeing(random)];
      const pairs = baseline.flatMap((row, index) => row.map((before, at) => [before, run[index]?.[at] ?? 0]));
      const worse = pairs.filter(([a, b]) => a === 1 && b === 0).length;
      const better = pairs.filter(([a, b]) => a === 0 && b === 1).length;
      const once = pairedPermutation({ baseline: baseline.map(([a]) => [a ?? 0]), run: run.map(([b]) => [b ?? 0]) });
      return { fooled: mcnemarWorse(worse, better) <= 0.05, honest: (once?.drop ?? 1) <= 0.05 };
    });
    expect(share(found.map((each) => each.fooled))).toBeGreaterThan(0.2);
    expect(share(found.map((each) => each.honest))).toBeLessThan(FIVE_PERCENT);
  });
});
