import { distance } from 'fastest-levenshtein';

/**
 * The name that was probably meant: the nearest one by edits, without regard to case, `-`, `_` and spaces; undefined when none is
 * near enough.
 */
export function nearest(name: string, known: Iterable<string>): string | undefined {
  const plain = simplify(name);
  if (plain.length > 100) return undefined;
  let best: string | undefined;
  let least = Math.max(1, Math.min(3, Math.floor(plain.length / 2))) + 1;
  for (const candidate of known) {
    const edits = distance(plain, simplify(candidate));
    if (edits < least) [best, least] = [candidate, edits];
  }
  return best;
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}
