import type { ErrorObject } from 'ajv/dist/2020.js';
import { canonicalJson } from './hash.js';
import { fits } from './schema-walk/fits.js';
import {
  hasSize,
  hasType,
  isNumber,
  isPattern,
  isSame,
  list,
  type PatternEngine,
  patternOf,
  type Schema,
} from './schema-walk/values.js';
import { isObject } from './objects.js';
import type { Json, JsonObject } from './vocabulary.js';

/**
 * Checks values against JSON Schemas that use common keywords only, by walking them. ajv, which has all keywords, takes 20 to
 * 100 ms to compile each of our files' schemas before the first value is looked at; walking needs no compilation. A value that does
 * not fit is walked again for its errors: those of ajv with `verbose`, `allErrors` and `ownProperties`, and tests hold the two to the
 * same answers.
 */

/** Keywords that say nothing about a value. */
const ANNOTATIONS = new Set([
  '$schema',
  '$comment',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
]);

interface Walk {
  root: Schema;
  pattern: PatternEngine;
  errors: ErrorObject[];
  path: (string | number)[];
  at: (string | number)[];
}

/** One keyword of a schema and the value it is applied to. */
interface Step {
  walk: Walk;
  schema: JsonObject;
  keyword: string;
  limit: Json;
  value: Json;
}

const KEYWORDS: Readonly<Record<string, (step: Step) => void>> = {
  type(step) {
    const { limit, value } = step;
    if (Array.isArray(limit) ? limit.some((type) => hasType(value, type)) : hasType(value, limit)) return;
    fail(step, { type: limit }, `must be ${[limit].flat().join(',')}`);
  },
  enum(step) {
    if (list(step.limit).some((each) => isSame(each, step.value))) return;
    fail(step, { allowedValues: step.limit }, 'must be equal to one of the allowed values');
  },
  const(step) {
    if (!isSame(step.limit, step.value)) fail(step, { allowedValue: step.limit }, 'must be equal to constant');
  },
  minimum: (step) => compare(step, '>=', (value, limit) => value >= limit),
  maximum: (step) => compare(step, '<=', (value, limit) => value <= limit),
  exclusiveMinimum: (step) => compare(step, '>', (value, limit) => value > limit),
  exclusiveMaximum: (step) => compare(step, '<', (value, limit) => value < limit),
  minLength: (step) => length(step, typeof step.value === 'string', 'characters', (size, limit) => size >= limit),
  maxLength: (step) => length(step, typeof step.value === 'string', 'characters', (size, limit) => size <= limit),
  minItems: (step) => length(step, Array.isArray(step.value), 'items', (size, limit) => size >= limit),
  maxItems: (step) => length(step, Array.isArray(step.value), 'items', (size, limit) => size <= limit),
  minProperties: (step) => length(step, isObject(step.value), 'properties', (size, limit) => size >= limit),
  maxProperties: (step) => length(step, isObject(step.value), 'properties', (size, limit) => size <= limit),
  pattern(step) {
    if (typeof step.value !== 'string' || step.walk.pattern(String(step.limit)).test(step.value)) return;
    fail(step, { pattern: step.limit }, `must match pattern "${String(step.limit)}"`);
  },
  uniqueItems(step) {
    if (step.limit !== true || !Array.isArray(step.value) || step.value.length < 2) return;
    const seen = new Map<string, number>();
    for (const [index, item] of step.value.entries()) {
      const text = canonicalJson(item);
      const first = seen.get(text);
      if (first !== undefined) {
        fail(step, { i: index, j: first }, 'must NOT have duplicate items');
        return;
      }
      seen.set(text, index);
    }
  },
  items(step) {
    if (!Array.isArray(step.value)) return;
    for (const [index, item] of step.value.entries()) descend(step, item, index, step.limit, ['items']);
  },
  required(step) {
    if (!isObject(step.value)) return;
    for (const name of list(step.limit)) {
      if (Object.hasOwn(step.value, String(name))) continue;
      fail(step, { missingProperty: name }, `must have required property '${String(name)}'`);
    }
  },
  properties(step) {
    const { value, limit } = step;
    if (!isObject(value) || !isObject(limit)) return;
    for (const name of Object.keys(value)) {
      const member = value[name];
      const inner = Object.hasOwn(limit, name) ? limit[name] : undefined;
      if (member !== undefined && inner !== undefined) descend(step, member, name, inner, ['properties', name]);
    }
  },
  additionalProperties(step) {
    if (!isObject(step.value) || step.limit === true) return;
    const known = isObject(step.schema.properties) ? step.schema.properties : {};
    for (const [name, member] of Object.entries(step.value)) {
      if (Object.hasOwn(known, name)) continue;
      if (step.limit === false) fail(step, { additionalProperty: name }, 'must NOT have additional properties');
      else descend(step, member, name, step.limit, ['additionalProperties']);
    }
  },
  propertyNames(step) {
    if (!isObject(step.value)) return;
    for (const name of Object.keys(step.value)) {
      const before = step.walk.errors.length;
      visit(step.walk, step.limit, name, ['propertyNames']);
      for (const error of step.walk.errors.slice(before)) error.propertyName = name;
    }
  },
  anyOf(step) {
    const { walk } = step;
    const outer = walk.errors;
    const found: ErrorObject[] = [];
    for (const [index, branch] of list(step.limit).entries()) {
      walk.errors = [];
      visit(walk, branch, step.value, ['anyOf', index]);
      const { errors } = walk;
      walk.errors = outer;
      if (errors.length === 0) return;
      for (const error of errors) found.push(error);
    }
    for (const error of found) outer.push(error);
    fail(step, {}, 'must match a schema in anyOf');
  },
  allOf(step) {
    for (const [index, part] of list(step.limit).entries()) visit(step.walk, part, step.value, ['allOf', index]);
  },
  $ref: (step) => visit(step.walk, step.walk.root, step.value, ['$ref']),
  format(step) {
    if (typeof step.value !== 'string' || isPattern(step.value)) return;
    fail(step, { format: 'regex' }, 'must be a regular expression');
  },
};

