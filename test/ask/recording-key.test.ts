import * as fc from 'fast-check';
import { describe as group, expect, test } from 'vitest';
import { recordingKey } from '../../src/ask/recording-key.js';
import type { ModelRequest, Purpose } from '../../src/vocabulary.js';
import { context, describeAs, request } from './fakes.js';

const describe = describeAs({
  local: { type: 'openai' },
  other: { type: 'openai' },
  app: { type: 'exec', calls: 'code' },
  app2: { type: 'exec', calls: 'code' },
  web: { type: 'http' },
});

interface Asked extends Partial<ModelRequest> {
  repeat?: number;
  case?: string;
  purpose?: Purpose;
  metric?: string;
}

function keyOf({ repeat, case: id, purpose, metric, ...changes }: Asked = {}): string {
  const asked = request(changes);
  const named = { ...(repeat && { repeat }), ...(id && { case: id }), ...(purpose && { purpose }), metric };
  return recordingKey(describe(asked.model), asked, context(named));
}

const tool = { name: 'f', parameters: { type: 'object' } };

group('what can change the answer changes the key', () => {
  const base: Asked = { parameters: { temperature: 0.5, maxTokens: 10, openai: { reasoning: 'low' } }, tools: [tool] };
  const changes: [string, Asked][] = [
    ['the model', { model: 'openai:m2' }],
    ['the kind of provider', { model: 'anthropic:m' }],
    ['the text', { messages: [{ role: 'user', content: 'hi ' }] }],
    ['the role', { messages: [{ role: 'assistant', content: 'hi' }] }],
    ['a system message', { messages: [{ role: 'system', content: 's' }, ...request().messages] }],
    ['where a message ends', { messages: [...'hi'].map((content) => ({ role: 'user' as const, content })) }],
    ['temperature 0', { parameters: { ...base.parameters, temperature: 0 } }],
    ['no temperature', { parameters: { ...base.parameters, temperature: undefined } }],
    ['maxTokens', { parameters: { ...base.parameters, maxTokens: 11 } }],
    ['topP', { parameters: { ...base.parameters, topP: 1 } }],
    ['stop', { parameters: { ...base.parameters, stop: ['x'] } }],
    ['seed', { parameters: { ...base.parameters, seed: 3 } }],
    ["the provider's own parameters", { parameters: { ...base.parameters, openai: { reasoning: 'high' } } }],
    ['a number that was a text', { parameters: { ...base.parameters, openai: { reasoning: 3 } } }],
    ['the text that was a number', { parameters: { ...base.parameters, openai: { reasoning: '3' } } }],
    ['a tool', { tools: [{ ...tool, description: 'does f' }] }],
    ['no tools', { tools: [] }],
    ['a schema', { schema: { type: 'object' } }],
    ['texts', { texts: ['a'] }],
    ['texts split otherwise', { texts: ['a', ''] }],
    ['the repeat', { repeat: 2 }],
    ['the purpose', { purpose: 'judge' }],
  ];

  test('each of them, and all differently', () => {
    const keys = [keyOf(base), ...changes.map(([, change]) => keyOf({ ...base, ...change }))];
    expect(new Set(keys).size).toBe(changes.length + 1);
    expect(keys.every((key) => /^[0-9a-f]{16}$/.test(key))).toBe(true);
  });
});

group('what cannot change the answer does not', () => {
  const parameters = { temperature: 0, openai: { a: 1, b: 2 } };
  const same: [string, Asked, Asked][] = [
    ['the address, which a configured name stands for', { model: 'local:m' }, { model: 'other:m' }],
    [
      'a configured name, where parameters are under the type',
      { model: 'local:m', parameters: { openai: { x: 1 } } },
      { model: 'openai:m', parameters: { openai: { x: 1 } } },
    ],
    ['streaming', { parameters: { stream: true } }, { parameters: {} }],
    ['the order of keys', { parameters }, { parameters: { openai: { b: 2, a: 1 }, temperature: 0 } }],
    ['parameters of other providers', { parameters: { anthropic: { x: 1 } } }, {}],
    ['the case that asks', { case: 'a' }, { case: 'b' }],
    ['the metric', { metric: 'a', purpose: 'judge' }, { metric: 'b', purpose: 'judge' }],
    ['variables that a model does not see', { vars: { a: 1 } }, { vars: { a: 2 } }],
    ['an absent schema', { schema: undefined }, {}],
  ];
  test.each(same)('%s', (_, a, b) => expect(keyOf(a)).toBe(keyOf(b)));
});

test('an application is told apart by its name, and sees variables', () => {
  const keys = [
    keyOf({ model: 'app:m', vars: { a: 1 } }),
    keyOf({ model: 'app2:m', vars: { a: 1 } }),
    keyOf({ model: 'app:m', vars: { a: 2 } }),
    keyOf({ model: 'app:m', vars: { a: 1 }, case: 'other' }),
    keyOf({ model: 'web:m', vars: { a: 1 } }),
    keyOf({ model: 'web:m', vars: { a: 2 } }),
  ];
  expect(new Set(keys).size).toBe(6);
});

const words = fc.array(fc.string({ unit: 'binary' }), { maxLength: 3 });
const own = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4, noNullPrototype: true });

function keyOfTexts(texts: readonly string[], openai: object): string {
  const messages = texts.map((content) => ({ role: 'user' as const, content }));
  return keyOf({ messages, parameters: { openai: openai as never } });
}

test('law: the order of keys never matters', () => {
  fc.assert(
    fc.property(words, own, (texts, parameters) => {
      const reversed = Object.fromEntries(Object.entries(parameters).toReversed());
      expect(keyOfTexts(texts, reversed)).toBe(keyOfTexts(texts, parameters));
    }),
  );
});

test('law: two requests have one key if and only if their texts are equal', () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      expect(keyOfTexts(a, {}) === keyOfTexts(b, {})).toBe(JSON.stringify(a) === JSON.stringify(b));
    }),
  );
});
