import type { Json } from '../vocabulary.js';
import { type AssertionDefinition, type Declared, verdict } from './assertion.js';
import { asText, EMPTY, given, NO_VALUE, shown } from './text.js';

export const containsAny = listed('contains-any', 'any', false, 'The output contains at least one of the values.');
export const containsAll = listed('contains-all', 'all', false, 'The output contains every one of the values.');
export const icontainsAny = listed('icontains-any', 'any', true, 'As contains-any, upper and lower case alike.');
export const icontainsAll = listed('icontains-all', 'all', true, 'As contains-all, upper and lower case alike.');

/** The value is a list, or a text with commas between its items; an item with a comma in it stands in double quotes. */
function listed(type: string, how: 'any' | 'all', folded: boolean, summary: string): AssertionDefinition {
  return {
    type,
    summary,
    value: { type: ['string', 'number', 'array'], items: { type: ['string', 'number'] } },
    needs: 'expected',
    check,
    prepare(declared) {
      const fold = folded ? lower : asIs;
      const wanted = items(given(declared)) ?? [];
      if (wanted.length === 0) throw new Error(NO_VALUE.message);
      const needles = wanted.map(fold);
      return ({ text }) => {
        const haystack = fold(text);
        const found = needles.map((needle) => haystack.includes(needle));
        return how === 'any' ? any(wanted, found) : all(wanted, found);
      };
    },
  };
}

function lower(text: string): string {
  return text.toLowerCase();
}

function asIs(text: string): string {
  return text;
}

function any(wanted: string[], found: boolean[]) {
  const first = found.indexOf(true);
  if (first === -1) return verdict(false, `contains none of ${shown(wanted)}`);
  return verdict(true, `contains ${shown(wanted[first] ?? '')}`);
}

function all(wanted: string[], found: boolean[]) {
  const missing = wanted.filter((_, index) => !found[index]);
  if (missing.length > 0) return verdict(false, `does not contain ${shown(missing)}`);
  return verdict(true, `contains all of ${shown(wanted)}`);
}

function check(declared: Declared) {
  const value = given(declared);
  if (value === undefined) return [NO_VALUE];
  const wanted = items(value);
  if (!wanted) return [{ message: `${shown(value)} is no list of texts`, remedy: 'Give a list of texts.' }];
  if (wanted.length === 0) return [{ message: 'its list of values is empty', remedy: 'Give at least one value.' }];
  return wanted.includes('') ? [EMPTY] : [];
}

/** The values as texts; undefined when one is neither text nor number. */
function items(value: Json | undefined): string[] | undefined {
  if (typeof value === 'string') return split(value);
  const list = Array.isArray(value) ? value.map(asText) : [asText(value)];
  return list.every((item) => item !== undefined) ? list : undefined;
}

function split(text: string): string[] {
  const found = text.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/g);
  const parts = [...found].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? (plain ?? '').trim());
  // At the end of the text the pattern matches once more, nothing long, unless a comma stands there.
  return text.trimEnd().endsWith(',') ? parts : parts.slice(0, -1);
}
