import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { prepareBody } from '../../src/providers/body-template.js';
import { http } from '../../src/providers/http.js';
import { appRequest } from '../../src/providers/protocol.js';
import type { Provider } from '../../src/providers/provider.js';
import { type GuardedFetch, guardedFetch } from '../../src/providers/wire.js';
import type { Json, ProviderSettings } from '../../src/vocabulary.js';
import { type Handler, type Reply, type ScriptedServer, startServer } from '../support/scripted-server.js';
import { contextFor, failureOf, requestFor } from './support.js';

let server: ScriptedServer;
let wire: GuardedFetch;
beforeEach(async () => {
  server = await startServer([{ json: { answer: { text: 'fine' } } }]);
  wire = guardedFetch();
});
afterEach(async () => {
  await wire.close();
  await server.close();
});

const env = { APP_TOKEN: 'Bearer CANARY', BROKEN: 'a\nb', PATH: '/bin' };

function open(settings: Omit<ProviderSettings, 'type'> = {}, script?: Handler | Reply[]): Promise<Provider> {
  if (script) server.script(script);
  const all = { type: 'http', url: `${server.url}/chat?v=1`, ...settings };
  return http.create(contextFor('/', all, { env, fetch: wire.fetch }));
}

function ask(provider: Provider, part: Parameters<typeof requestFor>[0] = {}, signal = new AbortController().signal) {
  return provider.complete(requestFor(part), { signal });
}

const fill = (template: Json, vars: Record<string, Json>) => {
  const prepared = prepareBody(template);
  return typeof prepared === 'string' ? prepared : prepared(appRequest(requestFor({ vars })));
};

const TEXT = { output: '$.answer.text' };

describe('the request', () => {
  it('is the body with the case filled in', async () => {
    const provider = await open({
      ...TEXT,
      body: {
        q: '{{vars.ticket}}',
        n: '{{repeat}}',
        all: '{{ messages }}',
        mixed: 'case {{case}}: {{vars.list}}',
        on: true,
      },
      headersEnv: { Authorization: 'APP_TOKEN', 'X-Path': 'PATH' },
    });
    const messages = [{ role: 'user' as const, content: 'hi' }];
    const answer = await ask(provider, {
      messages,
      vars: { ticket: 'I "was"\ncharged 🦀', list: [1] },
      trial: { repeat: 2 },
    });
    expect(answer).toEqual({ output: 'fine', finishReason: 'stop', latencyMs: expect.any(Number) });
    const [seen] = server.requests;
    expect(seen).toMatchObject({ method: 'POST', path: '/chat?v=1' });
    expect(seen?.headers).toMatchObject({
      authorization: 'Bearer CANARY',
      'x-path': '/bin',
      'content-type': 'application/json',
    });
    expect(seen?.json).toEqual({ q: 'I "was"\ncharged 🦀', n: 2, all: messages, mixed: 'case one: [1]', on: true });
  });

  it('without a body is what exec gets', async () => {
    const request = requestFor({ vars: { a: 1 }, schema: { type: 'object' } });
    await ask(await open({ ...TEXT, method: 'PUT' }), request);
    expect(server.requests[0]).toMatchObject({ method: 'PUT', json: appRequest(request) });
  });

  it('is not sent when the case lacks a variable', async () => {
    const provider = await open({ ...TEXT, body: { q: '{{vars.tikcet}}' } });
    const { failure } = await failureOf(ask(provider, { vars: { ticket: 'x' } }));
    expect(failure).toMatchObject({ kind: 'bad-request', message: expect.stringContaining('{{vars.tikcet}}') });
    expect(server.requests).toEqual([]);
  });
});

