import { TIE } from './convolution.js';
import { type DropEstimate, detectableDrop, dropBounds, estimateDrop } from './drop.js';
import { combineLooks, looksMade, spendingWeights } from './looks.js';
import { holm } from './multiplicity.js';
import { pairedPermutation } from './permutation.js';
import { foldPairs, type Reducer } from './reduce.js';
import type { PairedTrials } from './units.js';

/** Of alpha, the suite's looks may spend this share; the guard of single cases has the rest. */
export const SUITE_SHARE = 0.8;
export const GUARD_SHARE = 0.2;

/** One metric of one eval: what the baseline has and what the run has so far. */
export interface Track {
  /** Per paired case the scores of all baseline trials. */
  baseline: readonly (readonly number[])[];
  /** Per paired case the score of each repeat, from the first; undefined: no score. More than `rounds` are left out. */
  run: readonly (readonly (number | undefined)[])[];
  groups?: readonly (string | undefined)[];
  /** Complete rounds: repeats that every case was given. */
  rounds: number;
  /** From `lookSchedule`. */
  schedule: readonly number[];
  /** No more rounds will come: at max, budget spent, all that is recorded. */
  final: boolean;
  alpha: number;
  tolerance: number;
  detect: number;
  /** Folds the repeats of a case into one; absent: the mean, for which every trial counts. */
  fold?: Reducer;
  /** Names the random numbers of graded scores. */
  seed?: string;
}

/** What the looks made so far say about a track. */
export interface Standing {
  /** Looks made, as numbers of rounds. */
  looks: number[];
  estimate: DropEstimate;
  /** Plain one-sided p of the latest look that the run is worse. */
  p: number;
  /** The same over all looks, for a drop and for a rise: valid whenever one stops. */
  drop: number;
  rise: number;
  /** Bounds of D, each with a confidence of 1 − alpha; together an interval of 1 − 2 · alpha. */
  bounds: { lower: number; upper: number };
  exact: boolean;
}

/**
 * Looks at a track at every look that its rounds allow.
 * @param family how many tests share the alpha (Holm's m)
 * @returns undefined where no case has scores on both sides, or no round is complete
 */
export function standingOf(track: Track, family: number): Standing | undefined {
  const { schedule, rounds, final, alpha, seed } = track;
  const looks = looksMade(schedule, rounds, final);
  const last = looks.at(-1);
  const estimate = last === undefined ? undefined : estimateDrop(upToRound(track, last));
  if (estimate === undefined) return undefined;
  const weights = spendingWeights(schedule.length);
  const tests = looks.map((look, index) => {
    const level = ((SUITE_SHARE * alpha) / Math.max(1, family)) * (weights[index] ?? 1);
    const options = { seed: `${seed ?? ''} ${look}`, resamples: resamplesFor(level) };
    return pairedPermutation(upToRound(track, look), options) ?? NO_SCORES;
  });
  const drops = tests.map((test) => test.drop);
  const rises = tests.map((test) => test.rise);
  return {
    looks,
    estimate,
    p: drops.at(-1) ?? 1,
    drop: combineLooks(drops, schedule.length),
    rise: combineLooks(rises, schedule.length),
    bounds: dropBounds(estimate, 1 - alpha),
    exact: tests.every((test) => test.exact),
  };
}

/** A look at which no case had scores on both sides proves nothing. */
const NO_SCORES = { drop: 1, rise: 1, exact: true };

function upToRound({ baseline, run, groups, fold }: Track, rounds: number): PairedTrials {
  const complete = run.map((scores) => scores.slice(0, rounds));
  const beside = { baseline, ...(groups && { groups }) };
  if (fold) return foldPairs({ ...beside, run: complete }, fold);
  return { ...beside, run: complete.map((scores) => scores.filter((score) => score !== undefined)) };
}

/** Arrangements to draw so that a p at half the level can still be told from one at the level. */
function resamplesFor(level: number): number {
  return Math.min(199_999, Math.max(9999, Math.ceil(2 / level)));
}

/**
 * Whether a track needs another round: not where a drop is proven whatever the rest of the family does, nor where a drop worth
 * detecting is ruled out, nor where no more rounds will come.
 * @param standing undefined (nothing to tell from yet) keeps it open
 */
export function isOpen(track: Track, standing: Standing | undefined, family: number): boolean {
  if (track.final || track.rounds >= (track.schedule.at(-1) ?? 0)) return false;
  if (standing === undefined) return true;
  return !isProven(track, standing, family) && standing.bounds.upper >= track.detect;
}

/** Whether a drop that matters is proven whatever the rest of the family does. */
export function isProven({ alpha, tolerance }: Track, { drop, estimate }: Standing, family: number): boolean {
  return drop <= (SUITE_SHARE * alpha) / Math.max(1, family) && reaches(estimate.effect, tolerance);
}

/** At least as large, but for rounding: one case in fifty is a drop of 0.02. */
function reaches(effect: number, tolerance: number): boolean {
  return effect >= tolerance - TIE;
}

/** The judgement of one track in its family. */
export interface Judged {
  verdict: 'improved' | 'unchanged' | 'within-noise' | 'regressed' | 'inconclusive';
  /** P of a drop over all looks, and after Holm's correction for the family. */
  p: number;
  pAdjusted: number;
  /** The smallest drop that could have been found; undefined: none could. */
  mde?: number;
}

/**
 * Judges the tracks of a family together.
 * @param members each track with its standing
 * @param family how many tests share the alpha; at least as many as members, more where some could not be computed
 * @returns judgements in the order of the members
 */
export function judgeFamily(
  members: readonly { track: Track; standing: Standing }[],
  family = members.length,
): Judged[] {
  const drops = holm(
    members.map(({ standing }) => standing.drop),
    family,
  );
  const rises = holm(
    members.map(({ standing }) => standing.rise),
    family,
  );
  return members.map(({ track, standing }, index) => {
    const pAdjusted = drops[index] ?? 1;
    const weight = spendingWeights(track.schedule.length)[standing.looks.length - 1] ?? 1;
    const level = ((SUITE_SHARE * track.alpha) / Math.max(1, family)) * weight;
    const mde = detectableDrop(standing.estimate, level);
    const verdict = verdictOf(track, standing, { drop: pAdjusted, rise: rises[index] ?? 1 });
    return { verdict, p: standing.drop, pAdjusted, ...(mde !== undefined && { mde }) };
  });
}

function verdictOf(
  track: Track,
  { estimate, bounds }: Standing,
  adjusted: { drop: number; rise: number },
): Judged['verdict'] {
  const { alpha, tolerance, detect, rounds, schedule, final } = track;
  const level = SUITE_SHARE * alpha;
  if (adjusted.drop <= level && reaches(estimate.effect, tolerance)) return 'regressed';
  if (adjusted.rise <= level && reaches(-estimate.effect, tolerance)) return 'improved';
  if (bounds.upper < tolerance) return 'unchanged';
  const ended = final || rounds >= (schedule.at(-1) ?? 0);
  return ended && bounds.upper >= detect ? 'inconclusive' : 'within-noise';
}
