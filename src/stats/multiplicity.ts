/**
 * Holm's adjusted p values (Holm 1979, Scand. J. Stat. 6): reject those ≤ alpha, and the chance of even one false alarm in the
 * whole family is at most alpha, however the tests depend on each other.
 * @param family how many tests the family has when some of them are not among `values` (they count as p = 1)
 * @returns adjusted p values in the order of `values`
 */
export function holm(values: readonly number[], family = values.length): number[] {
  const size = Math.max(family, values.length);
  const adjusted = values.map(() => 1);
  let largest = 0;
  ascending(values).forEach(({ value, index }, rank) => {
    largest = Math.max(largest, Math.min(1, value * (size - rank)));
    adjusted[index] = largest;
  });
  return adjusted;
}

/**
 * Benjamini & Hochberg's adjusted p values (1995, J. R. Stat. Soc. B 57): reject those ≤ q, and at most a share q of the
 * rejections is expected to be false, for independent or positively dependent tests.
 * @returns adjusted p values in the order of `values`
 */
export function benjaminiHochberg(values: readonly number[]): number[] {
  const adjusted = values.map(() => 1);
  let smallest = 1;
  const order = ascending(values);
  for (let rank = order.length; rank >= 1; rank -= 1) {
    const entry = order[rank - 1];
    if (entry === undefined) continue;
    smallest = Math.min(smallest, (entry.value * values.length) / rank);
    adjusted[entry.index] = smallest;
  }
  return adjusted;
}

function ascending(values: readonly number[]): { value: number; index: number }[] {
  return values.map((value, index) => ({ value, index })).toSorted((a, b) => a.value - b.value);
}