const supported = new WeakMap<object, boolean>();

/** Whether a schema uses only what `interpret` knows. */
export function canInterpret(schema: unknown): boolean {
  if (typeof schema === 'boolean') return true;
  if (!isObject(schema)) return false;
  let known = supported.get(schema);
  if (known === undefined) {
    known = Object.entries(schema).every(([keyword, limit]) => isKnown(keyword, limit));
    supported.set(schema, known);
  }
  return known;
}

function isKnown(keyword: string, limit: Json): boolean {
  if (ANNOTATIONS.has(keyword)) return true;
  if (!Object.hasOwn(KEYWORDS, keyword)) return false;
  if (keyword === '$ref') return limit === '#';
  if (keyword === 'format') return limit === 'regex';
  if (keyword === 'pattern') return isPattern(String(limit));
  if (keyword === 'properties') return isObject(limit) && Object.values(limit).every(canInterpret);
  if (['items', 'additionalProperties', 'propertyNames'].includes(keyword)) return canInterpret(limit);
  return keyword === 'anyOf' || keyword === 'allOf' ? list(limit).every(canInterpret) : true;
}

/**
 * @param pattern the engine of patterns; JavaScript's own unless given, which a hostile text can make to hang
 * @returns the errors of a value under a schema for which `canInterpret` holds; none when it is valid
 */
export function interpret(schema: Schema, value: Json, pattern: PatternEngine = patternOf): ErrorObject[] {
  if (fits(schema, value, pattern)) return [];
  const walk: Walk = { root: schema, pattern, errors: [], path: [], at: [] };
  visit(walk, schema, value, []);
  return walk.errors;
}

interface Check {
  keyword: string;
  limit: Json;
  check(step: Step): void;
}

/** Per schema its keywords that can fail. */
const checks = new WeakMap<object, readonly Check[]>();

function checksOf(schema: JsonObject): readonly Check[] {
  let found = checks.get(schema);
  if (!found) {
    found = Object.entries(schema).flatMap(([keyword, limit]) => {
      const check = Object.hasOwn(KEYWORDS, keyword) ? KEYWORDS[keyword] : undefined;
      return check && limit !== undefined ? [{ keyword, limit, check }] : [];
    });
    checks.set(schema, found);
  }
  return found;
}

function visit(walk: Walk, schema: Json, value: Json, at: readonly (string | number)[]): void {
  walk.at.push(...at);
  if (isObject(schema)) {
    for (const { keyword, limit, check } of checksOf(schema)) check({ walk, schema, keyword, limit, value });
  } else if (schema === false) {
    fail({ walk, schema: {}, keyword: 'false schema', limit: false, value }, {}, 'is not allowed here');
  }
  walk.at.length -= at.length;
}

function descend(step: Step, value: Json, key: string | number, schema: Json, at: readonly (string | number)[]): void {
  step.walk.path.push(key);
  visit(step.walk, schema, value, at);
  step.walk.path.pop();
}

function fail({ walk, schema, keyword, limit, value }: Step, params: Record<string, unknown>, message: string): void {
  const instancePath = walk.path.map((key) => `/${escapeKey(String(key))}`).join('');
  const schemaPath = ['#', ...walk.at.map((key) => escapeKey(String(key))), keyword].join('/');
  walk.errors.push({
    keyword,
    instancePath,
    schemaPath,
    params,
    message,
    schema: limit,
    parentSchema: schema,
    data: value,
  });
}

function escapeKey(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

function compare(step: Step, sign: string, holds: (value: number, limit: number) => boolean): void {
  const { value, limit } = step;
  if (!isNumber(value) || typeof limit !== 'number' || holds(value, limit)) return;
  fail(step, { comparison: sign, limit }, `must be ${sign} ${limit}`);
}

function length(step: Step, applies: boolean, unit: string, holds: (size: number, limit: number) => boolean): void {
  const { value, limit, keyword } = step;
  if (!applies || typeof limit !== 'number') return;
  if (hasSize(value as string | Json[] | JsonObject, (size) => holds(size, limit))) return;
  fail(step, { limit }, `must NOT have ${keyword.startsWith('min') ? 'fewer' : 'more'} than ${limit} ${unit}`);
}
