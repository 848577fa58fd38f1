import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Completion, FailureKind, Retry } from '../../src/vocabulary.js';
import { sse, sseText } from '../support/replies.js';
import { type Reply, type ScriptedServer, startServer } from '../support/scripted-server.js';
import { patient, providerConformance, saying } from './conformance.js';
import { CANARY } from '../support/canary.js';
import { LANGUAGES, type Language, lastSaid } from './languages.js';
import { failureOf, requestFor } from './support.js';

/** A server and a provider for a language, shared by the tests of a block; each test gives the server its own script. */
function talking(language: Language) {
  let loopback: ScriptedServer | undefined;
  let made: Awaited<ReturnType<Language['make']>> | undefined;
  beforeAll(async () => {
    loopback = await startServer([{}]);
    made = await language.make(loopback.url);
  });
  afterAll(async () => {
    await made?.wire.close();
    await loopback?.close();
  });
  const server = (): ScriptedServer => {
    if (loopback === undefined) throw new Error('the server runs in tests only');
    return loopback;
  };
  const ask = (reply: Reply, signal = patient().signal): Promise<Completion> => {
    server().forget();
    server().script([reply]);
    return (
      made?.provider.complete(saying('x', { parameters: language.parameters }), { signal }) ??
      Promise.reject(new Error('no provider'))
    );
  };
  return { server, ask };
}

const TRANSIENT: Retry = { retry: 'transient' };
const NO: Retry = { retry: 'no' };
const JSON_TYPE = { 'content-type': 'application/json' };
const STREAM_TYPE = { 'content-type': 'text/event-stream' };

interface Fault {
  name: string;
  reply: Reply | ((language: Language) => Reply);
  kind: FailureKind;
  retry: Retry;
  says?: RegExp;
}

const FAULTS: Fault[] = [
  {
    name: '429 with retry-after',
    reply: {
      status: 429,
      headers: { 'retry-after': '7' },
      json: { error: { message: 'slow', type: 'rate_limit_error' } },
    },
    kind: 'rate-limited',
    retry: { retry: 'rate-limited', afterMs: 7000 },
    says: /HTTP 429: slow/,
  },
  {
    name: '429 without a quota left',
    reply: { status: 429, json: { error: { message: 'pay', type: 'insufficient_quota', code: 'insufficient_quota' } } },
    kind: 'quota',
    retry: NO,
  },
  {
    name: '401 that echoes the key',
    reply: { status: 401, json: { error: { message: `bad key ${CANARY}` } } },
    kind: 'auth',
    retry: NO,
    says: /bad key \[redacted\]/,
  },
  {
    name: '400',
    reply: { status: 400, json: { error: { message: 'no such thing' } } },
    kind: 'bad-request',
    retry: NO,
  },
  { name: '500', reply: { status: 500, json: { error: { message: 'oops' } } }, kind: 'server', retry: TRANSIENT },
  {
    name: '502 with a page',
    reply: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>Bad gateway</html>' },
    kind: 'server',
    retry: TRANSIENT,
    says: /Bad gateway/,
  },
  { name: '503 with nothing', reply: { status: 503 }, kind: 'server', retry: TRANSIENT },
  {
    name: '529',
    reply: { status: 529, json: { type: 'error', error: { type: 'overloaded_error', message: 'busy' } } },
    kind: 'overloaded',
    retry: TRANSIENT,
  },
  { name: 'a connection cut before the head', reply: { cut: 'before-head' }, kind: 'network', retry: TRANSIENT },
  {
    name: 'a connection cut in the body',
    reply: { body: '{"id":"x","choi', headers: JSON_TYPE, cut: 'mid-body' },
    kind: 'network',
    retry: TRANSIENT,
  },
  {
    name: 'malformed JSON',
    reply: { body: '{"id": nope}', headers: JSON_TYPE },
    kind: 'bad-response',
    retry: TRANSIENT,
    says: /not valid JSON/,
  },
  {
    name: 'JSON that stops',
    reply: { body: '{"id":"x","choices":[', headers: JSON_TYPE },
    kind: 'bad-response',
    retry: TRANSIENT,
  },
  {
    name: 'JSON behind a byte order mark',
    reply: (language) => ({ body: `\uFEFF${JSON.stringify(language.body('x'))}`, headers: JSON_TYPE }),
    kind: 'bad-response',
    retry: TRANSIENT,
  },
  {
    name: 'a page',
    reply: { body: `<html>Log in, ${CANARY}</html>`, headers: { 'content-type': 'text/html' } },
    kind: 'bad-response',
    retry: TRANSIENT,
  },
  {
    name: 'plain text',
    reply: { body: 'hello', headers: { 'content-type': 'text/plain' } },
    kind: 'bad-response',
    retry: TRANSIENT,
  },
  { name: 'text of no type', reply: { body: 'hello' }, kind: 'bad-response', retry: TRANSIENT },
  { name: 'nothing', reply: { body: '', headers: JSON_TYPE }, kind: 'bad-response', retry: TRANSIENT },
  { name: '204', reply: { status: 204 }, kind: 'bad-response', retry: TRANSIENT },
  { name: 'null', reply: { json: null }, kind: 'bad-response', retry: TRANSIENT },
  { name: 'a list', reply: { json: [] }, kind: 'bad-response', retry: TRANSIENT },
  { name: 'a text in JSON', reply: { json: 'hello' }, kind: 'bad-response', retry: TRANSIENT },
  { name: 'an empty object', reply: { json: {} }, kind: 'bad-response', retry: TRANSIENT },
  {
    name: 'an error object with status 200',
    reply: { json: { error: { message: 'pay', type: 'insufficient_quota' } } },
    kind: 'quota',
    retry: NO,
  },
  {
    name: 'empty choices, output and content',
    reply: (language) => ({ json: language.body('', { choices: [], output: [], content: [] }) }),
    kind: 'bad-response',
    retry: TRANSIENT,
  },
  {
    name: 'choices, output and content of nonsense',
    reply: (language) => ({ json: language.body('', { choices: [null], output: ['x'], content: 'x' }) }),
    kind: 'bad-response',
    retry: TRANSIENT,
  },
  { name: 'a redirect to itself', reply: { status: 307, headers: { location: '/again' } }, kind: 'blocked', retry: NO },
  { name: '50 MB', reply: { headers: JSON_TYPE, bytes: 50 * 1024 * 1024 }, kind: 'too-large', retry: NO },
];

