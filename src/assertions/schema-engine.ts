import { createRequire } from 'node:module';
import type * as Draft7 from 'ajv';
import type { Ajv, Options, ValidateFunction } from 'ajv';
import type * as Draft2019 from 'ajv/dist/2019.js';
import type * as Draft2020 from 'ajv/dist/2020.js';
import type * as Formats from 'ajv-formats';
import { canonicalJson } from '../hash.js';
import type { Json } from '../vocabulary.js';
import { schemaPattern } from '../patterns/schema-pattern.js';
import { isPlainSchema } from './schema-walked.js';

// Loaded when the first schema is compiled, and synchronously, because checks of values are.
const require = createRequire(import.meta.url);

/** For the official test suite, which has both. */
export interface SchemaOptions {
  /** `false` lets unknown keywords and formats pass. */
  strict?: boolean;
  /** Schemas that references may lead to, by address. */
  remotes?: Record<string, Json>;
}

const OPTIONS: Options = {
  strictTypes: false,
  strictTuples: false,
  allowMatchingProperties: true,
  // Without it, a key that every object inherits (`toString`) counts as there.
  ownProperties: true,
  // Done before, once per dialect rather than once per schema: making the checker of schemas is most of the work.
  validateSchema: false,
  code: { regExp: schemaPattern },
  logger: false,
};

/** What ajv knows but gets wrong too often (official test suite): refused as unknown rather than checked by chance. */
const UNRELIABLE = ['$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor'];

/**
 * Compiles a schema with ajv, in an instance of its own: two schemas with one `$id` would clash in a shared one.
 * @throws Error for what is no schema of a known dialect
 */
export function compileWith(schema: Json, allErrors: boolean, more: SchemaOptions): ValidateFunction {
  const make = dialectOf(schema);
  const checked = asSchema(schema);
  if (more.strict === false || !isPlainSchema(schema)) void checkerOf(make).validateSchema(checked, true);
  const ajv = make({ ...OPTIONS, allErrors, strictSchema: more.strict ?? true });
  const { default: addFormats }: typeof Formats = require('ajv-formats');
  addFormats.default(ajv);
  replaceKeywords(ajv);
  if (more.strict !== false) for (const keyword of UNRELIABLE) ajv.removeKeyword(keyword);
  for (const [uri, remote] of Object.entries(more.remotes ?? {})) ajv.addSchema(asSchema(remote), uri);
  return ajv.compile(checked);
}

type Make = (options: Options) => Ajv;

const checkers = new Map<Make, Ajv>();

/** What checks schemas of a dialect; it never learns of a user's schema, so no two can clash. */
function checkerOf(make: Make): Ajv {
  const checker = checkers.get(make) ?? make({ strict: false, logger: false });
  checkers.set(make, checker);
  return checker;
}

function dialectOf(schema: Json): Make {
  const named = schema !== null && typeof schema === 'object' && !Array.isArray(schema) ? schema['$schema'] : undefined;
  if (named === undefined) return draft2020;
  const uri = String(named).replace(/#$/, '');
  const make = DIALECTS.get(uri.replace(/^https?:\/\//, ''));
  if (!make) throw new Error(`the dialect ${uri} is not known: use 2020-12, 2019-09, draft-07 or draft-06`);
  return make;
}

const DIALECTS: ReadonlyMap<string, Make> = new Map([
  ['json-schema.org/draft/2020-12/schema', draft2020],
  ['json-schema.org/draft/2019-09/schema', draft2019],
  ['json-schema.org/draft-07/schema', draft7],
  ['json-schema.org/draft-06/schema', draft6],
]);

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

function draft6(options: Options): Ajv {
  return draft7(options).addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'));
}

/** Two keywords that ajv gets wrong: one in time, one in numbers. */
function replaceKeywords(ajv: Ajv): void {
  ajv.removeKeyword('uniqueItems');
  ajv.addKeyword({
    keyword: 'uniqueItems',
    type: 'array',
    schemaType: 'boolean',
    error: { message: 'must have no two equal items' },
    validate: (wanted: boolean, items: unknown[]) => !wanted || allDifferent(items),
  });
  ajv.removeKeyword('multipleOf');
  ajv.addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    error: { message: ({ schema }) => `must be a multiple of ${String(schema)}` },
    validate: (divisor: number, value: number) => isMultiple(value, divisor),
  });
}

/** ajv compares every pair of items; a model can write a list for which that takes hours. */
function allDifferent(items: unknown[]): boolean {
  return new Set(items.map((item) => canonicalJson(item))).size === items.length;
}

/** 19.99 is a multiple of 0.01, whatever binary fractions say. Where the quotient is beyond numbers, the remainder decides. */
function isMultiple(value: number, divisor: number): boolean {
  const quotient = value / divisor;
  return Number.isFinite(quotient) ? Math.abs(Math.round(quotient) - quotient) <= 1e-8 : value % divisor === 0;
}

/** The checked boundary to ajv's types: what is no schema is refused by ajv itself, with a message. */
function asSchema(schema: Json): boolean | { [keyword: string]: unknown } {
  if (typeof schema === 'boolean') return schema;
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) throw new Error('a schema is an object');
  return schema;
}
