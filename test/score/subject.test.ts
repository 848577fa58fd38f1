import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/vocabulary.js';
import { assertion, scored } from './builders.js';

async function scoreOf(type: string, output: string, value: Json, more: object = {}) {
  const { scores } = await scored([assertion({ type, value, ...more })], output);
  return scores[0];
}

describe('a transform behind a path', () => {
  const output = '{"tags":["URGENT","Très  Bien"],"Queue":{"BILLING":["A",1,null]}}';

  it.each([
    ['contains', '$.tags[*]', 'lowercase', 'urgent', true],
    ['contains', '$.tags', 'lowercase', 'urgent', true],
    ['contains', '$', 'lowercase', '{"billing":["a",1,null]}', true],
    ['equals', '$.tags', 'collapse-whitespace|lowercase', ['urgent', 'très bien'], true],
    ['equals', '$', 'json|lowercase', { tags: ['urgent', 'très  bien'], Queue: { BILLING: ['a', 1, null] } }, true],
    ['equals', '$.tags', 'lowercase', ['URGENT', 'Très  Bien'], false],
    ['json-schema', '$.tags', 'lowercase', { type: 'array', items: { pattern: '^[^A-Z]+$' } }, true],
  ])('%s at %s, %s, %j: %s, and its not- the other way', async (type, path, transform, value, pass) => {
    expect(await scoreOf(type, output, value, { path, transform })).toMatchObject({ pass });
    expect(await scoreOf(type, output, value, { path, transform, negated: true })).toMatchObject({ pass: !pass });
  });

  it('changes members of hostile names and nesting as any', async () => {
    const more = { path: '$', transform: 'uppercase' };
    expect(
      await scoreOf('equals', '{"__proto__":{"a":"b"}}', JSON.parse('{"__proto__":{"a":"B"}}'), more),
    ).toMatchObject({
      pass: true,
    });
    expect(await scoreOf('contains', '{"a":"b","A":"c"}', '{"A":"B","A":"C"}', more)).toMatchObject({ pass: true });
    const deep = `${'['.repeat(200_000)}"a"${']'.repeat(200_000)}`;
    expect(await scoreOf('contains', deep, '["A"]', more)).toMatchObject({ pass: true });
    const overlapping = `${'{"a":'.repeat(20_000)}"x"${'}'.repeat(20_000)}`;
    expect(await scoreOf('equals', overlapping, 'X', { ...more, path: '$..a' })).toMatchObject({ pass: false });
  });
});

describe('a number that cannot be held exactly', () => {
  const id = '{"id":9007199254740993,"queue":"billing","long":"9007199254740993"}';
  const unscored = {
    status: 'unscored',
    reason: 'the number 9007199254740993 cannot be held exactly; in quotes, as text, it can',
  };

  it.each([
    ['equals', '$.id', 9007199254740992],
    ['equals', undefined, JSON.parse(id)],
    ['equals', '$[*]', [9007199254740992, 'billing', '9007199254740993']],
    ['contains', '$.id', '9007199254740992'],
    ['contains', '$.id', '9007199254740993'],
    ['regex', '$', 'billing'],
    ['json-schema', '$.id', { const: 9007199254740992 }],
    ['json-schema', undefined, { properties: { id: { multipleOf: 2 } } }],
    ['is-json', '$.id', { maximum: 1e20, minimum: 9007199254740992 }],
  ])('leaves %s at %s of %j unscored, and its not-', async (type, path, value) => {
    const more = path === undefined ? {} : { path };
    expect(await scoreOf(type, id, value, more)).toMatchObject(unscored);
    expect(await scoreOf(type, id, value, { ...more, negated: true })).toMatchObject(unscored);
  });

  it.each([
    ['equals', '$.queue', 'billing', true],
    ['equals', '$.long', '9007199254740993', true],
    ['equals', '$.id', 9007199254740994, false],
    ['equals', '$.id', '9007199254740993', false],
    ['equals', undefined, { id: 1 }, false],
    ['contains', undefined, '"id":9007199254740993', true],
    ['json-schema', undefined, { properties: { id: { type: 'integer' }, queue: { enum: ['billing'] } } }, true],
    ['json-schema', '$.id', { type: 'string' }, false],
  ])('says nothing of %s at %s of %j: %s', async (type, path, value, pass) => {
    expect(await scoreOf(type, id, value, path === undefined ? {} : { path })).toMatchObject({
      status: 'scored',
      pass,
    });
  });

  it.each([
    ['1e400', false],
    ['-1e400', false],
    ['1'.repeat(400), false],
    ['12345678901234567890.5', false],
    ['9007199254740993e0', false],
    ['9007199254740991', true],
    ['9007199254740992', true],
    ['18014398509481984', true],
    ['1e23', true],
    ['-1.5E+300', true],
    ['0.12345678901234567890', true],
    ['3.0', true],
  ])('%s is held: %s', async (written, held) => {
    const outcome = await scoreOf('equals', `{"text":"\\"1e999\\\\","a":[${written}]}`, [Number(written)], {
      path: '$.a',
    });
    expect(outcome).toMatchObject(held ? { pass: true } : { status: 'unscored' });
    expect(outcome?.reason.length).toBeLessThan(120);
  });

  it('is told from one that is held elsewhere, and found within what overlaps', async () => {
    const output = `${'{"a":'.repeat(3_000)}[9007199254740993]${'}'.repeat(3_000)}`;
    expect(await scoreOf('contains', output, 'a', { path: '$..a' })).toMatchObject(unscored);
    expect(await scoreOf('equals', '[1, 1e999, 2]', 2, { path: '$[2]' })).toMatchObject({ pass: true });
  });
});
