import { describe, expect, test } from 'vitest';
import type { ProviderRequest } from '../../src/providers/provider.js';
import type { JsonObject, Parameters } from '../../src/vocabulary.js';
import { hasOpenaiSpec, openaiFaults, specErrors } from '../support/openai-spec.js';
import { chatAnswer, chatEvents, responsesAnswer, responsesEvents, sse } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { patient, saying } from './conformance.js';
import { sdkWorld } from './sdk-world.js';
import { requestFor } from './support.js';

const { server, openaiWith, sent } = sdkWorld();

const CLOSED: JsonObject = {
  type: 'object',
  required: ['q'],
  additionalProperties: false,
  properties: { q: { enum: ['a', 'b'] } },
};
const OPEN: JsonObject = { type: 'object', properties: { city: { type: 'string' } } };
const TOOLS = [
  { name: 'route', description: 'Routes', parameters: CLOSED },
  { name: 'look', parameters: OPEN },
];
const SAMPLING: Parameters = { maxTokens: 16, temperature: 0.5, topP: 0.9 };

const REQUESTS: [string, ProviderRequest][] = [
  ['bare', saying('hello')],
  [
    'with every role',
    requestFor({
      messages: (['system', 'user', 'assistant', 'user'] as const).map((role) => ({ role, content: 'x' })),
    }),
  ],
  ['with an empty text', saying('')],
  ['with sampling', saying('x', { parameters: SAMPLING })],
  ['with tools', saying('x', { tools: TOOLS })],
  ['with a strict schema', saying('x', { schema: CLOSED })],
  ['with a loose schema', saying('x', { schema: OPEN })],
  ['with own parameters', saying('x', { parameters: { openai: { metadata: { run: '1' } } } })],
  ['as a stream', saying('x', { parameters: { stream: true } })],
];

/** What the Responses API always sends and nobody reads. */
const RESPONSE_REST = {
  instructions: null,
  metadata: {},
  parallel_tool_calls: true,
  temperature: 1,
  tool_choice: 'auto',
  tools: [],
  top_p: 1,
};

describe.skipIf(!hasOpenaiSpec)('requests by the word of OpenAI’s own API description', () => {
  test('the description refuses what is wrong, so that its silence means something', () => {
    const messages = [{ role: 'user', content: 'x' }];
    expect(specErrors('chat', { model: 'm', messages })).toEqual([]);
    for (const wrong of [
      { model: 'm' },
      { model: 'm', messages: [] },
      { model: 'm', messages, temperature: 5 },
      { model: 'm', messages: [{ role: 'usr', content: 'x' }] },
    ]) {
      expect(specErrors('chat', wrong)).not.toEqual([]);
    }
    expect(specErrors('responses', { model: 'm', input: [{ role: 'usr', content: 'x' }] })).not.toEqual([]);
    expect(specErrors('embeddings', { model: 'm' })).not.toEqual([]);
    // As the servers of the fault matrix ask it.
    expect(openaiFaults('/v1/chat/completions', { model: 'm' })).not.toEqual([]);
    expect(openaiFaults('/v1/chat/completions', { model: 'm', messages })).toEqual([]);
    expect(openaiFaults('/v2/chat', { model: 'm', messages })).not.toEqual([]);
  });

  test.each(REQUESTS)('chat, %s', async (_, request) => {
    const reply: Reply = request.parameters.stream ? sse(chatEvents('x')) : { json: chatAnswer('x') };
    expect(specErrors('chat', await sent(openaiWith({ api: 'chat' }), request, reply))).toEqual([]);
  });

  test('chat, with a stop and a seed', async () => {
    const request = saying('x', { parameters: { stop: ['END'], seed: 7 } });
    expect(specErrors('chat', await sent(openaiWith({ api: 'chat' }), request, { json: chatAnswer('x') }))).toEqual([]);
  });

  test.each(REQUESTS)('responses, %s', async (_, request) => {
    const reply: Reply = request.parameters.stream ? sse(responsesEvents('x')) : { json: responsesAnswer('x') };
    expect(specErrors('responses', await sent(openaiWith({ api: 'responses' }), request, reply))).toEqual([]);
  });

  test('embeddings', async () => {
    server().script([{ json: { data: [{ index: 0, embedding: [1] }] } }]);
    await (await openaiWith()).embed?.(requestFor({ messages: [], texts: ['a'] }), patient());
    expect(specErrors('embeddings', server().requests.at(-1)?.json)).toEqual([]);
  });

  test('the answers that our tests are made of are right ones, too', () => {
    expect(specErrors('chatAnswer', chatAnswer('x'))).toEqual([]);
    expect(specErrors('responsesAnswer', responsesAnswer('x', RESPONSE_REST))).toEqual([]);
  });
});

test.runIf(!hasOpenaiSpec)('requests are not checked against OpenAI’s API description: it is not here', () => {
  expect(hasOpenaiSpec).toBe(false);
});
