import type { Dispatcher } from 'undici';
import { blocked, lostConnection, silent, tooLarge, WireFailure } from './wire-failure.js';
import { WireHeaders } from './wire-headers.js';
import { type WireBody, WireResponse, type WireTiming } from './wire-response.js';
import type { SilenceWatch } from './wire-silence.js';
import type { Turns } from './wire-turns.js';

type Head = Parameters<NonNullable<Dispatcher.DispatchHandler['onResponseStart']>>[2];

const GIVEN_UP = new Error('the request was given up');

/** Each word of a stream comes in an envelope of its own: the same answer takes that much more. */
const STREAM_ALLOWANCE = 4;

/** What one request needs of the fetch it belongs to. */
export interface ExchangeOptions {
  url: string;
  maxBytes: number;
  /** The longest silence, in milliseconds, which `silence` watches for. */
  idleMs: number;
  silence: SilenceWatch;
  signal: AbortSignal | undefined;
  turns: Turns;
  /** Its answer is read as a whole. */
  whole: boolean;
}

/**
 * One request and its answer on the HTTP client's lowest level: takes the times at the socket, counts bytes against the limit,
 * refuses redirects. An event stream is handed on while it runs; anything else only as a whole, so that a connection lost in
 * the middle, an abort and a deadline all end the same promise.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly response: Promise<WireResponse>;
  readonly #options: ExchangeOptions;
  #resolve: (response: WireResponse) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #settled = false;
  #controller: Dispatcher.DispatchController | undefined;
  #timing: WireTiming | undefined;
  #head: { url: string; status: number; statusText: string } | undefined;
  #headers: Head = {};
  #chunks: Buffer[] = [];
  #received = 0;
  #stream: ChunkStream | undefined;
  readonly #onSilence = (): void => this.#fail(silent(this.#options.idleMs));
  readonly #onAbort = (): void => this.#fail(this.#options.signal?.reason);

  constructor(options: ExchangeOptions) {
    this.#options = options;
    this.response = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) return controller.abort(GIVEN_UP);
    const now = performance.now();
    this.#timing = { sentMs: now, firstByteMs: now };
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Head, statusText = ''): void {
    if (status < 200 || this.#timing === undefined) return;
    this.#timing.firstByteMs = performance.now();
    if (status >= 300 && status < 400) {
      return this.#fail(blocked(`the server answered with a redirect (${status}), which is never followed`, status));
    }
    if (Number(headers['content-length']) > this.#options.maxBytes) return this.#fail(tooLarge(this.#options.maxBytes));
    this.#head = { url: this.#options.url, status, statusText };
    this.#headers = headers;
    this.#options.silence.begin(this.#onSilence);
    if (isEventStream(status, headers)) this.#startStream(this.#timing);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#options.silence.heard(this.#onSilence);
    this.#received += chunk.length;
    const limit = this.#options.maxBytes * (this.#stream ? STREAM_ALLOWANCE : 1);
    if (this.#received > limit) return this.#fail(tooLarge(limit));
    if (this.#stream) this.#stream.push(chunk, performance.now());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#timing === undefined || this.#head === undefined) return;
    this.#options.silence.over(this.#onSilence);
    this.#timing.lastByteMs = performance.now();
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (this.#stream) return this.#stream.end();
    this.#deliverWhole();
  }

  onResponseError(_: Dispatcher.DispatchController, error: unknown): void {
    this.#fail(this.#wireFailure(error));
  }

  /** Ends the exchange with an error from outside, e.g. when no request could be made at all. */
  fail(error: unknown): void {
    this.#fail(this.#wireFailure(error));
  }

  #startStream(timing: WireTiming): void {
    const stream = new ChunkStream(timing, this.#options.turns, () => this.#fail(new Error('the reader gave up')));
    this.#stream = stream;
    this.#options.turns.next(() => this.#settle({ stream: stream.readable }));
  }

  #deliverWhole(): void {
    const received = this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    const encoding = this.#headers['content-encoding'];
    const deliver = (bytes: Buffer): void => this.#options.turns.next(() => this.#settle({ bytes }));
    if (encoding === undefined || encoding === 'identity' || received.length === 0) return deliver(received);
    decoded(received, String(encoding), this.#options.maxBytes).then(deliver, (error: unknown) => this.#fail(error));
  }

  #settle(body: WireBody): void {
    if (this.#settled || this.#head === undefined || this.#timing === undefined) return;
    this.#settled = true;
    const headers = new WireHeaders(this.#headers);
    this.#resolve(new WireResponse(this.#head, headers, body, this.#timing, this.#options.whole));
  }

  #fail(error: unknown): void {
    this.#options.silence.over(this.#onSilence);
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    if (!this.#settled) {
      this.#settled = true;
      this.#reject(error);
    }
    this.#stream?.fail(error);
    if (this.#timing?.lastByteMs === undefined) this.#controller?.abort(GIVEN_UP);
  }

  #wireFailure(error: unknown): unknown {
    if (error instanceof WireFailure || this.#options.signal?.aborted) return error;
    const code = errorCode(error);
    if ((error instanceof Error && error.name === 'HTTPParserError') || code === 'UND_ERR_HEADERS_OVERFLOW') {
      const message = 'the answer is not valid HTTP';
      return new WireFailure({ kind: 'bad-response', message }, { retry: 'transient' });
    }
    return lostConnection(code, this.#head ? 'reading' : this.#timing ? 'waiting' : 'connecting');
  }
}

/** Chunks as they arrive, each with its time, as a stream that is read on demand: its reader goes on when it is its turn. */
class ChunkStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #turns: Turns;
  readonly #queue: { chunk: Buffer; atMs: number }[] = [];
  #ended = false;
  #error: { reason: unknown } | undefined;
  #wake: () => void = () => {};
  #turnAsked = false;

  constructor(timing: WireTiming, turns: Turns, onCancel: () => void) {
    this.#turns = turns;
    this.readable = new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          while (this.#queue.length === 0 && !this.#ended && !this.#error) {
            await new Promise<void>((resolve) => {
              this.#wake = resolve;
            });
          }
          const next = this.#queue.shift();
          if (next) {
            timing.readMs = next.atMs;
            controller.enqueue(next.chunk);
          } else if (this.#error) controller.error(this.#error.reason);
          else controller.close();
        },
        cancel: onCancel,
      },
      { highWaterMark: 0 },
    );
  }

  push(chunk: Buffer, atMs: number): void {
    this.#queue.push({ chunk, atMs });
    this.#askTurn();
  }

  end(): void {
    this.#ended = true;
    this.#askTurn();
  }

  /** What has not been read yet is dropped: an answer that was cut off is no answer. */
  fail(reason: unknown): void {
    if (this.#ended || this.#error) return;
    this.#queue.length = 0;
    this.#error = { reason };
    this.#wake();
  }

  /** One turn for all that has come until then. */
  #askTurn(): void {
    if (this.#turnAsked) return;
    this.#turnAsked = true;
    this.#turns.next(() => {
      this.#turnAsked = false;
      this.#wake();
    });
  }
}

