import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lockText } from '../../src/catalogue/lock-text.js';
import { folderTree } from '../../src/library/folder-tree.js';
import { readPrompts } from '../../src/library/prompts.js';
import { compileUserSchema } from '../../src/library/user-schema.js';
import { saysMore } from '../../src/prompts/common-check.js';
import { checkAll } from '../../src/prompts/full-check.js';
import { loadPrompt, PromptError, type PromptLock } from '../../src/prompts/index.js';
import * as portable from '../../src/prompts/portable.js';
import { checkUsual, type InputCheck } from '../../src/prompts/variables.js';
import { providerTypes } from '../../src/providers/map.js';
import { schema07, schema2020 } from '../../src/schemas/json-schema.js';
import type { Json, JsonObject } from '../../src/vocabulary.js';
import { project } from '../support/project.js';

/** What is said of variables by a prompt with this input: from its file, from a lock, and where there are no files. */
async function told(input: JsonObject, vars: object): Promise<string[]> {
  const made = project({
    'evals/t.prompt.md': `---\nmodels: [mock:echo]\ninput: ${JSON.stringify(input)}\n---\n{{#x}}{{.}} {{/x}}`,
  });
  const { prompts, problems } = readPrompts(folderTree(made.root), undefined, providerTypes);
  expect(problems).toEqual([]);
  const lock = JSON.parse(lockText(prompts)) as PromptLock;
  const loaded = [
    await loadPrompt('t', { root: made.root }),
    await loadPrompt('t', { lock }),
    await portable.loadPrompt('t', { lock }),
  ];
  return loaded.map((prompt) => {
    try {
      prompt.render(vars);
      return 'fits';
    } catch (error) {
      if (!(error instanceof PromptError)) throw error;
      return /do not fit prompt "t": ([^]*)\. Give the variables/.exec(error.message)?.[1] ?? error.message;
    }
  });
}

const x = (schema: Json, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  required: ['x'],
  properties: { x: schema },
  ...more,
});
const USER = { type: 'object', required: ['name'], properties: { name: { type: 'string', minLength: 2 } } };

const CONDITION = JSON.parse(
  '{ "if": { "properties": { "kind": { "const": "a" } } }, "then": { "required": ["a"] }, "else": { "required": ["b"] } }',
) as JsonObject;

