import { createRequire } from 'node:module';
import type * as Draft7 from 'ajv';
import type { Ajv, ErrorObject, Options, ValidateFunction } from 'ajv';
import type * as Draft2019 from 'ajv/dist/2019.js';
import type * as Draft2020 from 'ajv/dist/2020.js';
import type * as Formats from 'ajv-formats';
import { canonicalJson } from '../hash.js';
import type { Json } from '../vocabulary.js';
import { Lru } from './lru.js';
import { schemaPattern } from './schema-pattern.js';

// Loaded when the first schema is compiled, and synchronously, because checks of values are.
const require = createRequire(import.meta.url);

/** A compiled JSON Schema, or why it cannot be used. */
export type CompiledSchema = { ok: true; validate(value: Json): SchemaResult } | { ok: false; message: string };

/** Whether a value follows a schema; when not, what is wrong and where, at most five of all. */
export type SchemaResult = { valid: true } | { valid: false; errors: string[] };

const MOST_ERRORS = 5;
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
 * @param more `strict: false` lets unknown keywords pass; `remotes` are schemas that references may lead to (official test suite)
 */
export function compileSchema(schema: Json, more: { strict?: boolean; remotes?: Json[] } = {}): CompiledSchema {
  const build = (allErrors: boolean) => instance(schema, allErrors, more).compile(asSchema(schema));
  let first: ValidateFunction;
  let all: ValidateFunction | undefined;
  try {
    first = build(false);
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
  if ('$async' in first) return { ok: false, message: '"$async" schemas are not supported' };
  return {
    ok: true,
    validate(value) {
      if (first(value)) return { valid: true };
      let errors = [...(first.errors ?? [])];
      if (JSON.stringify(value).length <= ALL_ERRORS_LIMIT) {
        all ??= build(true);
        all(value);
        errors = [...(all.errors ?? errors)];
      }
      return { valid: false, errors: described(errors) };
    },
  };
}

/** A new instance for each schema: two schemas with one `$id` would clash in a shared one. */
function instance(schema: Json, allErrors: boolean, more: { strict?: boolean; remotes?: Json[] }): Ajv {
  const options: Options = {
    allErrors,
    strictSchema: more.strict ?? true,
    strictTypes: false,
    strictTuples: false,
    allowMatchingProperties: true,
    // Without it, a key that every object inherits (`toString`) counts as there.
    ownProperties: true,
    // 19.99 is a multiple of 0.01, whatever binary fractions say.
    multipleOfPrecision: 8,
    code: { regExp: schemaPattern },
    logger: false,
  };
  const ajv = dialect(schema, options);
  const { default: addFormats }: typeof Formats = require('ajv-formats');
  addFormats.default(ajv);
  uniqueInLinearTime(ajv);
  for (const remote of more.remotes ?? []) ajv.addSchema(asSchema(remote));
  return ajv;
}

function dialect(schema: Json, options: Options): Ajv {
  const named = schema !== null && typeof schema === 'object' && !Array.isArray(schema) ? schema['$schema'] : undefined;
  const uri = named === undefined ? 'https://json-schema.org/draft/2020-12/schema' : String(named).replace(/#$/, '');
  switch (uri.replace(/^https?:\/\//, '')) {
    case 'json-schema.org/draft/2020-12/schema':
      return draft2020(options);
    case 'json-schema.org/draft/2019-09/schema':
      return draft2019(options);
    case 'json-schema.org/draft-07/schema':
      return draft7(options);
    case 'json-schema.org/draft-06/schema':
      return draft7(options).addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
    default:
      throw new Error(`the dialect ${uri} is not known: use 2020-12, 2019-09, draft-07 or draft-06`);
  }
}

function draft2020(options: Options): Ajv {
  const { Ajv2020 }: typeof Draft2020 = require('ajv/dist/2020.js');
  return new Ajv2020(options);
}

function draft2019(options: Options): Ajv {
  const { Ajv2019 }: typeof Draft2019 = require('ajv/dist/2019.js');
  return new Ajv2019(options);
}

function draft7(options: Options): Ajv {
  const { Ajv: Ajv7 }: typeof Draft7 = require('ajv');
  return new Ajv7(options);
}

/** ajv compares every pair of a list's items; a model can write a list for which that takes hours. */
function uniqueInLinearTime(ajv: Ajv): void {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must have no two equal items' },
    validate: (wanted: boolean, items: unknown[]) =>
      !wanted || new Set(items.map((item) => canonicalJson(item))).size === items.length,
  });
}

/** The checked boundary to ajv's types: what is no schema is refused by ajv itself, with a message. */
function asSchema(schema: Json): boolean | { [keyword: string]: unknown } {
  if (typeof schema === 'boolean') return schema;
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) throw new Error('a schema is an object');
  return schema;
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
