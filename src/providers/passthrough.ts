import type { Json, JsonObject, Parameters } from '../vocabulary.js';
import { isObject } from '../objects.js';

/** Members that are `undefined` are left out: absent means that nothing is sent. */
export function present(members: Record<string, Json | undefined>): JsonObject {
  const kept: JsonObject = {};
  for (const key of Object.keys(members)) {
    const value = members[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}

/**
 * A request's body with the user's own parameters on top, unchecked: first those under the provider's type, then those under
 * its configured name. Objects are merged deeply, anything else replaces what was there.
 */
export function withOwnParameters(body: JsonObject, parameters: Parameters, type: string, name: string): JsonObject {
  const layers = type === name ? [parameters[type]] : [parameters[type], parameters[name]];
  let merged = body;
  for (const layer of layers) if (isObject(layer)) merged = merge(merged, layer);
  return merged;
}

function merge(below: JsonObject, above: JsonObject): JsonObject {
  const merged: JsonObject = { ...below };
  for (const [key, value] of Object.entries(above)) {
    // An assignment to this name would set the object's prototype instead of a member.
    if (key === '__proto__') continue;
    const under = Object.hasOwn(merged, key) ? merged[key] : undefined;
    merged[key] = isObject(under) && isObject(value) ? merge(under, value) : value;
  }
  return merged;
}
