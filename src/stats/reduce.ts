import type { PairedTrials } from './units.js';

/**
 * Folds the values of one case's repeats, each 0..1, into one. A value that is not known is undefined: what it could decide is left
 * open, and it is never a zero. Undefined where there are too few to tell.
 */
export type Reducer = (values: readonly (number | undefined)[]) => number | undefined;

/** The mean of those that are known. */
export const meanOfKnown: Reducer = (values) => {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (value === undefined) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? undefined : sum / count;
};

/** What more than half of the repeats reach: for 1 and 0, the majority; a tie is 0. (The lower median.) */
export const majority: Reducer = (values) => atLeast(Math.floor(values.length / 2) + 1)(values);

/** What every repeat reaches: for 1 and 0, whether all passed. (The least value.) */
export const all: Reducer = (values) => atLeast(values.length)(values);

/** What at least one repeat reaches: for 1 and 0, whether any passed. (The greatest value.) */
export const any: Reducer = (values) => atLeast(1)(values);

/**
 * What at least k repeats reach: for 1 and 0, whether k passed. (The k-th greatest value.) Known where it is the same whatever the
 * values are that are not.
 * @param k at least 1
 */
export function atLeast(k: number): Reducer {
  return (values) => {
    const given = (missing: number) => values.map((value) => value ?? missing).toSorted((a, b) => b - a)[k - 1];
    const least = given(0);
    return least === given(1) ? least : undefined;
  };
}

/**
 * The expected best of k repeats drawn from these: for 1 and 0, pass@k = 1 − C(n−c, k) / C(n, k) with c of n passed, the
 * unbiased estimate of Chen et al. 2021 (arXiv:2107.03374, eq. 1). For other values the same mean over all draws: the i-th
 * smallest value is the best of a draw with probability C(i−1, k−1) / C(n, k).
 * @param k at least 1
 */
export function passAtK(k: number): Reducer {
  return (values) => {
    const known = values.filter((value) => value !== undefined);
    const n = known.length;
    if (k < 1 || n < k) return undefined;
    const rising = known.toSorted((a, b) => a - b);
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

const NAMED: Readonly<Record<string, Reducer>> = { mean: meanOfKnown, majority, all, any };
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

/** Trials whose scores may be missing. */
export type UnfoldedTrials = Omit<PairedTrials, 'run'> & { run: readonly (readonly (number | undefined)[])[] };

/**
 * Each case as a single trial on either side: its repeats folded, as many of them as both sides have, the first ones. Were one side
 * folded over more repeats than the other, `all` and `any` would differ where nothing changed. A case with too few is left out.
 * @param trials a score of the run that is missing is undefined, and not left out: it may be the one that decides
 */
export function foldPairs(trials: UnfoldedTrials, fold: Reducer): PairedTrials {
  const { baseline, run, groups } = trials;
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
