import { canonicalJson } from '../hash.js';
import { canInterpret, interpret } from '../schema-walk.js';
import { schema07, schema2020 } from '../schemas/json-schema.js';
import type { Json, JsonObject } from '../vocabulary.js';
import { type SchemaPattern, schemaPatterns } from '../patterns/schema-pattern.js';

/** Left to ajv, for its recursion or its words. */
const COMPILED = /"(?:format|uniqueItems|propertyNames|\$ref)":/;
/** Their form is more than our flat schema of schemas says. */
const NAMES = /"\$(?:id|anchor|ref|dynamic\w+|recursive\w+)":/;

/** What is wrong with a value, in ajv's terms. */
export type Walker = (value: Json) => ReturnType<typeof interpret>;

/**
 * Checks values against a simple schema, 2020-12 or draft-07, without ajv, which takes 100 ms to load and to compile its first one.
 * @returns undefined where ajv must look at it: it is none, or has a keyword that is not walked
 */
export function walkerOf(schema: Json): Walker | undefined {
  if (typeof schema !== 'object' || !canInterpret(schema) || COMPILED.test(canonicalJson(schema))) return undefined;
  if (!isPlainSchema(schema)) return undefined;
  const patterns = patternsOf(schema);
  // The schema has an object's form: that was just checked.
  return patterns && ((value) => interpret(schema as JsonObject, value, patterns));
}

/** Its patterns, each read once; undefined where one of them cannot be used. */
function patternsOf(schema: Json): ((source: string) => SchemaPattern) | undefined {
  const read = schemaPatterns();
  for (const [, text = ''] of canonicalJson(schema).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)) {
    try {
      read(String(JSON.parse(text)));
    } catch {
      return undefined;
    }
  }
  return read;
}

/** Whether it is known to be a schema without asking ajv for its own checker of schemas, which takes 75 ms to make. */
export function isPlainSchema(schema: Json): boolean {
  const flat = flatOf(schema);
  return flat !== undefined && !NAMES.test(canonicalJson(schema)) && interpret(flat, schema).length === 0;
}

/** The schema of schemas for its dialect. */
function flatOf(schema: Json): JsonObject | undefined {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return undefined;
  const { $schema: named } = schema;
  if (named === undefined) return schema2020 as unknown as JsonObject;
  const dialect = /^https?:\/\/json-schema\.org\/(draft\/2020-12|draft-07)\/schema#?$/.exec(String(named))?.[1];
  if (dialect === undefined) return undefined;
  return (dialect === 'draft-07' ? schema07 : schema2020) as unknown as JsonObject;
}
