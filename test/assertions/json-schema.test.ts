import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSchema } from '../../src/assertions/schema.js';
import type { Json } from '../../src/vocabulary.js';
import { check, found, passes, score } from './subjects.js';

const QUEUE = {
  type: 'object',
  required: ['queue'],
  additionalProperties: false,
  properties: { queue: { enum: ['billing', 'bug', 'other'] } },
};

function valid(schema: Json, value: Json): boolean {
  const compiled = compileSchema(schema);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.validate(value).valid;
}

const tuple = (keyword: string, $schema?: string) => ({
  ...($schema && { $schema }),
  [keyword]: [{ type: 'string' }],
});

describe('is-json', () => {
  it.each([
    ['{"a":1}', true],
    [' [1,2]\n', true],
    ['3', true],
    ['"text"', true],
    ['', false],
    ['{"a":1} trailing', false],
    ['```json\n{"a":1}\n```', false],
    ["{'a':1}", false],
    ['{"a":1,}', false],
    ['NaN', false],
    ['{"a":1}{"a":2}', false],
  ])('%j: %s', async (output, pass) => {
    expect(await passes('is-json', {}, output)).toBe(pass);
  });

  it('reads a text that a path found, and takes anything else found for JSON', async () => {
    expect(await passes('is-json', {}, found('{"a":1}'))).toBe(true);
    expect(await passes('is-json', {}, found('no'))).toBe(false);
    expect(await passes('is-json', {}, found([1]))).toBe(true);
  });

  it('with a schema checks the schema', async () => {
    expect(await passes('is-json', { value: QUEUE }, '{"queue":"bug"}')).toBe(true);
    expect(await passes('is-json', { value: QUEUE }, '{"queue":"none"}')).toBe(false);
    expect(check('is-json', { value: { type: 'objekt' } })).toHaveLength(1);
  });
});

