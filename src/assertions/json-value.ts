import type { Json } from '../vocabulary.js';

/** Text read as JSON, or that it is none. */
export type ReadJson = { ok: true; value: Json } | { ok: false };

/** Reads a whole text, white space around it apart, as JSON. Nothing else: no fences, no prose, no comments. */
export function readJson(text: string): ReadJson {
  try {
    return { ok: true, value: JSON.parse(text.trim()) as Json };
  } catch {
    return { ok: false };
  }
}

/** Whether two JSON values are the same: types count (3 is not "3"), the order of an object's keys does not. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => sameJson(item, b[index] as Json));
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key] as Json, b[key] as Json));
}
