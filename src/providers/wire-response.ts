import type { Blob as NodeBlob } from 'node:buffer';
import type { WireHeaders } from './wire-headers.js';

/**
 * When things happened on the socket, in milliseconds of `performance.now()`: taken where bytes arrive, not where they are
 * used, so that a busy process does not count its own work as the server's time.
 */
export interface WireTiming {
  /** The request was handed to a connected socket. */
  sentMs: number;
  /** The head of the answer arrived. */
  firstByteMs: number;
  /** The answer was complete; absent while a stream is still running. */
  lastByteMs?: number;
  /** Streams: when the chunk arrived that was handed to the reader last. */
  readMs?: number;
}

/** The bytes of an answer: all of them, or a stream of them. */
export type WireBody = { bytes: Buffer } | { stream: ReadableStream<Uint8Array> };

/**
 * A response of the guarded fetch: all that `Response` promises, at a third of its price. The platform's class builds a stream
 * and copies headers for each answer, whether or not anyone looks; here a stream is made when asked for, and headers never.
 */
export class WireResponse implements Response {
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  readonly redirected = false;
  readonly type = 'default' as const;
  readonly timing: WireTiming;
  readonly headers: WireHeaders;
  readonly #content: WireBody;
  readonly #whole: boolean;
  #stream: ReadableStream<Uint8Array> | undefined;
  #used = false;

  /** @param whole it is read as a whole, so that it needs no stream: its `body` is null */
  constructor(
    head: { url: string; status: number; statusText: string },
    headers: WireHeaders,
    content: WireBody,
    timing: WireTiming,
    whole: boolean,
  ) {
    this.url = head.url;
    this.status = head.status;
    this.statusText = head.statusText;
    this.headers = headers;
    this.#content = content;
    this.timing = timing;
    this.#whole = whole;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get bodyUsed(): boolean {
    return this.#used || this.#stream?.locked === true;
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#whole) return null;
    this.#stream ??= 'stream' in this.#content ? this.#content.stream : streamOf(this.#content.bytes);
    return this.#stream;
  }

  text(): Promise<string> {
    return this.#take().then((bytes) => bytes.toString('utf8'));
  }

  /** A byte order mark is not skipped: JSON must not begin with one (RFC 8259 §8.1). */
  async json(): Promise<unknown> {
    return JSON.parse((await this.#take()).toString('utf8'));
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.#take());
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return Uint8Array.from(await this.#take()).buffer;
  }

  async blob(): Promise<NodeBlob> {
    return new Blob([await this.arrayBuffer()], { type: this.headers.get('content-type') ?? '' });
  }

  async formData(): Promise<FormData> {
    return new Response(await this.arrayBuffer(), { headers: this.headers }).formData();
  }

  /** Only of an answer that is here as a whole and was not read. */
  clone(): WireResponse {
    if (this.bodyUsed || 'stream' in this.#content)
      throw new TypeError('a response that streams or was read has no clone');
    return new WireResponse(this, this.headers, this.#content, this.timing, this.#whole);
  }

  #take(): Promise<Buffer> {
    if (this.bodyUsed) return Promise.reject(new TypeError('the body was read already'));
    this.#used = true;
    return 'bytes' in this.#content ? Promise.resolve(this.#content.bytes) : collected(this.#content.stream);
  }
}

/** When the answer behind a response was sent and received; absent for one that did not come through the guarded fetch. */
export function timingOf(response: Response): WireTiming | undefined {
  return response instanceof WireResponse ? response.timing : undefined;
}

async function collected(stream: ReadableStream<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function streamOf(bytes: Buffer): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
}
