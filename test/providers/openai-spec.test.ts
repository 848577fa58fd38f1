import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ProviderRequest } from '../../src/providers/provider.js';
import type { JsonObject, Parameters } from '../../src/vocabulary.js';
import { chatAnswer, chatEvents, responsesAnswer, responsesEvents, sse } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { patient, saying } from './conformance.js';
import { sdkWorld } from './sdk-world.js';
import { requestFor } from './support.js';

/** OpenAI's published description of its API; it belongs to OpenAI and is not part of this project. */
const SPEC = new URL('../../../shared/specs/openai-openapi.json.gz', import.meta.url);
const present = existsSync(SPEC);

const { server, openaiWith, sent } = sdkWorld();

let validators: Record<'chat' | 'responses' | 'embeddings' | 'chatAnswer' | 'responsesAnswer', ValidateFunction>;

/** `nullable` is OpenAPI 3.0; the document says 3.1, where it means nothing and ajv refuses it. */
function withoutNullable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNullable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([key, each]) => key !== 'nullable' || typeof each !== 'boolean');
  return Object.fromEntries(members.map(([key, each]) => [key, withoutNullable(each)]));
}

beforeAll(() => {
  if (!present) return;
  const spec: { components: object } = JSON.parse(gunzipSync(readFileSync(SPEC)).toString());
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  ajv.addSchema({ $id: 'openai', components: withoutNullable(spec.components) });
  const of = (name: string): ValidateFunction => ajv.compile({ $ref: `openai#/components/schemas/${name}` });
  validators = {
    chat: of('CreateChatCompletionRequest'),
    responses: of('CreateResponse'),
    embeddings: of('CreateEmbeddingRequest'),
    chatAnswer: of('CreateChatCompletionResponse'),
    responsesAnswer: of('Response'),
  };
});

/** What the description finds wrong with a value. */
function errorsIn(kind: keyof typeof validators, value: unknown): unknown[] {
  const validate = validators[kind];
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

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

describe.skipIf(!present)('requests by the word of OpenAI’s own API description', () => {
  test('the description refuses what is wrong, so that its silence means something', () => {
    const messages = [{ role: 'user', content: 'x' }];
    expect(validators.chat({ model: 'm', messages })).toBe(true);
    for (const wrong of [
      { model: 'm' },
      { model: 'm', messages: [] },
      { model: 'm', messages, temperature: 5 },
      { model: 'm', messages: [{ role: 'usr', content: 'x' }] },
    ]) {
      expect(validators.chat(wrong)).toBe(false);
    }
    expect(validators.responses({ model: 'm', input: [{ role: 'usr', content: 'x' }] })).toBe(false);
    expect(validators.embeddings({ model: 'm' })).toBe(false);
  });

  test.each(REQUESTS)('chat, %s', async (_, request) => {
    const reply: Reply = request.parameters.stream ? sse(chatEvents('x')) : { json: chatAnswer('x') };
    expect(errorsIn('chat', await sent(openaiWith({ api: 'chat' }), request, reply))).toEqual([]);
  });

  test('chat, with a stop and a seed', async () => {
    const request = saying('x', { parameters: { stop: ['END'], seed: 7 } });
    expect(errorsIn('chat', await sent(openaiWith({ api: 'chat' }), request, { json: chatAnswer('x') }))).toEqual([]);
  });

  test.each(REQUESTS)('responses, %s', async (_, request) => {
    const reply: Reply = request.parameters.stream ? sse(responsesEvents('x')) : { json: responsesAnswer('x') };
    expect(errorsIn('responses', await sent(openaiWith({ api: 'responses' }), request, reply))).toEqual([]);
  });

  test('embeddings', async () => {
    server().script([{ json: { data: [{ index: 0, embedding: [1] }] } }]);
    await (await openaiWith()).embed?.(requestFor({ messages: [], texts: ['a'] }), patient());
    expect(errorsIn('embeddings', server().requests.at(-1)?.json)).toEqual([]);
  });

  test('the answers that our tests are made of are right ones, too', () => {
    expect(errorsIn('chatAnswer', chatAnswer('x'))).toEqual([]);
    expect(errorsIn('responsesAnswer', responsesAnswer('x', RESPONSE_REST))).toEqual([]);
  });
});

test.runIf(!present)('requests are not checked against OpenAI’s API description: it is not here', () => {
  expect(present).toBe(false);
});
