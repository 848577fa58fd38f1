import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { contentHash as ofNode } from '../../src/hash.js';
import { contentHash, sha256 } from '../../src/prompts/content-hash.js';

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

test('SHA-256 of texts of every length around the ends of blocks', () => {
  for (let length = 0; length <= 260; length += 1) {
    const text = 'a'.repeat(length);
    expect(sha256(text), `${length} bytes`).toBe(digest(text));
  }
  const long = 'äöü€😀\0%41'.repeat(20_000);
  expect(sha256(long)).toBe(digest(long));
});

test('SHA-256 of any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      expect(sha256(text)).toBe(digest(text));
    }),
  );
});

test('a content has the hash that versions are made with', () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      expect(contentHash(value)).toBe(ofNode(value));
    }),
  );
  const halves = { half: '\ud800', other: '\udc00x' };
  expect(contentHash(halves)).toBe(ofNode(halves));
});
