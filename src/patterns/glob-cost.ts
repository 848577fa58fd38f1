/** Characters of a pattern. */
const LONGEST = 1000;
/** Patterns that braces may unfold to. */
const MOST_UNFOLDED = 1000;
/** A range such as `{1..99}` is taken for so many. */
const RANGE = 100;
/** `**` in a pattern: each multiplies the ways to match a deep path. */
const MOST_DEEP = 3;
/** `*` in a part of a pattern between slashes: each multiplies the ways to match a long name. */
const MOST_STARS = 4;
/** Alternatives, times ten for each `*`: four of these alone take up to half a second for a name of 255 characters. */
const MOST_WAYS = 100_000;

/**
 * Why a pattern could take all time or memory: braces multiply, and the others become a regular expression that tries every way to
 * share a path among its stars. Counts too much rather than too little.
 * @returns what it has too much of; undefined when it is fine
 */
export function costOfGlob(written: string): string | undefined {
  const pattern = written.replaceAll(/\\./g, '_');
  if (pattern.length > LONGEST) return `more than ${LONGEST} characters`;
  const unfolded = unfoldedOf(pattern);
  if (unfolded > MOST_UNFOLDED) return `more than ${MOST_UNFOLDED} alternatives in braces`;
  if (pattern.includes('*(') || (pattern.includes('(') && pattern.includes('+'))) return 'a group that repeats';
  if (pattern.split('**').length - 1 > MOST_DEEP) return `more than ${MOST_DEEP} "**"`;
  // A slash within braces or a group: what stands between slashes may be put together from several parts.
  const parts = /[{(][^)}]*\//.test(pattern) ? [pattern.replaceAll('**', '')] : pattern.split('/');
  const stars = Math.max(...parts.map((part) => (part.match(/[*+]+/g) ?? []).length));
  if (stars > MOST_STARS) return `more than ${MOST_STARS} "*" between two slashes`;
  return unfolded * 10 ** stars > MOST_WAYS ? 'too many alternatives in braces for its "*"' : undefined;
}

/** The dots of a range, which something stands before; those of a parent folder stand first in a part of a path. */
const RANGE_DOTS = /(?<![/{,]|^)\.\.+/g;

/** At least as many patterns as its braces unfold to: the alternatives of all of them, multiplied. */
function unfoldedOf(pattern: string): number {
  const open: number[] = [];
  let unfolded = pattern.includes('}') ? RANGE ** (pattern.match(RANGE_DOTS) ?? []).length : 1;
  for (const character of pattern) {
    if (character === '{') open.push(1);
    else if (character === ',' && open.length > 0) open.push((open.pop() ?? 0) + 1);
    else if (character === '}') unfolded *= open.pop() ?? 1;
  }
  return unfolded;
}
