import type { Json } from '../vocabulary.js';
import { endOfText } from './json-within.js';

/** The numbers of a JSON text that cannot be held: by what stands in their place, how they were written. */
export type Inexact = ReadonlyMap<number, string>;

/** Without so many digits or an exponent a number is exact. */
const LONG = /\d{16}|\d[eE]\+?\d/;
const QUOTE_OR_DIGIT = /["\d-]/g;
const NUMBER = /[-+.\deE]+/y;
/** So many significant digits are held by a double, whatever the exponent. */
const DIGITS = 15;
const LONGEST_SHOWN = 40;

/** The numbers of a text that are held as other ones, if there are any. @param json a whole JSON text */
export function inexactIn(json: string): Inexact | undefined {
  if (!LONG.test(json)) return undefined;
  const found = new Map<number, string>();
  QUOTE_OR_DIGIT.lastIndex = 0;
  for (let match = QUOTE_OR_DIGIT.exec(json); match; match = QUOTE_OR_DIGIT.exec(json)) {
    NUMBER.lastIndex = match.index;
    const [written = ''] = NUMBER.exec(json) ?? [];
    if (written !== '' && !isExact(written)) found.set(Number(written), written);
    QUOTE_OR_DIGIT.lastIndex = written === '' ? (endOfText(json, match.index) ?? json.length) : NUMBER.lastIndex;
  }
  return found.size > 0 ? found : undefined;
}

/** Fractions are rounded as everywhere; what counts is that no two whole numbers become one, and none becomes infinite. */
function isExact(written: string): boolean {
  const value = Number(written);
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) return true;
  if (!Number.isFinite(value)) return false;
  if (/^-?\d+$/.test(written)) return BigInt(written) === BigInt(value);
  const [mantissa = ''] = written.split(/[eE]/);
  return mantissa.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length <= DIGITS;
}

/** A number within a value that is among the inexact ones, as it was written. Values within each other are gone through once. */
export function inexactOf(root: Json, inexact: Inexact): string | undefined {
  const seen = new Set<object>();
  const stack: Json[] = [root];
  for (let value = stack.pop(); value !== undefined; value = stack.pop()) {
    if (typeof value === 'number') {
      const written = inexact.get(value);
      if (written !== undefined) return written;
    }
    if (value === null || typeof value !== 'object' || seen.has(value)) continue;
    seen.add(value);
    for (const member of Object.values(value)) stack.push(member);
  }
  return undefined;
}

/** Why a check that depends on such a number says nothing. */
export function notHeld(written: string): string {
  const number = written.length > LONGEST_SHOWN ? `${written.slice(0, LONGEST_SHOWN)}…` : written;
  return `the number ${number} cannot be held exactly; in quotes, as text, it can`;
}
