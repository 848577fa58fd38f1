/** A score, 0..1, as people read it: at most three decimals, none that say nothing. */
export function scoreText(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** A difference with its sign; a tiny one keeps a digit, so that it never looks like none. */
export function deltaText(value: number): string {
  const size = Math.abs(value);
  if (size < 1e-9) return '0';
  return `${value < 0 ? '−' : '+'}${size < 0.0005 ? size.toPrecision(1) : scoreText(size)}`;
}

/** A share, 0..1, in per cent. */
export function percentText(share: number): string {
  return `${Number((share * 100).toFixed(1))} %`;
}

/** A whole number with its thousands apart, the same in every locale. */
export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 case`, `2 cases`, `12,000 cases`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}

/** Names in a row: the first few, then how many more. */
export function listed(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${countText(more)} more` : names.join(', ');
}
