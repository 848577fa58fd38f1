import { hasSize, hasType, isNumber, isPattern, isSame, list, type PatternEngine, type Schema } from './values.js';
import { isObject } from '../objects.js';
import type { Json, JsonObject } from '../vocabulary.js';

/**
 * Whether a value fits a schema, and nothing about why not: of a library's files nearly all do, and to keep in mind where one is
 * takes four fifths of the time of a walk. Tests hold it to the answers of `interpret`.
 * @param schema one for which `canInterpret` holds
 */
export function fits(schema: Schema, value: Json, pattern: PatternEngine): boolean {
  const root = testOf(schema);
  return root(value, { root, pattern });
}

interface Way {
  root: Test;
  pattern: PatternEngine;
}

type Test = (value: Json, way: Way) => boolean;

const always: Test = () => true;
const never: Test = () => false;

const tests = new WeakMap<object, Test>();

function testOf(schema: Json | undefined): Test {
  if (!isObject(schema)) return schema === false ? never : always;
  let test = tests.get(schema);
  if (!test) {
    test = all(Object.entries(schema).flatMap(([keyword, limit]) => keywordTest(keyword, limit, schema)));
    tests.set(schema, test);
  }
  return test;
}

function all(parts: readonly Test[]): Test {
  const [first, second] = parts;
  if (!first) return always;
  if (!second) return first;
  return (value, way) => {
    for (const part of parts) if (!part(value, way)) return false;
    return true;
  };
}

function keywordTest(keyword: string, limit: Json | undefined, schema: JsonObject): Test[] {
  const make = limit !== undefined && Object.hasOwn(TESTS, keyword) ? TESTS[keyword] : undefined;
  return make && limit !== undefined ? [make(limit, schema)] : [];
}

const TESTS: Readonly<Record<string, (limit: Json, schema: JsonObject) => Test>> = {
  type: (limit) =>
    Array.isArray(limit) ? (value) => limit.some((type) => hasType(value, type)) : (value) => hasType(value, limit),
  enum: (limit) => (value) => list(limit).some((each) => isSame(each, value)),
  const: (limit) => (value) => isSame(limit, value),
  minimum: (limit) => number(limit, (value, bound) => value >= bound),
  maximum: (limit) => number(limit, (value, bound) => value <= bound),
  exclusiveMinimum: (limit) => number(limit, (value, bound) => value > bound),
  exclusiveMaximum: (limit) => number(limit, (value, bound) => value < bound),
  minLength: (limit) => size(limit, isText, (length, bound) => length >= bound),
  maxLength: (limit) => size(limit, isText, (length, bound) => length <= bound),
  minItems: (limit) => size(limit, Array.isArray, (length, bound) => length >= bound),
  maxItems: (limit) => size(limit, Array.isArray, (length, bound) => length <= bound),
  minProperties: (limit) => size(limit, isObject, (length, bound) => length >= bound),
  maxProperties: (limit) => size(limit, isObject, (length, bound) => length <= bound),
  pattern: (limit) => (value, way) => typeof value !== 'string' || way.pattern(String(limit)).test(value),
  // To compare values of all kinds is the walk's.
  uniqueItems: (limit) => (value) =>
    limit !== true || !Array.isArray(value) || (value.every(isText) && new Set(value).size === value.length),
  items(limit) {
    const test = testOf(limit);
    return (value, way) => !Array.isArray(value) || value.every((item) => test(item, way));
  },
  required(limit) {
    const names = list(limit).map(String);
    return (value) => !isObject(value) || names.every((name) => Object.hasOwn(value, name));
  },
  properties: (limit, schema) => (schema.additionalProperties === undefined ? members(limit, true) : always),
  additionalProperties: (limit, { properties }) => members(properties ?? {}, limit),
  propertyNames(limit) {
    const test = testOf(limit);
    return (value, way) => !isObject(value) || Object.keys(value).every((name) => test(name, way));
  },
  anyOf(limit) {
    const branches = list(limit).map(testOf);
    return (value, way) => branches.some((branch) => branch(value, way));
  },
  allOf: (limit) => all(list(limit).map(testOf)),
  $ref: () => (value, way) => way.root(value, way),
  format: () => (value) => typeof value !== 'string' || isPattern(value),
};

/** The members of a map: those with a name in `properties`, and in the same turn the rest. */
function members(properties: Json, rest: Json): Test {
  const known = new Map(Object.entries(isObject(properties) ? properties : {}).map(([name, of]) => [name, testOf(of)]));
  const other = testOf(rest);
  return (value, way) => {
    if (!isObject(value)) return true;
    for (const name of Object.keys(value)) {
      const member = value[name] as Json;
      const test = known.get(name);
      if (test ? member !== undefined && !test(member, way) : !other(member, way)) return false;
    }
    return true;
  };
}

function number(limit: Json, suits: (value: number, bound: number) => boolean): Test {
  if (typeof limit !== 'number') return always;
  return (value) => !isNumber(value) || suits(value, limit);
}

function size(
  limit: Json,
  applies: (value: Json) => value is string | Json[] | JsonObject,
  suits: (length: number, bound: number) => boolean,
): Test {
  if (typeof limit !== 'number') return always;
  const within = (length: number): boolean => suits(length, limit);
  return (value) => !applies(value) || hasSize(value, within);
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}
