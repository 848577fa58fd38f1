import type { Json, JsonObject } from '../vocabulary.js';

/** Keywords that OpenAI's strict mode takes (developers.openai.com, Structured Outputs, "Supported schemas"). */
const STRICT_KEYWORDS: ReadonlySet<string> = new Set(
  (
    '$schema $defs definitions $ref title description type enum const anyOf properties required additionalProperties items ' +
    'minItems maxItems pattern format multipleOf minimum maximum exclusiveMinimum exclusiveMaximum'
  ).split(' '),
);

const STRICT_FORMATS: ReadonlySet<Json> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
]);

const DEEPEST = 10;
const MOST_PROPERTIES = 5000;

/** Where schemas stand inside a schema: as the values of an object, as a list, or alone. */
const MAPS = ['properties', '$defs', 'definitions'] as const;
const LISTS = ['anyOf'] as const;
const SINGLES = ['items'] as const;

const known = new WeakMap<JsonObject, boolean>();

/**
 * Whether a schema qualifies for OpenAI's strict mode, which then guarantees it: the root and every object in it are closed
 * (`additionalProperties: false`) with all properties required, and no keyword is used that the mode does not know. The answer
 * is remembered with the schema object.
 */
export function strictSchema(schema: JsonObject): boolean {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const answer = schema.type === 'object' && schema.anyOf === undefined && qualifies(schema, 1, { properties: 0 });
  known.set(schema, answer);
  return answer;
}

function qualifies(schema: Json | undefined, depth: number, seen: { properties: number }): boolean {
  if (!isSchema(schema) || depth > DEEPEST) return false;
  if (!Object.keys(schema).every((key) => STRICT_KEYWORDS.has(key))) return false;
  if (schema.format !== undefined && !STRICT_FORMATS.has(schema.format)) return false;
  if (typesOf(schema).includes('object') && !closedAndRequired(schema)) return false;
  if (isSchema(schema.properties)) seen.properties += Object.keys(schema.properties).length;
  if (seen.properties > MOST_PROPERTIES || !describesItself(schema)) return false;
  return inner(schema).every((each) => qualifies(each, depth + 1, seen));
}

/** Strict mode wants to know what each value is: a type, a choice, or a reference; a bare `{}` is refused. */
function describesItself(schema: JsonObject): boolean {
  return ['type', 'enum', 'const', 'anyOf', '$ref'].some((key) => schema[key] !== undefined);
}

function closedAndRequired(schema: JsonObject): boolean {
  if (schema.additionalProperties !== false) return false;
  const names = isSchema(schema.properties) ? Object.keys(schema.properties) : [];
  const required = Array.isArray(schema.required) ? schema.required : [];
  return names.every((name) => required.includes(name));
}

/**
 * The schema as strict mode takes it: a choice without a type gets the type its values have, which changes nothing in what is
 * valid. Call it for schemas that qualify.
 */
export function withTypes(schema: JsonObject): JsonObject {
  const copy: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) copy[key] = typedInside(key, value);
  const values = Array.isArray(schema.enum) ? schema.enum : schema.const === undefined ? [] : [schema.const];
  if (schema.type !== undefined || values.length === 0) return copy;
  const types = [...new Set(values.map(typeName))];
  return { type: types.length === 1 && types[0] !== undefined ? types[0] : types, ...copy };
}

function typedInside(key: string, value: Json): Json {
  if (isOneOf(MAPS, key) && isSchema(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [name, isSchema(each) ? withTypes(each) : each]),
    );
  }
  if (isOneOf(LISTS, key) && Array.isArray(value))
    return value.map((each) => (isSchema(each) ? withTypes(each) : each));
  return isOneOf(SINGLES, key) && isSchema(value) ? withTypes(value) : value;
}

/**
 * Whether a schema can be given to a mode that closes every object (Anthropic's): none of its objects is open on purpose
 * (`additionalProperties` true or a schema, `patternProperties`) or without properties, each value says what it is, and
 * references point into `$defs`. Then closing the objects narrows the answer and never contradicts the schema.
 */
export function closableSchema(schema: JsonObject, depth = 0): boolean {
  if (depth > 50 || ['patternProperties', 'not', 'if', 'definitions', 'dependentSchemas'].some((key) => key in schema))
    return false;
  if (schema.$ref !== undefined && !String(schema.$ref).startsWith('#/$defs/')) return false;
  if (typesOf(schema).includes('object')) {
    if (Array.isArray(schema.type) || !isSchema(schema.properties) || Object.keys(schema.properties).length === 0)
      return false;
    if (schema.additionalProperties !== undefined && schema.additionalProperties !== false) return false;
  }
  const choices = [...inner(schema), ...listed(schema.oneOf), ...listed(schema.allOf)];
  if (!describesItself(schema) && schema.oneOf === undefined && schema.allOf === undefined) return false;
  return choices.every((each) => isSchema(each) && closableSchema(each, depth + 1));
}

function inner(schema: JsonObject): Json[] {
  const maps = MAPS.flatMap((key) => (isSchema(schema[key]) ? Object.values(schema[key]) : []));
  const lists = LISTS.flatMap((key) => listed(schema[key]));
  const singles = SINGLES.flatMap((key) => (schema[key] === undefined ? [] : [schema[key]]));
  return [...maps, ...lists, ...singles];
}

function listed(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function typesOf(schema: JsonObject): Json[] {
  if (schema.type === undefined) return schema.properties === undefined ? [] : ['object'];
  return Array.isArray(schema.type) ? schema.type : [schema.type];
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value;
}

function isOneOf(keys: readonly string[], key: string): boolean {
  return keys.includes(key);
}

function isSchema(value: Json | undefined): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
