import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonWithin } from '../../src/assertions/json-within.js';

/** The same by trying every piece of the text. */
function byTrying(text: string): string | undefined {
  for (const { index } of text.matchAll(/[{[]/g)) {
    for (let end = index + 2; end <= text.length; end += 1) {
      const piece = text.slice(index, end);
      try {
        JSON.parse(piece);
        return piece;
      } catch {
        // A longer piece may be some.
      }
    }
  }
  return undefined;
}

const pieces = (...list: string[]) => fc.array(fc.constantFrom(...list), { maxLength: 24 }).map((all) => all.join(''));

describe('the first JSON within a text', () => {
  it.each([
    ['brackets', pieces('[', '[', ']', '{', '}', '"', ',', ' ')],
    ['texts', pieces('[', ']', '"', '"', '\\', ',', 'u00e9', '\n')],
    ['objects', pieces('{', '}', '"a"', '"', ':', '":', '{"', ',', '[', ']', '1')],
    ['scalars', pieces('[', ']', ',', '-', '0', '1', '.', 'e', '+', 'true', 'null', '\t')],
  ])('is the one that trying every piece finds: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(jsonWithin(text)).toBe(byTrying(text));
      }),
      { numRuns: 3_000 },
    );
  });

  it('is found in JSON with anything around', () => {
    fc.assert(
      fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
        const json = JSON.stringify(value, null, 1);
        for (const text of [`${'{'.repeat(200)}x ${json}]`, `"${json}`]) expect(jsonWithin(text)).toBe(json);
      }),
    );
  });

  it.each([
    ['{'],
    ['['],
    ['{"a":['],
    ['["'],
    ['"{'],
    ['\\"{'],
    ['["[\\"'],
    ['{"a":"{'],
    ['[" [\\u0022'],
    ['{"":{"'],
    ['[[[],"['],
  ])('takes fair time however hostile the text: %s', (part) => {
    const text = `{"${part.repeat(1_000_000 / part.length)}`;
    const started = process.cpuUsage();
    jsonWithin(text);
    expect(process.cpuUsage(started).user).toBeLessThan(4_000_000);
  });
});