describe('json-schema', () => {
  it('checks the output, or what a path found, and says what is wrong and where', async () => {
    expect(await passes('json-schema', { value: QUEUE }, '{"queue":"billing"}')).toBe(true);
    expect(await passes('json-schema', { value: { type: 'string', maxLength: 2 } }, found('ab'))).toBe(true);
    expect(await passes('json-schema', { value: { type: 'string' } }, found(3))).toBe(false);
    expect(await score('json-schema', { value: QUEUE }, '{"queue":"x","why":1}')).toMatchObject({
      pass: false,
      reason: expect.stringMatching(/additional properties: "why"; \/queue must be equal .*"billing"/),
    });
    expect(await score('json-schema', { value: QUEUE }, 'Sure! {"queue":"bug"}')).toMatchObject({
      pass: false,
      reason: 'is not JSON: "Sure! {\\"queue\\":\\"bug\\"}"',
    });
  });

  it('falls back to the output schema of the prompt, and needs one of the two', async () => {
    expect(await passes('json-schema', { output: QUEUE }, '{"queue":"bug"}')).toBe(true);
    expect(await passes('json-schema', { output: QUEUE, value: true }, '{"queue":"none"}')).toBe(true);
    expect(check('json-schema', {})).toHaveLength(1);
    expect(check('json-schema', { output: QUEUE })).toEqual([]);
  });

  it('lists at most five of many errors', async () => {
    const wrong = JSON.stringify(Array.from({ length: 50 }, () => 'x'));
    const outcome = await score('json-schema', { value: { items: { type: 'number' } } }, wrong);
    expect(outcome.reason.match(/must be number/g)).toHaveLength(5);
    expect(outcome.reason).toMatch(/and 45 more$/);
  });

  it.each<[string, Json]>([
    ['an unknown keyword', { type: 'string', 'x-note': 'a' }],
    ['a misspelt keyword', { type: 'object', propertys: {} }],
    ['an unknown format', { type: 'string', format: 'phone' }],
    ['an unknown type', { type: 'objekt' }],
    ['a pattern that cannot be read', { type: 'string', pattern: '(' }],
    ['a reference to another file', { $ref: 'https://example.com/schema.json' }],
    ['a reference to nothing', { $ref: '#/$defs/none' }],
    ['a dialect that is not known', { $schema: 'http://json-schema.org/draft-04/schema#', type: 'string' }],
    ['dynamic references, which are not checked reliably', { $dynamicRef: '#node' }],
    ['an asynchronous schema', { $async: true, type: 'string' }],
    ['a list', [] as Json],
  ])('refuses %s at load', (_, schema) => {
    expect(check('json-schema', { value: schema })).toHaveLength(1);
  });

  it('knows the dialects by $schema', () => {
    expect(valid(tuple('prefixItems'), [1])).toBe(false);
    expect(valid(tuple('prefixItems', 'https://json-schema.org/draft/2020-12/schema'), [1])).toBe(false);
    expect(valid(tuple('items', 'http://json-schema.org/draft-07/schema#'), [1])).toBe(false);
    expect(valid(tuple('items', 'http://json-schema.org/draft-06/schema#'), [1])).toBe(false);
    expect(valid(tuple('items', 'https://json-schema.org/draft/2019-09/schema'), [1])).toBe(false);
    expect(compileSchema(tuple('items')).ok).toBe(false);
  });

  it('does not take an inherited member for a required key', () => {
    expect(valid({ required: ['toString'] }, {})).toBe(false);
    expect(valid({ required: ['constructor', '__proto__'] }, {})).toBe(false);
    expect(valid({ required: ['__proto__'] }, JSON.parse('{"__proto__":1}'))).toBe(true);
  });

  it('keeps schemas with one $id apart', () => {
    expect(valid({ $id: 'https://example.com/x', type: 'string' }, 'a')).toBe(true);
    expect(valid({ $id: 'https://example.com/x', type: 'number' }, 'a')).toBe(false);
  });

  it('never changes the output', () => {
    const schema = { type: 'object', properties: { n: { type: 'number', default: 1 } }, additionalProperties: false };
    const value: Json = { m: '1' };
    valid(schema, value);
    expect(value).toEqual({ m: '1' });
  });

  it('counts in decimals', () => {
    expect(valid({ multipleOf: 0.01 }, 19.99)).toBe(true);
    expect(valid({ multipleOf: 0.01 }, 19.995)).toBe(false);
    expect(valid({ multipleOf: 0.5 }, 1e308)).toBe(true);
  });

  it('looks through a huge list for equal items without comparing every pair', () => {
    const list: Json = Array.from({ length: 50_000 }, (_, i) => ({ i, name: 'x' }));
    const started = performance.now();
    expect(valid({ uniqueItems: true }, list)).toBe(true);
    expect(valid({ uniqueItems: true }, [...list, { name: 'x', i: 7 }])).toBe(false);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('is not hung by a pattern, whichever engine runs it', async () => {
    const hostile = JSON.stringify(`${'a'.repeat(40)}!`);
    const started = performance.now();
    expect(await passes('json-schema', { value: { pattern: '^(a+)+$' } }, hostile)).toBe(false);
    const guarded = { value: { pattern: '^(?=a)(a+)+$' } };
    await expect(score('json-schema', guarded, hostile)).rejects.toThrow(/took longer than/);
    expect(await passes('json-schema', guarded, '"aaa"')).toBe(true);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('keeps several patterns of a schema apart', () => {
    const schema = { properties: { a: { pattern: '^x$' }, b: { pattern: '^y$' } }, patternProperties: { '^z': false } };
    expect(valid(schema, { a: 'x', b: 'y' })).toBe(true);
    expect(valid(schema, { a: 'y', b: 'y' })).toBe(false);
    expect(valid(schema, { a: 'x', b: 'x' })).toBe(false);
    expect(valid(schema, { zz: 1 })).toBe(false);
  });

  it('says of a simple schema, which is walked, what ajv says', () => {
    const leaf = fc.oneof(fc.constantFrom<Json>('a', 'bb', '', 0, 1, 2.5, true, null), fc.constant<Json>([]));
    const limits = fc.record(
      {
        type: fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean'),
        enum: fc.uniqueArray(leaf, { minLength: 1, maxLength: 3, selector: (each) => JSON.stringify(each) }),
        minimum: fc.constantFrom(0, 1, 2),
        maxLength: fc.nat(2),
        pattern: fc.constantFrom('^a', '\\w{2}'),
        minItems: fc.nat(2),
        required: fc.constantFrom(['a'], ['a', 'toString']),
        additionalProperties: fc.boolean(),
        description: fc.constant('for the model'),
      },
      { requiredKeys: [] },
    );
    const schemas = fc.letrec<{ schema: { [key: string]: unknown } }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 3 },
        limits,
        fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
        fc.tuple(limits, tie('schema')).map(([own, a]) => ({ ...own, properties: { a }, items: a })),
      ),
    })).schema;
    const values = fc.oneof(leaf, fc.array(leaf, { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b'), leaf));
    fc.assert(
      fc.property(schemas, values, (schema, value) => {
        const walked = compileSchema(schema as Json);
        const compiled = compileSchema(schema as Json, { strict: false });
        if (!walked.ok || !compiled.ok) throw new Error('both are schemas');
        const [mine, ajvs] = [walked.validate(value), compiled.validate(value)];
        expect(mine.valid).toBe(ajvs.valid);
        const [few, same] = [mine, ajvs].map((each) => (each.valid ? [] : each.errors.toSorted()));
        expect(few).toEqual((few?.length ?? 0) > 5 ? few : same);
      }),
      { numRuns: 400 },
    );
  });

  it('takes what is beyond numbers for no number', () => {
    expect(valid({ type: 'number' }, JSON.parse('1e999'))).toBe(false);
    expect(valid({ minimum: 3 }, JSON.parse('1e999'))).toBe(true);
  });

  it('throws, and does not pass, for what is nested too deeply to be checked', async () => {
    const nested = { $ref: '#/$defs/node', $defs: { node: { type: 'array', items: { $ref: '#/$defs/node' } } } };
    const output = '['.repeat(50_000) + ']'.repeat(50_000);
    await expect(score('json-schema', { value: nested }, output)).rejects.toThrow(RangeError);
  });
});
