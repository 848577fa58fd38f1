/** Keys that hold a schema. */
const self = { $ref: '#' } as const;
const list = { type: 'array', minItems: 1, items: self } as const;
const map = { type: 'object', additionalProperties: self } as const;
const count = { type: 'integer', minimum: 0 } as const;
const number = { type: 'number' } as const;
const string = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const names = { type: 'array', items: string, uniqueItems: true } as const;
const type = { enum: ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'] } as const;

const common = {
  $schema: string,
  $id: string,
  $ref: string,
  $comment: string,
  title: string,
  description: string,
  default: {},
  examples: { type: 'array' },
  deprecated: flag,
  readOnly: flag,
  writeOnly: flag,
  type: { anyOf: [type, { type: 'array', minItems: 1, uniqueItems: true, items: type }] },
  enum: { type: 'array', minItems: 1 },
  const: {},
  multipleOf: { type: 'number', exclusiveMinimum: 0 },
  maximum: number,
  exclusiveMaximum: number,
  minimum: number,
  exclusiveMinimum: number,
  maxLength: count,
  minLength: count,
  pattern: { type: 'string', format: 'regex' },
  format: string,
  contentMediaType: string,
  contentEncoding: string,
  maxItems: count,
  minItems: count,
  uniqueItems: flag,
  contains: self,
  maxProperties: count,
  minProperties: count,
  required: names,
  properties: map,
  patternProperties: { type: 'object', propertyNames: { format: 'regex' }, additionalProperties: self },
  additionalProperties: self,
  propertyNames: self,
  definitions: map,
  allOf: list,
  anyOf: list,
  oneOf: list,
  not: self,
  if: self,
  then: self,
  else: self,
} as const;

/**
 * JSON Schema 2020-12 as one flat schema: the official meta-schema (json-schema.org/draft/2020-12/schema) takes ajv 40 ms to
 * compile. Unknown keywords are refused.
 */
export const schema2020 = {
  type: ['object', 'boolean'],
  additionalProperties: false,
  properties: {
    ...common,
    $anchor: string,
    $dynamicRef: string,
    $dynamicAnchor: string,
    $defs: map,
    prefixItems: list,
    items: self,
    minContains: count,
    maxContains: count,
    unevaluatedItems: self,
    unevaluatedProperties: self,
    dependentRequired: { type: 'object', additionalProperties: names },
    dependentSchemas: map,
    contentSchema: self,
  },
} as const;

/** JSON Schema draft-07, likewise. */
export const schema07 = {
  type: ['object', 'boolean'],
  additionalProperties: false,
  properties: {
    ...common,
    items: { anyOf: [self, { type: 'array', minItems: 1, items: self }] },
    additionalItems: self,
    dependencies: { type: 'object', additionalProperties: { anyOf: [self, names] } },
  },
} as const;