/** An input, variables, and what is wrong with them. */
const ROWS: [string, JsonObject, object, string][] = [
  [
    'first items, and no others',
    x({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }),
    { x: ['a', 1] },
    'fits',
  ],
  [
    'an item beyond the first',
    x({ type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }], items: false }),
    { x: [1, 2, 3] },
    '"x[0]" must be text, not a number; "x[2]" is not allowed',
  ],
  [
    "draft-07's first items",
    x({ items: [{ type: 'string' }], additionalItems: false }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
    { x: ['a', 1] },
    '"x[1]" is not allowed',
  ],
  ['a constant', x({ const: { a: 1 } }), { x: { a: 2 } }, '"x" must be {"a":1}'],
  ['a reference', x({ $ref: '#/$defs/User' }, { $defs: { User: USER } }), { x: {} }, '"x.name" is missing'],
  ['a reference, kept', x({ $ref: '#/$defs/User' }, { $defs: { User: USER } }), { x: { name: 'Ada' } }, 'fits'],
  [
    'a reference to the whole',
    { type: 'object', properties: { x: { $ref: '#' }, y: { type: 'string' } } },
    { x: { x: { y: 1 } } },
    '"x.x.y" must be text, not a number',
  ],
  [
    'a reference to an alternative',
    x({ $ref: '#/$defs/A/anyOf/1' }, { $defs: { A: { anyOf: [{}, { maximum: 3 }] } } }),
    { x: 4 },
    '"x" must be at most 3',
  ],
  [
    'a reference inside an embedded schema',
    x(
      { $id: 'https://example.org/u', $defs: { n: { type: 'number' } }, properties: { y: { $ref: '#/$defs/n' } } },
      { $defs: { n: USER } },
    ),
    { x: { y: 'a' } },
    '"x.y" must be a number, not text',
  ],
  ['all of', x({ allOf: [{ minimum: 2 }, { maximum: 3 }] }), { x: 1 }, '"x" must be at least 2'],
  ['any of', x({ anyOf: [{ type: 'string' }, { type: 'null' }] }), { x: 1 }, '"x" fits none of the alternatives'],
  ['the one that was meant', x({ anyOf: [{ type: 'null' }, USER] }), { x: {} }, '"x.name" is missing'],
  ['one of: none', x({ oneOf: [{ minimum: 3 }, { minimum: 5 }] }), { x: 1 }, '"x" fits none of the alternatives'],
  [
    'one of: two',
    x({ oneOf: [{ minimum: 3 }, { minimum: 5 }] }),
    { x: 7 },
    '"x" must fit one schema of `oneOf`, not 2',
  ],
  ['not', x({ not: { const: 'secret' } }), { x: 'secret' }, '"x" must not fit `not`'],
  [
    'bounds',
    x({ exclusiveMinimum: 0, exclusiveMaximum: 9, multipleOf: 2 }),
    { x: 9 },
    '"x" must be less than 9; "x" must be a multiple of 2',
  ],
  ['lengths count characters', x({ type: 'string', maxLength: 2 }), { x: '🙂🙂' }, 'fits'],
  ['a length', x({ type: 'string', minLength: 3 }), { x: '🙂🙂' }, '"x" must have at least 3 characters'],
  ['a pattern', x({ pattern: '^[A-Z]+$' }), { x: 'secret' }, '"x" must match /^[A-Z]+$/'],
  [
    'items that differ',
    x({ uniqueItems: true }),
    {
      x: [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    },
    '"x" must not hold an item twice',
  ],
  ['what a list holds', x({ contains: { const: 1 } }), { x: [2] }, '"x" must hold at least 1 of the items'],
  [
    'the names of members',
    x({ propertyNames: { maxLength: 2 } }),
    { x: { abc: 1 } },
    '"x.abc" has a name that is not allowed',
  ],
  [
    'members by pattern',
    x({ patternProperties: { '^n_': { type: 'number' } }, additionalProperties: false }),
    { x: { n_a: 'a', b: 1 } },
    '"x.n_a" must be a number, not text; "x.b" is not allowed',
  ],
  ['what a member asks for', x({ dependentRequired: { a: ['b'] } }), { x: { a: 1 } }, '"x.b" is missing beside "x.a"'],
  ['a condition', x(CONDITION), { x: { kind: 'b' } }, '"x.b" is missing'],
];

test.each(ROWS)('render holds variables against `input`: %s', async (_name, input, vars, what) => {
  for (const said of await told(input, vars)) {
    expect(said).toContain(what);
    expect(said).not.toContain('secret');
  }
});

test.each([
  ['multiply', { allOf: Array.from({ length: 10 }, () => ({ $ref: '#/$defs/a/allOf/0' })) }],
  ['lead to themselves', { allOf: [{ $ref: '#/$defs/a' }] }],
])('references that %s end', (_name, a) => {
  const said: string[] = [];
  checkAll(x({ $ref: '#/$defs/a' }, { $defs: { a } }), { x: 1 }, (_path, what) => said.push(what));
  expect(said).toEqual(['cannot be held against `input`: its references lead too deep']);
});

describe('the check of an input', () => {
  /** Left to the evaluation, as docs/library.md says. */
  const UNCHECKED = ['format', 'unevaluatedItems', 'unevaluatedProperties', '$dynamicRef'];
  /** Say nothing of a value, or what the keyword that they belong to says. */
  const SILENT = new Set(
    `$schema $id $comment $anchor $dynamicAnchor $defs definitions title description default examples deprecated readOnly writeOnly
     contentMediaType contentEncoding contentSchema then else minContains maxContains`.split(/\s+/),
  );
  const USUAL = [
    'type',
    'enum',
    'const',
    'required',
    'properties',
    'additionalProperties',
    'items',
    'prefixItems',
    'additionalItems',
  ];

  test('is the small one for what nearly all say, and the whole one for every other keyword', () => {
    const known = new Set([...Object.keys(schema2020.properties), ...Object.keys(schema07.properties)]);
    const more = [...known].filter((each) => saysMore({ properties: { x: { [each]: 1 } } }));
    const rest = [...known].filter((each) => !more.includes(each) && !SILENT.has(each));
    expect(rest.toSorted()).toEqual([...USUAL, ...UNCHECKED].toSorted());
    expect(more.filter((each) => SILENT.has(each) || rest.includes(each))).toEqual([]);
  });

  /** Schemas of the keywords that are easy to get wrong together, and values near them. */
  const NAMES = ['a', 'b', 'n_c'];
  const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<Json>(null, true, 0, 1, 2, 4, 1.5, '', 'a', 'ab', '🙂'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3, noNullPrototype: true }),
    ),
  })).value;
  const usual = (inner: fc.Arbitrary<Json>): Record<string, fc.Arbitrary<unknown>> => ({
    type: fc.constantFrom(
      'string',
      'number',
      'integer',
      'array',
      'object',
      'null',
      ['string', 'array'],
      ['object', 'number'],
    ),
    enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: (each) => JSON.stringify(each) }),
    const: value,
    required: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
    properties: fc.dictionary(fc.constantFrom(...NAMES), inner, { maxKeys: 2 }),
    additionalProperties: inner,
    items: inner,
    prefixItems: fc.array(inner, { minLength: 1, maxLength: 2 }),
  });
  const all = (inner: fc.Arbitrary<Json>): Record<string, fc.Arbitrary<unknown>> => ({
    ...usual(inner),
    $ref: fc.constantFrom('#/$defs/one', '#/$defs/two'),
    minimum: fc.constantFrom(1, 2),
    exclusiveMaximum: fc.constantFrom(1, 2),
    multipleOf: fc.constantFrom(1, 0.5, 2),
    minLength: fc.constantFrom(1, 2),
    maxItems: fc.constantFrom(0, 1, 2),
    minProperties: fc.constantFrom(1, 2),
    pattern: fc.constantFrom('^a', 'b$', '.'),
    uniqueItems: fc.boolean(),
    contains: inner,
    minContains: fc.constantFrom(0, 1, 2),
    maxContains: fc.constantFrom(1, 2),
    propertyNames: fc.constantFrom<Json>({ pattern: '^n' }, { maxLength: 1 }),
    patternProperties: fc.dictionary(fc.constantFrom('^n_', 'a|b'), inner, { minKeys: 1, maxKeys: 2 }),
    dependentRequired: fc.constantFrom({ a: ['b'] }, { b: ['a', 'n_c'] }),
    dependentSchemas: fc.dictionary(fc.constantFrom(...NAMES), inner, { minKeys: 1, maxKeys: 1 }),
    allOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
    anyOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
    oneOf: fc.array(inner, { minLength: 1, maxLength: 2 }),
    ...Object.fromEntries(['not', 'if', 'then', 'else'].map((name) => [name, inner])),
  });
  const schemaOf = (keywords: typeof all): fc.Arbitrary<JsonObject> =>
    fc.letrec<{ schema: Json; object: JsonObject }>((tie) => ({
      schema: fc.oneof({ depthSize: 'small' }, fc.boolean(), tie('object')),
      object: fc.subarray(Object.keys(keywords(fc.constant(true))), { maxLength: 3 }).chain((names) => {
        const found = keywords(tie('schema'));
        return fc.record(Object.fromEntries(names.map((name) => [name, found[name] ?? fc.constant(true)])));
      }) as fc.Arbitrary<JsonObject>,
    })).object;

  const fits = (check: InputCheck, input: JsonObject, vars: JsonObject): boolean => {
    const faults: string[] = [];
    check(input, vars, (path) => faults.push(path));
    return faults.length === 0;
  };

  test.each([
    ['usual', checkUsual, usual],
    ['whole', checkAll, all],
  ] as const)('says of any values what the evaluation says: the %s one', (_name, check, keywords) => {
    const schema = schemaOf(keywords);
    fc.assert(
      fc.property(schema, schema, schema, value, (one, two, of, given) => {
        const input: JsonObject = { properties: { x: of }, $defs: { one, two } };
        const compiled = compileUserSchema(input);
        fc.pre(compiled.ok);
        const expected = compiled.ok && compiled.faults({ x: given }, 'vars').length === 0;
        expect(fits(check, input, { x: given })).toBe(expected);
      }),
      { numRuns: 1500 },
    );
  });
});
