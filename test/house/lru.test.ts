import { expect, it } from 'vitest';
import { Lru } from '../../src/lru.js';

it('keeps what was used last, makes the rest anew, and keeps nothing that could not be made', () => {
  const made: string[] = [];
  const lru = new Lru<string>(2);
  const get = (key: string) =>
    lru.get(key, () => {
      made.push(key);
      return key.toUpperCase();
    });
  expect([get('a'), get('b'), get('a'), get('c'), get('a'), get('b')]).toEqual(['A', 'B', 'A', 'C', 'A', 'B']);
  expect(made).toEqual(['a', 'b', 'c', 'b']);
  lru.drop('b');
  get('b');
  expect(made.at(-1)).toBe('b');
  expect(() =>
    lru.get('x', () => {
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(lru.get('x', () => 'made')).toBe('made');
});
