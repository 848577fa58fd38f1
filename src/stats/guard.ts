/**
 * How many failures in a row prove that a case broke which had passed all K trials of its baseline: the smallest b with
 * N · K^K b^b / (K + b)^(K + b) ≤ share. K^K b^b / (K + b)^(K + b) is the most that r^K (1 − r)^b can be, so this bounds the chance
 * that an unchanged case, whatever its pass rate r, first passes K times and then fails b times, added up over N cases. It holds
 * although the failing case was picked for failing: the first failure is one of the b.
 * @param passes K, trials of the baseline, all passed
 * @param cases N, all cases that could be picked
 * @param share false alarms allowed, e.g. 0.2 · alpha
 * @param cap the most failures to wait for
 * @returns undefined where `cap` failures are not enough
 */
export function confirmationsNeeded(passes: number, cases: number, share: number, cap: number): number | undefined {
  if (passes <= 0) return undefined;
  for (let failures = 1; failures <= cap; failures += 1) {
    const log = Math.log(Math.max(1, cases)) + logMost(passes, failures);
    if (log <= Math.log(share) + 1e-12) return failures;
  }
  return undefined;
}

/** ln of the largest r^K (1 − r)^b, at r = K / (K + b). */
function logMost(passes: number, failures: number): number {
  const all = passes + failures;
  return passes * Math.log(passes / all) + failures * Math.log(failures / all);
}

/** Trials that the baseline must have, all passed, so that `cap` failures prove a break; undefined where 1000 are too few. */
export function baselineNeeded(cases: number, share: number, cap: number): number | undefined {
  for (let passes = 1; passes <= 1000; passes += 1) {
    if (confirmationsNeeded(passes, cases, share, cap) !== undefined) return passes;
  }
  return undefined;
}

/**
 * What the guard says about one case.
 * `quiet`: it did not pass all of its baseline, or did not fail the first repeat that has a score; nothing to guard.
 * `flaky`: it failed, and passed when it was repeated.
 * `open`: repeat `next` is needed to tell.
 * `confirmed`: it failed `needed` times without passing once: it is broken.
 * `unconfirmed`: it has failed each time, but it takes more repeats than there will be, or (`needed` absent) a longer baseline.
 */
export type GuardState =
  | { status: 'quiet' }
  | { status: 'flaky'; failures: number; trials: number }
  | { status: 'open'; failures: number; needed: number; next: number }
  | { status: 'confirmed'; failures: number; needed: number }
  | { status: 'unconfirmed'; failures: number; needed?: number };

/** Passes (1) and fails (0) of one case. */
export interface GuardedCase {
  baseline: readonly number[];
  /** In order of repeat, from the first; undefined: no score. */
  run: readonly (number | undefined)[];
  /** No more repeats of this case can be had. */
  ended?: boolean;
}

/**
 * Watches a single case for a hard break. It looks only at failures from the first repeat on, up to the first pass: a failure is
 * never outvoted, and repeats given only to failing cases never enter a mean.
 * @param needed from `confirmationsNeeded`
 * @param final no more repeats will come
 */
export function guardCase({ baseline, run }: GuardedCase, needed: number | undefined, final: boolean): GuardState {
  const scores = run.filter((score) => score !== undefined);
  if (baseline.length === 0 || baseline.some((score) => score !== 1) || scores[0] !== 0) return { status: 'quiet' };
  const passed = scores.findIndex((score) => score === 1);
  const failures = passed < 0 ? scores.length : passed;
  if (needed !== undefined && failures >= needed) return { status: 'confirmed', failures, needed };
  if (passed >= 0) return { status: 'flaky', failures, trials: scores.length };
  // A case whose repeats get no scores would be asked for ever: twice as many as needed is where it ends.
  if (needed === undefined) return { status: 'unconfirmed', failures };
  if (final || run.length >= 2 * needed) return { status: 'unconfirmed', failures, needed };
  return { status: 'open', failures, needed, next: run.length + 1 };
}
