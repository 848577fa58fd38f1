import type { Json, JsonObject } from './vocabulary.js';

/** Whether a JSON value is an object: no array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same of a value from outside, whose members may be anything. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return isObject(value);
}

/** What is there if it is an object, else an empty one. */
export function objectIn(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