describe('a body template', () => {
  it('reads values once: what is put in is never a template', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const vars = { a: `{{vars.b}}${a}$&`, b };
        const body = { only: vars.a, mixed: `<${vars.a}|${vars.b}>` };
        expect(fill({ only: '{{vars.a}}', mixed: '<{{vars.a}}|{{vars.b}}>' }, vars)).toEqual({ ok: true, body });
      }),
    );
  });

  it('sees own members of declared variables only', () => {
    for (const tag of ['vars.constructor', 'vars.__proto__', 'vars.a.length', 'vars.a.b', 'messages.5']) {
      expect(fill(`{{${tag}}}`, { a: 'text' })).toMatchObject({ ok: false });
    }
    expect(fill('{{vars.list.1.x}} {{messages.0.content}}', { list: [0, { x: 'deep' }] })).toEqual({
      ok: true,
      body: 'deep hello',
    });
  });

  it('has no way to the environment', () => {
    for (const tag of ['env.OPENAI_API_KEY', 'process.env', '', 'constructor', '__proto__']) {
      expect(prepareBody({ x: [`{{${tag}}}`] })).toContain('is none of');
    }
  });

  it('keeps what is no tag', () => {
    const template = { '{{vars.a}}': null, a: 'f({x}) {{{', n: [1.5, false] };
    expect(fill(template, {})).toEqual({ ok: true, body: template });
  });
});

describe('the answer', () => {
  it.each<[string, Json, string]>([
    ['$.text', { text: 'plain' }, 'plain'],
    ['$.choices[0].message', { choices: [{ message: { queue: 'billing' } }] }, '{"queue":"billing"}'],
    ['$.items[*].t', { items: [{ t: 'a' }, { t: 'b' }] }, '["a","b"]'],
    ['$.score', { score: 0 }, '0'],
    ['$.text', { text: '' }, ''],
  ])('is found by %s', async (output, json, expected) => {
    const provider = await open({ output }, [{ json }]);
    expect((await ask(provider)).output).toBe(expected);
  });

  it('has usage where the application tells it', async () => {
    const script = [{ json: { text: 'x', meta: { usage: { prompt_tokens: 7, completion_tokens: 'many' } } } }];
    const provider = await open({ output: '$.text', usage: '$.meta.usage' }, script);
    expect((await ask(provider)).usage).toEqual({ inputTokens: 7 });
  });

  it('is the whole body when no path is set', async () => {
    const provider = await open({}, [{ body: 'Guten Tag\n', headers: { 'content-type': 'text/plain' } }]);
    expect((await ask(provider)).output).toBe('Guten Tag\n');
  });

  it('takes as long as it takes on the wire', async () => {
    const provider = await open(TEXT, [{ json: { answer: { text: 'x' } }, delayMs: 60 }]);
    const { latencyMs } = await ask(provider);
    expect(latencyMs).toBeGreaterThan(50);
    expect(latencyMs).toBeLessThan(1000);
  });

  it.each<[string, Reply, object, RegExp]>([
    ['nothing at the path', { json: { answer: {} } }, TEXT, /nothing at \$\.answer\.text/],
    [
      'what overlaps without end',
      { body: `${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`, headers: { 'content-type': 'application/json' } },
      { output: '$..a' },
      /what "output" finds overlaps: it has more than 4000000 characters/,
    ],
    ['null at the path', { json: { answer: { text: null } } }, TEXT, /nothing at/],
    [
      'HTML',
      { body: '<html>login', headers: { 'content-type': 'text/html' } },
      TEXT,
      /no JSON: it begins "<html>login"/,
    ],
    ['an empty body', { body: '' }, TEXT, /it is empty/],
    ['cut JSON', { body: '{"answer":' }, TEXT, /no JSON/],
    ['HTML for a text', { body: '<html>', headers: { 'content-type': 'Text/HTML; charset=utf-8' } }, {}, /HTML page/],
    ['nothing for a text', { status: 204 }, {}, /empty/],
  ])('is bad-response for %s', async (_, reply, settings, message) => {
    const provider = await open(settings as Omit<ProviderSettings, 'type'>, [reply]);
    expect(await failureOf(ask(provider))).toEqual({
      failure: { kind: 'bad-response', message: expect.stringMatching(message) },
      retry: { retry: 'transient' },
    });
  });
});

