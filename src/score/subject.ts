import { readJson, type ReadJson } from '../assertions/json-value.js';
import { Lru } from '../lru.js';
import { compileTransform } from '../assertions/transform.js';
import { compilePath } from '../json-path.js';
import type { Assertion, Json } from '../vocabulary.js';
import { jsonText } from './outcome.js';

/** What of an output is checked, or why there is nothing to check: then the check fails. */
export type Viewed = { ok: true; text: string; value: Json; fromPath: boolean } | { ok: false; reason: string };

/** Looks at an output through a path and a transform. `read` reads JSON; given by the caller, who may remember. */
export type View = (output: string, read: (text: string) => ReadJson) => Viewed;

const views = new Lru<View>(256);

/**
 * The view of an assertion, made once for equal ones. The order: a transform up to its `json`, then the path, then the rest of
 * the transform on the text found; a number, list or object found is left as it is.
 * @throws Error for a path or transform that cannot be read: loading refuses such a file, so it is a defect
 */
export function viewOf({ path, transform }: Pick<Assertion, 'path' | 'transform'>): View {
  if (path === undefined && transform === undefined) return whole;
  return views.get(JSON.stringify([path, transform]), () => compile(path, transform));
}

const whole = compile(undefined, undefined);

function compile(path: string | undefined, transform: string | undefined): View {
  const change = compileTransform(transform);
  if (!change.ok) throw new Error(change.message);
  const lookup = path === undefined ? undefined : compilePath(path);
  if (lookup && !lookup.ok) throw new Error(lookup.message);
  return (output, read) => {
    const text = change.before(output);
    if (text === undefined) return { ok: false, reason: 'there is no JSON in the output' };
    if (!lookup) return seen(change.after(text), false);
    const json = read(text);
    if (!json.ok) return { ok: false, reason: `the output is not JSON, so it has no ${path}` };
    const found = lookup.find(json.value);
    if (found === undefined) return { ok: false, reason: `the output has nothing at ${path}` };
    return seen(typeof found === 'string' ? change.after(found) : found, true);
  };
}

function seen(value: Json, fromPath: boolean): Viewed {
  return { ok: true, text: jsonText(value), value, fromPath };
}

/** A reader of JSON that reads each text once: for the assertions of one trial. */
export function readingOnce(): (text: string) => ReadJson {
  const known = new Map<string, ReadJson>();
  return (text) => {
    const json = known.get(text) ?? readJson(text);
    known.set(text, json);
    return json;
  };
}
