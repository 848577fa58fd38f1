import { normalCdf, normalQuantile } from './normal.js';
import { seeded } from './random.js';

/** A statistic of a sample: a number for at least one value. */
type Statistic = (values: Float64Array) => number;

/** Settings of a bootstrap. */
export interface BootstrapOptions {
  statistic?: Statistic;
  confidence?: number;
  resamples?: number;
  seed?: string;
  /** `bca`: bias-corrected and accelerated; `percentile` and `basic`: the plain ones, for comparison. */
  method?: 'bca' | 'percentile' | 'basic';
}

const average: Statistic = (values) => {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
};

/**
 * Bootstrap interval of a statistic (default: the mean). BCa: Efron 1987, JASA 82; Efron & Tibshirani 1993, chapter 14.
 * Values that are all equal, and a single one, give an interval of width 0 at the statistic: resampling knows no other value.
 * @returns undefined for no values
 */
export function bootstrapInterval(
  values: readonly number[],
  { statistic = average, confidence = 0.95, resamples = 9999, seed = 'assay', method = 'bca' }: BootstrapOptions = {},
): [number, number] | undefined {
  if (values.length === 0) return undefined;
  const sample = Float64Array.from(values);
  const seen = statistic(sample);
  if (values.every((value) => value === values[0])) return [seen, seen];
  const replicates = resample(sample, statistic, resamples, seed);
  const tail = (1 - confidence) / 2;
  if (method === 'percentile') return [quantile(replicates, tail), quantile(replicates, 1 - tail)];
  if (method === 'basic') {
    return [2 * seen - quantile(replicates, 1 - tail), 2 * seen - quantile(replicates, tail)];
  }
  const bias = biasCorrection(replicates, seen);
  const skew = acceleration([jackknife(sample, statistic)]);
  const level = (p: number): number => {
    const z = bias + normalQuantile(p);
    return normalCdf(bias + z / (1 - skew * z));
  };
  return [quantile(replicates, level(tail)), quantile(replicates, level(1 - tail))];
}

/** The statistic of `resamples` draws with replacement, ascending. */
function resample(sample: Float64Array, statistic: Statistic, resamples: number, seed: string): Float64Array {
  const random = seeded(seed);
  const drawn = new Float64Array(sample.length);
  const replicates = new Float64Array(Math.max(1, resamples));
  for (let round = 0; round < replicates.length; round += 1) {
    for (let index = 0; index < drawn.length; index += 1) drawn[index] = sample[random.below(sample.length)] ?? 0;
    replicates[round] = statistic(drawn);
  }
  return replicates.toSorted();
}

/**
 * z0: how far the median of the replicates lies from the statistic. Ties count half, so that discrete data has no bias of its own,
 * and with a tolerance, so that rounding makes none.
 */
function biasCorrection(replicates: Float64Array, seen: number): number {
  const tie = 1e-12 * Math.max(Math.abs(seen), Math.abs(replicates[0] ?? 0), Math.abs(replicates.at(-1) ?? 0));
  let below = 0;
  for (const value of replicates) below += value < seen - tie ? 1 : value <= seen + tie ? 0.5 : 0;
  const most = replicates.length - 0.5;
  return normalQuantile(Math.min(most, Math.max(0.5, below)) / replicates.length);
}

/** The statistic with each value left out in turn. */
function jackknife(sample: Float64Array, statistic: Statistic): Float64Array {
  return sample.map((_, out) => statistic(sample.filter((__, index) => index !== out)));
}

/**
 * BCa's acceleration from the leave-one-out values of each sample (Efron 1987, equation 6.6; several samples: Davison & Hinkley
 * 1997, equation 5.29). 0 where leaving one out changes nothing.
 */
export function acceleration(leftOut: readonly Float64Array[]): number {
  let cubes = 0;
  let squares = 0;
  for (const values of leftOut) {
    const center = average(values);
    for (const value of values) {
      const influence = ((values.length - 1) * (center - value)) / values.length;
      cubes += influence ** 3;
      squares += influence ** 2;
    }
  }
  return squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
}

/** The quantile of ascending values, at least one, by linear interpolation (Hyndman & Fan 1996, type 7). */
function quantile(sorted: Float64Array, p: number): number {
  const place = Math.min(1, Math.max(0, p)) * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
