import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/providers/provider.js';
import { type GuardedFetch, guardedFetch, timingOf, type WireOptions } from '../../src/providers/wire.js';
import { WireHeaders } from '../../src/providers/wire-headers.js';
import { type Handler, type Reply, type ScriptedServer, startServer } from '../support/scripted-server.js';

const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

async function server(script: Handler | readonly Reply[]): Promise<ScriptedServer> {
  const started = await startServer(script);
  opened.push(started);
  return started;
}

function wire(options?: WireOptions): GuardedFetch {
  const made = guardedFetch(options);
  opened.push(made);
  return made;
}

async function failure(promise: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProviderError)) throw new Error(`no ProviderError: ${String(error)}`);
  return error;
}

const post = (text: string): RequestInit => ({ method: 'POST', body: text, headers: { 'content-type': 'text/plain' } });

describe('an exchange', () => {
  test('carries method, path, headers and body there, and status, headers and text back', async () => {
    const { url, requests } = await server([
      { status: 201, headers: { 'x-thing': 'a', 'content-type': 'text/plain' }, body: 'grüße' },
    ]);
    const response = await wire().fetch(`${url}/a/b?c=d`, post('héllo'));
    expect(requests[0]).toMatchObject({ method: 'POST', path: '/a/b?c=d', body: 'héllo' });
    expect(requests[0]?.headers['content-type']).toBe('text/plain');
    expect(response.status).toBe(201);
    expect(response.ok).toBe(true);
    expect(response.headers.get('X-Thing')).toBe('a');
    expect(await response.text()).toBe('grüße');
    expect(response.bodyUsed).toBe(true);
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  test('offers the body as JSON, bytes, stream and clone', async () => {
    const { url } = await server([{ json: { a: 1 } }]);
    const { fetch } = wire();
    const first = await fetch(url);
    expect(await first.clone().json()).toEqual({ a: 1 });
    expect(new TextDecoder().decode(await first.arrayBuffer())).toBe('{"a":1}');
    const second = await fetch(new URL(url));
    let text = '';
    for await (const chunk of second.body ?? []) text += new TextDecoder().decode(chunk);
    expect(text).toBe('{"a":1}');
    expect(await (await fetch(new Request(`${url}/r`, { method: 'POST', body: 'x' }))).json()).toEqual({ a: 1 });
  });

  test('makes no stream of an answer that is read as a whole', async () => {
    const { url } = await server([{ json: { a: 1 } }]);
    const { fetch } = wire();
    const init = { ...post('x'), whole: true };
    const response = await fetch(url, init);
    expect(response.body).toBeNull();
    expect(await response.clone().json()).toEqual({ a: 1 });
    expect(await response.text()).toBe('{"a":1}');
    await expect(response.text()).rejects.toThrow(TypeError);
  });

  test('a character split over two chunks stays whole', async () => {
    const bytes = Buffer.from('"a😀b"');
    const { url } = await server([
      { chunks: [{ data: bytes.subarray(0, 4) }, { data: bytes.subarray(4), afterMs: 20 }] },
    ]);
    expect(await (await wire().fetch(url)).json()).toBe('a😀b');
  });

  test('keeps connections: many calls in turn use one socket, and never more than run at a time', async () => {
    const waiting: (() => void)[] = [];
    const loopback = await server(async (seen) => {
      if (seen.path !== '/together') return { body: 'ok' };
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 8) for (const go of waiting) go();
      });
      return { body: 'ok' };
    });
    const { fetch } = wire();
    for (let i = 0; i < 5; i += 1) await (await fetch(loopback.url)).text();
    expect(loopback.connections).toBe(1);
    await Promise.all(Array.from({ length: 8 }, async () => (await fetch(`${loopback.url}/together`)).text()));
    expect(loopback.maxInFlight).toBe(8);
    expect(loopback.connections).toBe(8);
  });

  test('understands an answer that was compressed without being asked', async () => {
    const { url } = await server([{ headers: { 'content-encoding': 'gzip' }, body: gzipSync('{"a":1}') }]);
    expect(await (await wire().fetch(url)).json()).toEqual({ a: 1 });
  });
});

