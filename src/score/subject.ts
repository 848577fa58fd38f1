import type { Subject } from '../assertions/assertion.js';
import { inexactOf, notHeld } from '../assertions/inexact.js';
import { readJson, type ReadJson } from '../assertions/json-value.js';
import { Lru } from '../lru.js';
import { compileTransform } from '../assertions/transform.js';
import { compilePath } from '../json-path.js';
import { jsonStart, LONGEST_OVERLAP } from '../json-text.js';
import type { Assertion, Json, JsonObject } from '../vocabulary.js';

/** What of an output is checked, or why there is nothing to check: then the check fails. */
export type Viewed = ({ ok: true } & Seen) | { ok: false; reason: string };

/** What is checked. The text may be made only when it is asked for, and throw where it cannot be. */
export type Seen = Readonly<Pick<Subject, 'text' | 'value' | 'fromPath' | 'inexact'>>;

/** Looks at an output through a path and a transform. `read` reads JSON; given by the caller, who may remember. */
export type View = (output: string, read: (text: string) => ReadJson) => Viewed;

const views = new Lru<View>(256);

/**
 * The view of an assertion, made once for equal ones. The order: a transform up to its `json`, then the path, then the rest of
 * the transform on the text found, or on each text in what was found.
 * @throws Error for a path or transform that cannot be read: loading refuses such a file, so it is a defect
 */
export function viewOf({ path, transform }: Pick<Assertion, 'path' | 'transform'>): View {
  if (path === undefined && transform === undefined) return unchanged;
  return views.get(JSON.stringify([path, transform]), () => compile(path, transform));
}

const unchanged = compile(undefined, undefined);

function compile(path: string | undefined, transform: string | undefined): View {
  const change = compileTransform(transform);
  if (!change.ok) throw new Error(change.message);
  const lookup = path === undefined ? undefined : compilePath(path);
  if (lookup && !lookup.ok) throw new Error(lookup.message);
  const changed = (text: string): string => change.after?.(text) ?? text;
  return (output, read) => {
    const text = change.before(output);
    if (text === undefined) return { ok: false, reason: 'there is no JSON in the output' };
    if (!lookup) return seen(changed(text), false);
    const json = read(text);
    if (!json.ok) return { ok: false, reason: `the output is not JSON, so it has no ${path}` };
    const found = lookup.find(json.value);
    if (found === undefined) return { ok: false, reason: `the output has nothing at ${path}` };
    if (typeof found === 'string') return seen(changed(found), true);
    const inexact = json.inexact && inexactOf(found, json.inexact);
    return new Found(found, { change: change.after, overlaps: lookup.overlaps, inexact });
  };
}

function seen(text: string, fromPath: boolean): Viewed {
  return { ok: true, text, value: text, fromPath };
}

interface Look {
  change: ((text: string) => string) | undefined;
  overlaps: boolean;
  inexact: string | undefined;
}

/** Anything but a text that a path found. Its text is made when a check asks for it: many compare the value alone. */
class Found implements Seen {
  readonly ok = true;
  readonly fromPath = true;
  readonly value: Json;
  readonly inexact?: string;
  readonly #found: Json;
  readonly #look: Look;
  #text: string | undefined;

  constructor(found: Json, look: Look) {
    this.value = look.change ? withTexts(found, look.change) : found;
    if (look.inexact !== undefined) this.inexact = look.inexact;
    this.#found = found;
    this.#look = look;
  }

  /** @throws Error where it would be too long, or not what was written: that leaves the score unscored */
  get text(): string {
    this.#text ??= textOf(this.#found, this.#look);
    return this.#text;
  }
}

/** Names are changed, too: a check of text sees them. */
function textOf(found: Json, { change, overlaps, inexact }: Look): string {
  if (inexact !== undefined) throw new Error(notHeld(inexact));
  if (!overlaps && !change) return JSON.stringify(found);
  const { text, whole } = jsonStart(found, overlaps ? LONGEST_OVERLAP : Number.POSITIVE_INFINITY, '', change);
  if (whole) return text;
  throw new Error(`what the path finds overlaps: as text it has more than ${LONGEST_OVERLAP} characters`);
}

/**
 * The value with each text in it changed; names stay, for they say what a text is. Values within each other are gone through once,
 * and in a loop, since a model can nest deeper than a call stack goes.
 */
function withTexts(root: Json, change: (text: string) => string): Json {
  const made = new Map<Json, Json>();
  const todo: (Json[] | JsonObject)[] = [];
  const copyOf = (value: Json): Json => {
    if (typeof value === 'string') return change(value);
    if (value === null || typeof value !== 'object') return value;
    const known = made.get(value);
    if (known !== undefined) return known;
    const copy = Array.isArray(value) ? [...value] : Object.fromEntries(Object.entries(value));
    todo.push(copy);
    made.set(value, copy);
    return copy;
  };
  const result = copyOf(root);
  for (let copy = todo.pop(); copy !== undefined; copy = todo.pop()) {
    if (Array.isArray(copy)) for (const [at, member] of copy.entries()) copy[at] = copyOf(member);
    else for (const [name, member] of Object.entries(copy)) Reflect.set(copy, name, copyOf(member));
  }
  return result;
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
