import { LLMock } from '@copilotkit/aimock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { anthropic } from '../../src/providers/anthropic.js';
import { openai } from '../../src/providers/openai.js';
import type { Provider } from '../../src/providers/provider.js';
import { guardedFetch } from '../../src/providers/wire.js';
import type { JsonObject, Parameters } from '../../src/vocabulary.js';
import { patient, saying } from './conformance.js';
import { contextFor, failureOf, requestFor } from './support.js';

/** An independent server with the languages of both providers: what it makes of our requests, and we of its answers. */
const mock = new LLMock({ port: 0, logLevel: 'silent' });
const wire = guardedFetch();

/** The mock counts nothing by itself; each language takes the names it knows. */
const USAGE = { prompt_tokens: 7, completion_tokens: 5, input_tokens: 7, output_tokens: 5 };

beforeAll(async () => {
  mock.onMessage('tell me', { content: 'Ein Gruß: 😀 and more.', usage: USAGE });
  mock.onMessage('with tools', {
    toolCalls: [{ id: 'call_1', name: 'weather', arguments: '{"city":"Paris","days":2}' }],
  });
  mock.onMessage('both', {
    content: 'Looking…',
    toolCalls: [{ id: 'call_2', name: 'weather', arguments: '{"city":"Rome"}' }],
  });
  mock.onMessage('too long', { content: 'cut', finishReason: 'length' });
  mock.onMessage('as json', { content: '{"queue":"billing"}' });
  mock.onEmbedding('first', { embedding: [1, 0, 0] });
  mock.onEmbedding('second', { embedding: [0, 1, 0] });
  await mock.start();
});

afterAll(async () => {
  await wire.close();
  await mock.stop();
});

beforeEach(() => mock.clearRequests());

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['queue'],
  additionalProperties: false,
  properties: { queue: { enum: ['billing', 'bug', 'other'] } },
};

const weather = {
  name: 'weather',
  description: 'Tells the weather',
  parameters: { type: 'object', properties: { city: { type: 'string' } } },
};

interface Spoken {
  make(): Promise<Provider>;
}

const SPOKEN: [string, Spoken][] = [
  [
    'openai chat',
    {
      make: () =>
        openai.create(
          contextFor('/', { type: 'openai', baseURL: `${mock.url}/v1` }, { name: 'local', fetch: wire.fetch }),
        ),
    },
  ],
  [
    'openai responses',
    {
      make: () =>
        openai.create(
          contextFor(
            '/',
            { type: 'openai', api: 'responses' },
            { name: 'openai', env: { OPENAI_BASE_URL: `${mock.url}/v1` }, fetch: wire.fetch },
          ),
        ),
    },
  ],
  [
    'anthropic',
    {
      make: () =>
        anthropic.create(
          contextFor(
            '/',
            { type: 'anthropic' },
            {
              name: 'anthropic',
              env: { ANTHROPIC_BASE_URL: mock.url, ANTHROPIC_API_KEY: 'sk-test-1' },
              fetch: wire.fetch,
            },
          ),
        ),
    },
  ],
];

const TRANSPORTS: [string, Parameters][] = [
  ['as a whole', {}],
  ['as a stream', { stream: true }],
];

describe.each(SPOKEN)('%s', (language, { make }) => {
  describe.each(TRANSPORTS)('%s', (transport, parameters) => {
    test('a text', async () => {
      const provider = await make();
      const completion = await provider.complete(saying('tell me', { parameters }), patient());
      expect(completion).toMatchObject({
        output: 'Ein Gruß: 😀 and more.',
        finishReason: 'stop',
        answeredBy: 'test-model',
      });
      expect(completion.usage).toMatchObject({ inputTokens: 7, outputTokens: 5 });
      expect(completion.latencyMs).toBeGreaterThan(0);
      expect(completion.firstTokenMs === undefined).toBe(transport === 'as a whole');
      expect(completion.firstTokenMs ?? 0).toBeLessThanOrEqual(completion.latencyMs ?? 0);
    });

    test('a tool call', async () => {
      const provider = await make();
      const completion = await provider.complete(saying('with tools', { parameters, tools: [weather] }), patient());
      expect(completion.toolCalls).toEqual([{ id: 'call_1', name: 'weather', arguments: { city: 'Paris', days: 2 } }]);
      expect(completion).toMatchObject({ output: '', finishReason: 'tool-calls' });
    });

    test('text and a tool call', async () => {
      const provider = await make();
      const completion = await provider.complete(saying('both', { parameters, tools: [weather] }), patient());
      expect(completion.output).toBe('Looking…');
      expect(completion.toolCalls).toHaveLength(1);
    });

    test('an answer that was cut at its limit', async () => {
      const provider = await make();
      const completion = await provider.complete(
        saying('too long', { parameters: { ...parameters, maxTokens: 1 } }),
        patient(),
      );
      // The mock leaves out why a Responses answer is incomplete; unknown stays unknown.
      const cut =
        language === 'openai responses'
          ? { finishReason: 'other', finishDetail: 'incomplete' }
          : { finishReason: 'length' };
      expect(completion).toMatchObject({ output: 'cut', ...cut });
    });

    test('an error of the server', async () => {
      mock.nextRequestError(429, { message: 'slow down, please', type: 'rate_limit_error' });
      const provider = await make();
      const error = await failureOf(provider.complete(saying('tell me', { parameters }), patient()));
      expect(error.failure).toMatchObject({ kind: 'rate-limited', status: 429 });
      expect(error.failure.message).toContain('slow down, please');
      expect(error.retry.retry).toBe('rate-limited');
      expect(mock.getRequests()).toHaveLength(1);
    });
  });

  test('an answer that follows a schema', async () => {
    const provider = await make();
    const completion = await provider.complete(saying('as json', { schema: SCHEMA }), patient());
    expect(JSON.parse(completion.output)).toEqual({ queue: 'billing' });
  });
});

test('embeddings come in the order of the texts', async () => {
  const provider = await SPOKEN[0]?.[1].make();
  const completion = await provider?.embed?.(requestFor({ messages: [], texts: ['first'] }), patient());
  expect(completion).toMatchObject({ output: '', embeddings: [[1, 0, 0]] });
});
