import { describe, expect, test } from 'vitest';
import type { ProviderRequest } from '../../src/providers/provider.js';
import type { JsonObject } from '../../src/vocabulary.js';
import { chatAnswer, messagesAnswer, responsesAnswer, sse } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { patient, saying } from './conformance.js';
import { sdkWorld } from './sdk-world.js';
import { failureOf, requestFor } from './support.js';

const { server, openaiWith, anthropicWith, sent } = sdkWorld();

const CLOSED: JsonObject = {
  type: 'object',
  required: ['queue'],
  additionalProperties: false,
  properties: { queue: { enum: ['billing', 'bug'] } },
};
const OPEN: JsonObject = { type: 'object', properties: { city: { type: 'string', minLength: 1 } } };
const MAP: JsonObject = { type: 'object', additionalProperties: { type: 'string' } };

const TALK: ProviderRequest = requestFor({
  name: 'some-model',
  messages: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'a < b && "c"' },
    { role: 'assistant', content: 'yes' },
    { role: 'system', content: 'And kind.' },
    { role: 'user', content: 'go on' },
  ],
});

const SAMPLING = { maxTokens: 5, temperature: 0, topP: 0.5, stop: ['END'], seed: 7 };

describe('chat completions', () => {
  const CHAT: Reply = { json: chatAnswer('x') };

  test('a bare request has model and messages, and nothing else', async () => {
    expect(await sent(openaiWith(), TALK, CHAT)).toEqual({ model: 'some-model', messages: TALK.messages });
  });

  test('neutral parameters have the names that compatible servers know', async () => {
    const body = await sent(openaiWith(), saying('x', { parameters: SAMPLING }), CHAT);
    expect(body).toMatchObject({ max_tokens: 5, temperature: 0, top_p: 0.5, stop: ['END'], seed: 7 });
  });

  test('own parameters go on top, under the type’s and the configured name', async () => {
    const parameters = { temperature: 1, openai: { temperature: null, a: 1 }, local: { a: 2 }, anthropic: { b: 1 } };
    const body = await sent(openaiWith(), saying('x', { parameters }), CHAT);
    expect(body).toMatchObject({ temperature: null, a: 2 });
    expect(body).not.toHaveProperty('b');
  });

  test('a schema that qualifies is strict, one that does not is a hint', async () => {
    const provider = openaiWith();
    expect(await sent(provider, saying('x', { schema: CLOSED }), CHAT)).toMatchObject({
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'answer',
          strict: true,
          schema: { properties: { queue: { type: 'string', enum: ['billing', 'bug'] } } },
        },
      },
    });
    expect(await sent(provider, saying('x', { schema: OPEN }), CHAT)).toMatchObject({
      response_format: { json_schema: { strict: false, schema: OPEN } },
    });
  });

  test('tools', async () => {
    const tools = [
      { name: 'route', description: 'Routes', parameters: CLOSED },
      { name: 'look', parameters: OPEN },
    ];
    expect(await sent(openaiWith(), saying('x', { tools }), CHAT)).toMatchObject({
      tools: [
        { type: 'function', function: { name: 'route', description: 'Routes', strict: true } },
        { type: 'function', function: { name: 'look', parameters: OPEN } },
      ],
    });
  });

  test('a stream asks for usage, too', async () => {
    const reply = sse([{ choices: [{ index: 0, delta: { content: 'x' }, finish_reason: 'stop' }] }]);
    const body = await sent(openaiWith(), saying('x', { parameters: { stream: true } }), reply);
    expect(body).toMatchObject({ stream: true, stream_options: { include_usage: true } });
  });
});

describe('responses', () => {
  const RESPONSE: Reply = { json: responsesAnswer('x') };

  test('a bare request', async () => {
    expect(await sent(openaiWith({ api: 'responses' }), TALK, RESPONSE)).toEqual({
      model: 'some-model',
      input: TALK.messages,
      store: false,
    });
  });

  test('parameters, schema and tools', async () => {
    const parameters = { maxTokens: 5, temperature: 0, topP: 0.5, openai: { reasoning: { effort: 'low' } } };
    const tools = [
      { name: 'route', parameters: CLOSED },
      { name: 'look', parameters: OPEN },
    ];
    expect(
      await sent(openaiWith({ api: 'responses' }), saying('x', { parameters, tools, schema: CLOSED }), RESPONSE),
    ).toMatchObject({
      max_output_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      reasoning: { effort: 'low' },
      text: { format: { type: 'json_schema', name: 'answer', strict: true } },
      tools: [
        { type: 'function', name: 'route', strict: true },
        { type: 'function', name: 'look', strict: false, parameters: OPEN },
      ],
    });
  });

  test.each([{ seed: 1 }, { stop: ['x'] }])(
    '%j is not dropped but refused, and nothing is sent',
    async (parameters) => {
      const { failure, retry } = await failureOf(
        (await openaiWith({ api: 'responses' })).complete(saying('x', { parameters }), patient()),
      );
      expect(failure).toMatchObject({
        kind: 'bad-request',
        message: expect.stringContaining(Object.keys(parameters)[0] ?? ''),
      });
      expect(retry).toEqual({ retry: 'no' });
      expect(server().requests).toHaveLength(0);
    },
  );
});

