import { createRequire } from 'node:module';
import type { Ajv2020, AnySchema, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { FormatsPlugin } from 'ajv-formats';
import type { XStatic } from 'typebox/schema';
import { schemaPattern } from '../patterns/schema-pattern.js';
import { canInterpret, interpret } from '../schema-walk.js';
import type { Json, JsonObject, Problem } from '../vocabulary.js';
import { type SchemaFault, schemaFaults } from './schema-faults.js';
import type { Path, Source } from './source.js';
import { isObject } from '../objects.js';

const require = createRequire(import.meta.url);

/**
 * ajv's settings. Never `useDefaults`, `coerceTypes` or `removeAdditional`: they would change the data that is checked. Schemas
 * are checked against flat meta-schemas of our own (schemas/json-schema.ts), as ajv's take 40 ms to compile.
 */
const OPTIONS = {
  allErrors: true,
  ownProperties: true,
  verbose: true,
  meta: false,
  validateSchema: false,
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  logger: false,
  code: { optimize: false, regExp: schemaPattern },
} as const;

/** Drafts of JSON Schema that can be checked. */
export type Draft = '2020-12' | 'draft-07';

const engines = new Map<Draft, Ajv2020>();

/** ajv for one draft with the formats of ajv-formats; loaded with the first schema that `interpret` cannot do. */
export function ajvFor(draft: Draft): Ajv2020 {
  let engine = engines.get(draft);
  if (!engine) {
    // ajv's default export has draft-07's vocabulary and otherwise the same methods.
    const Engine =
      draft === '2020-12'
        ? (require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv2020 }).Ajv2020
        : (require('ajv') as { default: typeof Ajv2020 }).default;
    engine = new Engine(OPTIONS);
    const addFormats: unknown = require('ajv-formats');
    (addFormats as FormatsPlugin)(engine);
    engines.set(draft, engine);
  }
  return engine;
}

const compiled = new WeakMap<object, ValidateFunction>();

function errorsOf(schema: object, value: Json): readonly ErrorObject[] {
  // What is an object and has only known keywords is a schema.
  if (canInterpret(schema)) return interpret(schema as JsonObject, value);
  let validate = compiled.get(schema);
  if (!validate) {
    validate = ajvFor('2020-12').compile(schema);
    compiled.set(schema, validate);
  }
  return validate(value) ? [] : (validate.errors ?? []);
}

/**
 * Checks a value against the schema of a file of ours, or one of a provider's or an assertion's own.
 * @returns its faults; none means that it has the schema's type
 */
export function faultsOf(schema: AnySchema, value: Json, root = 'the file'): SchemaFault[] {
  if (schema === true) return [];
  const errors = errorsOf(schema === false ? { anyOf: [] } : schema, value);
  return errors.length === 0 ? [] : schemaFaults(errors, value, root);
}

/**
 * Checks what a source holds against a schema literal of ours.
 * @returns the value with the schema's type, or undefined after reporting why it has not
 */
export function checked<const S extends AnySchema>(
  schema: S,
  source: Source,
  report: (problem: Problem) => void,
  root = 'the file',
): XStatic<S> | undefined {
  const faults = faultsOf(schema, source.value, root);
  reportFaults(faults, source, [], report);
  // The schema was just checked to hold: this is the boundary at which data gets its type.
  return faults.length === 0 ? (source.value as XStatic<S>) : undefined;
}

/**
 * Checks the top-level keys of a source that holds a map: those with faults are reported and left out, so that one mistake hides
 * no other and is not reported twice.
 * @param maps keys that hold maps of independent entries: of those only the faulty entries are left out
 */
export function salvaged<const S extends AnySchema>(
  schema: S,
  source: Source,
  report: (problem: Problem) => void,
  root: string,
  maps: readonly string[] = [],
): { value: XStatic<S>; broken: ReadonlySet<string> } {
  const faults = faultsOf(schema, source.value, root);
  reportFaults(faults, source, [], report);
  const broken = new Set(faults.map((fault) => String(fault.path[0] ?? '')));
  const whole = faults.some((fault) => fault.path.length === 0) || !isObject(source.value);
  const kept = whole ? [] : Object.entries(source.value as JsonObject).filter(([key]) => !broken.has(key));
  for (const key of whole ? [] : maps) {
    const map = (source.value as JsonObject)[key];
    if (!broken.has(key) || !isObject(map)) continue;
    const wrong = new Set(faults.filter(({ path }) => path[0] === key).map(({ path }) => path[1]));
    kept.push([key, Object.fromEntries(Object.entries(map).filter(([name]) => !wrong.has(name)))]);
  }
  // All keys of our files are optional at the top: what is left after taking out the faulty ones has the schema's type.
  return { value: (faults.length === 0 ? source.value : Object.fromEntries(kept)) as XStatic<S>, broken };
}

/** Reports faults at their places in a source. */
export function reportFaults(
  faults: readonly SchemaFault[],
  source: Source,
  at: Path,
  report: (problem: Problem) => void,
): void {
  for (const fault of faults) report(fault.problem(source.place([...at, ...fault.path], fault.of)));
}
