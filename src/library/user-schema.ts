import type { ErrorObject } from 'ajv/dist/2020.js';
import { problems as make } from '../errors.js';
import { canonicalJson } from '../hash.js';
import { OutOfTime } from '../patterns/in-time.js';
import { guarded, type Patience } from '../patterns/schema-guard.js';
import { schemaPatterns } from '../patterns/schema-pattern.js';
import { canInterpret, interpret } from '../schema-walk.js';
import { schema07, schema2020 } from '../schemas/json-schema.js';
import type { Json, JsonObject, Place, Problem } from '../vocabulary.js';
import { type SchemaFault, schemaFaults } from './schema-faults.js';
import type { Path } from './source.js';
import { ajvFor, type Draft, faultsOf } from './validate.js';

/** A schema that a user wrote, ready to check values; or what is wrong with it, each with its path inside the schema. */
export type UserSchema =
  | { ok: true; faults(value: Json, root: string): SchemaFault[] }
  | { ok: false; wrong: { path: Path; of: 'key' | 'value'; message: string; remedy?: string }[] };

const compiled = new Map<string, UserSchema>();
/** Equal schemas are compiled once; beyond this many different ones all are forgotten. */
const MOST_KEPT = 2000;
/** A value that takes longer is a mistake, so the first one settles it. */
const PATIENCE: Patience = { limitMs: 2000, strikes: 1 };

/**
 * Compiles a user's JSON Schema, 2020-12 unless its `$schema` names draft-07. Unknown keywords and formats and references that
 * lead outside the schema are mistakes. Nothing is ever fetched.
 */
export function compileUserSchema(schema: JsonObject): UserSchema {
  const draft = draftOf(schema);
  if (draft === undefined) {
    const message = `$schema ${JSON.stringify(schema.$schema)} is not known`;
    return { ok: false, wrong: [{ path: ['$schema'], of: 'value', message }] };
  }
  const key = canonicalJson(schema);
  const known = compiled.get(key);
  if (known) return known;
  const faults = faultsOf(draft === 'draft-07' ? schema07 : schema2020, schema, 'it');
  if (faults.length > 0) {
    const wrong = faults.map((fault) => {
      const { message, remedy } = fault.problem(undefined);
      return { path: fault.path, of: fault.of, message, remedy };
    });
    return { ok: false, wrong };
  }
  const result = canInterpret(schema) ? walked(schema) : compile(schema, draft);
  if (compiled.size >= MOST_KEPT) compiled.clear();
  compiled.set(key, result);
  return result;
}

/** The problems of a schema that is wrong. `place` tells where a part of the schema stands. */
export function schemaProblems(
  schema: UserSchema,
  what: string,
  place: (path: Path, of: 'key' | 'value') => Place,
): Problem[] {
  if (schema.ok) return [];
  return schema.wrong.map(({ path, of, message, remedy }) => {
    const problem = make['bad-schema'](what, message, place(path, of));
    return remedy?.startsWith('Did you mean') ? { ...problem, remedy } : problem;
  });
}

function walked(schema: JsonObject): UserSchema {
  const pattern = schemaPatterns();
  return checking(schema, (value) => interpret(schema, value, pattern));
}

function compile(schema: JsonObject, draft: Draft): UserSchema {
  const engine = ajvFor(draft);
  try {
    const validate = engine.compile(schema);
    return checking(schema, (value) => (validate(value) ? [] : (validate.errors ?? [])));
  } catch (error) {
    const message = messageOf(error);
    const path = pathTo(schema, /unknown format "(.+?)"/.exec(message)?.[1], 'format') ?? [];
    return { ok: false, wrong: [{ path, of: 'value', message }] };
  } finally {
    // Schemas of two prompts may carry the same $id.
    engine.removeSchema(schema);
  }
}

function checking(schema: JsonObject, errorsOf: (value: Json) => readonly ErrorObject[]): UserSchema {
  const check = guarded(schema, errorsOf, PATIENCE);
  const faults = (value: Json, root: string): SchemaFault[] => {
    try {
      return schemaFaults(check(value), value, root);
    } catch (error) {
      if (error instanceof OutOfTime) return [unchecked(root, error.message)];
      if (error instanceof RangeError) return [unchecked(root, 'its references lead too deep')];
      throw error;
    }
  };
  return { ok: true, faults };
}

function unchecked(root: string, why: string): SchemaFault {
  const problem = (place: Place | undefined): Problem =>
    make['wrong-value'](root, `cannot be held against it: ${why}`, undefined, place);
  return { path: [], of: 'value', keyword: '', problem };
}

function draftOf(schema: JsonObject): Draft | undefined {
  if (schema.$schema === undefined) return '2020-12';
  const found = /^https?:\/\/json-schema\.org\/(?:draft\/(2020-12)\/schema|(draft-07)\/schema)#?$/.exec(
    String(schema.$schema),
  );
  return found?.[1] ? '2020-12' : found?.[2] ? 'draft-07' : undefined;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^strict mode: /, '')
    .replace(/ in schema at path "[^"]*"| ignored/g, '')
    .replace(/ from id #?$/, '');
}

/** Where a key with a value stands in a schema, as ajv does not say. */
function pathTo(value: Json, wanted: string | undefined, key: string, path: Path = []): Path | undefined {
  if (wanted === undefined || value === null || typeof value !== 'object') return undefined;
  for (const [name, member] of Object.entries(value)) {
    const inner = [...path, Array.isArray(value) ? Number(name) : name];
    if (name === key && member === wanted) return inner;
    const found = pathTo(member, wanted, key, inner);
    if (found) return found;
  }
  return undefined;
}
