import { normalCdf, normalQuantile } from './normal.js';

/** Where the noise of a paired difference of two means over cases comes from. */
export interface Noise {
  /** Variance over cases of the true difference (or of the measured one, with repeats of Infinity). */
  caseVariance: number;
  /** Variance of one trial around its case's mean, averaged over cases. */
  trialVariance: { baseline: number; run: number };
  /** Trials per case; Infinity for none of their noise. */
  repeats: { baseline: number; run: number };
}

/** How sure a test is to be. */
export interface Certainty {
  /** False alarms allowed, 0..1. */
  alpha?: number;
  /** Chance of seeing the effect, 0..1. */
  power?: number;
  /** 1: only drops count; 2: changes either way. */
  sides?: 1 | 2;
}

/** Variance of one case's mean over `repeats` trials: Var(x) + E[σ²] / K (Miller 2024, arXiv:2411.00640, section 3). */
export function resampledVariance(caseVariance: number, trialVariance: number, repeats: number): number {
  return caseVariance + trialVariance / repeats;
}

/** Variance of one case's measured difference. */
function differenceVariance({ caseVariance, trialVariance, repeats }: Noise): number {
  return caseVariance + trialVariance.baseline / repeats.baseline + trialVariance.run / repeats.run;
}

/** Sum of the two normal quantiles on which every formula here stands: z(1 − alpha / sides) + z(power). */
function reach({ alpha = 0.05, power = 0.8, sides = 2 }: Certainty): number {
  return normalQuantile(1 - alpha / sides) + normalQuantile(power);
}

/**
 * Cases needed to see a difference (Miller 2024, section 5: n = (z + z)² (ω² + σ²/K + σ²/K) / δ²).
 * @returns not rounded; Infinity for an effect of 0, which no number of cases shows
 */
export function casesNeeded(effect: number, noise: Noise, certainty: Certainty = {}): number {
  if (effect === 0) return Number.POSITIVE_INFINITY;
  return (reach(certainty) ** 2 * differenceVariance(noise)) / (effect * effect);
}

/**
 * Repeats of every case in the run that make an effect visible, the number of cases being given.
 * @returns whole; undefined where no number of repeats is enough
 */
export function repeatsNeeded(
  effect: number,
  cases: number,
  noise: Noise,
  certainty: Certainty = {},
): number | undefined {
  const allowed = cases * (effect / reach(certainty)) ** 2;
  const fixed = differenceVariance({ ...noise, repeats: { ...noise.repeats, run: Number.POSITIVE_INFINITY } });
  if (noise.trialVariance.run === 0) return fixed <= allowed && cases > 0 ? 1 : undefined;
  return allowed > fixed ? Math.max(1, Math.ceil(noise.trialVariance.run / (allowed - fixed))) : undefined;
}

/** The smallest difference that so many cases show; undefined for no cases. */
export function detectableEffect(cases: number, noise: Noise, certainty: Certainty = {}): number | undefined {
  return cases > 0 ? reach(certainty) * Math.sqrt(differenceVariance(noise) / cases) : undefined;
}

/** The smallest effect that an estimate with this standard error shows: (z(1 − alpha / sides) + z(power)) · SE. */
export function effectFromError(standardError: number, certainty: Certainty = {}): number {
  return reach(certainty) * standardError;
}

/**
 * Chance that a normal test sees a difference; without noise 1 for any effect above 0, and alpha for none.
 */
export function pairedPower(effect: number, cases: number, noise: Noise, certainty: Certainty = {}): number {
  const { alpha = 0.05, sides = 2 } = certainty;
  const error = cases > 0 ? Math.sqrt(differenceVariance(noise) / cases) : Number.POSITIVE_INFINITY;
  if (error === 0) return effect > 0 ? 1 : alpha;
  const bar = normalQuantile(1 - alpha / sides);
  const upper = normalCdf(effect / error - bar);
  return sides === 2 ? upper + normalCdf(-effect / error - bar) : upper;
}

/**
 * Trials per side that show a difference between two proportions, unpaired (Fleiss, Levin & Paik 2003, section 4.2 without
 * correction; what R's power.prop.test solves). Not rounded; Infinity for equal proportions.
 */
export function trialsPerSide(p1: number, p2: number, certainty: Certainty = {}): number {
  if (p1 === p2) return Number.POSITIVE_INFINITY;
  const { alpha = 0.05, power = 0.8, sides = 2 } = certainty;
  const pooled = (p1 + p2) / 2;
  const bar = normalQuantile(1 - alpha / sides) * Math.sqrt(2 * pooled * (1 - pooled));
  const room = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return ((bar + room) / (p1 - p2)) ** 2;
}
