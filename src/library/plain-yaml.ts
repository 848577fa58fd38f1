import { FAILSAFE_SCHEMA, load, Type, YAMLException } from 'js-yaml';
import type { Json, JsonObject } from '../vocabulary.js';
import { coreValue } from './core-value.js';
import { MAX_DEPTH, MAX_YAML, REFUSED_KEYS } from './source.js';

/**
 * What is not plain. Some of it may as well stand in a text: then the file is read the slow way, and no harm is done. Each
 * alternative begins with a rare character and looks back for what stands before it, which takes a quarter of the time.
 */
const NOT_PLAIN = new RegExp(
  [
    String.raw`(?:[&*](?=\S)|!)(?<=(?:^|[\s[{,]|["'\]}]:).)`, // anchors, aliases, tags
    String.raw`\?(?=\s|$)(?<=(?:^|[\s[{,-])\?)`, // keys that are marked as such
    String.raw`:(?=[\s,\]}[{]|$)(?<=(?:^|[\s[{,-]):)`, // keys that are empty
    String.raw`[\]}]\s*:|\[(?<=[{,\n]\s*\[)`, // keys that are lists or maps
    String.raw`#(?<=["'\]}[{,]#)`, // comments that touch what they follow
    String.raw`-(?=[ \r]*(?:#.*)?\n(?:[ \r]*(?:#.*)?\n)* *-(?:\s|$))`, // empty items before a dash, which may be another list's
    String.raw`(?:---|\.\.\.|%)(?<=^(?:---|\.\.\.|%))`, // several documents, directives
    String.raw`[|>][-+\d]* *(?:#.*)?(?:\r?\n)+ +\r?$`, // a text in lines that begins with blanks
    String.raw`[|>](?:[-+]?\d|(?<=^ *.))`, // one that says how far it is indented, or has no key
    String.raw`[\t\uFEFF]|\r(?!\n)`,
  ].join('|'),
  'm',
);

/** Carries out of a reader that a text is not plain after all. */
const refusal = new Error('not plain');

/** @returns undefined for what is not plain */
export function readPlain(text: string): { value: Json } | undefined {
  if (text.length > MAX_YAML || NOT_PLAIN.test(text)) return undefined;
  try {
    return { value: unwrap(load(text, { schema: SCHEMA, onWarning: refuse }), 0) };
  } catch (error) {
    if (error === refusal || error instanceof YAMLException) return undefined;
    throw error;
  }
}

function refuse(): never {
  throw refusal;
}

/** A scalar that is no text. As an object it cannot be taken for a key: those are text as written, `1.0` as well. */
class Scalar {
  constructor(readonly value: Json) {}
}

/** The key that js-yaml makes of an object. */
const OBJECT_KEY = '[object Object]';

/** @returns undefined for text */
function scalarOf(written: string): Scalar | undefined {
  const value = coreValue(written);
  if (value === undefined) throw refusal;
  return typeof value === 'string' ? undefined : new Scalar(value);
}

const SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [
    new Type('tag:yaml.org,2002:core', {
      kind: 'scalar',
      resolve: (written: string) => scalarOf(written) !== undefined,
      construct: scalarOf,
    }),
  ],
});

/** Puts values in the place of scalars; refuses what must not be there. */
function unwrap(node: unknown, depth: number): Json {
  if (typeof node === 'string') return node;
  if (node === null || node === undefined) return null;
  if (node instanceof Scalar) return node.value;
  if (depth > MAX_DEPTH) throw refusal;
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) node[index] = unwrap(item, depth + 1);
    return node as Json[];
  }
  const object = node as JsonObject;
  for (const key of Object.keys(object)) {
    if (REFUSED_KEYS.has(key) || key === OBJECT_KEY) throw refusal;
    object[key] = unwrap(object[key], depth + 1);
  }
  return object;
}