function isEventStream(status: number, headers: Head): boolean {
  const type = headers['content-type'];
  const plain = headers['content-encoding'] === undefined || headers['content-encoding'] === 'identity';
  return status < 300 && plain && typeof type === 'string' && type.toLowerCase().startsWith('text/event-stream');
}

/** The system's or the client's code of an error, from itself, its causes, or the first of several addresses tried. */
export function errorCode(error: unknown): string | undefined {
  let each = error;
  for (let depth = 0; depth < 8 && each instanceof Error; depth += 1) {
    if ('code' in each && typeof each.code === 'string') return each.code;
    each = each instanceof AggregateError ? each.errors[0] : each.cause;
  }
  return undefined;
}

/** We ask for no compression; a server that compresses nevertheless is understood, within the same size limit. */
async function decoded(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const [zlib, { promisify }] = await Promise.all([import('node:zlib'), import('node:util')]);
  const decode = { gzip: zlib.gunzip, 'x-gzip': zlib.gunzip, deflate: zlib.inflate, br: zlib.brotliDecompress }[
    encoding.toLowerCase()
  ];
  if (decode === undefined) {
    const message = 'the answer is compressed in a way that was not asked for';
    throw new WireFailure({ kind: 'bad-response', message }, { retry: 'transient' });
  }
  try {
    const run: (input: Buffer, options: { maxOutputLength: number }) => Promise<Buffer> = promisify(decode);
    return await run(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    const message = 'the compressed answer is damaged';
    throw new WireFailure({ kind: 'bad-response', message }, { retry: 'transient' });
  }
}
