import { describe, expect, it } from 'vitest';
import type { FinishReason, Json } from '../../src/vocabulary.js';
import { check, found, passes, score, subject } from './subjects.js';

describe('equals', () => {
  it.each([
    ['abc', 'abc', true],
    ['abc', 'abc ', false],
    ['', '', true],
    [{ a: 1, b: [2, null] }, ' {"b":[2,null],"a":1}\n', true],
    [{ a: 1 }, '{"a":"1"}', false],
    [{ a: 1 }, '{"a":1,"toString":2}', false],
    [{}, '[]', false],
    [[1, 2], '[2,1]', false],
    [3, '3', true],
    [3, '"3"', false],
    [3, 'three', false],
    [true, 'true', true],
    [null, 'null', true],
    ['3', '3', true],
  ])('%j against %j: %s', async (value, output, pass) => {
    expect(await passes('equals', { value }, output)).toBe(pass);
  });

  it('compares what a path found with its type', async () => {
    expect(await passes('equals', { value: 3 }, found(3))).toBe(true);
    expect(await passes('equals', { value: '3' }, found(3))).toBe(false);
    expect(await passes('equals', { value: 3 }, found('3'))).toBe(false);
    expect(await passes('equals', { value: 'billing' }, found('billing'))).toBe(true);
    expect(await score('equals', { value: '3' }, found(3))).toMatchObject({ reason: 'is 3 (number), not "3" (text)' });
  });

  it('does not take inherited members for the value of a key', async () => {
    const hostile = JSON.parse('{"__proto__":{"admin":true}}');
    expect(await passes('equals', { value: hostile }, '{"__proto__":{"admin":true}}')).toBe(true);
    expect(await passes('equals', { value: { admin: true } }, '{"__proto__":{"admin":true}}')).toBe(false);
    expect(await passes('equals', { value: { constructor: {} } }, '{"a":{}}')).toBe(false);
  });

  it('falls back to the expected value, gives both texts for a difference, and needs one of the two', async () => {
    expect(await score('equals', { expected: 'a' }, 'b')).toMatchObject({
      pass: false,
      detail: { expected: 'a', actual: 'b' },
    });
    expect(check('equals', {})).toHaveLength(1);
    expect(check('equals', { value: null })).toEqual([]);
  });

  it('cuts what it shows of a long output', async () => {
    const outcome = await score('equals', { value: 'a' }, '😀'.repeat(500_000));
    expect(JSON.stringify(outcome).length).toBeLessThan(10_000);
    expect(outcome).toMatchObject({ detail: { actual: expect.stringMatching(/… \(1000000 characters in all\)$/) } });
    expect(outcome.reason).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/);
  });
});

describe('contains and its kin', () => {
  it.each([
    ['contains', 'foo', 'a foo b', true],
    ['contains', 'Foo', 'a foo b', false],
    ['contains', 42, 'route 42', true],
    ['contains', '.', 'abc', false],
    ['icontains', 'FOO', 'a foo b', true],
    ['icontains', 'ÄÖ', 'xäöx', true],
    ['contains-any', ['x', 'b'], 'abc', true],
    ['contains-any', ['x', 'y'], 'abc', false],
    ['contains-all', ['a', 'c'], 'abc', true],
    ['contains-all', ['a', 'x'], 'abc', false],
    ['contains-all', 'a, "b, c"', 'a b, c', true],
    ['contains-any', 'x, b', 'abc', true],
    ['icontains-any', ['X', 'B'], 'abc', true],
    ['icontains-all', ['A', 'C'], 'abc', true],
    ['icontains-all', ['A', 'X'], 'abc', false],
    ['contains-any', [7], '1-7', true],
    ['starts-with', 'ab', 'abc', true],
    ['starts-with', 'bc', 'abc', false],
    ['starts-with', 'ab', ' abc', false],
  ])('%s %j in %j: %s', async (type, value, output, pass) => {
    expect(check(type, { value })).toEqual([]);
    expect(await passes(type, { value }, output)).toBe(pass);
  });

  it.each(['contains', 'icontains', 'contains-any', 'contains-all', 'icontains-any', 'icontains-all', 'starts-with'])(
    '%s refuses an empty value, which every text contains',
    (type) => {
      expect(check(type, { value: '' })).toHaveLength(1);
      expect(check(type, {})).toHaveLength(1);
      expect(check(type, { value: 'x' })).toEqual([]);
    },
  );

  it('refuses an empty text in a list, an empty list, and a list of other things', () => {
    expect(check('contains-any', { value: ['a', ''] })).toHaveLength(1);
    expect(check('contains-all', { value: [] })).toHaveLength(1);
    expect(check('contains-all', { value: 'a,,b' })).toHaveLength(1);
    expect(check('contains-all', { value: 'a,b,' })).toHaveLength(1);
    expect(check('contains-any', { value: [{ a: 1 }] })).toHaveLength(1);
  });

  it('names what is missing', async () => {
    expect(await score('contains-all', { value: ['a', 'x', 'y'] }, 'abc')).toMatchObject({
      reason: 'does not contain ["x","y"]',
    });
  });
});

