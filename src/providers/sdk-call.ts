import type { Completion, JsonObject } from '../vocabulary.js';
import { badAnswer, whatItIs } from './answers.js';
import { isRecord } from '../objects.js';
import { type Call, ProviderError } from './provider.js';
import { tellLimits } from './rate-windows.js';
import { safeText } from './safe-text.js';
import { errorInAnswer, headersOf, toProviderError } from './wire-errors.js';
import { timingOf } from './wire.js';

/** Timers cannot wait longer; the caller's signal is the real deadline. */
export const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** What both SDKs' clients have: a request that resolves to its response, also with a stream of parsed events. */
export interface SdkClient {
  post(
    path: string,
    options: SdkRequest,
  ): { asResponse(): Promise<Response>; withResponse(): Promise<{ data: unknown; response: Response }> };
}

/** One request in the SDKs' own terms. */
export interface SdkRequest {
  body: JsonObject;
  stream: boolean;
  signal: AbortSignal;
  timeout: number;
}

/** One way of asking a model over an SDK: where to, and how to read what comes. */
export interface Endpoint {
  path: string;
  /** Reads a whole answer that is an object. @throws ProviderError when it is none */
  read(answer: Record<string, unknown>): Completion;
  /** Puts the events of a stream together to a whole answer; absent where there are no streams. */
  collector?(): Collector;
}

/** Collects a stream's events. */
export interface Collector {
  /** Takes one event. @returns whether it brought something of the answer itself: text, refusal or a call's arguments */
  take(event: Record<string, unknown>): boolean;
  /** The answer, in the shape of one that came as a whole; absent while the stream has not come to its end. */
  answer(): Record<string, unknown> | undefined;
}

/** Whose call it is. */
export interface Caller {
  client: SdkClient;
  /** The provider's name in the config. */
  name: string;
  secrets: readonly string[];
  redact(text: string): string;
  now(): number;
}

/**
 * Sends a request through an SDK and reads the answer, whole or streamed: `body.stream` decides, and a server that answers a
 * request for a stream as a whole is understood.
 * @throws ProviderError for every trouble: of the server, of the wire, of the answer's shape, and when the signal aborts
 */
export async function callSdk(caller: Caller, endpoint: Endpoint, body: JsonObject, call: Call): Promise<Completion> {
  const { signal } = call;
  try {
    const stream = body.stream === true && endpoint.collector !== undefined;
    const started = caller.now();
    const options = { body, stream, signal, timeout: NO_TIMEOUT_MS };
    const asked = caller.client.post(endpoint.path, options);
    const { data, response } = stream
      ? await asked.withResponse()
      : { data: undefined, response: await asked.asResponse() };
    tellLimits(response.headers, call);
    const collector = stream && isEventStream(response) ? endpoint.collector?.() : undefined;
    const answer = collector
      ? await collected(data, collector, response)
      : whole(await response.text(), response, stream);
    if (signal.aborted) throw signal.reason;
    const completion = readAnswer(answer.value, endpoint, response, caller);
    return Object.assign(completion, answer.times, latency(response, started, caller));
  } catch (error) {
    tellLimits(headersOf(error), call);
    throw inTermsOfProvider(error, signal, caller);
  }
}

interface Received {
  value: unknown;
  times: Pick<Completion, 'firstTokenMs'>;
}

/** An answer that came as a whole, read as the SDKs do: what does not say that it is JSON is text, but where a stream was expected. */
function whole(text: string, response: Response, streamed: boolean): Received {
  if (text === '') return { value: undefined, times: {} };
  return { value: streamed || isJson(response) ? parsed(text) : text, times: {} };
}

/** What is no JSON is told by its beginning, which says more of a proxy's page than the parser's words do. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badAnswer(`the answer is not valid JSON: ${text}`);
  }
}

async function collected(events: unknown, collector: Collector, response: Response): Promise<Received> {
  if (!isAsyncIterable(events)) throw badAnswer('the answer is no stream');
  const times: Received['times'] = {};
  for await (const event of events) {
    if (!isRecord(event)) continue;
    const ofAnswer = collector.take(event);
    if (ofAnswer && times.firstTokenMs === undefined) Object.assign(times, firstToken(response));
  }
  const value = collector.answer();
  if (value === undefined) throw badAnswer('the stream ended before the answer did');
  return { value, times };
}

function readAnswer(value: unknown, endpoint: Endpoint, response: Response, caller: Caller): Completion {
  const error = errorInAnswer(value, response.headers, caller.name, caller);
  if (error) throw error;
  if (!isRecord(value))
    throw badAnswer(`the answer ${whatItIs(value)}${typeof value === 'string' ? `: ${value}` : ''}`);
  return endpoint.read(value);
}

/** Streams end silently in both SDKs when they are aborted, and any error may be the abort's: the signal is asked first. */
function inTermsOfProvider(error: unknown, signal: AbortSignal, caller: Caller): ProviderError {
  if (signal.aborted) {
    return new ProviderError({ kind: 'aborted', message: `${caller.name}: the request was given up` }, { retry: 'no' });
  }
  const found = toProviderError(error, caller.name, caller);
  if (found !== error || found.failure.message.startsWith(`${caller.name}: `)) return found;
  const message = `${caller.name}: ${safeText(found.failure.message, caller)}`;
  return new ProviderError({ ...found.failure, message }, found.retry);
}

function latency(response: Response, started: number, caller: Caller): Pick<Completion, 'latencyMs'> {
  const timing = timingOf(response);
  const ms = timing?.lastByteMs === undefined ? caller.now() - started : timing.lastByteMs - timing.sentMs;
  return { latencyMs: rounded(ms) };
}

function firstToken(response: Response): Pick<Completion, 'firstTokenMs'> {
  const timing = timingOf(response);
  return timing?.readMs === undefined ? {} : { firstTokenMs: rounded(timing.readMs - timing.sentMs) };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function isJson(response: Response): boolean {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  return type.includes('application/json') || type.endsWith('+json');
}

function isEventStream(response: Response): boolean {
  return response.headers.get('content-type')?.toLowerCase().startsWith('text/event-stream') ?? false;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
