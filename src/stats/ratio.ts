import { studentQuantile } from './student.js';

/** How one sum stands to another over the same cases, after / before. */
export interface Ratio {
  ratio: number;
  /** The ratio is at least this, with the confidence that was asked for; absent for a single case, which has no spread. */
  lower?: number;
}

/**
 * The ratio of two sums over the same cases, and its lower bound by Student's t on the residuals after − ratio · before: cases are
 * the sample (Cochran 1977, Sampling Techniques, section 2.11).
 * @returns undefined for no cases, and where the sum of `before` is 0
 */
export function ratioOfSums(before: readonly number[], after: readonly number[], confidence = 0.95): Ratio | undefined {
  const n = before.length;
  const base = before.reduce((sum, value) => sum + value, 0);
  if (n === 0 || base <= 0) return undefined;
  const ratio = after.reduce((sum, value) => sum + value, 0) / base;
  if (n === 1) return { ratio };
  let squares = 0;
  before.forEach((value, index) => {
    squares += ((after[index] ?? 0) - ratio * value) ** 2;
  });
  const error = Math.sqrt((n * squares) / (n - 1)) / base;
  return { ratio, lower: ratio - (error === 0 ? 0 : studentQuantile(confidence, n - 1) * error) };
}
