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
  /** Its gated metrics by name. They share rounds and schedule. */
  tracks: Readonly<Record<string, Track>>;
  /** Passes and fails of every paired case, by its id. */
  cases: Readonly<Record<string, GuardedCase>>;
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
  standings: Record<string, Standing | undefined>;
  /** Cases that the guard has something to say about. */
  guards: Record<string, Exclude<GuardState, { status: 'quiet' }>>;
  /** Some verdict is not settled: run every case up to `rounds` repeats. */
  rounds?: number;
  /** Single repeats for the guard, none of which enters a mean. */
  repeats: { case: string; repeat: number }[];
}

/**
 * The two stages of the gate for one eval (design: whole-suite looks with spent alpha, then a guard for single hard breaks). Pure:
 * ask again with the new trials until it wants neither rounds nor repeats, then judge the family (`judgeFamily`).
 */
export function nextStep(progress: EvalProgress, family: Family): EvalStep {
  const guards: EvalStep['guards'] = {};
  const repeats: EvalStep['repeats'] = [];
  for (const [id, each] of Object.entries(progress.cases)) {
    const state = stateOf(each, progress, family);
    if (state.status === 'quiet') continue;
    guards[id] = state;
    if (state.status === 'open') repeats.push({ case: id, repeat: state.next });
  }
  const standings: EvalStep['standings'] = {};
  const broken = Object.values(guards).some(({ status }) => status === 'confirmed');
  let rounds: number | undefined;
  for (const [metric, track] of Object.entries(progress.tracks)) {
    const standing = standingOf(track, family.tests);
    standings[metric] = standing;
    if (isOpen(track, standing, family.tests)) rounds ??= track.schedule.find((look) => look > track.rounds);
  }
  const settled = progress.final || (broken && progress.confirmedSettles);
  // The guard goes first: it is a handful of calls, and what it finds may settle the verdict.
  const more = !settled && repeats.length === 0 && rounds !== undefined;
  return { standings, guards, repeats, ...(more && { rounds }) };
}

function stateOf(each: GuardedCase, { alpha, confirm, final }: EvalProgress, { cases }: Family): GuardState {
  const needed = confirmationsNeeded(each.baseline.length, cases, GUARD_SHARE * alpha, confirm);
  return guardCase(each, needed, final);
}
