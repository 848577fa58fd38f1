import { canonicalJson } from '../canonical-json.js';
import { isObject, objectIn } from '../objects.js';
import type { Json, JsonObject } from '../vocabulary.js';

/** Holds a value against a schema. */
export type Check = (schema: Json | undefined, value: Json, path: string) => void;

/** Notes what is wrong with the value at a path, in words that do not hold it: values may be secret. */
export type Fault = (path: string, what: string) => void;

/** Keywords that `checkCommon` does not look at, wherever they stand; a variable of such a name is taken for one. */
const MORE =
  /"(?:\$ref|allOf|anyOf|oneOf|not|if|(?:exclusive)?[mM](?:in|ax)imum|m(?:in|ax)(?:Length|Items|Properties)|multipleOf|pattern|patternProperties|propertyNames|uniqueItems|contains|depend\w+)":/;

/** Whether a schema says more than `checkCommon` looks at. */
export function saysMore(schema: JsonObject): boolean {
  return MORE.test(JSON.stringify(schema));
}

/**
 * What nearly all schemas say: `type`, `enum`, `const`, `required`, `properties`, `additionalProperties`, `items`, `prefixItems`.
 * @param inner checks the members and items
 * @returns whether the value is of the type; of another, nothing more needs to be said
 */
export function checkCommon(schema: JsonObject, value: Json, path: string, fault: Fault, inner: Check): boolean {
  const { type, enum: allowed } = schema;
  const types = typeof type === 'string' ? [type] : Array.isArray(type) ? type : undefined;
  if (types && !types.some((each) => hasType(value, each))) {
    fault(path, `must be ${types.map(typeName).join(' or ')}, not ${typeName(typeOf(value))}`);
    return false;
  }
  for (const values of [allowed, Object.hasOwn(schema, 'const') && [schema.const]]) {
    if (!Array.isArray(values)) continue;
    const texts = values.map(canonicalJson);
    if (!texts.includes(canonicalJson(value))) fault(path, `must be ${texts.join(' or ')}`);
  }
  if (Array.isArray(value)) {
    const { items, prefixItems, additionalItems } = schema;
    // A list of schemas is what draft-07 has for `prefixItems`.
    const [first, rest] = Array.isArray(items) ? [items, additionalItems] : [prefixItems, items];
    const each = Array.isArray(first) ? first : [];
    for (const [index, item] of value.entries()) inner(index in each ? each[index] : rest, item, `${path}[${index}]`);
  } else if (isObject(value)) checkMembers(schema, value, path, fault, inner);
  return true;
}

function checkMembers(schema: JsonObject, value: JsonObject, path: string, fault: Fault, inner: Check): void {
  const { required, additionalProperties, patternProperties } = schema;
  const properties = objectIn(schema.properties);
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) fault(join(path, name), 'is missing');
  }
  for (const [name, member] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) inner(properties[name], member, join(path, name));
    else if (patternProperties !== undefined) continue;
    else if (additionalProperties === false) fault(join(path, name), 'is not declared');
    else inner(additionalProperties, member, join(path, name));
  }
}

export function hasType(value: Json, type: Json): boolean {
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

/** The path of a member. */
export function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
