import { posix } from 'node:path';
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

/**
 * The id or path that was probably meant, of names that are made of parts: the nearest one, else one whose last part is nearest to
 * that of the name.
 */
export function nearestId(name: string, known: readonly string[]): string | undefined {
  const whole = nearest(name, known);
  if (whole !== undefined) return whole;
  const byLast = new Map(known.map((each) => [lastPart(each), each]));
  const last = nearest(lastPart(name), byLast.keys());
  return last === undefined ? undefined : byLast.get(last);
}

/** The path on the command line that was probably meant: a prompt's id, else a folder of prompts. */
export function nearestPath(given: string, prompts: readonly { id: string; path: string }[]): string | undefined {
  const folders = new Set(prompts.map(({ path }) => posix.dirname(path)));
  return (
    nearestId(
      given,
      prompts.map(({ id }) => id),
    ) ?? nearestId(given, [...folders])
  );
}

/** What stands behind the last slash, without the ending of a file. */
function lastPart(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replace(/(?:\.(?:prompt|cases))?\.(?:md|ya?ml|jsonl?|csv)$/, '');
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[-_\s]/g, '');
}