describe('trouble says whether a retry would help', () => {
  it.each<[Reply, object]>([
    [
      { status: 429, headers: { 'retry-after': '2' } },
      { failure: { kind: 'rate-limited', status: 429 }, retry: { retry: 'rate-limited', afterMs: 2000 } },
    ],
    [
      { status: 500, json: { error: 'db down' } },
      { failure: { kind: 'server', message: expect.stringContaining('db down') }, retry: { retry: 'transient' } },
    ],
    [
      { status: 503, body: 'busy' },
      { failure: { kind: 'server' }, retry: { retry: 'transient' } },
    ],
    [{ status: 401 }, { failure: { kind: 'auth' }, retry: { retry: 'no' } }],
    [{ status: 404 }, { failure: { kind: 'not-found' }, retry: { retry: 'no' } }],
    [
      { status: 422, body: 'no such field' },
      { failure: { kind: 'bad-request', message: expect.stringContaining('no such field') }, retry: { retry: 'no' } },
    ],
    [{ cut: 'before-head' }, { failure: { kind: 'network' }, retry: { retry: 'transient' } }],
    [
      { cut: 'mid-body', body: '{"answer"' },
      { failure: { kind: 'network' }, retry: { retry: 'transient' } },
    ],
    [{ bytes: 9 * 1024 * 1024 }, { failure: { kind: 'too-large' }, retry: { retry: 'no' } }],
  ])('%j', async (reply, expected) => {
    const provider = await open(TEXT, [reply]);
    expect(await failureOf(ask(provider))).toMatchObject(expected);
    expect(server.requests.length).toBe(1);
  });

  it('and a stalled answer ends with the call', async () => {
    const provider = await open(TEXT, [{ stall: 'body', body: '{' }]);
    expect((await failureOf(ask(provider, {}, AbortSignal.timeout(80)))).failure.kind).toBe('timeout');
    expect((await failureOf(ask(provider, {}, AbortSignal.abort()))).failure.kind).toBe('aborted');
  });

  it('a redirect is not followed: the second host gets neither prompt nor key', async () => {
    const second = await startServer([{ json: { answer: { text: 'stolen' } } }]);
    try {
      for (const status of [301, 302, 303, 307, 308]) {
        const script = [{ status, headers: { location: `${second.url}/steal` } }];
        const provider = await open({ ...TEXT, headersEnv: { Authorization: 'APP_TOKEN' } }, script);
        expect((await failureOf(ask(provider))).failure.kind).toBe('blocked');
      }
      expect(second.requests).toEqual([]);
    } finally {
      await second.close();
    }
  });
});

describe('settings that cannot work', () => {
  it.each<[string, Omit<ProviderSettings, 'type'>, RegExp]>([
    ['no url', { url: undefined }, /"url" is missing/],
    ['a path that is none', { output: 'answer.text' }, /JSONPath/],
    ['an unknown tag', { body: { x: '{{secret}}' } }, /\{\{secret\}\}/],
    ['a method that sends no body', { method: 'GET' }, /method/],
    ['headers that are no names', { headersEnv: { 'a b': 'APP_TOKEN' } }, /no name of a header/],
    ['headersEnv that is no mapping', { headersEnv: ['APP_TOKEN'] }, /headersEnv/],
    ['a variable that is not set', { headersEnv: { Authorization: 'MISSING' } }, /MISSING/],
    ['a value that no header can hold', { headersEnv: { Authorization: 'BROKEN' } }, /^(?![^]*a\nb)[^]*BROKEN/],
  ])('%s', async (_, settings, message) => {
    const all = { type: 'http', url: server.url, ...settings };
    const context = { ...contextFor('/', all, { env }), models: [], calling: true };
    expect(http.check?.(context)).toMatchObject([{ message: expect.stringMatching(message) }]);
    await expect(http.create(context)).rejects.toBeInstanceOf(UserError);
  });

  it('keys do not matter where nothing is called', () => {
    const settings = { type: 'http', url: server.url, headersEnv: { Authorization: 'MISSING' } };
    const context = { ...contextFor('/', settings, { env }), models: [], calling: false };
    expect(http.check?.(context)).toEqual([]);
  });

  it('the variables of headers are named for redaction, the url for the check of hosts', () => {
    const settings = { type: 'http', url: 'https://app.example/x', headersEnv: { A: 'ONE', B: 'TWO' } };
    expect(http.keys(settings)).toEqual(['ONE', 'TWO']);
    expect(http.hosts?.({ settings, env })).toEqual([{ url: 'https://app.example/x', trusted: false }]);
  });
});
