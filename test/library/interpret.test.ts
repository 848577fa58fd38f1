import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fits } from '../../src/schema-walk/fits.js';
import { patternOf } from '../../src/schema-walk/values.js';
import { canInterpret, interpret } from '../../src/schema-walk.js';
import { caseSchema } from '../../src/schemas/cases.js';
import { configSchema } from '../../src/schemas/config.js';
import { promptSchema } from '../../src/schemas/prompt.js';
import type { Json, JsonObject } from '../../src/vocabulary.js';

const SUITE = new URL('../../../shared/specs/json-schema-test-suite/tests/draft2020-12/', import.meta.url);

function ajvOf(schema: object) {
  const ajv = new Ajv2020({ allErrors: true, verbose: true, ownProperties: true, strict: false, logger: false });
  addFormats.default(ajv);
  return ajv.compile(schema);
}

/** What is said of a value, without the words. ajv does not look for equal items where the items are wrong anyway. */
function outline(errors: readonly { keyword: string; instancePath: string; params: object }[]): string[] {
  return errors
    .filter(({ keyword }) => keyword !== 'uniqueItems')
    .map(({ keyword, instancePath, params }) => `${keyword} at ${instancePath} ${JSON.stringify(params)}`)
    .toSorted();
}

const leaf = fc.oneof(
  fc.constantFrom<Json>('', 'openai:x', 'error', 'off', 'replay', 'auto', '2026-11-22', null, true, 0, 1, 0.5, -1, 3),
  fc.string(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const key = fc.constantFrom(
  ...new Set(JSON.stringify([configSchema, promptSchema, caseSchema]).match(/(?<=")[a-zA-Z-]+(?=":)/g)),
  'toString',
  'extra',
);
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('walking a schema says what ajv says', () => {
  test.each([
    ['config', configSchema],
    ['front matter', promptSchema],
    ['a case', caseSchema],
  ])('of any value for %s', (_name, schema) => {
    const validate = ajvOf(schema);
    // Checked by canInterpret in its own test.
    const walked = schema as unknown as JsonObject;
    fc.assert(
      fc.property(fc.dictionary(key, json, { maxKeys: 5 }), (value) => {
        const valid = validate(value);
        const found = interpret(walked, value);
        expect(found.length === 0).toBe(valid);
        expect(fits(walked, value, patternOf)).toBe(valid);
        expect(outline(found)).toEqual(outline(validate.errors ?? []));
      }),
      { numRuns: 1500 },
    );
  });

  const wrong: [string, JsonObject, Json][] = [
    ['a name every object inherits is not given', { required: ['toString'] }, {}],
    ['characters, not UTF-16 units, count', { maxLength: 1 }, '😀😀'],
    [
      'equal items in another order of keys',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    ],
    ['a whole number', { type: 'integer' }, 1.5],
    ['a choice of types', { anyOf: [{ type: 'string' }, { type: 'object', required: ['a'] }] }, {}],
    ['a name', { propertyNames: { pattern: '^a' } }, { b: 1 }],
    ['itself, deeper', { properties: { a: { $ref: '#' } }, additionalProperties: false }, { a: { a: { b: 1 } } }],
    ['nothing is allowed', { properties: { a: false } }, { a: 1 }],
  ];
  test.each(wrong)('%s', (_name, schema, value) => {
    const validate = ajvOf(schema);
    expect(validate(value)).toBe(false);
    expect(interpret(schema, value).map(({ keyword, instancePath }) => [keyword, instancePath])).toEqual(
      (validate.errors ?? [])
        .filter(({ keyword }) => keyword !== 'propertyNames')
        .map((e) => [e.keyword, e.instancePath]),
    );
  });
});

test('a list with very many mistakes under one choice has them all told', () => {
  const schema = { anyOf: [{ type: 'array', items: { type: 'string' } }] };
  const many = 200_000;
  // One per item, and one for the choice.
  expect(
    interpret(
      schema,
      Array.from({ length: many }, () => 1),
    ),
  ).toHaveLength(many + 1);
});

describe.skipIf(!existsSync(SUITE))('the official suite, where the schema is one that can be walked', () => {
  const groups = (existsSync(SUITE) ? readdirSync(SUITE) : [])
    .filter((file) => file.endsWith('.json') && file !== 'format.json') // there, `format` only remarks; here it holds
    .flatMap((file) => JSON.parse(readFileSync(new URL(file, SUITE), 'utf8')) as Group[])
    .filter(({ schema }) => canInterpret(schema));

  test('has many of them', () => expect(groups.length).toBeGreaterThan(80));

  test('most of what fits is told without a walk', () => {
    const valid = groups.flatMap(({ schema, tests }) =>
      tests.filter((each) => each.valid).map(({ data }) => ({ schema, data })),
    );
    const walked = valid.filter(({ schema, data }) => !fits(schema, data, patternOf));
    expect(walked.every(({ schema }) => JSON.stringify(schema).includes('uniqueItems'))).toBe(true);
    expect(walked.length).toBeLessThan(valid.length / 10);
  });

  test('every verdict is the official one', () => {
    const wrong = groups.flatMap(({ description, schema, tests }) =>
      tests
        .filter(({ data, valid }) => (interpret(schema, data).length === 0) !== valid)
        .map((each) => `${description}: ${each.description}`),
    );
    expect(wrong).toEqual([]);
  });
});

interface Group {
  description: string;
  schema: JsonObject | boolean;
  tests: { description: string; data: Json; valid: boolean }[];
}
