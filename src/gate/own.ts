/**
 * A member that the object itself has. Names of metrics and cases come from files: `constructor` must not find what every object
 * inherits.
 */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Orders text by code unit: the same on every machine, whatever its locale. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Metric names in the order they are shown and stored: `pass`, `score`, then the rest sorted. */
export function inMetricOrder(names: Iterable<string>): string[] {
  const all = new Set(names);
  const first = ['pass', 'score'].filter((name) => all.delete(name));
  return [...first, ...[...all].toSorted(byCodeUnit)];
}
