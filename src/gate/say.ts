/** A score, 0..1, as people read it: at most three decimals, none that say nothing. */
export function score(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** A difference with its sign; a tiny one keeps a digit, so that it never looks like none. */
export function difference(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-9) return '0';
  return `${value < 0 ? '−' : '+'}${size < 0.0005 ? size.toPrecision(1) : score(size)}`;
}

/** A share, 0..1, in per cent. */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** `1 case`, `2 cases`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Names in a row: the first few, then how many more. */
export function listed(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
