import { expect, test } from 'vitest';
import { providerPort } from '../../src/ask/provider-port.js';
import { problems, UserError } from '../../src/errors.js';
import { type Provider, ProviderError, type ProviderPool } from '../../src/providers/provider.js';
import type { Completion } from '../../src/vocabulary.js';
import { context, describeAs, request } from './fakes.js';

const completion: Completion = { output: 'yes', finishReason: 'stop' };

function port(provider: Partial<Provider>, describe: ProviderPool['describe'] = describeAs()) {
  const whole: Provider = { complete: async () => completion, ...provider };
  return providerPort({ describe, get: async () => whole, close: async () => undefined });
}

test('asks the provider for its model, on behalf of the trial', async () => {
  const asked: unknown[] = [];
  const ask = port({
    async complete(each) {
      asked.push([each.name, each.trial]);
      return completion;
    },
  });
  const answer = await ask(request({ model: 'openai:ft:x' }), context({ case: 'c', repeat: 3 }));
  expect(answer).toEqual({ ok: true, completion, attempts: 1, source: 'call' });
  expect(asked).toEqual([['ft:x', { prompt: 'p', case: 'c', repeat: 3 }]]);
});

test('an answer without a model is local', async () => {
  const ask = port({}, describeAs({ mock: { calls: 'none' } }));
  expect(await ask(request({ model: 'mock:echo' }), context())).toMatchObject({ source: 'local' });
});

test('embeddings come from embed, and a provider without it is a bad request', async () => {
  const vectors: Completion = { output: '', finishReason: 'stop', embeddings: [[1, 2]] };
  const asked = [request({ messages: [], texts: ['a'] }), context({ purpose: 'embedding' })] as const;
  expect(await port({ embed: async () => vectors })(...asked)).toMatchObject({ ok: true, completion: vectors });
  expect(await port({})(...asked)).toMatchObject({ ok: false, failure: { kind: 'bad-request' } });
});

test('a ProviderError becomes its failure, with what a retry would do', async () => {
  const failure = { kind: 'rate-limited', message: 'slow down', status: 429 } as const;
  const retry = { retry: 'rate-limited', afterMs: 5 } as const;
  const ask = port({ complete: () => Promise.reject(new ProviderError(failure, retry)) });
  expect(await ask(request(), context())).toEqual({ ok: false, failure, attempts: 1, retry });
});

const hostile = {
  get message(): string {
    throw new Error('gotcha');
  },
};
Object.setPrototypeOf(hostile, Error.prototype);

test.each([
  ['an error', new TypeError('x is not a function\n    at secret.ts\u001b[31m'), 'TypeError: x is not a function'],
  ['a text', 'oops', 'it threw string'],
  ['null', null, 'it threw object'],
  ['an error that throws when looked at', hostile, 'it threw something unreadable'],
])('%s thrown is a failure of code, in safe words', async (_, thrown, words) => {
  const ask = port({
    complete() {
      throw thrown;
    },
  });
  const message = `openai:m failed: ${words}`;
  expect(await ask(request(), context())).toEqual({
    ok: false,
    failure: { kind: 'code', message },
    attempts: 1,
    retry: { retry: 'no' },
  });
});

test.each([
  ['nothing', undefined],
  ['a text', 'yes'],
  ['no output', { finishReason: 'stop' }],
  ['an output that is no text', { ...completion, output: 5 }],
  ['an unknown reason', { ...completion, finishReason: 'tired' }],
  ['negative usage', { ...completion, usage: { inputTokens: -1 } }],
  ['usage that is no number', { ...completion, usage: { inputTokens: '7' } }],
  ['an infinite latency', { ...completion, latencyMs: Number.POSITIVE_INFINITY }],
  ['NaN for a cost', { ...completion, costUsd: Number.NaN }],
  ['a tool call without arguments', { ...completion, toolCalls: [{ name: 'f' }] }],
  ['vectors of two lengths', { ...completion, embeddings: [[1], [1, 2]] }],
  ['an unknown key', { ...completion, ok: true }],
])('%s for a completion is a failure of code', async (_, nonsense) => {
  const ask = port({ complete: async () => nonsense as never });
  expect(await ask(request(), context())).toMatchObject({ ok: false, failure: { kind: 'code' } });
});

test("a user's mistake passes through", async () => {
  const mistake = new UserError([problems['bad-model']('x')]);
  await expect(port({ complete: () => Promise.reject(mistake) })(request(), context())).rejects.toBe(mistake);
});

test('what is thrown after an abort is no defect', async () => {
  const ask = port({ complete: () => Promise.reject(new Error('This operation was aborted')) });
  const answer = await ask(request(), context({ signal: AbortSignal.abort() }));
  expect(answer).toMatchObject({ failure: { kind: 'aborted' } });
});
