import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLongJson, jsonStart } from '../src/json-text.js';
import type { Json } from '../src/vocabulary.js';

describe('the beginning of JSON', () => {
  it('is what JSON.stringify writes, cut', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(60), fc.constantFrom('', '  '), (value, most, indent) => {
        const whole = JSON.stringify(value, null, indent);
        expect(jsonStart(value as Json, whole.length, indent)).toEqual({ text: whole, whole: true });
        const { text, whole: isWhole } = jsonStart(value as Json, most, indent);
        // A character beyond the basic plane that is cut in two is the only difference there may be.
        expect(text.slice(0, -12)).toBe(whole.slice(0, text.length).slice(0, -12));
        expect([text.length, isWhole]).toEqual([Math.min(most, whole.length), whole.length <= most]);
        expect(isLongJson(value as Json, most)).toBe(JSON.stringify(value).length > most);
      }),
    );
  });

  it('is made without the rest: of members without end, and of any depth', () => {
    let nested: Json = 'x'.repeat(100_000);
    for (let i = 0; i < 100_000; i += 1) nested = [nested, nested];
    expect(jsonStart(nested, 5)).toEqual({ text: '[[[[[', whole: false });
    expect(jsonStart({ a: nested }, 15, '  ').text).toBe('{\n  "a": [\n    ');
    expect(isLongJson(nested, 1_000_000)).toBe(true);
  });
});
