import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

/** A request as the server saw it. Times are milliseconds of `performance.now()`. */
export interface Seen {
  /** Counts from 0 in the order of arrival. */
  index: number;
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** Names and values in turn, as sent: tells a header sent twice. */
  rawHeaders: string[];
  body: string;
  /** The parsed body; undefined when it is no JSON. */
  json: unknown;
  /** Tells connections apart: requests with the same number came over the same socket. */
  socket: number;
  arrivedMs: number;
  answeredMs?: number;
  /** When the client went away before it had the whole answer. */
  abortedMs?: number;
}

/** An answer as data. What is absent: status 200, no delay, no fault. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  /** The body as JSON; sets the content type unless `headers` does. */
  json?: unknown;
  /** The body as it is. */
  body?: string | Uint8Array;
  /** The body in pieces, each after its pause. */
  chunks?: { data: string | Uint8Array; afterMs?: number }[];
  /** This many bytes of body, made while they are sent. */
  bytes?: number;
  /** Wait before the head of the answer. */
  delayMs?: number;
  /**
   * `before-head`: hang up at once. `mid-body`: hang up after the body that is given, having promised more. `after-body`: hang up
   * once all of it is sent, though the connection was to be kept.
   */
  cut?: 'before-head' | 'mid-body' | 'after-body';
  /** Bytes behind the whole answer, that nobody asked for. */
  tail?: string;
  /** `head`: never answer. `body`: send what is given, promise more, and fall silent. */
  stall?: 'head' | 'body';
  /** Go on with a byte every so many milliseconds, for ever. */
  dripMs?: number;
}

/** Answers a request: with data, later, or by hand (`undefined`: it wrote to `response` itself). */
export type Handler = (seen: Seen, response: ServerResponse) => Reply | undefined | Promise<Reply | undefined>;

/** A loopback server that does as it is told and remembers what it saw. */
export interface ScriptedServer {
  /** `http://127.0.0.1:<port>` */
  url: string;
  host: string;
  requests: Seen[];
  /** Most requests that were being answered at a time. */
  readonly maxInFlight: number;
  readonly inFlight: number;
  /** Connections made so far, and open now. */
  readonly connections: number;
  readonly openConnections: number;
  /** Another script from now on. */
  script(next: Handler | readonly Reply[]): void;
  /** Forgets what it saw. */
  forget(): void;
  close(): Promise<void>;
}

/**
 * Starts a server on a free loopback port.
 * @param script a function from request to reply, or replies in the order of requests, of which the last one stays
 */
export async function startServer(script: Handler | readonly Reply[]): Promise<ScriptedServer> {
  const state = new State(script);
  const server = createServer((request, response) => void state.answer(request, response));
  server.on('connection', (socket) => state.connected(socket));
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return state.facade(server);
}

class State {
  readonly #requests: Seen[] = [];
  readonly #sockets = new Map<Socket, number>();
  readonly #open = new Set<Socket>();
  readonly #ended = new AbortController();
  #script: Handler;
  #inFlight = 0;
  #maxInFlight = 0;

