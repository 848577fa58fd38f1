import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { modelPattern } from '../../src/model-pattern.js';
import { costOfGlob } from '../../src/patterns/glob-cost.js';
import { inTime, OutOfTime } from '../../src/patterns/in-time.js';
import { guarded } from '../../src/patterns/schema-guard.js';
import type { Json } from '../../src/vocabulary.js';

const HOSTILE = `${'a'.repeat(40)}!`;
const backtrack = (): boolean => /^(a+)+$/.test(HOSTILE);

describe('work within a time', () => {
  it('gives what the work gives, and throws what it throws', () => {
    expect(inTime(1000, () => 'done')).toBe('done');
    expect(() => inTime(1000, () => JSON.parse('{') as unknown)).toThrow(SyntaxError);
  });

  it('is stopped in the middle of a pattern, by the shorter of nested limits', () => {
    expect(() => inTime(50, backtrack)).toThrow(OutOfTime);
    expect(() => inTime(50, () => inTime(60_000, backtrack))).toThrow('it took longer than 50 ms');
    expect(() => inTime(60_000, () => inTime(50, backtrack))).toThrow('it took longer than 50 ms');
    expect(inTime(1000, () => inTime(1000, () => 1) + 1)).toBe(2);
  });
});

describe('a guarded check of a schema', () => {
  const patience = { limitMs: 50, strikes: 2 };
  const forSchema = (schema: Json) =>
    guarded(schema, (value) => (value === 'slow' || String(value).length > 1e6 ? backtrack() : true), patience);

  it.each<[string, Json, string]>([
    ['that refers', { items: { $ref: '#' } }, 'slow'],
    ['with a pattern of no linear time', { pattern: '(?=a)a' }, 'slow'],
    ['with such a pattern for keys', { patternProperties: { '(a)\\1': {} } }, 'slow'],
    ['of a value that is large', { type: 'string' }, 'x'.repeat(1_000_001)],
  ])('%s is stopped, and given up after its strikes; other values are checked until then', (_, schema, slow) => {
    const check = forSchema(schema);
    expect(() => check(slow)).toThrow('it took longer than 50 ms');
    expect(check('quick')).toBe(true);
    expect(() => check(slow)).toThrow('it took longer than 50 ms');
    expect(() => check(slow)).toThrow('given up: it took longer than 50 ms 2 times');
  });
});

describe('the cost of a glob', () => {
  it.each([
    'evals/**/*.prompt.md',
    'packages/*/evals/**/_partials/**/*.{md,txt}',
    '*-refund-*-card-*',
    'evals/@(a|b)*.md',
    'a/{1..9}/*.md',
    String.raw`evals/\{a,b\}\*\*\*\*\*/c.md`,
    '{{{',
  ])('is fine for %s', (pattern) => {
    expect(costOfGlob(pattern)).toBeUndefined();
  });

  it.each([
    ['{a,b}'.repeat(10) + '{a,b}', 'alternatives'],
    ['{1..99}{1..99}', 'alternatives'],
    ['*a*a*a*a*', 'between two slashes'],
    ['{*a/x,*a}{*a/x,*a}{*a/x,*a}', 'between two slashes'],
    ['**/**/**/**/x', '"**"'],
    ['+(a)', 'repeats'],
    ['*(a)', 'repeats'],
    ['(a+)*', 'repeats'],
    ['*a*{a,b,c,d,e,f,g,h,i,j,k}*a*', 'alternatives in braces for its'],
    ['x'.repeat(1001), 'characters'],
  ])('is too much for %s', (pattern, why) => {
    expect(costOfGlob(pattern)).toContain(why);
  });

  it('is never less than what braces unfold to', () => {
    const { braces } = createRequire(import.meta.url)('micromatch') as {
      braces(pattern: string, options: object): string[];
    };
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small', withCrossShrink: true },
        fc.constantFrom('a', 'b*', '{1..7}', ''),
        fc.array(tie('tree'), { minLength: 1, maxLength: 5 }).map((parts) => `{${parts.join(',')}}`),
        fc.tuple(tie('tree'), tie('tree')).map(([one, other]) => one + other),
      ),
    }));
    fc.assert(
      fc.property(tree, (pattern) => {
        fc.pre(costOfGlob(pattern) === undefined);
        expect(braces(pattern, { expand: true }).length).toBeLessThanOrEqual(1000);
      }),
    );
  });
});

describe('a pattern of models', () => {
  it('matches as the regular expression would', () => {
    const written = fc.array(fc.constantFrom('a', 'b', '*', '/', '.'), { maxLength: 7 }).map((parts) => parts.join(''));
    const names = fc.array(fc.constantFrom('a', 'b', '/', '.'), { maxLength: 9 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(written, names, (pattern, name) => {
        const same = new RegExp(`^${pattern.replaceAll('.', String.raw`\.`).replaceAll('*', '.*')}$`, 's');
        expect(modelPattern(pattern).test(name)).toBe(same.test(name));
      }),
      { numRuns: 1000 },
    );
  });
});
