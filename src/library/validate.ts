import { createRequire } from 'node:module';
import { Ajv2020, type AnySchema, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FormatsPlugin } from 'ajv-formats';
import type { XStatic } from 'typebox/schema';
import type { Json, JsonObject, Problem } from '../vocabulary.js';
import { type SchemaFault, schemaFaults } from './schema-faults.js';
import { isObject, type Path, type Source } from './source.js';

const require = createRequire(import.meta.url);

/** Never `useDefaults`, `coerceTypes` or `removeAdditional`: they would change the data that is checked. */
const OPTIONS = {
  allErrors: true,
  ownProperties: true,
  verbose: true,
  meta: false,
  validateSchema: false,
  allowUnionTypes: true,
  logger: false,
} as const;

let own: Ajv2020 | undefined;
const compiled = new WeakMap<object, ValidateFunction>();

/** The schema of a file of ours, or one of a provider's or assertion's own, compiled when first used. */
function validatorOf(schema: object): ValidateFunction {
  let validate = compiled.get(schema);
  if (!validate) {
    own ??= withFormats(new Ajv2020({ ...OPTIONS, strict: true, strictRequired: false }));
    validate = own.compile(schema);
    compiled.set(schema, validate);
  }
  return validate;
}

/** Knows the formats of ajv-formats; those are loaded with the first instance. */
export function withFormats<T extends Ajv2020>(ajv: T): T {
  const addFormats: unknown = require('ajv-formats');
  (addFormats as FormatsPlugin)(ajv);
  return ajv;
}

/**
 * Checks a value against a schema literal of ours.
 * @returns its faults; none means that it has the schema's type
 */
export function faultsOf(schema: AnySchema, value: Json, root = 'the file'): SchemaFault[] {
  if (schema === true) return [];
  const validate = validatorOf(schema === false ? { not: {} } : schema);
  return validate(value) ? [] : schemaFaults(validate.errors ?? [], value, root);
}

/**
 * Checks what a source holds against a schema literal of ours.
 * @param at where the value stands in the source
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
 */
export function salvaged<const S extends AnySchema>(
  schema: S,
  source: Source,
  report: (problem: Problem) => void,
  root: string,
): { value: XStatic<S>; broken: ReadonlySet<string> } {
  const faults = faultsOf(schema, source.value, root);
  reportFaults(faults, source, [], report);
  const broken = new Set(faults.map((fault) => String(fault.path[0] ?? '')));
  const whole = faults.some((fault) => fault.path.length === 0) || !isObject(source.value);
  const kept = whole ? [] : Object.entries(source.value as JsonObject).filter(([key]) => !broken.has(key));
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

/** ajv's settings for schemas that users write. */
export const USER_SCHEMA_OPTIONS = {
  ...OPTIONS,
  strict: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
};
