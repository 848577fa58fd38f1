import type { Json, JsonObject } from '../vocabulary.js';
import { isObject } from '../objects.js';

/** What variables are held against. */
export interface Declared {
  /** JSON Schema of the variables. */
  input?: JsonObject;
  /** Names that the template reads. */
  uses: ReadonlySet<string>;
}

/** Values nested deeper than this are refused: people write far less, and every walk over values stays safe. */
const DEEPEST = 100;

/**
 * Checks the variables that an application gives. Of `input` these keywords are looked at, at any depth: `type`, `enum` and `const`
 * of scalars, `required`, `properties`, `additionalProperties`, `items`. Others are left to the evaluation, whose cases were
 * checked against all of them. Members that are `undefined` count as not given.
 * @returns the variables as plain JSON, or what is wrong, in words that hold no value: values may be secret
 */
export function checkVariables(
  given: unknown,
  { input, uses }: Declared,
): { ok: true; vars: JsonObject } | { ok: false; faults: string[] } {
  const faults: string[] = [];
  const vars = toJson(given, '', 0, faults);
  if (faults.length > 0) return { ok: false, faults };
  if (!isObject(vars)) return { ok: false, faults: ['they must be an object of names and values'] };
  if (input) checkValue(input, vars, '', faults);
  for (const name of Object.keys(vars)) {
    if (!uses.has(name) && !isDeclared(name, input)) faults.push(`"${name}" is neither declared nor used`);
  }
  const unique = [...new Set(faults)];
  return unique.length > 0 ? { ok: false, faults: unique } : { ok: true, vars };
}

function isDeclared(name: string, input: JsonObject | undefined): boolean {
  if (isObject(input?.properties) && Object.hasOwn(input.properties, name)) return true;
  // `false` was reported with its own words; what is allowed by name of a pattern or by a schema is declared.
  return input?.additionalProperties !== undefined || input?.patternProperties !== undefined;
}

/** A copy that holds JSON only; what is none is told. */
function toJson(value: unknown, path: string, depth: number, faults: string[]): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > DEEPEST) {
    faults.push(`${named(path)} is nested too deeply, or holds itself`);
    return null;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => toJson(item ?? null, `${path}[${index}]`, depth + 1, faults));
  }
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(
      members.map(([key, member]) => [key, toJson(member, join(path, key), depth + 1, faults)]),
    );
  }
  faults.push(`${named(path)} must be JSON, not ${kindOf(value)}`);
  return null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an object of class ${value.constructor?.name ?? 'unknown'}`;
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}

function checkValue(schema: Json | undefined, value: Json, path: string, faults: string[]): void {
  if (schema === false) faults.push(`${named(path)} is not allowed`);
  if (!isObject(schema)) return;
  const { type, enum: allowed } = schema;
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? type : undefined;
  if (types && !types.some((each) => hasType(value, each))) {
    faults.push(`${named(path)} must be ${types.map(typeName).join(' or ')}, not ${typeName(typeOf(value))}`);
    return;
  }
  const values = Array.isArray(allowed) ? allowed : Object.hasOwn(schema, 'const') ? [schema.const ?? null] : undefined;
  if (values?.every(isScalar) && !values.includes(value)) {
    faults.push(`${named(path)} must be ${values.map((each) => JSON.stringify(each)).join(' or ')}`);
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(schema.items, item, `${path}[${index}]`, faults);
  } else if (isObject(value)) checkMembers(schema, value, path, faults);
}

function checkMembers(schema: JsonObject, value: JsonObject, path: string, faults: string[]): void {
  const { required, additionalProperties, patternProperties } = schema;
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) faults.push(`${named(join(path, name))} is missing`);
  }
  for (const [name, member] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) checkValue(properties[name], member, join(path, name), faults);
    else if (patternProperties !== undefined) continue;
    else if (additionalProperties === false) faults.push(`${named(join(path, name))} is not declared`);
    else checkValue(additionalProperties, member, join(path, name), faults);
  }
}

function hasType(value: Json, type: Json): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeOf(value) === type;
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

function typeName(type: Json): string {
  return NAMES[String(type)] ?? String(type);
}

function isScalar(value: Json): boolean {
  return value === null || typeof value !== 'object';
}

function named(path: string): string {
  return path === '' ? 'the whole' : `"${path}"`;
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
