import { describe, expect, it } from 'vitest';
import { compileTransform } from '../../src/assertions/transform.js';

function apply(list: string, text: string): string | undefined {
  const read = compileTransform(list);
  if (!read.ok) throw new Error(read.message);
  const before = read.before(text);
  return before === undefined ? undefined : (read.after?.(before) ?? before);
}

describe('a transform', () => {
  it.each([
    ['trim', ' a \n', 'a'],
    ['lowercase', 'ÄB', 'äb'],
    ['uppercase', 'äß', 'ÄSS'],
    ['nfc', 'e\u0301', 'é'],
    ['collapse-whitespace', 'a \n\t b', 'a b'],
    ['strip-punctuation', '“Yes!” he said - $5.', 'Yes he said  $5'],
    ['trim|lowercase | collapse-whitespace', '  A  B ', 'a b'],
    ['json', ' {"a":1} ', '{"a":1}'],
    ['json', 'Sure:\n```json\n{"a":1}\n```\nDone {"b":2}', '{"a":1}'],
    ['json', '```js\nlet a;\n```\n```\n[1,2]\n```', '[1,2]'],
    ['json', 'Sure: {"a":"}{","b":[1,{"c":2}]}. Bye {', '{"a":"}{","b":[1,{"c":2}]}'],
    ['json', 'use {braces} like {"a":1}', '{"a":1}'],
    ['json', 'no json { here', undefined],
    ['json', `${'{x} '.repeat(60)}{"a":1}`, '{"a":1}'],
    ['json|trim', 'none', undefined],
  ])('%s turns %j into %j', (list, text, result) => {
    expect(apply(list, text)).toBe(result);
  });

  it('that is not known is a mistake with its remedy', () => {
    expect(compileTransform('trim|lower')).toEqual({
      ok: false,
      message: '"lower" is no transform',
      remedy: expect.stringContaining('lowercase'),
    });
    for (const list of ['', 'toString', 'trim|', '__proto__']) expect(compileTransform(list).ok).toBe(false);
    expect(compileTransform('trim|json').ok).toBe(true);
  });

  it('looks for JSON in a hostile text in fair time', () => {
    const started = performance.now();
    for (const text of [
      '{'.repeat(300_000),
      '```\n'.repeat(100_000),
      '["'.repeat(150_000),
      '"{'.repeat(150_000),
      `{"${'\\"'.repeat(150_000)}`,
    ]) {
      expect(apply('json', text)).toBeUndefined();
    }
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
