import { createRequire } from 'node:module';
import type * as Fastest from 'fastest-levenshtein';
import { nfc } from '../nfc.js';
import { type AssertionDefinition, verdict } from './assertion.js';
import { givenText, marksProblems, shown, textProblems } from './text.js';

const require = createRequire(import.meta.url);

const DEFAULT_DISTANCE = 5;
/** Largest product of two lengths that is compared: about a quarter of a second. */
const MOST_CELLS = 1_000_000_000;

/**
 * The edit distance to the value is at most the threshold. Texts are compared in Unicode's form NFC and by code point, so that
 * an emoji is one character, and an accent is one letter however it was written. The score is 1 or 0.
 */
export const levenshtein: AssertionDefinition = {
  type: 'levenshtein',
  summary: 'At most `threshold` characters (default 5) must be changed to get the value.',
  value: { type: ['string', 'number'] },
  needs: 'expected',
  threshold: { default: DEFAULT_DISTANCE, minimum: 0 },
  check: (declared) => [...textProblems(declared, true), ...marksProblems(declared)],
  prepare(declared) {
    const { threshold = DEFAULT_DISTANCE } = declared;
    const wanted = givenText(declared);
    const points = codePoints(wanted);
    return ({ text }) => {
      const steps = distance(codePoints(text), points, threshold);
      if (steps === 'too-long') return { status: 'unscored', reason: 'the two texts are too long to be compared' };
      const much =
        typeof steps === 'number' ? `${steps} ${steps === 1 ? 'change' : 'changes'}` : `more than ${threshold} changes`;
      const pass = typeof steps === 'number' && steps <= threshold;
      return verdict(pass, `is ${much} away from ${shown(wanted)}${pass ? '' : `, at most ${threshold} allowed`}`);
    };
  },
};

function codePoints(text: string): string[] {
  return [...nfc(text)];
}

/**
 * Levenshtein's distance between two lists of characters; `more` when their lengths alone differ by more than `most`.
 * @param most an exact distance is not needed beyond this
 */
export function distance(a: string[], b: string[], most: number): number | 'more' | 'too-long' {
  if (Math.abs(a.length - b.length) > most) return 'more';
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let cut = 0;
  while (cut < Math.min(a.length, b.length) - start && a.at(-1 - cut) === b.at(-1 - cut)) cut += 1;
  const left = a.slice(start, a.length - cut);
  const right = b.slice(start, b.length - cut);
  if (left.length * right.length > MOST_CELLS) return 'too-long';
  const { distance: count }: typeof Fastest = require('fastest-levenshtein');
  const names = new Map<string, string>();
  const units = [left, right].map((points) => points.map((point) => unitOf(point, names)).join(''));
  return names.size > 0xffff ? 'too-long' : count(units[0] ?? '', units[1] ?? '');
}

/** The library counts UTF-16 units, so every character is given a unit that no other one has. */
function unitOf(point: string, names: Map<string, string>): string {
  const known = names.get(point);
  if (known !== undefined) return known;
  const name = String.fromCharCode(names.size);
  names.set(point, name);
  return name;
}
