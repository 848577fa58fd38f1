import { betaQuantile } from './beta.js';
import { clusteredStandardError } from './mean.js';
import { normalQuantile } from './normal.js';
import { effectFromError } from './power.js';
import { studentQuantile } from './student.js';
import type { PairedTrials } from './units.js';

/** How far D, the mean over cases of (baseline mean − run mean), can be trusted. */
export interface DropEstimate {
  /** D; above 0 the run is worse. */
  effect: number;
  /** Cases with trials on both sides. */
  cases: number;
  /** The larger of the two below; undefined where there are too few trials and cases for either. */
  standardError?: number;
  /** From the spread of repeats around their case's mean, pooled over cases and sides. */
  within?: { standardError: number; df: number };
  /** From the spread of the cases' differences; a group of cases counts as one. */
  between?: { standardError: number; df: number };
  /** All scores are 0 or 1. */
  passFail: boolean;
  /** Trials on either side, over all paired cases. */
  trials: { baseline: number; run: number };
  /** Trials per case on either side: harmonic means, which is how they count in the noise. */
  repeats: { baseline: number; run: number };
  /** Mean over cases of the baseline means. */
  baselineMean: number;
}

/**
 * Estimates D and its standard error twice: from within cases (the suite is fixed, so only the noise of the trials counts) and from
 * between them (what a paired t test uses; Miller 2024, arXiv:2411.00640). Few repeats make the first unsteady, few cases the
 * second: users of the estimate take the wider.
 * @returns undefined where no case has trials on both sides
 */
export function estimateDrop({ baseline, run, groups = [] }: PairedTrials): DropEstimate | undefined {
  const differences: number[] = [];
  const clusters: string[] = [];
  const spread = { squares: 0, df: 0, baseline: 0, run: 0 };
  const trials = { baseline: 0, run: 0 };
  let baselineSum = 0;
  let passFail = true;
  baseline.forEach((before, index) => {
    const after = run[index] ?? [];
    if (before.length === 0 || after.length === 0) return;
    const [a, b] = [summary(before), summary(after)];
    differences.push(a.mean - b.mean);
    const group = groups[index];
    clusters.push(group === undefined ? `case ${index}` : `group ${group}`);
    spread.squares += a.squares + b.squares;
    spread.df += before.length + after.length - 2;
    spread.baseline += 1 / before.length;
    spread.run += 1 / after.length;
    trials.baseline += before.length;
    trials.run += after.length;
    baselineSum += a.mean;
    passFail &&= a.passFail && b.passFail;
  });
  const cases = differences.length;
  if (cases === 0) return undefined;
  const effect = differences.reduce((sum, each) => sum + each, 0) / cases;
  const paired = clusteredStandardError(differences, clusters);
  const within =
    spread.df > 0
      ? {
          standardError: Math.sqrt((spread.squares / spread.df) * (spread.baseline + spread.run)) / cases,
          df: spread.df,
        }
      : undefined;
  const between = paired === undefined ? undefined : { standardError: paired, df: new Set(clusters).size - 1 };
  const errors = [within, between].flatMap((each) => (each ? [each.standardError] : []));
  return {
    effect,
    cases,
    ...(errors.length > 0 && { standardError: Math.max(...errors) }),
    ...(within && { within }),
    ...(between && { between }),
    passFail,
    trials,
    repeats: { baseline: cases / spread.baseline, run: cases / spread.run },
    baselineMean: baselineSum / cases,
  };
}

function summary(values: readonly number[]): { mean: number; squares: number; passFail: boolean } {
  let sum = 0;
  let passFail = true;
  for (const value of values) {
    sum += value;
    passFail &&= value === 0 || value === 1;
  }
  const mean = sum / values.length;
  let squares = 0;
  if (values.some((value) => value !== values[0])) for (const value of values) squares += (value - mean) ** 2;
  return { mean, squares, passFail };
}

/**
 * One-sided bounds of D at the given confidence: below `upper`, and above `lower`, with that confidence each. Student's t on
 * whichever standard error reaches farther, within −1..1, which is all that scores of 0..1 allow.
 */
export function dropBounds(estimate: DropEstimate, confidence: number): { lower: number; upper: number } {
  const parts = [estimate.within, estimate.between].flatMap((each) => (each ? [each] : []));
  if (parts.length === 0) return { lower: -1, upper: 1 };
  const reach = Math.max(
    ...parts.map(({ standardError, df }) =>
      standardError === 0 ? 0 : standardError * studentQuantile(confidence, df),
    ),
  );
  return { lower: Math.max(-1, estimate.effect - reach), upper: Math.min(1, estimate.effect + reach) };
}

/**
 * The smallest true drop that such a run would have found with a chance of `power`: z(1 − alpha) + z(power) standard errors
 * (Miller 2024, section 5). For passes and fails never less than what counting allows: so many failures must come together that
 * chance alone would deal them all to the run with a probability of at most alpha, and so many come up with a chance of `power`
 * only from a failure rate that high (Clopper & Pearson 1934).
 * @param alpha one-sided level at which a drop is taken for real
 * @returns 0..1; undefined where no drop, however large, could have been found
 */
export function detectableDrop(estimate: DropEstimate, alpha: number, power = 0.8): number | undefined {
  const { standardError, trials, passFail, baselineMean } = estimate;
  if (standardError === undefined || baselineMean <= 0) return undefined;
  const smooth = effectFromError(standardError, { alpha, power, sides: 1 });
  const failures = Math.ceil(Math.log(alpha) / Math.log(trials.run / (trials.run + trials.baseline)));
  if (passFail && failures > trials.run) return undefined;
  const counted = passFail ? betaQuantile(power, failures, trials.run - failures + 1) : 0;
  const drop = Math.max(smooth, counted);
  return drop <= baselineMean ? drop : undefined;
}

/** What more of one thing, everything else being as it is, would bring an upper bound below a limit. */
export interface Remedy {
  /** Repeats of every case in the run. */
  repeats?: number;
  /** Cases like these. */
  cases?: number;
}

/**
 * How many repeats, or how many cases, would rule out a drop of `limit` if D stayed as it is.
 * @returns neither where D has reached the limit; no `repeats` where the baseline's own noise, or the difference between cases, is
 *   too large for them to help
 */
export function remedyFor(estimate: DropEstimate, limit: number, confidence: number): Remedy {
  const { effect, cases, standardError, repeats } = estimate;
  const room = (limit - effect) / normalQuantile(confidence);
  if (room <= 0 || standardError === undefined) return {};
  const within = estimate.within?.standardError ?? estimate.between?.standardError ?? 0;
  const lasting = Math.max(0, (estimate.between?.standardError ?? 0) ** 2 - within ** 2);
  const perTrial = within ** 2 / (1 / repeats.baseline + 1 / repeats.run);
  const allowed = room ** 2 - lasting - perTrial / repeats.baseline;
  return {
    ...(allowed > 0 && { repeats: Math.max(1, Math.ceil(perTrial / allowed)) }),
    cases: Math.max(1, Math.ceil(cases * (standardError / room) ** 2)),
  };
}
