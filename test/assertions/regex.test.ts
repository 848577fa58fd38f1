import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPattern } from '../../src/patterns/pattern.js';
import { testInWorker } from '../../src/assertions/pattern-worker.js';
import { check, passes, score } from './subjects.js';

const LOOKAHEAD = { value: '^(?=a)(a+)+$' };
const HOSTILE = `${'a'.repeat(40)}!`;

describe('regex', () => {
  it.each([
    ['b+', undefined, 'abbc', true],
    ['^b', undefined, 'ab', false],
    ['B', 'i', 'abc', true],
    ['^b$', 'm', 'a\nb\r\nc', true],
    ['a.b', undefined, 'a\nb', false],
    ['a.b', 's', 'a\nb', true],
    ['a.b', undefined, 'a\u2028b', false],
    ['\\s', undefined, '\u00a0', true],
    ['^\\S+$', undefined, 'a\u202fb', false],
    ['^[\\s\\d]+$', undefined, '1\u30001', true],
    ['^[^\\S]$', undefined, '\ufeff', true],
    ['^.$', undefined, '😀', true],
    ['\\p{L}', undefined, 'é', true],
    ['^\\p{Script=Greek}+$', undefined, 'αβ', true],
    ['(?<=\\$)\\d+', undefined, 'cost $42', true],
    ['(\\w)\\1', undefined, 'hello', true],
    ['(\\w)\\1', undefined, 'helo', false],
    ['^(?!.*sorry)', undefined, 'we are sorry', false],
    ['\\-\\d', undefined, 'a -1', true],
    ['(?i)HELLO', undefined, 'hello', true],
    ['a{2000}', undefined, 'a'.repeat(2000), true],
    ['^[^]$', undefined, '\n', true],
    ['[]', undefined, 'a', false],
    ['[[]x', undefined, '[x', true],
    ['[\\b]', undefined, '\b', true],
  ])('/%s/%s on %j: %s', async (value, flags, output, pass) => {
    const declared = { value, options: { flags: flags ?? '' } };
    expect(check('regex', declared)).toEqual([]);
    expect(await passes('regex', declared, output)).toBe(pass);
  });

  it.each(['(', 'a**', '[b-a]', '(?<n>a', '\\A\\w+', 'a\\z', '\\p{Nonsense}', '', '(?<n>a)(?<n>b)'])(
    'refuses /%s/ at load',
    (value) => {
      expect(check('regex', { value })).toHaveLength(1);
    },
  );

  it('refuses flags that have no meaning for a test', () => {
    for (const flags of ['g', 'y', 'ii', 'x'])
      expect(check('regex', { value: 'a', options: { flags } })).toHaveLength(1);
  });

  it('means what JavaScript means, whichever engine runs it', () => {
    const atom = fc.constantFrom(
      'a',
      'b',
      '.',
      '\\s',
      '\\S',
      '\\d',
      '\\W',
      '[ab]',
      '[^a]',
      '[\\s_]',
      '(?:ab|b)',
      '\\b',
      '😀',
    );
    const piece = fc
      .tuple(atom, fc.constantFrom('', '*', '+?', '?', '{1,2}'))
      .map(([a, q]) => (a === '\\b' ? a : a + q));
    const source = fc.array(piece, { minLength: 1, maxLength: 4 }).map((parts) => parts.join(''));
    const anchored = fc
      .tuple(fc.constantFrom('', '^'), source, fc.constantFrom('', '$'))
      .map((parts) => parts.join(''));
    const letter = fc.constantFrom(
      'a',
      'b',
      'A',
      '1',
      ' ',
      '\n',
      '\r',
      '\u2028',
      '\u00a0',
      '\ufeff',
      '😀',
      '\ud83d',
      '_',
      '-',
    );
    fc.assert(
      fc.property(
        anchored,
        fc.string({ unit: letter, maxLength: 6 }),
        fc.constantFrom('', 'i', 's'),
        (own, text, flags) => {
          const pattern = readPattern(own, flags);
          if (pattern.engine !== 'linear') throw new Error(`not linear: ${own}`);
          expect(pattern.compiled.test(text)).toBe(new RegExp(own, `${flags}u`).test(text));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('a catastrophic pattern is at once done by the linear engine', async () => {
    const started = performance.now();
    expect(await passes('regex', { value: '^(a+)+$' }, HOSTILE)).toBe(false);
    expect(await passes('regex', { value: '^(a+)+$' }, `${'a'.repeat(1_000_000)}!`)).toBe(false);
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it('and unscored in the other, in time, while other checks go on', async () => {
    const started = performance.now();
    const outcomes = Promise.all([score('regex', LOOKAHEAD, HOSTILE), score('regex', { value: '(b)\\1' }, 'abba')]);
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 20);
    const [hung, other] = await outcomes;
    clearInterval(timer);
    expect(hung).toMatchObject({ status: 'unscored', reason: expect.stringMatching(/took longer than 500 ms/) });
    expect(other).toMatchObject({ status: 'scored', pass: true });
    expect(ticks).toBeGreaterThan(5);
    expect(performance.now() - started).toBeLessThan(3_000);
  });

  it('is given up after three times, so that many outputs do not wait for it one by one', async () => {
    const { regex } = await import('../../src/assertions/regex.js');
    const { subject, tools } = await import('./subjects.js');
    const scorer = await regex.prepare({ value: '^(?=a)(a|a)+$', options: {} });
    const started = performance.now();
    const outcomes = [];
    for (let i = 0; i < 20; i += 1) outcomes.push(await scorer(subject(HOSTILE), tools()));
    expect(performance.now() - started).toBeLessThan(6_000);
    expect(outcomes.every(({ status }) => status === 'unscored')).toBe(true);
    expect(outcomes.at(-1)).toMatchObject({ reason: expect.stringMatching(/given up/) });
  });

  it('the worker takes other tests after one was stopped, in order', async () => {
    const slow = testInWorker({ engine: 'native', source: '^(a+)+$', flags: '' }, HOSTILE, 100);
    const next = testInWorker({ engine: 'native', source: 'b', flags: '' }, 'abc', 1_000);
    expect(await slow).toEqual({ kind: 'out-of-time' });
    expect(await next).toEqual({ kind: 'answered', answer: true });
  });

  it('an idle worker does not keep the process alive', () => {
    const worker = new URL('../../src/assertions/pattern-worker.ts', import.meta.url);
    const code = `
      import { createJiti } from 'jiti';
      const { testInWorker } = await createJiti(import.meta.url, { fsCache: false }).import(${JSON.stringify(worker.href)});
      const outcome = await testInWorker({ engine: 'native', source: '(b)\\\\1', flags: '' }, 'abba', 5_000);
      console.log(JSON.stringify(outcome));`;
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', timeout: 15_000 });
    expect(run.stderr).toBe('');
    expect(run).toMatchObject({ status: 0, stdout: '{"kind":"answered","answer":true}\n' });
  });
});
