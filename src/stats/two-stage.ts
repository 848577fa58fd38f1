import { confirmationsNeeded, type GuardedCase, type GuardState, guardCase } from './guard.js';
import { GUARD_SHARE, isOpen, isProven, type Standing, standingOf, type Track } from './sequential.js';

/** The family that shares one alpha, counted once, before anything ran, over the whole library. */
export interface Family {
  /** Gated metrics of all its evals: Holm's m. */
  tests: number;
  /** Cases of all its evals: the guard's N. */
  cases: number;
}

/** A gated metric of one eval, as its looks so far have it. */
export interface Look {
  track: Track;
  /** Undefined where there is nothing to tell from yet. */
  standing: Standing | undefined;
  /** It needs another round. */
  open: boolean;
  /** A drop that matters is proven, whatever the rest of the family does. */
  proven: boolean;
}

export function lookAt(track: Track, { tests }: Family): Look {
  const standing = standingOf(track, tests);
  const proven = standing !== undefined && isProven(track, standing, tests);
  return { track, standing, open: isOpen(track, standing, tests), proven };
}

/** The cases of one eval that the guard watches. */
export interface Guarded {
  /** Passes and fails of every paired case. */
  cases: readonly GuardedCase[];
  alpha: number;
  /** The most failures that the guard waits for. */
  confirm: number;
}

/**
 * @param final no more repeats of any case will come
 * @returns one state per case, in order
 */
export function guardStates({ cases, alpha, confirm }: Guarded, family: Family, final: boolean): GuardState[] {
  return cases.map((each) => {
    const needed = confirmationsNeeded(each.baseline.length, family.cases, GUARD_SHARE * alpha, confirm);
    return guardCase(each, needed, final || each.ended === true);
  });
}

/** What to run next of an eval; nothing where its verdict is settled. */
export interface Step {
  /** Every case up to so many repeats. */
  rounds?: number;
  /** Single repeats for the guard, none of which enters a mean: `case` is an index. Repeats count from 1. */
  repeats: { case: number; repeat: number }[];
}

/** What ends an eval early. */
export interface Stops {
  /** A confirmed break fails the gate by itself, so the suite need not be repeated further. */
  confirmedSettles: boolean;
  /** No more rounds will come. */
  final: boolean;
}

/**
 * The two stages of the gate for one eval (design: whole-suite looks with spent alpha, then a guard for single hard breaks). Pure:
 * look again with the new trials until it wants neither rounds nor repeats, then judge the family (`judgeFamily`).
 */
export function nextStep(
  looks: readonly Look[],
  guards: readonly GuardState[],
  { confirmedSettles, final }: Stops,
): Step {
  const broken = confirmedSettles && guards.some(({ status }) => status === 'confirmed');
  // The guard goes first: it is a handful of calls, and what it finds may settle the verdict. Where the suite failed, it is settled.
  const repeats = broken || looks.some(({ proven }) => proven) ? [] : guards.flatMap(repeatsOf);
  if (repeats.length > 0 || broken || final) return { repeats };
  const [rounds] = looks.flatMap(({ track: { schedule, rounds: done }, open }) =>
    open ? (schedule.find((look) => look > done) ?? []) : [],
  );
  return { repeats, ...(rounds !== undefined && { rounds }) };
}

/** As many repeats again as have failed so far: few calls for a case that is only flaky, few steps for one that is broken. */
function repeatsOf(state: GuardState, index: number): Step['repeats'] {
  if (state.status !== 'open') return [];
  const count = Math.max(1, Math.min(state.needed - state.failures, state.failures));
  return Array.from({ length: count }, (_, more) => ({ case: index, repeat: state.next + more }));
}
