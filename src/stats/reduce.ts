import { mean } from './mean.js';
import type { PairedTrials } from './units.js';

/** Folds the values of one case's repeats, each 0..1, into one; undefined where there are too few to tell. */
export type Reducer = (values: readonly number[]) => number | undefined;

/** What more than half of the repeats reach: for 1 and 0, the majority; a tie is 0. (The lower median.) */
export const majority: Reducer = (values) => atLeast(Math.floor(values.length / 2) + 1)(values);

/** What every repeat reaches: for 1 and 0, whether all passed. (The least value.) */
export const all: Reducer = (values) => atLeast(values.length)(values);

/** What at least one repeat reaches: for 1 and 0, whether any passed. (The greatest value.) */
export const any: Reducer = (values) => atLeast(1)(values);

/**
 * What at least k repeats reach: for 1 and 0, whether k passed. (The k-th greatest value.)
 * @param k at least 1
 */
export function atLeast(k: number): Reducer {
  return (values) => values.toSorted((a, b) => b - a)[k - 1];
}

/**
 * The expected best of k repeats drawn from these: for 1 and 0, pass@k = 1 − C(n−c, k) / C(n, k) with c of n passed, the
 * unbiased estimate of Chen et al. 2021 (arXiv:2107.03374, eq. 1). For other values the same mean over all draws: the i-th
 * smallest value is the best of a draw with probability C(i−1, k−1) / C(n, k).
 * @param k at least 1
 */
export function passAtK(k: number): Reducer {
  return (values) => {
    const n = values.length;
    if (k < 1 || n < k) return undefined;
    const rising = values.toSorted((a, b) => a - b);
    // The greatest of all is the best of a draw with probability k / n; each smaller one follows by a ratio of binomials.
    let probability = k / n;
    let expected = 0;
    for (let i = n; i >= k; i -= 1) {
      expected += probability * (rising[i - 1] ?? 0);
      probability *= (i - k) / Math.max(1, i - 1);
    }
    return expected;
  };
}

const NAMED: Readonly<Record<string, Reducer>> = { mean, majority, all, any };
const COUNTING: readonly [RegExp, (k: number) => Reducer][] = [
  [/^at-least-([1-9]\d{0,3})$/, atLeast],
  [/^pass@([1-9]\d{0,3})$/, passAtK],
];

/** @param name `mean`, `majority`, `all`, `any`, `at-least-<k>` or `pass@<k>`. @returns undefined for any other */
export function reducerNamed(name: string): Reducer | undefined {
  if (Object.hasOwn(NAMED, name)) return NAMED[name];
  for (const [pattern, make] of COUNTING) {
    const k = pattern.exec(name)?.[1];
    if (k !== undefined) return make(Number(k));
  }
  return undefined;
}

/**
 * Each case as a single trial on either side: its repeats folded, as many of them as both sides have, the first ones. Were one side
 * folded over more repeats than the other, `all` and `any` would differ where nothing changed. A case with too few is left out.
 */
export function foldPairs({ baseline, run, groups }: PairedTrials, fold: Reducer): PairedTrials {
  const pairs = baseline.map((before, index) => {
    const after = run[index] ?? [];
    const both = Math.min(before.length, after.length);
    const [a, b] = [fold(before.slice(0, both)), fold(after.slice(0, both))];
    return a === undefined || b === undefined ? { before: [], after: [] } : { before: [a], after: [b] };
  });
  return {
    baseline: pairs.map(({ before }) => before),
    run: pairs.map(({ after }) => after),
    ...(groups && { groups }),
  };
}
