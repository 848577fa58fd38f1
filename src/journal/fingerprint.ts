import type { Json } from '../vocabulary.js';

/** Where two fingerprints differ: the dotted path of the first field, and both values as short text. */
export interface Difference {
  field: string;
  was: string;
  is: string;
}

/** The first difference between two values, keys taken in sorted order; undefined when they are equal. */
export function firstDifference(was: Json | undefined, is: Json | undefined, field = ''): Difference | undefined {
  if (isBranch(was) && isBranch(is)) {
    for (const key of [...new Set([...Object.keys(was), ...Object.keys(is)])].toSorted()) {
      const found = firstDifference(own(was, key), own(is, key), field === '' ? key : `${field}.${key}`);
      if (found) return found;
    }
    return Array.isArray(was) === Array.isArray(is) ? undefined : { field, was: short(was), is: short(is) };
  }
  return was === is ? undefined : { field, was: short(was), is: short(is) };
}

type Branch = Exclude<Json, null | boolean | number | string>;

function isBranch(value: Json | undefined): value is Branch {
  return typeof value === 'object' && value !== null;
}

function own(value: Branch, key: string): Json | undefined {
  return Object.getOwnPropertyDescriptor(value, key)?.value;
}

function short(value: Json | undefined): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
