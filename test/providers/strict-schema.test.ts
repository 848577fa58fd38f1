import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { closableSchema, strictSchema, withTypes } from '../../src/providers/strict-schema.js';
import type { JsonObject } from '../../src/vocabulary.js';

const closed = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
  ...more,
});

describe('strict mode takes', () => {
  test.each<[string, JsonObject]>([
    ['a closed object with all properties required', closed({ queue: { enum: ['a', 'b'] } })],
    ['no properties at all', closed({})],
    [
      'nested closed objects, lists and choices',
      closed({ a: { type: 'array', items: closed({ b: { anyOf: [{ type: 'string' }, { type: 'null' }] } }) } }),
    ],
    [
      'definitions and recursion',
      closed({ next: { $ref: '#/$defs/node' } }, { $defs: { node: closed({ next: { $ref: '#/$defs/node' } }) } }),
    ],
    [
      'limits it knows',
      closed({ n: { type: 'integer', minimum: 0 }, s: { type: 'string', pattern: '^a', format: 'date' } }),
    ],
  ])('%s', (_, schema) => {
    expect(strictSchema(schema)).toBe(true);
    expect(strictSchema(schema)).toBe(true);
  });
});

describe('strict mode refuses', () => {
  test.each<[string, JsonObject]>([
    ['an open object', { type: 'object', required: ['a'], properties: { a: { type: 'string' } } }],
    ['a property that is not required', closed({ a: { type: 'string' } }, { required: [] })],
    ['an open object inside', closed({ a: { type: 'object', properties: {} } })],
    ['an open object inside a list', closed({ a: { type: 'array', items: { type: 'object' } } })],
    ['an open object behind a reference', closed({ a: { $ref: '#/$defs/b' } }, { $defs: { b: { type: 'object' } } })],
    ['a root that is a list', { type: 'array', items: { type: 'string' } }],
    ['a choice at the root', { ...closed({}), anyOf: [closed({})] }],
    ['a keyword it does not know', closed({ a: { type: 'string', minLength: 1 } })],
    ['a format it does not know', closed({ a: { type: 'string', format: 'uri' } })],
    ['allOf', closed({ a: { allOf: [{ type: 'string' }] } })],
    ['a value without a type', closed({ a: {} })],
    ['a nullable open object', closed({ a: { type: ['object', 'null'] } })],
    ['eleven levels', Array.from({ length: 11 }).reduce<JsonObject>((inner) => closed({ a: inner }), closed({}))],
    ['a boolean schema', closed({ a: true })],
  ])('%s', (_, schema) => {
    expect(strictSchema(schema)).toBe(false);
  });
});

test('types are added to choices without one, and nothing that is valid changes', () => {
  const schema = closed({
    queue: { enum: ['a', 1, null] },
    one: { const: true },
    deep: { type: 'array', items: { enum: ['x'] } },
  });
  const typed = withTypes(schema);
  expect(typed.properties).toEqual({
    queue: { type: ['string', 'number', 'null'], enum: ['a', 1, null] },
    one: { type: 'boolean', const: true },
    deep: { type: 'array', items: { type: 'string', enum: ['x'] } },
  });
  expect(schema.properties).toHaveProperty('queue', { enum: ['a', 1, null] });
  const [before, after] = [schema, typed].map((each) => new Ajv2020({ strict: false }).compile(each));
  for (const value of [
    { queue: 'a', one: true, deep: ['x'] },
    { queue: null, one: true, deep: [] },
    { queue: 'b', one: true, deep: [] },
  ]) {
    expect(after?.(value)).toBe(before?.(value));
  }
});

describe('a mode that closes objects', () => {
  test.each<[string, boolean, JsonObject]>([
    [
      'takes an object that does not say whether it is closed',
      true,
      { type: 'object', properties: { a: { type: 'string', minLength: 2 } } },
    ],
    ['takes a closed one', true, closed({ a: { oneOf: [{ type: 'string' }, closed({ b: { const: 1 } })] } })],
    ['refuses a map', false, { type: 'object', additionalProperties: { type: 'string' } }],
    [
      'refuses an object that is open on purpose',
      false,
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: true },
    ],
    ['refuses a map inside', false, closed({ a: { type: 'array', items: { type: 'object' } } })],
    ['refuses a value without a type', false, closed({ a: {} })],
    [
      'refuses references elsewhere',
      false,
      closed({ a: { $ref: '#/definitions/b' } }, { definitions: { b: { type: 'string' } } }),
    ],
    ['refuses conditions', false, { ...closed({}), if: {} }],
    ['refuses boolean schemas', false, closed({ a: { anyOf: [true] } })],
  ])('%s', (_, expected, schema) => {
    expect(closableSchema(schema)).toBe(expected);
  });
});