describe('what is refused', () => {
  test.each([301, 302, 303, 307, 308])('a redirect (%i): the second server sees nothing', async (status) => {
    const second = await server([{ body: 'stolen' }]);
    const first = await server([{ status, headers: { location: `${second.url}/x` } }]);
    const error = await failure(wire().fetch(first.url, { ...post('prompt'), headers: { 'x-api-key': 'sk-secret' } }));
    expect(error.failure).toMatchObject({ kind: 'blocked', status });
    expect(error.retry).toEqual({ retry: 'no' });
    expect(second.requests).toHaveLength(0);
    expect(first.requests).toHaveLength(1);
  });

  test('a host that is not allowed sees nothing', async () => {
    const loopback = await server([{ body: 'ok' }]);
    const error = await failure(wire({ allowed: (url) => url.hostname === 'api.example' }).fetch(loopback.url));
    expect(error.failure.kind).toBe('blocked');
    expect(loopback.connections).toBe(0);
  });

  test.each(['file:///etc/passwd', 'data:text/plain,x', 'ftp://127.0.0.1/x'])('%s', async (url) => {
    expect((await failure(wire().fetch(url))).failure.kind).toBe('blocked');
  });

  test('an answer over the limit, announced or not, is cut where the limit is', async () => {
    const big = await server([{ bytes: 50 * 1024 * 1024 }]);
    const before = process.memoryUsage().rss;
    expect((await failure(wire().fetch(big.url))).failure.kind).toBe('too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * 1024 * 1024);
    const announced = await server([{ body: 'x'.repeat(2000) }]);
    const error = await failure(wire({ maxBytes: 1000 }).fetch(announced.url));
    expect(error.failure.kind).toBe('too-large');
    expect(error.retry).toEqual({ retry: 'no' });
    expect(await (await wire({ maxBytes: 2000 }).fetch(announced.url)).text()).toHaveLength(2000);
  });

  test('a stream over four times the limit', async () => {
    const headers = { 'content-type': 'text/event-stream' };
    const { url } = await server([
      { headers, bytes: 4000 },
      { headers, bytes: 4001 },
    ]);
    const { fetch } = wire({ maxBytes: 1000 });
    expect(await (await fetch(url)).text()).toHaveLength(4000);
    const whole = async () => (await fetch(url)).text();
    expect((await failure(whole())).failure.kind).toBe('too-large');
  });

  test('a small answer that unpacks to a large one', async () => {
    const { url } = await server([{ headers: { 'content-encoding': 'gzip' }, body: gzipSync(Buffer.alloc(200_000)) }]);
    expect((await failure(wire({ maxBytes: 100_000 }).fetch(url))).failure.kind).toBe('too-large');
  });
});

describe('trouble', () => {
  test('a refused connection is network trouble with its code', async () => {
    const gone = await server([{ body: 'ok' }]);
    await gone.close();
    const error = await failure(wire().fetch(gone.url));
    expect(error.failure).toMatchObject({ kind: 'network', message: expect.stringContaining('ECONNREFUSED') });
    expect(error.retry).toEqual({ retry: 'transient' });
  });

  test.each<[string, Reply]>([
    ['before the head', { cut: 'before-head' }],
    ['in the middle of a body', { body: '{"half":', headers: { 'content-type': 'application/json' }, cut: 'mid-body' }],
  ])('a connection cut %s', async (_, reply) => {
    const { url } = await server([reply]);
    const error = await failure(wire().fetch(url));
    expect(error.failure.kind).toBe('network');
    expect(error.failure.message).toMatch(/\(\w+\)$/);
    expect(error.retry).toEqual({ retry: 'transient' });
  });

  test('a stream cut in the middle fails the reader, it does not end', async () => {
    const { url } = await server([
      { headers: { 'content-type': 'text/event-stream' }, body: 'data: 1\n\n', cut: 'mid-body' },
    ]);
    const response = await wire().fetch(url);
    expect((await failure(response.text())).failure.kind).toBe('network');
  });

  test('bytes that are not HTTP', async () => {
    const { url } = await server((_, response) => {
      response.socket?.end('SSH-2.0-OpenSSH\r\n\r\n');
      return undefined;
    });
    expect((await failure(wire().fetch(url))).failure.kind).toBe('bad-response');
  });
});

describe('an abort signal', () => {
  test.each<[string, Reply]>([
    ['no head', { stall: 'head' }],
    ['a stalled body', { body: '{"half":', stall: 'body' }],
    ['a body that drips for ever', { body: '{', dripMs: 5 }],
  ])('ends a request with %s, at once and with the reason', async (_, reply) => {
    const loopback = await server([reply]);
    const controller = new AbortController();
    const running = wire().fetch(loopback.url, { signal: controller.signal });
    await expect.poll(() => loopback.requests.length, { timeout: 5000 }).toBe(1);
    setTimeout(() => controller.abort(new Error('late')), 20);
    await expect(running).rejects.toThrow('late');
    await expect.poll(() => loopback.requests[0]?.abortedMs, { timeout: 5000 }).toBeDefined();
  });

  test('ends a stream that is being read', async () => {
    const { url } = await server([
      { headers: { 'content-type': 'text/event-stream' }, body: 'data: 1\n\n', stall: 'body' },
    ]);
    const controller = new AbortController();
    const response = await wire().fetch(url, { signal: controller.signal });
    setTimeout(() => controller.abort(new Error('late')), 20);
    await expect(response.text()).rejects.toThrow('late');
  });

  test('that is spent already sends nothing', async () => {
    const loopback = await server([{ body: 'ok' }]);
    await expect(wire().fetch(loopback.url, { signal: AbortSignal.abort(new Error('spent')) })).rejects.toThrow(
      'spent',
    );
    expect(loopback.connections).toBe(0);
  });
});

describe('times', () => {
  // Server and client share one thread here: on a busy machine the server itself may be late.
  test.each([
    ['whole answers', { 'content-type': 'text/plain' }],
    ['streams', { 'content-type': 'text/event-stream' }],
  ])('of %s are those of the server, however busy we are', { retry: 3 }, async (_, headers) => {
    const { url } = await server(() => ({ headers, body: 'ok', delayMs: 60 }));
    const { fetch } = wire();
    await (await fetch(url)).text();
    const took = await Promise.all(
      Array.from({ length: 32 }, async () => {
        const start = performance.now();
        const response = await fetch(url);
        await response.text();
        const timing = timingOf(response);
        const until = performance.now() + 4;
        while (performance.now() < until);
        return { seen: until - start, stated: (timing?.lastByteMs ?? Number.NaN) - (timing?.sentMs ?? Number.NaN) };
      }),
    );
    const spread = (of: 'seen' | 'stated'): number => {
      const sorted = took.map((each) => each[of]).toSorted((a, b) => a - b);
      return (sorted[30] ?? Number.NaN) - (sorted[0] ?? Number.NaN);
    };
    // 32 answers at once with 4 ms of work each: by our own clock the last one looks slower by all that work.
    expect(spread('seen')).toBeGreaterThan(100);
    expect(spread('stated')).toBeLessThan(spread('seen') / 2);
    expect(Math.min(...took.map(({ stated }) => stated))).toBeGreaterThan(55);
  });

  test('tell the first byte from the last', async () => {
    const { url } = await server([{ chunks: [{ data: '[' }, { data: ']', afterMs: 50 }] }]);
    const timing = timingOf(await wire().fetch(url));
    expect((timing?.lastByteMs ?? 0) - (timing?.firstByteMs ?? 0)).toBeGreaterThan(40);
  });

  test('are unknown for a response of another fetch', () => {
    expect(timingOf(new Response('x'))).toBeUndefined();
  });
});

describe('headers of an answer', () => {
  const headers = new WireHeaders({ 'x-b': '2', 'set-cookie': ['a=1', 'b=2'], 'x-a': ['1', '3'], absent: undefined });

  test('are read as the platform reads them, by any spelling and in order', () => {
    const platform = new Headers([
      ['x-b', '2'],
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
      ['x-a', '1'],
      ['x-a', '3'],
    ]);
    expect([...headers]).toEqual([...platform]);
    expect([...headers.keys()]).toEqual([...platform.keys()]);
    expect([...headers.values()]).toEqual([...platform.values()]);
    for (const name of ['X-A', 'x-b', 'Set-Cookie', 'none', 'absent', 'constructor', '__proto__']) {
      expect(headers.get(name)).toBe(platform.get(name));
      expect(headers.has(name)).toBe(platform.has(name));
    }
    expect(headers.getSetCookie()).toEqual(platform.getSetCookie());
    const told: string[] = [];
    headers.forEach((value, name) => told.push(`${name}: ${value}`));
    expect(told).toContain('x-a: 1, 3');
  });

  test('cannot be changed', () => {
    expect(() => headers.set()).toThrow(TypeError);
    expect(() => headers.append()).toThrow(TypeError);
    expect(() => headers.delete()).toThrow(TypeError);
  });
});

describe('close', () => {
  test('drops idle and running connections at once, and may be called when nothing was fetched', async () => {
    const loopback = await server((seen) => (seen.path === '/stall' ? { stall: 'head' } : { body: 'ok' }));
    const made = wire();
    await (await made.fetch(loopback.url)).text();
    const running = failure(made.fetch(`${loopback.url}/stall`));
    await expect.poll(() => loopback.requests.length, { timeout: 5000 }).toBe(2);
    await made.close();
    expect((await running).failure.kind).toBe('network');
    await expect.poll(() => loopback.openConnections, { timeout: 5000 }).toBe(0);
    await wire().close();
  });
});
