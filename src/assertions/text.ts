import { jsonStart } from '../json-text.js';
import { hasNfc, TOO_MANY_MARKS } from '../nfc.js';
import type { Json } from '../vocabulary.js';
import type { Declared } from './assertion.js';

/** Longest text kept for a difference; the whole output stands in the result already. */
const DETAIL_LIMIT = 4_000;

/** A value as it is named in a reason: as JSON, so that white space and types are seen, cut to one readable line. */
export function shown(value: Json, limit = 80): string {
  const { text, whole } = jsonStart(value, limit + 2);
  return whole ? text : `${wellFormed(text.slice(0, limit))}…`;
}

/** A text for a report's difference, cut where it is very long. */
export function clipped(text: string): string {
  if (text.length <= DETAIL_LIMIT) return text;
  return `${wellFormed(text.slice(0, DETAIL_LIMIT))}… (${text.length} characters in all)`;
}

/** A value for a report's difference: a text as it is, anything else as JSON over several lines. */
export function clippedJson(value: Json): string {
  if (typeof value === 'string') return clipped(value);
  const { text, whole } = jsonStart(value, DETAIL_LIMIT, '  ');
  return whole ? text : `${wellFormed(text)}… (more than ${DETAIL_LIMIT} characters in all)`;
}

/** A score with three decimals, or as many as it takes to show on which side of the threshold it is. */
export function decimals(value: number, threshold: number): string {
  const side = Math.sign(value - threshold);
  let digits = 3;
  while (digits < 20 && Math.sign(Number(value.toFixed(digits)) - threshold) !== side) digits += 1;
  return value.toFixed(digits);
}

/** The value that a check compares with: its own, else the case's expected value. */
export function given(declared: Declared): Json | undefined {
  return declared.value === undefined ? declared.expected : declared.value;
}

/** A text, number or boolean as text; undefined for anything else, which no text can equal. */
export function asText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The text that a check compares with. @throws Error when there is none: loading refuses such a case, so it is a defect */
export function givenText(declared: Declared): string {
  const text = asText(given(declared));
  if (text === undefined) throw new Error('there is no text to compare with');
  return text;
}

/** What is wrong with the value of a check that needs a text. `emptyAllowed`: '' has a meaning for it. */
export function textProblems(declared: Declared, emptyAllowed: boolean): { message: string; remedy: string }[] {
  const value = given(declared);
  if (value === undefined) return [NO_VALUE];
  const text = asText(value);
  if (text === undefined) return [{ message: `${shown(value)} is no text`, remedy: 'Give the value as text.' }];
  return text === '' && !emptyAllowed ? [EMPTY] : [];
}

/** What is wrong with the value of a check that compares in Unicode's form NFC. */
export function marksProblems(declared: Declared): { message: string; remedy: string }[] {
  const text = asText(given(declared));
  if (text === undefined || hasNfc(text)) return [];
  return [{ message: `its value cannot be compared: ${TOO_MANY_MARKS}`, remedy: 'Take some of them out.' }];
}

export const NO_VALUE = {
  message: 'it has no value, and the case has no expected value',
  remedy: 'Give the assertion a value, or the case an expected value.',
};

export const EMPTY = {
  message: 'its value is empty, and every text contains the empty text',
  remedy: 'Give a value that is not empty.',
};

/** A cut may fall between the halves of a character; the half is dropped. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}
