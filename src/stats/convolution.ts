import { logChoose } from './gamma.js';
import { hypergeometricChances } from './hypergeometric.js';

/** Chances of finitely many values. */
export interface Distribution {
  /** Ascending. */
  values: Float64Array;
  chances: Float64Array;
}

/** Chances of 0, 1, 2, … */
export type Lattice = Float64Array;

/** Values nearer than this are the same one, but for rounding. */
export const TIE = 1e-9;

/** Distribution of the sum of two independent whole numbers. */
export function convolve(a: Lattice, b: Lattice): Lattice {
  const sum = new Float64Array(a.length + b.length - 1);
  for (let i = 0; i < b.length; i += 1) {
    const chance = b[i] ?? 0;
    if (chance === 0) continue;
    for (let j = 0; j < a.length; j += 1) sum[i + j] = (sum[i + j] ?? 0) + chance * (a[j] ?? 0);
  }
  return sum;
}

/**
 * Distribution of the sum of a random `draws` of the values (whole numbers ≥ 0): hypergeometric for zeros and ones, else by
 * counting subsets (the generating function Π (1 + y x^value), Pagano & Tritchler 1983).
 */
export function subsetSums(values: Float64Array, draws: number): Lattice {
  const total = values.reduce((sum, value) => sum + value, 0);
  if (values.every((value) => value <= 1)) return hypergeometricChances(values.length, total, draws);
  const width = total + 1;
  const ways = new Float64Array((draws + 1) * width);
  ways[0] = 1;
  values.forEach((value, seen) => {
    for (let count = Math.min(draws, seen + 1); count >= 1; count -= 1) {
      for (let sum = total; sum >= value; sum -= 1) {
        const at = count * width + sum;
        ways[at] = (ways[at] ?? 0) + (ways[(count - 1) * width + sum - value] ?? 0);
      }
    }
  });
  const all = Math.exp(logChoose(values.length, draws));
  return ways.slice(draws * width).map((count) => count / all);
}

/** Distribution of offset + step · (a whole number with these chances). */
export function scaled(lattice: Lattice, offset: number, step: number): Distribution {
  const entries = [...lattice].map((chance, index): [number, number] => [offset + step * index, chance]);
  return merged(entries.filter(([, chance]) => chance > 0));
}

/** Distribution of the sum of two independent values; sums that are the same but for rounding become one. */
export function add(a: Distribution, b: Distribution): Distribution {
  const entries: [number, number][] = [];
  a.values.forEach((left, i) => {
    b.values.forEach((right, j) => {
      entries.push([left + right, (a.chances[i] ?? 0) * (b.chances[j] ?? 0)]);
    });
  });
  return merged(entries);
}

/** Sorts, and adds up the chances of equal values. */
export function merged(entries: [number, number][]): Distribution {
  entries.sort(([a], [b]) => a - b);
  const values: number[] = [];
  const chances: number[] = [];
  for (const [value, chance] of entries) {
    const last = values.length - 1;
    const before = values[last];
    if (before !== undefined && value - before <= TIE) chances[last] = (chances[last] ?? 0) + chance;
    else {
      values.push(value);
      chances.push(chance);
    }
  }
  return { values: Float64Array.from(values), chances: Float64Array.from(chances) };
}

/**
 * P(A + B ≥ x) and P(A + B ≤ x) for independent A and B, without forming their sum: for each value of A, B's tail.
 */
export function tails(a: Distribution, b: Distribution, x: number): { atLeast: number; atMost: number } {
  const above = suffixSums(b.chances);
  const below = prefixSums(b.chances);
  let atLeast = 0;
  let atMost = 0;
  a.values.forEach((value, index) => {
    const chance = a.chances[index] ?? 0;
    atLeast += chance * (above[lowerBound(b.values, x - value - TIE)] ?? 0);
    atMost += chance * (below[lowerBound(b.values, x - value + TIE)] ?? 0);
  });
  return { atLeast: Math.min(1, atLeast), atMost: Math.min(1, atMost) };
}

/** For each index the sum of the entries from there on; one longer than the input. */
function suffixSums(entries: Float64Array): Float64Array {
  const sums = new Float64Array(entries.length + 1);
  for (let index = entries.length - 1; index >= 0; index -= 1)
    sums[index] = (sums[index + 1] ?? 0) + (entries[index] ?? 0);
  return sums;
}

/** For each index the sum of the entries before it; one longer than the input. */
function prefixSums(entries: Float64Array): Float64Array {
  const sums = new Float64Array(entries.length + 1);
  entries.forEach((entry, index) => {
    sums[index + 1] = (sums[index] ?? 0) + entry;
  });
  return sums;
}

/** Index of the first of the ascending values that is ≥ x. */
function lowerBound(values: Float64Array, x: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