describe.each(LANGUAGES)('$name', (language) => {
  const { server, ask } = talking(language);

  test.each(FAULTS)('$name is $kind', async ({ reply, kind, retry, says }) => {
    const found = await failureOf(ask(typeof reply === 'function' ? reply(language) : reply));
    expect(found.failure).toMatchObject({ kind, message: expect.stringMatching(says ?? /./) });
    expect(found.retry).toEqual(retry);
    expect(found.failure.message).not.toContain('CANARY');
    expect(server().requests).toHaveLength(1);
    expect(server().requests[0]?.path).toBe(language.path);
  });

  test('a redirect to another server gives that one neither prompt nor key', async () => {
    const second = await startServer([{ json: {} }]);
    await failureOf(ask({ status: 307, headers: { location: `${second.url}/v1` } }));
    expect(second.connections).toBe(0);
    await second.close();
  });

  test('characters split over chunks, escapes and lone surrogates arrive as they were sent', async () => {
    const said = 'grüße 😀 \u0007\ud83d';
    const reply = language.answer(said);
    const bytes = Buffer.from(reply.json === undefined ? String(reply.body) : JSON.stringify(reply.json));
    const chunks = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, i) => ({
      data: bytes.subarray(i * 7, i * 7 + 7),
    }));
    const completion = await ask({ headers: { ...JSON_TYPE, ...reply.headers }, chunks });
    expect(completion.output).toBe(said);
  });

  test.each<[string, Reply]>([
    ['the head never comes', { stall: 'head' }],
    ['the body stalls', { body: '{"id":', headers: JSON_TYPE, stall: 'body' }],
    ['the body drips for ever', { body: '{', headers: JSON_TYPE, dripMs: 5 }],
    ['a stream stalls', { body: 'event: ping\ndata: {}\n\n', headers: STREAM_TYPE, stall: 'body' }],
  ])('%s: an abort ends it at once, and the server sees it', async (_, reply) => {
    const controller = new AbortController();
    const running = failureOf(ask(reply, controller.signal));
    await expect.poll(() => server().requests.length, { interval: 5, timeout: 5000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const start = performance.now();
    controller.abort(new Error('deadline'));
    expect((await running).failure.kind).toBe('aborted');
    expect(performance.now() - start).toBeLessThan(300);
    await expect.poll(() => server().requests[0]?.abortedMs, { interval: 5, timeout: 5000 }).toBeDefined();
  });

  test.each([-1, '12', null, 1.5, Number.MAX_VALUE])('usage of %j is unknown, not a number', async (nonsense) => {
    const names = ['prompt_tokens', 'completion_tokens', 'input_tokens', 'output_tokens', 'cache_read_input_tokens'];
    const usage = Object.fromEntries(names.map((key) => [key, nonsense]));
    for (const value of [usage, nonsense, undefined]) {
      const completion = await ask({ json: language.body('said', { usage: value }) });
      expect(completion.output).toBe('said');
      expect(completion).not.toHaveProperty('usage');
    }
  });
});

