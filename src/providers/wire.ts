import type { Agent } from 'undici';
import { Exchange } from './wire-exchange.js';
import { blocked } from './wire-failure.js';
import { flatHeaders } from './wire-headers.js';
import { SilenceWatch } from './wire-silence.js';
import { Turns } from './wire-turns.js';

import type { WireResponse } from './wire-response.js';

export { timingOf } from './wire-response.js';

const DEFAULT_MAX_BYTES = 8 * 1024 * 1024;
/** Models that think may be silent for long before they say more. */
const DEFAULT_IDLE_MS = 60_000;

/** What the guarded fetch refuses beside redirects. */
export interface WireOptions {
  /** Largest answer in bytes, counted as it arrives and when it is decompressed; 8 MiB when absent. A stream: four times that. */
  maxBytes?: number;
  /** The longest silence within an answer that has begun, in milliseconds; a minute when absent. */
  idleMs?: number;
  /** Whether a request may go to this URL at all; asked once per URL, beside the check when a provider is opened. */
  allowed?(url: URL): boolean;
}

/** A fetch, and the end of its sockets. */
export interface GuardedFetch {
  fetch: typeof fetch;
  /** Ends all sockets at once, so that nothing keeps the process alive; requests still running fail. */
  close(): Promise<void>;
}

/**
 * The one way out to the network: a fetch over pooled, kept-alive connections that follows no redirect, takes no answer over
 * the size limit, and gives only http and https URLs that are allowed. It ends an answer that falls silent; otherwise it has no
 * deadline of its own: whoever calls gives a signal. It throws a ProviderError (kinds `blocked`, `too-large`, `network`, `timeout`,
 * `bad-response`), or the signal's reason.
 * The HTTP client loads with the first request.
 */
export function guardedFetch(options: WireOptions = {}): GuardedFetch {
  const { maxBytes = DEFAULT_MAX_BYTES, idleMs = DEFAULT_IDLE_MS } = options;
  const turns = new Turns();
  const silence = new SilenceWatch(idleMs);
  const targets = new Map<string, Target>();
  const targetOf = (url: string): Target => {
    const target = targets.get(url) ?? checkedTarget(new URL(url), options.allowed);
    if (targets.size >= MOST_TARGETS) targets.clear();
    targets.set(url, target);
    return target;
  };
  let opening: Promise<Agent> | undefined;
  let opened: Agent | undefined;
  const send = (agent: Agent, url: string, asked: RequestInit): Promise<WireResponse> => {
    const signal = asked.signal ?? undefined;
    signal?.throwIfAborted();
    const { origin, path, href } = targetOf(url);
    const request = {
      origin,
      path,
      method: (asked.method ?? 'GET').toUpperCase(),
      headers: flatHeaders(asked.headers),
      body: sendable(asked.body),
    };
    const exchange = new Exchange({ url: href, maxBytes, idleMs, silence, signal, turns, whole: isWhole(asked) });
    try {
      agent.dispatch(request, exchange);
    } catch (error) {
      exchange.fail(error);
    }
    return exchange.response;
  };
  const sendWhenOpen = async (input: Parameters<typeof fetch>[0], init: RequestInit): Promise<WireResponse> => {
    const asked = isRequest(input) ? { ...(await unpacked(input)), ...init } : init;
    const url = isRequest(input) ? input.url : String(input);
    asked.signal?.throwIfAborted();
    targetOf(url);
    const asking = (opening ??= openAgent());
    const agent = await asking;
    if (opening === asking) opened = agent;
    return send(agent, url, asked);
  };
  const guarded: typeof fetch = (input, init = {}) => {
    if (!opened || isRequest(input)) return sendWhenOpen(input, init);
    try {
      return send(opened, String(input), init);
    } catch (error) {
      return Promise.reject(error);
    }
  };
  return {
    fetch: guarded,
    async close() {
      const closing = opening;
      opening = undefined;
      opened = undefined;
      await (await closing)?.destroy();
    },
  };
}

/**
 * Whether a request says, by a member `whole`, that its answer is read as a whole, by `text()` or `json()`. The answer's `body` is null
 * then: a stream takes longer to make than a small answer to read, and the Anthropic SDK asks every answer for its own.
 */
export function isWhole(init: RequestInit | undefined): boolean {
  return init !== undefined && 'whole' in init && init.whole === true;
}

/** The idle timers are off: the caller races its own deadline, and a slow answer is no lost one. */
async function openAgent(): Promise<Agent> {
  const AgentClass = await loadAgent();
  return new AgentClass({ headersTimeout: 0, bodyTimeout: 0 });
}

/** The pool alone loads in a third of the time of the whole package; the package is the fallback should its files move. */
async function loadAgent(): Promise<typeof Agent> {
  const path = 'undici/lib/dispatcher/agent.js';
  const loaded: unknown = await import(path).catch(() => undefined);
  if (isAgentModule(loaded)) return loaded.default;
  return (await import('undici')).Agent;
}

function isAgentModule(loaded: unknown): loaded is { default: typeof Agent } {
  return typeof loaded === 'object' && loaded !== null && 'default' in loaded && typeof loaded.default === 'function';
}

/** Where a request goes, as the HTTP client takes it. */
interface Target {
  origin: string;
  path: string;
  href: string;
}

/** So many are remembered: a run has a few. */
const MOST_TARGETS = 100;

function checkedTarget(url: URL, allowed: ((url: URL) => boolean) | undefined): Target {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw blocked(`requests go over http or https, not ${url.protocol}`);
  if (allowed && !allowed(url)) throw blocked(`requests to ${url.host} are not allowed (--allow-host ${url.hostname})`);
  return { origin: url.origin, path: `${url.pathname}${url.search}`, href: url.href };
}

/** Told by its shape: for the name `Request`, Node would load its own HTTP client. */
function isRequest(input: Parameters<typeof fetch>[0]): input is Request {
  return typeof input === 'object' && 'url' in input;
}

async function unpacked(request: Request): Promise<RequestInit> {
  const { method, headers, signal } = request;
  return { method, headers, signal, body: request.body === null ? null : await request.arrayBuffer() };
}

function sendable(body: RequestInit['body']): string | Uint8Array | null {
  if (body === undefined || body === null) return null;
  if (typeof body === 'string' || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError('this fetch sends text and bytes only');
}
