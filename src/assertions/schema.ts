import type { ErrorObject, ValidateFunction } from 'ajv';
import { canonicalJson } from '../hash.js';
import { guarded, type Patience } from '../patterns/schema-guard.js';
import { isLongJson } from '../json-text.js';
import type { Json } from '../vocabulary.js';
import { Lru } from '../lru.js';
import { compileWith, type SchemaOptions } from './schema-engine.js';
import { walkerOf } from './schema-walked.js';

/** A compiled JSON Schema, or why it cannot be used. */
export type CompiledSchema = { ok: true; validate(value: Json): SchemaResult } | { ok: false; message: string };

/** Whether a value follows a schema; when not, what is wrong and where, at most five of all. */
export type SchemaResult = { valid: true } | { valid: false; errors: string[] };

const MOST_ERRORS = 5;
/** It blocks, and a value that takes longer leaves a score unscored. */
const PATIENCE: Patience = { limitMs: 1000, strikes: 3 };
/** Values up to this size (as JSON) are looked through for all their errors; in larger ones the first has to do. */
const ALL_ERRORS_LIMIT = 65_536;

const compiled = new Lru<CompiledSchema>(128);

/** As `compileSchema`, once for equal schemas: the same one stands behind thousands of cases. */
export function cachedSchema(schema: Json): CompiledSchema {
  return compiled.get(canonicalJson(schema), () => compileSchema(schema));
}

/**
 * Compiles a JSON Schema: 2020-12 unless its `$schema` says 2019-09, draft 7 or draft 6. An unknown keyword or format is refused:
 * it would check nothing. References to other files are never followed. The value is never changed.
 */
export function compileSchema(schema: Json, more: SchemaOptions = {}): CompiledSchema {
  const walk = more.strict === false ? undefined : walkerOf(schema);
  if (walk) return { ok: true, validate: guarded(schema, (value) => resultOf(walk(value), value), PATIENCE) };
  const build = (allErrors: boolean) => compileWith(schema, allErrors, more);
  let first: ValidateFunction;
  let all: ValidateFunction | undefined;
  try {
    first = build(false);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  if ('$async' in first) return { ok: false, message: '"$async" schemas are not supported' };
  const validate = (value: Json): SchemaResult => {
    if (first(value)) return { valid: true };
    let errors = [...(first.errors ?? [])];
    if (!isLongJson(value, ALL_ERRORS_LIMIT)) {
      all ??= build(true);
      all(value);
      errors = [...(all.errors ?? errors)];
    }
    return { valid: false, errors: described(errors) };
  };
  return { ok: true, validate: guarded(schema, validate, PATIENCE) };
}

function resultOf(errors: readonly ErrorObject[], value: Json): SchemaResult {
  if (errors.length === 0) return { valid: true };
  const all = !isLongJson(value, ALL_ERRORS_LIMIT);
  return { valid: false, errors: described(all ? errors : errors.slice(0, 1)) };
}

function described(errors: readonly ErrorObject[]): string[] {
  const lines = errors.map(
    (error) => `${error.instancePath || 'the value'} ${error.message ?? 'is not valid'}${extra(error)}`,
  );
  const different = [...new Set(lines)];
  if (different.length <= MOST_ERRORS) return different;
  return [...different.slice(0, MOST_ERRORS), `and ${different.length - MOST_ERRORS} more`];
}

/** What ajv's message leaves out. */
function extra({ keyword, params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return `: ${JSON.stringify(params['additionalProperty'])}`;
  if (keyword === 'unevaluatedProperties') return `: ${JSON.stringify(params['unevaluatedProperty'])}`;
  if (keyword === 'enum') return `: ${JSON.stringify(params['allowedValues'])}`;
  if (keyword === 'const') return `: ${JSON.stringify(params['allowedValue'])}`;
  return '';
}
