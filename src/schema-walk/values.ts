import type { Json, JsonObject } from '../vocabulary.js';
import { isObject } from '../objects.js';

/** What JSON Schema says of values, whatever applies it. */

export type Schema = JsonObject | boolean;

/** What tells whether a text has a pattern. */
export interface TextPattern {
  test(text: string): boolean;
}

/** Makes patterns of their sources. */
export type PatternEngine = (source: string) => TextPattern;

/** Whether a value is of a type that a schema names. */
export function hasType(value: Json, type: Json | undefined): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  if (type === 'null') return value === null;
  return type === 'number' ? isNumber(value) : typeof value === type;
}

/** Whether two values are the same; goes no deeper than either of them does. */
export function isSame(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(memberOf(a, key), memberOf(b, key)))
  );
}

function memberOf(value: JsonObject | Json[], key: string): Json {
  return (Array.isArray(value) ? value[Number(key)] : value[key]) ?? null;
}

/** Whether the size of a text, a list or a map suits: of a text its characters count, not its UTF-16 units. */
export function hasSize(value: string | Json[] | JsonObject, suits: (size: number) => boolean): boolean {
  if (typeof value !== 'string') return suits((Array.isArray(value) ? value : Object.keys(value)).length);
  // Between half of its units and all of them: mostly there is no need to count.
  if (suits(Math.ceil(value.length / 2)) && suits(value.length)) return true;
  return suits([...value].length);
}

/** JSON.parse makes Infinity of 1e999. */
export function isNumber(value: Json): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

export function list(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

const patterns = new Map<string, RegExp>();

/** JavaScript's own engine, which a hostile text can make to hang. */
export function patternOf(source: string): RegExp {
  let pattern = patterns.get(source);
  if (!pattern) {
    pattern = new RegExp(source, 'u');
    patterns.set(source, pattern);
  }
  return pattern;
}

/** Whether a text is a regular expression. */
export function isPattern(source: string): boolean {
  try {
    patternOf(source);
    return true;
  } catch {
    return false;
  }
}