describe('messages', () => {
  const MESSAGE: Reply = { json: messagesAnswer('x') };

  test('system messages are joined, the others keep their order, and there is always a limit', async () => {
    expect(await sent(anthropicWith(), TALK, MESSAGE)).toEqual({
      model: 'some-model',
      max_tokens: 4096,
      system: 'Be brief.\n\nAnd kind.',
      messages: TALK.messages.filter(({ role }) => role !== 'system'),
    });
  });

  test('parameters and tools; more tokens than the SDK takes without a stream', async () => {
    const parameters = {
      maxTokens: 60_000,
      temperature: 0,
      topP: 0.5,
      stop: ['END'],
      anthropic: { thinking: { type: 'adaptive' } },
    };
    const tools = [{ name: 'look', description: 'Looks', parameters: OPEN }];
    const body = await sent(anthropicWith(), saying('x', { parameters, tools }), MESSAGE);
    expect(body).toMatchObject({
      max_tokens: 60_000,
      temperature: 0,
      top_p: 0.5,
      stop_sequences: ['END'],
      thinking: { type: 'adaptive' },
      tools: [{ name: 'look', description: 'Looks', input_schema: OPEN }],
    });
  });

  test('a schema is closed, limits become hints; a map is not sent at all', async () => {
    const provider = anthropicWith();
    const body = await sent(provider, saying('x', { schema: OPEN }), MESSAGE);
    expect(body).toMatchObject({
      output_config: {
        format: {
          type: 'json_schema',
          schema: { type: 'object', additionalProperties: false, properties: { city: { type: 'string' } } },
        },
      },
    });
    expect(JSON.stringify(body)).toContain('minLength: 1');
    expect(OPEN.properties).toEqual({ city: { type: 'string', minLength: 1 } });
    expect(await sent(provider, saying('x', { schema: MAP }), MESSAGE)).not.toHaveProperty('output_config');
  });

  test('a seed is refused', async () => {
    const { failure } = await failureOf(
      (await anthropicWith()).complete(saying('x', { parameters: { seed: 1 } }), patient()),
    );
    expect(failure).toMatchObject({ kind: 'bad-request', message: expect.stringContaining('seed') });
  });
});

describe('embeddings', () => {
  test('are asked for as floats and put in order', async () => {
    server().script([
      {
        json: {
          model: 'e',
          data: [
            { index: 1, embedding: [0, 1] },
            { index: 0, embedding: [1, 0] },
          ],
          usage: { prompt_tokens: 4 },
        },
      },
    ]);
    const request = requestFor({
      name: 'e',
      messages: [],
      texts: ['a', 'b'],
      parameters: { openai: { dimensions: 2 } },
    });
    const completion = await (await openaiWith()).embed?.(request, patient());
    expect(server().requests[0]).toMatchObject({
      path: '/v1/embeddings',
      json: { model: 'e', input: ['a', 'b'], encoding_format: 'float', dimensions: 2 },
    });
    expect(completion).toMatchObject({
      output: '',
      finishReason: 'stop',
      embeddings: [
        [1, 0],
        [0, 1],
      ],
      usage: { inputTokens: 4 },
      answeredBy: 'e',
    });
    expect(completion?.latencyMs).toBeGreaterThan(0);
  });

  test.each<[string, unknown]>([
    ['too few', { data: [{ index: 0, embedding: [1] }] }],
    ['too many', { data: [0, 1, 2].map((index) => ({ index, embedding: [1] })) }],
    ['the same twice', { data: [0, 0].map((index) => ({ index, embedding: [1] })) }],
    [
      'of several lengths',
      {
        data: [
          { index: 0, embedding: [1] },
          { index: 1, embedding: [1, 2] },
        ],
      },
    ],
    ['of no length', { data: [0, 1].map((index) => ({ index, embedding: [] })) }],
    ['of nonsense', { data: [0, 1].map((index) => ({ index, embedding: ['1', null] })) }],
    ['in base64', { data: [0, 1].map((index) => ({ index, embedding: 'AACAPw==' })) }],
    ['none', {}],
  ])('%s are no answer', async (_, json) => {
    server().script([{ json }]);
    const embed = (await openaiWith()).embed?.(requestFor({ messages: [], texts: ['a', 'b'] }), patient());
    expect((await failureOf(embed ?? Promise.resolve())).failure.kind).toBe('bad-response');
  });

  test('without a text nothing is sent', async () => {
    const embed = (await openaiWith()).embed?.(requestFor({ messages: [], texts: [] }), patient());
    expect((await failureOf(embed ?? Promise.resolve())).failure.kind).toBe('bad-request');
    expect(server().requests).toHaveLength(0);
  });
});

describe.each([
  ['openai', () => openaiWith(), { json: chatAnswer('x') }],
  ['anthropic', () => anthropicWith(), { json: messagesAnswer('x') }],
] as [string, () => ReturnType<typeof openaiWith>, Reply][])('requests of %s after the first', (_, open, reply) => {
  test('have a body of their own and the headers of the first', async () => {
    const provider = await open();
    const asked = [saying('one'), saying('two and a half'), saying('three')];
    server().script([reply, reply, reply]);
    for (const request of asked) await provider.complete(request, patient());
    const { requests } = server();
    expect(
      requests.map(({ json }) => JSON.stringify(json)).map((text) => /one|two and a half|three/.exec(text)?.[0]),
    ).toEqual(['one', 'two and a half', 'three']);
    const withoutLength = requests.map(({ headers: { 'content-length': _length, ...rest } }) => rest);
    expect(withoutLength[1]).toEqual(withoutLength[0]);
    expect(withoutLength[2]).toEqual(withoutLength[0]);
    expect(new Set(requests.map(({ path }) => path)).size).toBe(1);
  });

  test('end when their signal is aborted', async () => {
    const provider = await open();
    server().script([reply, { stall: 'head' }]);
    await provider.complete(saying('x'), patient());
    const gone = new AbortController();
    const late = failureOf(provider.complete(saying('y'), { signal: gone.signal }));
    await expect.poll(() => server().requests.length, { timeout: 5000 }).toBe(2);
    gone.abort();
    expect((await late).failure.kind).toBe('aborted');
  });
});
