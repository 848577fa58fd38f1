import type { Json } from '../vocabulary.js';
import type { Subject } from './assertion.js';
import { type Inexact, inexactIn } from './inexact.js';

/** Text read as JSON, or that it is none. */
export type ReadJson = { ok: true; value: Json; inexact?: Inexact } | { ok: false };

/** Reads a whole text, white space around it apart, as JSON. Nothing else: no fences, no prose, no comments. */
export function readJson(text: string): ReadJson {
  try {
    const json = text.trim();
    const value = JSON.parse(json) as Json;
    const inexact = inexactIn(json);
    return inexact ? { ok: true, value, inexact } : { ok: true, value };
  } catch {
    return { ok: false };
  }
}

/**
 * What a check of JSON looks at: what a path found, else the text read as JSON. `inexact`: a number in it that stands for another
 * one than was written, so that nothing may pass for being equal to it.
 */
export function jsonOf(subject: Subject): { ok: true; value: Json; inexact?: string } | { ok: false } {
  const { fromPath, value, inexact } = subject;
  if (fromPath) return inexact === undefined ? { ok: true, value } : { ok: true, value, inexact };
  const read = readJson(subject.text);
  const [first] = (read.ok && read.inexact?.values()) || [];
  if (!read.ok || first === undefined) return read.ok ? { ok: true, value: read.value } : read;
  return { ok: true, value: read.value, inexact: first };
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