describe('word-count', () => {
  it.each([
    [3, ' one\ttwo\nthree ', true],
    ['3', 'one two three', true],
    [3, 'one two', false],
    [0, '', true],
    [{ min: 2 }, 'one two', true],
    [{ min: 3 }, 'one two', false],
    [{ max: 1 }, 'one two', false],
    [{ min: 1, max: 2 }, 'one two', true],
    [1, '今日は晴れ', true],
  ])('%j words in %j: %s', async (value, output, pass) => {
    expect(check('word-count', { value })).toEqual([]);
    expect(await passes('word-count', { value }, output)).toBe(pass);
  });

  it('refuses what is no range', () => {
    const wrong: Json[] = ['many', {}, { min: 3, max: 2 }, [1], true];
    for (const value of wrong) expect(check('word-count', { value })).toHaveLength(1);
  });
});

const priced = (more: object) => subject('x', { completion: { output: 'x', finishReason: 'stop', ...more } });

describe('cost and latency', () => {
  it('pass up to the threshold', async () => {
    expect(await passes('cost', { threshold: 0.01 }, priced({ costUsd: 0.01 }))).toBe(true);
    expect(await passes('cost', { threshold: 0.01 }, priced({ costUsd: 0.011 }))).toBe(false);
    expect(await passes('cost', { threshold: 0 }, priced({ costUsd: 0 }))).toBe(true);
    expect(await passes('latency', { threshold: 100 }, priced({ latencyMs: 100 }))).toBe(true);
    expect(await passes('latency', { threshold: 100 }, priced({ latencyMs: 100.5 }))).toBe(false);
  });

  it('name numbers that tell which one is greater', async () => {
    const reasonOf = async (costUsd: number, threshold: number) =>
      (await score('cost', { threshold }, priced({ costUsd }))).reason;
    expect(await reasonOf(0.1000001, 0.1)).toBe('cost $0.1000001, more than $0.1');
    expect(await reasonOf(0.1, 0.1)).toBe('cost $0.1, at most $0.1');
    expect(await reasonOf(0.30000000000000004, 0.3)).toBe('cost $0.30000000000000004, more than $0.3');
    expect(await reasonOf(0.00000123456789, 1)).toBe('cost $0.00000123457, at most $1');
    expect(await score('latency', { threshold: 0.3 }, priced({ latencyMs: 0.1 + 0.2 }))).toMatchObject({
      reason: 'took 0.30000000000000004 ms, more than 0.3 ms',
    });
  });

  it('are unscored where the number is unknown, never free or instant', async () => {
    expect(await score('cost', { threshold: 1 }, priced({}))).toMatchObject({ status: 'unscored' });
    expect(await score('latency', { threshold: 1 }, priced({}))).toMatchObject({ status: 'unscored' });
    expect(await score('cost', { threshold: 1 }, priced({ costUsd: Number.NaN }))).toMatchObject({
      status: 'unscored',
    });
  });

  it('write small prices without exponents', async () => {
    expect(await score('cost', { threshold: 1 }, priced({ costUsd: 1.5e-7 }))).toMatchObject({
      reason: 'cost $0.00000015, at most $1',
    });
  });
});

const ended = (finishReason: FinishReason) => subject('', { completion: { output: '', finishReason } });

describe('finish-reason', () => {
  it('knows our words, those of the APIs, and lists', async () => {
    expect(await passes('finish-reason', { value: 'stop' }, ended('stop'))).toBe(true);
    expect(await passes('finish-reason', { value: 'Tool_Calls' }, ended('tool-calls'))).toBe(true);
    expect(await passes('finish-reason', { value: ['stop', 'length'] }, ended('tool-calls'))).toBe(false);
    expect(await passes('finish-reason', { value: ['stop', 'tool-calls'] }, ended('tool-calls'))).toBe(true);
  });

  it('refuses words that no answer ends with', () => {
    expect(check('finish-reason', { value: 'end_turn' })).toHaveLength(1);
    expect(check('finish-reason', { value: [] })).toHaveLength(1);
    expect(check('finish-reason', { value: 'content_filter' })).toEqual([]);
  });
});
