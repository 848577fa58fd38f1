import { describe, expect, it } from 'vitest';
import { badId, foldId } from '../../src/library/ids.js';
import type { Json, JsonObject } from '../../src/vocabulary.js';
import { check } from '../assertions/subjects.js';
import { assertion, scored } from './builders.js';

/** `{"a":{"a":…1}}`: what `$..a` finds in it has a JSON that grows with the square of the answer. */
function nested(depth: number): string {
  return `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
}

async function scoreOf(type: string, output: string, value: Json, more: object = {}) {
  const started = process.cpuUsage();
  const result = await scored([assertion({ type, value, ...more })], output);
  expect(process.cpuUsage(started).user).toBeLessThan(5_000_000);
  return result.scores[0];
}

describe('an answer whose parts overlap', () => {
  const path = '$..a';

  it('is compared without all its JSON', async () => {
    for (const depth of [1_000, 100_000]) {
      const score = await scoreOf('equals', nested(depth), 1, { path });
      expect(score).toMatchObject({
        status: 'scored',
        pass: false,
        reason: expect.stringMatching(/^is \[\{"a":\{"a".*…, not 1/),
      });
    }
    expect(await scoreOf('equals', nested(2), [{ a: 1 }, 1], { path })).toMatchObject({ pass: true });
  });

  it('is unscored where a check reads it as a text that would be too long', async () => {
    const reason = 'what the path finds overlaps: as text it has more than 4000000 characters';
    for (const type of ['contains', 'starts-with', 'regex', 'word-count']) {
      expect(await scoreOf(type, nested(3_000), '1', { path })).toMatchObject({ status: 'unscored', reason });
    }
    expect(await scoreOf('contains', nested(100), '{"a":1}', { path })).toMatchObject({ pass: true });
  });

  it('is held against a schema without all its JSON', async () => {
    const schemas: JsonObject[] = [{ type: 'array' }, { type: 'array', format: 'uri' }, { type: 'string' }];
    for (const value of schemas) {
      const score = await scoreOf('json-schema', nested(3_000), value, { path });
      expect(score).toMatchObject({ status: 'scored', pass: value.type === 'array' });
    }
  });
});

describe('an answer with marks without end', () => {
  const marks = `a${'\u0301\u0323'.repeat(200_000)}`;
  const reason = 'it has more than 30 combining marks in a row';

  it.each([
    ['levenshtein', {}],
    ['rouge-n', {}],
    ['equals', { transform: 'nfc' }],
    ['contains', { transform: 'nfc|json' }],
  ])('leaves %s %j unscored', async (type, more) => {
    expect(await scoreOf(type, marks, 'a', more)).toMatchObject({ status: 'unscored', reason });
  });

  it('is refused as a value to compare with, and as an id', () => {
    for (const type of ['levenshtein', 'rouge-n']) {
      expect(check(type, { value: marks })).toEqual([`its value cannot be compared: ${reason}`]);
    }
    expect(badId(marks)).toBe(reason);
    expect(foldId(marks)).toBe(marks);
  });

  it('is no trouble up to the limit of Unicode', async () => {
    const most = `a${'\u0301\u0323'.repeat(15)} `.repeat(10_000);
    expect(await scoreOf('contains', most, '\u1ea1\u0323', { transform: 'nfc' })).toMatchObject({ pass: true });
  });
});