describe.each(LANGUAGES.filter(({ streamed }) => streamed))('$name', (language) => {
  const { server, ask } = talking(language);
  const streamOf = (content: string): string => String(language.answer(content).body);

  test('a stream that ends too early is no answer', async () => {
    const whole = streamOf('abcdefghi');
    const early = whole.slice(0, whole.indexOf('def') + 3);
    for (const body of ['', early, `${early}"}\n\n`, 'data: [DONE]\n\n']) {
      const { failure, retry } = await failureOf(ask({ headers: STREAM_TYPE, body }));
      expect(failure.kind).toBe('bad-response');
      expect(retry).toEqual(TRANSIENT);
    }
  });

  test('a stream says that it ended too early', async () => {
    const { failure } = await failureOf(ask({ headers: STREAM_TYPE, body: 'data: [DONE]\n\n' }));
    expect(failure.message).toContain('the stream ended before the answer did');
  });

  test('an answer that is aborted behind its last word is aborted', async () => {
    const controller = new AbortController();
    const running = failureOf(ask({ headers: STREAM_TYPE, body: streamOf('abc'), stall: 'body' }, controller.signal));
    await expect.poll(() => server().requests.length, { interval: 5, timeout: 5000 }).toBe(1);
    setTimeout(() => controller.abort(), 40);
    expect((await running).failure.kind).toBe('aborted');
  });

  test('a stream cut in the middle is network trouble', async () => {
    const whole = streamOf('abcdefghi');
    const cut: Reply = { headers: STREAM_TYPE, body: whole.slice(0, whole.length / 2), cut: 'mid-body' };
    expect((await failureOf(ask(cut))).failure.kind).toBe('network');
  });

  test('an error inside a stream is that error', async () => {
    const error = { type: 'overloaded_error', code: 'server_is_overloaded', message: 'busy' };
    const { failure } = await failureOf(ask(sse([{ type: 'error', error }])));
    expect(failure).toMatchObject({ kind: 'overloaded', message: expect.stringContaining('busy') });
  });

  test('the first token has a time of its own', async () => {
    const whole = streamOf('abcdef');
    const firstEvent = whole.indexOf('\n\n', whole.indexOf('abc')) + 2;
    const chunks = [
      { data: whole.slice(0, firstEvent), afterMs: 40 },
      { data: whole.slice(firstEvent), afterMs: 60 },
    ];
    const completion = await ask({ headers: STREAM_TYPE, chunks });
    expect(completion.firstTokenMs).toBeGreaterThan(30);
    expect((completion.latencyMs ?? 0) - (completion.firstTokenMs ?? 0)).toBeGreaterThan(45);
  });

  test('a server that does not stream is understood', async () => {
    const completion = await ask({ json: language.body('whole') });
    expect(completion.output).toBe('whole');
    expect(completion).not.toHaveProperty('firstTokenMs');
  });

  test('malformed events are no answer, and nobody prints them', async () => {
    const printed = vi.spyOn(console, 'error');
    const body = sseText([{ type: 'x' }]).replace('{', '{{');
    expect((await failureOf(ask({ headers: STREAM_TYPE, body }))).failure.kind).toBe('bad-response');
    expect(printed).not.toHaveBeenCalled();
  });
});

for (const language of LANGUAGES) {
  providerConformance(language.name, async () => {
    const loopback = await startServer((seen) => {
      if (seen.path === '/v1/embeddings')
        return {
          json: {
            data: [
              { index: 1, embedding: [0, 2] },
              { index: 0, embedding: [1, 0] },
            ],
          },
        };
      const said = lastSaid(seen);
      const fault = FAULTS.find(({ name }) => `fault ${name}` === said);
      if (fault) return typeof fault.reply === 'function' ? fault.reply(language) : fault.reply;
      return said === 'endless'
        ? { stall: 'head' }
        : { ...language.answer(`you said ${said}`), delayMs: (seen.index * 7) % 23 };
    });
    const { provider, wire } = await language.make(loopback.url);
    const { parameters } = language;
    const small = FAULTS.filter(({ name }) => name !== '50 MB');
    return {
      provider,
      ask: (marker) => saying(marker, { parameters }),
      endless: saying('endless', { parameters }),
      troubles: Object.fromEntries(small.map(({ name }) => [name, saying(`fault ${name}`, { parameters })])),
      ...(provider.embed && {
        vectors: {
          request: requestFor({ messages: [], texts: ['a', 'b'] }),
          expected: [
            [1, 0],
            [0, 2],
          ],
        },
      }),
      secrets: [CANARY],
      dispose: async () => {
        await wire.close();
        await loopback.close();
      },
    };
  });
}
