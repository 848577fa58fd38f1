import type { Json } from '../vocabulary.js';
import { isInexact } from './source.js';

const WORDS: ReadonlyMap<string, Json> = new Map<string, Json>([
  ...['~', 'null', 'Null', 'NULL'].map((word): [string, Json] => [word, null]),
  ...['true', 'True', 'TRUE'].map((word): [string, Json] => [word, true]),
  ...['false', 'False', 'FALSE'].map((word): [string, Json] => [word, false]),
]);
const DECIMAL = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
const OTHER_NUMBER = /^(?:0o[0-7]+|0x[\da-fA-F]+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;

/**
 * What is written without quotes in YAML, as the core schema of 1.2.2 (§ 10.3.2) takes it: text where it is nothing else.
 * @returns undefined for what JSON does not have: other notations of numbers, numbers too large or with digits that would be lost
 */
export function coreValue(written: string): Json | undefined {
  if (!/^[-+.~\dnNtTfF]/.test(written)) return written;
  const word = WORDS.get(written);
  if (word !== undefined) return word;
  if (OTHER_NUMBER.test(written)) return undefined;
  if (!DECIMAL.test(written)) return written;
  const number = Number(written);
  return Number.isFinite(number) && !isInexact(written, number) ? number : undefined;
}
