import { afterEach, expect, test, vi } from 'vitest';
import { estimateCost, price, recalledPrice } from '../../src/ask/price.js';
import type { Completion, ModelPrice } from '../../src/vocabulary.js';
import { bad, context, describeAs, good, request, scripted } from './fakes.js';

const types = { local: { type: 'openai' }, mock: { calls: 'none' }, past: { type: 'outputs', calls: 'none' } } as const;
const describe = describeAs(types);
const date = () => new Date('2026-01-01T00:00:00Z');
const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

/** With a price of the user's own. */
const describeOwn = (own: ModelPrice) => (model: string) => ({ ...describe(model), price: own });

async function costOf(model: string, completion: Partial<Completion>, options = {}, asked = context()) {
  const ask = price({ describe, date, ...options })(scripted(good('x', completion)));
  const answer = await ask(request({ model }), asked);
  return answer.ok ? answer.completion.costUsd : answer;
}

afterEach(() => vi.unstubAllGlobals());

test('adds the cost of known models', async () => {
  // Prices of the two as published: $0.25 and $2; $3 and $15 per million tokens.
  expect(await costOf('openai:gpt-5-mini', { usage })).toBeCloseTo(2.25, 10);
  const small = { inputTokens: 100_000, outputTokens: 10_000 };
  expect(await costOf('anthropic:claude-sonnet-4-5', { usage: small })).toBeCloseTo(0.45, 10);
});

test('the model that answered is priced before the one that was asked', async () => {
  const dated = { usage, answeredBy: 'gpt-5-mini-2025-08-07' };
  expect(await costOf('openai:my-alias', dated)).toBeCloseTo(2.25, 10);
  expect(await costOf('openai:gpt-5-mini', { usage, answeredBy: 'no-such-model' })).toBeCloseTo(2.25, 10);
});

test.each([
  ['unknown model', 'openai:no-such-model', { usage }],
  ['a model of another list', 'anthropic:gpt-5-mini', { usage }],
  ['a kind of provider without prices', 'exec:gpt-5-mini', { usage }],
  ['no usage', 'openai:gpt-5-mini', {}],
  ['one side of the usage only', 'openai:gpt-5-mini', { usage: { inputTokens: 5 } }],
  ['more cached tokens than tokens', 'openai:gpt-5-mini', { usage: { ...usage, cachedInputTokens: 2_000_000 } }],
  ['names of what objects inherit', 'constructor:toString', { usage }],
  ['finished outputs', 'past:gpt-5-mini', { usage }],
])('what is unknown has no cost, never 0: %s', async (_, model, completion) => {
  expect(await costOf(model, completion)).toBeUndefined();
});

test('a mock costs nothing', async () => {
  expect(await costOf('mock:echo', {})).toBe(0);
});

test('cached tokens cost less', async () => {
  const cached = await costOf('openai:gpt-5-mini', { usage: { ...usage, cachedInputTokens: 1_000_000 } });
  expect(cached).toBeCloseTo(2.025, 10);
});

test('tokens written to a cache cost more', async () => {
  const written = { inputTokens: 1100, outputTokens: 10, cachedInputTokens: 80, cacheWriteTokens: 1000 };
  const cost = await costOf('anthropic:claude-haiku-4-5', { usage: written });
  // 20 at $1, 80 at $0.10, 1,000 at $1.25 and 10 at $5 per million.
  expect(cost).toBeCloseTo(0.001_328, 12);
});

test('embeddings have no output to count', async () => {
  const asked = context({ purpose: 'embedding' });
  const completion = { usage: { inputTokens: 1_000_000 }, embeddings: [[1]] };
  expect(await costOf('openai:text-embedding-3-small', completion, {}, asked)).toBeCloseTo(0.02, 10);
});

test("the user's price wins, also for a model that has no other", async () => {
  const own = describeOwn({ input: 1, output: 2, cachedInput: 0.5 });
  const half = { usage: { ...usage, cachedInputTokens: 500_000 } };
  for (const model of ['local:gpt-5-mini', 'openai:gpt-5-mini', 'exec:app', 'mock:echo', 'past:app']) {
    expect(await costOf(model, half, { describe: own })).toBeCloseTo(2.75, 10);
  }
  expect(await costOf('exec:app', half, { describe: describeOwn({ input: 1, output: 2 }) })).toBeCloseTo(3, 10);
  expect(await costOf('exec:app', { usage }, { describe: describeOwn({ input: 0, output: 0 }) })).toBe(0);
  expect(await costOf('exec:app', {}, { describe: own })).toBeUndefined();
  expect(await estimateCost(own('exec:app'), 1_000_000, 500_000, { date })).toBeCloseTo(2, 10);
});

test("what was recorded without a cost has the user's price, and none of a list; a cost that was recorded stands", async () => {
  const recalled = async (of: typeof describe, completion: Partial<Completion>) => {
    const answer = await recalledPrice({ describe: of })(scripted(good('x', completion)))(request(), context());
    return answer.ok ? answer.completion.costUsd : answer;
  };
  const own = describeOwn({ input: 1, output: 2 });
  expect(await recalled(own, { usage })).toBeCloseTo(3, 10);
  expect(await recalled(own, { usage, costUsd: 7 })).toBe(7);
  expect(await recalled(own, {})).toBeUndefined();
  expect(await recalled(() => describe('openai:gpt-5-mini'), { usage })).toBeUndefined();
  const failure = bad('not-recorded');
  expect(await recalledPrice({ describe: own })(scripted(failure))(request(), context())).toBe(failure);
});

test('a cost that the provider stated stands, and failures pass', async () => {
  expect(await costOf('openai:gpt-5-mini', { usage, costUsd: 7 })).toBe(7);
  const failure = bad('server');
  expect(await price({ describe, date })(scripted(failure))(request(), context())).toBe(failure);
});

test('prices never come over the network', async () => {
  const fetch = vi.fn<typeof globalThis.fetch>();
  vi.stubGlobal('fetch', fetch);
  await costOf('openai:gpt-5-mini', { usage });
  await costOf('openai:no-such-model', { usage });
  expect(fetch).not.toHaveBeenCalled();
});

test('estimates a plan', async () => {
  expect(await estimateCost(describe('openai:gpt-5-mini'), 1_000_000, 0, { date })).toBeCloseTo(0.25, 10);
  expect(await estimateCost(describe('openai:no-such-model'), 1, 1, { date })).toBeUndefined();
  expect(await estimateCost(describe('mock:echo'), 1, 1, { date })).toBe(0);
});

test.each([
  ['a model of a list', 'openai:gpt-5-mini', {}, 1],
  ["a model with the user's price", 'openai:gpt-5-mini', { describe: describeOwn({ input: 1, output: 2 }) }, 0],
  ['a model of no list', 'exec:x', {}, 0],
  ['who asks nobody', 'past:gpt-5-mini', {}, 0],
])(
  'the lists are loaded before an answer needs them, once and only if one may: %s',
  async (_, model, options, timers) => {
    vi.resetModules();
    const fresh = await import('../../src/ask/price.js');
    const timer = vi.spyOn(globalThis, 'setTimeout');
    try {
      const ask = fresh.price({ describe, date, ...options })(async () => good());
      await Promise.all([ask(request({ model }), context()), ask(request({ model }), context())]);
      expect(timer).toHaveBeenCalledTimes(timers);
    } finally {
      timer.mockRestore();
    }
  },
);
