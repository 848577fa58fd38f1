import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { propertyName, schemaType } from '../../src/catalogue/schema-type.js';
import type { Json } from '../../src/vocabulary.js';
import { project } from '../support/project.js';

// The compiler takes a second or two; on a machine that is busy with other things, many times that.
vi.setConfig({ testTimeout: 90_000 });

/** A schema, its type, values that fit the schema, and values that do not and that the type tells apart. */
const ROWS: [string, Json, string, Json[], Json[]][] = [
  ['a text', { type: 'string' }, 'string', ['', 'x'], [1, null]],
  ['a whole number', { type: 'integer' }, 'number', [1], ['1']],
  ['several types', { type: ['string', 'null'] }, 'string | null', ['x', null], [1]],
  [
    'an enum says more than a type',
    { type: 'string', enum: ['a', 'b"\n'] },
    String.raw`"a" | "b\"\n"`,
    ['a', 'b"\n'],
    ['c'],
  ],
  ['a constant', { const: null }, 'null', [null], ['x']],
  ['an enum with an object is anything', { enum: [1, { a: 1 }] }, 'unknown', [1, { a: 1 }], []],
  [
    'a list',
    { type: 'array', items: { type: ['number', 'boolean'] } },
    'Array<number | boolean>',
    [[], [1, true]],
    [['x'], 1],
  ],
  ['a list of anything', { type: 'array' }, 'Array<unknown>', [[], [1, 'x']], ['x']],
  [
    'a tuple',
    { type: 'array', prefixItems: [{ type: 'string' }, { enum: [1, 2] }], items: false },
    '[(string)?, (1 | 2)?]',
    [[], ['x'], ['x', 2]],
    [[1], ['x', 3], ['x', 1, 1]],
  ],
  [
    'an object',
    { type: 'object', required: ['a-b'], properties: { 'a-b': { type: 'string' }, c: { type: 'number' } } },
    '{ "a-b": string; c?: number }',
    [{ 'a-b': 'x' }, { 'a-b': 'x', c: 1 }],
    [{}, { 'a-b': 1 }, { 'a-b': 'x', c: 'x' }],
  ],
  ['what is required without being described', { type: 'object', required: ['a'] }, '{ a: unknown }', [{ a: 1 }], [{}]],
  ['an object of anything', { type: 'object' }, 'Record<string, unknown>', [{}, { a: 1 }], ['x']],
  [
    'a map',
    { type: 'object', additionalProperties: { type: 'number' } },
    'Record<string, number>',
    [{}, { a: 1 }],
    [{ a: 'x' }],
  ],
  ['an empty object', { type: 'object', additionalProperties: false }, 'Record<string, never>', [{}], [{ a: 1 }]],
  [
    'an open object',
    { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'number' } },
    '{ a?: string; [name: string]: unknown }',
    [{}, { a: 'x', b: 1 }],
    [{ a: 1 }],
  ],
  [
    'one of several',
    { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
    'string | Array<string>',
    ['x', ['x']],
    [1],
  ],
  [
    'all of several',
    {
      allOf: [
        { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
        { oneOf: [{ type: 'object', properties: { b: { const: 1 } }, required: ['b'] }] },
      ],
    },
    '{ a: string } & { b: 1 }',
    [{ a: 'x', b: 1 }],
    [{ a: 'x' }, { b: 1 }],
  ],
  [
    'a reference',
    { type: 'array', items: { $ref: '#/$defs/a~1b' }, $defs: { 'a/b': { type: 'boolean' } } },
    'Array<boolean>',
    [[true]],
    [['x']],
  ],
  ['nothing that is known', { minLength: 3 }, 'unknown', ['xxx', 1], []],
  ['properties of what may be no object', { properties: { a: { type: 'string' } } }, 'unknown', [1, { a: 'x' }], []],
  ['anything', true, 'unknown', [1, null], []],
];

describe('the type of a schema', () => {
  test.each(ROWS)('%s', (_name, schema, type) => expect(schemaType(schema)).toBe(type));

  test('of nothing allowed is never; a reference to itself ends', () => {
    expect(schemaType(false)).toBe('never');
    const tree = schemaType({ type: 'object', properties: { next: { $ref: '#' } } });
    expect(tree).toMatch(/^(?:\{ next\?: )+unknown(?: \})+$/);
  });

  test('of references that multiply ends: what is beyond is unknown', () => {
    const steps = Array.from({ length: 12 }, (_, at) => [
      `s${at}`,
      { allOf: Array.from({ length: 10 }, () => ({ $ref: `#/$defs/s${at + 1}` })) },
    ]);
    const type = schemaType({ $defs: { ...Object.fromEntries(steps), s12: {} }, $ref: '#/$defs/s0' });
    expect(type).toMatch(/unknown/);
    expect(type.length).toBeLessThan(10_000_000);
  });

  test('takes what the schema takes, and refuses what it tells apart, as the compiler sees it', () => {
    const fits = ROWS.flatMap(([, , type, good], row) =>
      good.map((value, index) => `export const good_${row}_${index}: ${type} = ${JSON.stringify(value)};`),
    );
    const misfits = ROWS.flatMap(([, , type, , bad], row) =>
      bad.map((value, index) => `export const bad_${row}_${index}: ${type} = ${JSON.stringify(value)};`),
    );
    const made = project({ 'types.ts': [...fits, ...misfits] });
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
    const flags = ['--strict', '--noEmit', '--pretty', 'false', '--types', '', '--ignoreConfig', 'types.ts'];
    const { stdout } = spawnSync(process.execPath, [tsc, ...flags], { cwd: made.root, encoding: 'utf8' });
    const refused = [...stdout.matchAll(/^types\.ts\((\d+),/gm)].map(([, line]) => Number(line));
    expect([...new Set(refused)]).toEqual(misfits.map((_, index) => fits.length + index + 1));
  });

  test('names are quoted where they must be', () => {
    expect(['a', '$b_1', 'a-b', '1a', '', '"; evil'].map(propertyName)).toEqual([
      'a',
      '$b_1',
      '"a-b"',
      '"1a"',
      '""',
      String.raw`"\"; evil"`,
    ]);
  });
});
