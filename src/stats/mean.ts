import { wilson } from './proportion.js';
import { studentQuantile } from './student.js';

/** Numbers of which there may be too many for an array; gone through several times. */
export interface Values extends Iterable<number> {
  readonly length: number;
}

/** Arithmetic mean; undefined for no values. */
export function mean(values: Values): number | undefined {
  const { length } = values;
  if (length === 0) return undefined;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / length;
}

/** Sample variance, Σ (x − mean)² / (n − 1); undefined for fewer than two values, which say nothing about spread. */
export function variance(values: Values): number | undefined {
  const center = mean(values);
  if (center === undefined || values.length < 2) return undefined;
  let sum = 0;
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    sum += (value - center) ** 2;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  // The mean of equal values may be off in its last digit.
  return least === most ? 0 : sum / (values.length - 1);
}

/** Standard error of the mean of independent values, √(variance / n); undefined for fewer than two values. */
export function standardError(values: Values): number | undefined {
  const spread = variance(values);
  return spread === undefined ? undefined : Math.sqrt(spread / values.length);
}

/**
 * Standard error of the mean where values of one cluster belong together (repeats of a case, cases of a group): the root of
 * Σ over clusters of (sum of deviations)², divided by n (Liang & Zeger 1986; Miller 2024, arXiv:2411.00640, equation 4).
 * @param clusters for each value the name of its cluster, in the same order
 * @param smallSample multiply the variance by C / (C − 1) for C clusters (Cameron & Miller 2015): wider where clusters are few.
 *   With every value a cluster of its own, this is then `standardError`.
 * @returns undefined for fewer than two clusters
 */
export function clusteredStandardError(
  values: readonly number[],
  clusters: readonly (string | number)[],
  smallSample = true,
): number | undefined {
  const center = mean(values);
  if (center === undefined) return undefined;
  const sums = new Map<string | number, number>();
  values.forEach((value, index) => {
    const cluster = clusters[index] ?? `#${index}`;
    sums.set(cluster, (sums.get(cluster) ?? 0) + value - center);
  });
  if (sums.size < 2) return undefined;
  let total = 0;
  for (const sum of sums.values()) total += sum * sum;
  return Math.sqrt(total * (smallSample ? sums.size / (sums.size - 1) : 1)) / values.length;
}

/**
 * Student's t interval for a mean (Student 1908): mean ± t(n − 1) · standard error, cut off at the bounds.
 * Fewer than two values say nothing about the spread: the answer is the bounds themselves. Values that are all equal give an
 * interval of width 0; `scoreInterval` is the one to show people.
 * @param bounds the least and the largest value that a mean can have: 0..1 for scores; [-Infinity, Infinity] for none
 */
export function meanInterval(
  values: Values,
  confidence = 0.95,
  bounds: readonly [number, number] = [0, 1],
): [number, number] {
  const center = mean(values);
  const error = standardError(values);
  if (center === undefined || error === undefined) return [bounds[0], bounds[1]];
  const half = error === 0 ? 0 : studentQuantile(0.5 + confidence / 2, values.length - 1) * error;
  return [Math.max(bounds[0], center - half), Math.min(bounds[1], center + half)];
}

/**
 * The interval to show for the mean of scores within 0..1, one value per case. Passes and fails: Wilson's. Graded scores:
 * Student's t. Where t has nothing to go by (one value, or all equal): Wilson's on the sum of the scores, never a width of 0.
 * @returns the ends of the interval, within 0..1; no values: [0, 1]
 */
export function scoreInterval(values: Values, confidence = 0.95): [number, number] {
  let sum = 0;
  let graded = false;
  for (const value of values) {
    sum += value;
    graded ||= value !== 0 && value !== 1;
  }
  const flat = (variance(values) ?? 0) === 0;
  return graded && !flat ? meanInterval(values, confidence) : wilson(sum, values.length, confidence);
}
