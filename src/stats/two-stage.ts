import { confirmationsNeeded, type GuardedCase, type GuardState, guardCase } from './guard.js';
import { GUARD_SHARE, isOpen, type Standing, standingOf, type Track } from './sequential.js';

/** The family that shares one alpha, counted once, before anything ran, over the whole library. */
export interface Family {
  /** Gated metrics of all its evals: Holm's m. */
  tests: number;
  /** Cases of all its evals: the guard's N. */
  cases: number;
}

/** One eval as far as it ran. */
export interface EvalProgress {
  /** Its gated metrics. They share rounds and schedule. */
  tracks: readonly Track[];
  /** Passes and fails of every paired case. */
  cases: readonly GuardedCase[];
  alpha: number;
  /** The most failures that the guard waits for. */
  confirm: number;
  /** A confirmed break fails the gate by itself, so the suite need not be repeated further. */
  confirmedSettles: boolean;
  /** No more repeats will come. */
  final: boolean;
}

/** What is known of an eval, and what to run next. */
export interface EvalStep {
  /** One per track, in order; undefined where there is nothing to tell from. */
  standings: (Standing | undefined)[];
  /** One per case, in order. */
  guards: GuardState[];
  /** Some verdict is not settled: run every case up to so many repeats. */
  rounds?: number;
  /** Single repeats for the guard, none of which enters a mean: `case` is an index. Repeats count from 1. */
  repeats: { case: number; repeat: number }[];
}

/**
 * The two stages of the gate for one eval (design: whole-suite looks with spent alpha, then a guard for single hard breaks). Pure:
 * ask again with the new trials until it wants neither rounds nor repeats, then judge the family (`judgeFamily`).
 */
export function nextStep(progress: EvalProgress, family: Family): EvalStep {
  const guards = progress.cases.map((each) => stateOf(each, progress, family));
  const repeats = guards.flatMap((state, index) =>
    state.status === 'open' ? [{ case: index, repeat: state.next }] : [],
  );
  const standings = progress.tracks.map((track) => standingOf(track, family.tests));
  const open = progress.tracks.filter((track, index) => isOpen(track, standings[index], family.tests));
  const [rounds] = open.flatMap(({ schedule, rounds: done }) => schedule.find((look) => look > done) ?? []);
  const broken = guards.some(({ status }) => status === 'confirmed');
  const settled = progress.final || (broken && progress.confirmedSettles);
  // The guard goes first: it is a handful of calls, and what it finds may settle the verdict.
  const more = !settled && repeats.length === 0 && rounds !== undefined;
  return { standings, guards, repeats, ...(more && { rounds }) };
}

function stateOf(each: GuardedCase, { alpha, confirm, final }: EvalProgress, { cases }: Family): GuardState {
  const needed = confirmationsNeeded(each.baseline.length, cases, GUARD_SHARE * alpha, confirm);
  return guardCase(each, needed, final || each.ended === true);
}