  constructor(script: Handler | readonly Reply[]) {
    this.#script = toHandler(script);
    setMaxListeners(0, this.#ended.signal);
  }

  connected(socket: Socket): void {
    this.#sockets.set(socket, this.#sockets.size);
    this.#open.add(socket);
    socket.on('close', () => this.#open.delete(socket));
    socket.on('error', () => {});
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#inFlight += 1;
    this.#maxInFlight = Math.max(this.#maxInFlight, this.#inFlight);
    const seen = this.#see(request);
    response.on('close', () => {
      this.#inFlight -= 1;
      if (!response.writableFinished) seen.abortedMs = performance.now();
    });
    try {
      seen.body = await readBody(request);
      seen.json = parsed(seen.body);
      const reply = await this.#script(seen, response);
      if (reply) await send(reply, response, this.#ended.signal);
      if (response.writableEnded) seen.answeredMs = performance.now();
    } catch (error) {
      if (!response.destroyed) response.destroy(error instanceof Error ? error : undefined);
    }
  }

  #see(request: IncomingMessage): Seen {
    const seen: Seen = {
      index: this.#requests.length,
      method: request.method ?? '',
      path: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      body: '',
      json: undefined,
      socket: this.#sockets.get(request.socket) ?? -1,
      arrivedMs: performance.now(),
    };
    this.#requests.push(seen);
    return seen;
  }

  facade(server: Server): ScriptedServer {
    const { port } = server.address() as AddressInfo;
    const maxInFlight = (): number => this.#maxInFlight;
    const inFlight = (): number => this.#inFlight;
    const connections = (): number => this.#sockets.size;
    const openConnections = (): number => this.#open.size;
    return {
      url: `http://127.0.0.1:${port}`,
      host: `127.0.0.1:${port}`,
      requests: this.#requests,
      get maxInFlight() {
        return maxInFlight();
      },
      get inFlight() {
        return inFlight();
      },
      get connections() {
        return connections();
      },
      get openConnections() {
        return openConnections();
      },
      script: (next) => {
        this.#script = toHandler(next);
      },
      forget: () => {
        this.#requests.length = 0;
        this.#maxInFlight = this.#inFlight;
      },
      close: async () => {
        this.#ended.abort();
        const closed = new Promise<void>((resolve) => {
          server.close(() => resolve());
        });
        server.closeAllConnections();
        for (const socket of this.#open) socket.destroy();
        await closed;
      },
    };
  }
}

function toHandler(script: Handler | readonly Reply[]): Handler {
  if (typeof script === 'function') return script;
  let next = 0;
  return () => {
    const reply = script[Math.min(next, script.length - 1)];
    next += 1;
    return reply;
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function send(reply: Reply, response: ServerResponse, ended: AbortSignal): Promise<void> {
  if (reply.delayMs) await sleep(reply.delayMs, undefined, { signal: ended });
  if (reply.stall === 'head') return;
  if (reply.cut === 'before-head') {
    response.destroy();
    return;
  }
  const body = reply.json === undefined ? reply.body : JSON.stringify(reply.json);
  const faulty =
    (reply.cut !== undefined && reply.cut !== 'after-body') || reply.stall !== undefined || reply.dripMs !== undefined;
  response.writeHead(reply.status ?? 200, headersOf(reply, body, faulty));
  response.flushHeaders();
  if (body !== undefined && body.length > 0) await write(response, body);
  for (const { data, afterMs } of reply.chunks ?? []) {
    if (afterMs) await sleep(afterMs, undefined, { signal: ended });
    await write(response, data);
  }
  await writeBytes(response, reply.bytes ?? 0);
  if (reply.dripMs !== undefined) return drip(response, reply.dripMs, ended);
  if (reply.stall === 'body') return;
  if (reply.cut === 'mid-body') {
    // A moment for the bytes to leave: what is destroyed at once may never be sent.
    await sleep(10, undefined, { signal: ended });
    response.destroy();
    return;
  }
  const { socket } = response;
  await new Promise<void>((resolve) => {
    response.end(() => resolve());
  });
  if (reply.tail !== undefined) socket?.write(reply.tail);
  if (reply.cut === 'after-body') socket?.destroy();
}

function headersOf(reply: Reply, body: string | Uint8Array | undefined, faulty: boolean): Record<string, string> {
  const headers: Record<string, string> = {};
  if (reply.json !== undefined) headers['content-type'] = 'application/json';
  if (!faulty && !reply.chunks && !reply.bytes && body !== undefined) {
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  return { ...headers, ...reply.headers };
}

async function write(response: ServerResponse, data: string | Uint8Array): Promise<void> {
  if (response.destroyed) return;
  await new Promise<void>((resolve) => {
    response.write(data, () => resolve());
  });
}

async function writeBytes(response: ServerResponse, count: number): Promise<void> {
  const piece = Buffer.alloc(64 * 1024, 'x');
  for (let left = count; left > 0 && !response.destroyed; left -= piece.length) {
    await write(response, left < piece.length ? piece.subarray(0, left) : piece);
  }
}

async function drip(response: ServerResponse, everyMs: number, ended: AbortSignal): Promise<void> {
  while (!response.destroyed) {
    await sleep(everyMs, undefined, { signal: ended });
    await write(response, ' ');
  }
}
