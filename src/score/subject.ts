import { readJson, type ReadJson } from '../assertions/json-value.js';
import { Lru } from '../lru.js';
import { compileTransform } from '../assertions/transform.js';
import { compilePath } from '../json-path.js';
import { isLongJson } from '../json-text.js';
import type { Assertion, Json } from '../vocabulary.js';

/** What of an output is checked, or why there is nothing to check: then the check fails. */
export type Viewed =
  | { ok: true; readonly text: string; value: Json; fromPath: boolean }
  | { ok: false; reason: string };

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
    return typeof found === 'string' ? seen(change.after(found), true) : new Found(found, lookup.overlaps);
  };
}

function seen(text: string, fromPath: boolean): Viewed {
  return { ok: true, text, value: text, fromPath };
}

/** So many characters of JSON are made of what overlaps; what does not is about as long as the answer. */
const LONGEST_OVERLAP = 4_000_000;

/** Anything but a text that a path found. Its text is made when a check asks for it: many compare the value alone. */
class Found {
  readonly ok = true;
  readonly fromPath = true;
  readonly value: Json;
  readonly #overlaps: boolean;
  #text: string | undefined;

  constructor(value: Json, overlaps: boolean) {
    this.value = value;
    this.#overlaps = overlaps;
  }

  /** @throws Error where it would be too long, which leaves the score unscored */
  get text(): string {
    if (this.#overlaps && isLongJson(this.value, LONGEST_OVERLAP)) {
      throw new Error(`what the path finds overlaps: as text it has more than ${LONGEST_OVERLAP} characters`);
    }
    this.#text ??= JSON.stringify(this.value);
    return this.#text;
  }
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
