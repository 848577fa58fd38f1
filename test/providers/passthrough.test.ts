import { expect, test } from 'vitest';
import { present, withOwnParameters } from '../../src/providers/passthrough.js';
import { safeText } from '../../src/providers/safe-text.js';

test('absent members are not sent', () => {
  expect(present({ a: 0, b: undefined, c: null, d: false })).toEqual({ a: 0, c: null, d: false });
});

test('own parameters go on top, the type’s before the name’s, deeply, lists replaced', () => {
  const body = { model: 'm', reasoning: { effort: 'low', summary: 'auto' }, stop: ['a', 'b'], temperature: 1 };
  const parameters = {
    openai: { reasoning: { effort: 'high' }, stop: ['c'], extra: { deep: [1] } },
    local: { temperature: null, extra: { more: true } },
    anthropic: { thinking: true },
  };
  expect(withOwnParameters(body, parameters, 'openai', 'local')).toEqual({
    model: 'm',
    reasoning: { effort: 'high', summary: 'auto' },
    stop: ['c'],
    temperature: null,
    extra: { deep: [1], more: true },
  });
  expect(body.reasoning.effort).toBe('low');
  expect(withOwnParameters(body, { openai: 'nonsense' }, 'openai', 'openai')).toEqual(body);
});

test('a member named __proto__ does nothing', () => {
  const parameters = JSON.parse('{"openai": {"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}}');
  const merged = withOwnParameters({ a: {} }, parameters, 'openai', 'openai');
  expect(JSON.stringify(merged)).toBe('{"a":{}}');
  expect(Object.getPrototypeOf(merged.a)).toBe(Object.prototype);
});

test('foreign text is one line without control characters and keys, and is cut between characters', () => {
  expect(safeText('a\r\n\u001b[2Jb\u200b\u202ec')).toBe('a [2Jb c');
  expect(safeText('the key hunter22 is', { secrets: ['hunter22'] })).toBe('the key [key] is');
  const redact = (text: string) => text.replaceAll('a key with blanks', '[redacted]');
  for (const before of ['', 'x'.repeat(290), 'x'.repeat(5_990), '\u0000'.repeat(5_990)]) {
    expect(safeText(`${before}a key with blanks.`, { redact })).not.toMatch(/a key|blanks/);
  }
  expect(safeText('😀'.repeat(400))).toBe(`${'😀'.repeat(300)}…`);
});
