import { add, convolve, type Distribution, type Lattice, merged, scaled, subsetSums, tails } from './convolution.js';
import { logChoose } from './gamma.js';
import { monteCarlo } from './monte-carlo.js';
import { type PairedTrials, pairUp, type Unit, type Units } from './units.js';

/** Result of a permutation test of baseline against run. */
export interface PermutationTest {
  /** D: mean over cases of (baseline mean − run mean); above 0 the run is worse. */
  effect: number;
  /** Cases with trials on both sides. */
  cases: number;
  /** One-sided p that the run is worse: the chance of a D at least so large if nothing changed. Never 0. */
  drop: number;
  /** One-sided p that the run is better. */
  rise: number;
  /** All arrangements were counted; false: a seeded sample of them. */
  exact: boolean;
}

/** How a test that cannot count all arrangements samples them. */
export interface SamplingOptions {
  seed?: string;
  /** The most arrangements to draw; the smallest p is 1 / (resamples + 1). */
  resamples?: number;
}

/** Up to so many arrangements of graded scores are counted one by one. */
const FEW_ARRANGEMENTS = 50_000;
/** Up to so many pairs of values are formed when cases with different numbers of repeats are put together. */
const FEW_PAIRS = 200_000;

/**
 * Paired permutation test (Pesarin & Salmaso 2010, Permutation Tests for Complex Data): if no case's scores changed, each case's
 * trials could as well have been dealt to baseline and run in any other way. Trials move only within their case; a case is one
 * cluster, whatever its repeats; cases of a group move together, round by round.
 *
 * Passes and fails: exact, as sums of hypergeometric counts. Graded scores: exact for few arrangements, else Monte-Carlo with
 * (b + 1) / (m + 1) (Phipson & Smyth 2010). The answer does not depend on the order of cases, nor of trials within a side.
 * @returns undefined where no case has trials on both sides
 */
export function pairedPermutation(trials: PairedTrials, options: SamplingOptions = {}): PermutationTest | undefined {
  const paired = pairUp(trials);
  if (paired === undefined) return undefined;
  const { effect, cases } = paired;
  const exact = countAll(paired);
  if (exact === undefined) return { effect, cases, ...monteCarlo(paired, options), exact: false };
  return { effect, cases, drop: exact.atLeast, rise: exact.atMost, exact: true };
}

/**
 * Sign-flip test of paired differences (Fisher 1935, The Design of Experiments, section 21): the permutation test with one trial
 * each.
 * @param differences baseline − run per case
 * @returns one-sided p for a mean above 0 (`greater`) and below 0 (`less`), and the two-sided p; undefined for no differences
 */
export function signFlip(
  differences: readonly number[],
  options: SamplingOptions = {},
): { greater: number; less: number; twoSided: number; exact: boolean } | undefined {
  const test = pairedPermutation(
    { baseline: differences.map((each) => [each]), run: differences.map(() => [0]) },
    options,
  );
  if (test === undefined) return undefined;
  const { drop, rise, exact } = test;
  return { greater: drop, less: rise, twoSided: Math.min(1, 2 * Math.min(drop, rise)), exact };
}

/** Exact tails of cases · D, where that can be had at reasonable cost. */
function countAll({ units, cases, effect, passFail }: Units): { atLeast: number; atMost: number } | undefined {
  if (units.some(({ members }) => members.length > 1)) return undefined;
  const parts = passFail ? latticeParts(units) : enumeratedParts(units);
  if (parts === undefined) return undefined;
  parts.sort((a, b) => b.values.length - a.values.length);
  const [largest, ...others] = parts;
  if (largest === undefined) return undefined;
  let rest: Distribution = merged([[0, 1]]);
  for (const part of others) {
    if (rest.values.length * part.values.length > FEW_PAIRS) return undefined;
    rest = add(rest, part);
  }
  return tails(rest, largest, effect * cases);
}

/** One distribution for each pair of repeat counts: within it every case's contribution is a whole number of equal steps. */
function latticeParts(units: readonly Unit[]): Distribution[] {
  const classes = new Map<string, { lattice: Lattice; offset: number; step: number; known: Map<number, Lattice> }>();
  for (const { members } of units) {
    for (const { values, baseline } of members) {
      const draws = values.length - baseline;
      const key = `${baseline}/${draws}`;
      const entry = classes.get(key) ?? {
        lattice: Float64Array.of(1),
        offset: 0,
        step: -(1 / baseline + 1 / draws),
        known: new Map<number, Lattice>(),
      };
      const total = values.reduce((sum, value) => sum + value, 0);
      const single = values.every((value) => value <= 1);
      const lattice = (single ? entry.known.get(total) : undefined) ?? subsetSums(values, draws);
      if (single) entry.known.set(total, lattice);
      entry.lattice = convolve(entry.lattice, lattice);
      entry.offset += total / baseline;
      classes.set(key, entry);
    }
  }
  return [...classes.values()].map(({ lattice, offset, step }) => scaled(lattice, offset, step));
}

/** One distribution for each case whose scores differ, or undefined where all their arrangements together are too many. */
function enumeratedParts(units: readonly Unit[]): Distribution[] | undefined {
  let arrangements = 0;
  const parts: Distribution[] = [];
  for (const { members } of units) {
    for (const { values, baseline } of members) {
      const constant = values.every((value) => value === values[0]);
      arrangements += constant ? 0 : logChoose(values.length, baseline);
      if (arrangements > Math.log(FEW_ARRANGEMENTS)) return undefined;
      parts.push(arrangementsOf(values, baseline, constant));
    }
  }
  return parts;
}

/** Distribution of (baseline mean − run mean) over all ways to deal the values. */
function arrangementsOf(values: Float64Array, baseline: number, constant: boolean): Distribution {
  if (constant) return merged([[0, 1]]);
  const draws = values.length - baseline;
  const total = values.reduce((sum, value) => sum + value, 0);
  const sums = allSums(values, draws);
  return merged(sums.map((sum) => [(total - sum) / baseline - sum / draws, 1 / sums.length]));
}

/** The sum of every subset of `size` values. */
function allSums(values: Float64Array, size: number): number[] {
  let partial: { sum: number; count: number }[] = [{ sum: 0, count: 0 }];
  values.forEach((value, index) => {
    const left = values.length - index - 1;
    partial = partial
      .flatMap(({ sum, count }) => [
        { sum, count },
        { sum: sum + value, count: count + 1 },
      ])
      .filter(({ count }) => count <= size && count + left >= size);
  });
  return partial.map(({ sum }) => sum);
}
