import type { Json, JsonObject } from '../vocabulary.js';
import { isObject } from '../objects.js';
import { referenced } from '../prompts/reference.js';

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  null: 'null',
};
/** References that lead back to themselves have no inline type. */
const DEEPEST = 12;
/** Schemas that are looked at for one type: references that multiply stand for more than any memory holds. */
const MOST = 20_000;

/**
 * The TypeScript type of the values that a JSON Schema describes, on one line. Known are `type`, `enum`, `const`, `properties`,
 * `required`, `additionalProperties`, `items`, `prefixItems`, `anyOf`, `oneOf`, `allOf` and references inside the schema; what else
 * narrows values is left to checks at run time. What cannot be told is `unknown`, never a wrong guess.
 */
export function schemaType(schema: Json | undefined, root: Json | undefined = schema): string {
  return typeOf(schema, { root, seen: 0 }, 0);
}

/** One type in the making: the schema that references start from, and how many were looked at. */
interface Making {
  root: Json | undefined;
  seen: number;
}

function typeOf(schema: Json | undefined, making: Making, depth: number): string {
  making.seen += 1;
  if (schema === false) return 'never';
  if (!isObject(schema) || depth > DEEPEST || making.seen > MOST) return 'unknown';
  const found = [...alternatives(schema, making, depth)];
  if (found.length === 0) return 'unknown';
  return found.length === 1 ? (found[0] ?? 'unknown') : found.map(inParentheses).join(' & ');
}

/** What each keyword says by itself; a value fits them all. */
function* alternatives(schema: JsonObject, making: Making, depth: number): Generator<string> {
  const inner = (each: Json | undefined): string => typeOf(each, making, depth + 1);
  const { $ref, type, anyOf, oneOf, allOf } = schema;
  if (typeof $ref === 'string') yield inner(referenced($ref, making.root));
  const values = Object.hasOwn(schema, 'const') ? [schema.const ?? null] : schema.enum;
  if (Array.isArray(values)) {
    // A literal says more than its type.
    yield union(values.map(literal));
  } else if (typeof type === 'string' || Array.isArray(type)) {
    yield union([type].flat().map((each) => typeNamed(String(each), schema, inner)));
  } else if (isObject(schema.properties) || Array.isArray(schema.required)) {
    // Without `type`, anything that is no object would fit, too.
    yield 'unknown';
  }
  for (const each of [anyOf, oneOf]) if (Array.isArray(each)) yield union(each.map(inner));
  if (Array.isArray(allOf)) yield* allOf.map(inner);
}

function typeNamed(type: string, schema: JsonObject, inner: (schema: Json | undefined) => string): string {
  if (type === 'object') return objectType(schema, inner);
  if (type !== 'array') return SIMPLE[type] ?? 'unknown';
  const { items, prefixItems } = schema;
  if (!Array.isArray(prefixItems)) return `Array<${inner(items)}>`;
  const rest = items === false ? [] : [`...Array<${inner(items)}>`];
  // Lists may be shorter than their first items are described.
  return `[${[...prefixItems.map((each) => `(${inner(each)})?`), ...rest].join(', ')}]`;
}

function objectType(schema: JsonObject, inner: (schema: Json | undefined) => string): string {
  const { properties = {}, required = [], additionalProperties, patternProperties } = schema;
  const names = isObject(properties) ? Object.keys(properties) : [];
  const must = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : [];
  const members = names.map((name) => {
    const type = inner(isObject(properties) ? properties[name] : undefined);
    return `${propertyName(name)}${must.includes(name) ? '' : '?'}: ${type}`;
  });
  for (const name of must) if (!names.includes(name)) members.push(`${propertyName(name)}: unknown`);
  if (members.length === 0) {
    if (additionalProperties === false && patternProperties === undefined) return 'Record<string, never>';
    return `Record<string, ${patternProperties === undefined ? inner(additionalProperties) : 'unknown'}>`;
  }
  // Named members must fit an index, too, which only `unknown` promises.
  const isOpen = isObject(additionalProperties) || additionalProperties === true || patternProperties !== undefined;
  return `{ ${[...members, ...(isOpen ? ['[name: string]: unknown'] : [])].join('; ')} }`;
}

/** A name as the member of an object type. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

function literal(value: Json): string {
  return value !== null && typeof value === 'object' ? 'unknown' : JSON.stringify(value);
}

function union(types: readonly string[]): string {
  const unique = [...new Set(types)];
  if (unique.length === 0) return 'never';
  if (unique.includes('unknown')) return 'unknown';
  return unique.map((type) => (unique.length > 1 && type.includes(' & ') ? `(${type})` : type)).join(' | ');
}

function inParentheses(type: string): string {
  return type.includes(' | ') ? `(${type})` : type;
}
