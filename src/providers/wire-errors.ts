import type { Failure, FailureKind, Retry } from '../vocabulary.js';
import { isRecord } from '../objects.js';
import { ProviderError } from './provider.js';
import { type ReadableHeaders, retryAfterMs, statedDelayMs } from './retry-after.js';
import { type Hidden, safeText } from './safe-text.js';
import { errorCode } from './wire-exchange.js';
import { WireFailure } from './wire-failure.js';

/** What classifying needs to know beside the error. */
export interface ErrorContext extends Hidden {
  /** The wall clock, in milliseconds since 1970, for dates in headers. */
  nowMs?: number;
}

/** What a provider said about its trouble, wherever it said it. */
interface Report {
  status?: number;
  /** `type`, `code` and finer codes, as they were written. */
  words: string[];
  message: string;
  headers?: ReadableHeaders;
}

/** Money has run out or a cap is reached: waiting does not help, so a run should stop asking. */
const QUOTA =
  /^(?:insufficient_quota|quota_exceeded|insufficient_(?:funds|balance|credits)|billing_.*|.*_billing_.*|.*spend_limit_reached)$/;
/** Anthropic says so in words alone: with status 400, as of a bad request. */
const QUOTA_WORDS = /^(?:Your credit balance is too low|You have reached your specified API usage limits)\b/;
const OVERLOADED =
  /^(?:overloaded_error|overloaded|engine_overloaded.*|server_is_overloaded|slow_down|compaction_unavailable)$/;
const AUTH = /^(?:authentication_error|permission_error|invalid_api_key|invalid_authentication|permission_denied)$/;
const RATE = /^(?:rate_limit_error|rate_limit_exceeded|rate_limited|too_many_requests)$/;
const NOT_FOUND = /^(?:not_found_error|model_not_found|not_found)$/;
const BAD_REQUEST =
  /^(?:invalid_.*|request_too_large|context_length_exceeded|content_policy_violation|unsupported_.*)$/;

/**
 * What an SDK, the wire or a parser threw, as the provider's failure with its retry advice:
 * - auth, quota (`insufficient_quota`, billing, spend limits), bad requests: no retry;
 * - 429: rate-limited, with the server's delay; 529, 503 and the like with a `retry-after` carry that delay, too;
 * - 408, 409, 5xx, lost connections, answers of the wrong shape: transient.
 * `x-should-retry` is obeyed, as the SDKs do, but for auth and quota: `false` ends it, `true` makes it transient.
 * The message has the provider's own words, at most 300 characters of them; never headers or keys.
 * @param provider its name in the config
 */
export function toProviderError(error: unknown, provider: string, context: ErrorContext = {}): ProviderError {
  for (const each of causes(error)) {
    if (each instanceof WireFailure) return named(each.failure, each.retry, provider);
    if (each instanceof ProviderError) return each;
  }
  const name = error instanceof Error ? error.constructor.name : '';
  if (isAbort(error)) return named({ kind: 'aborted', message: 'the request was given up' }, { retry: 'no' }, provider);
  const report = reportOf(error);
  if (report) return fromReport(report, provider, context);
  if (name === 'APIConnectionTimeoutError') {
    return named({ kind: 'timeout', message: 'no answer in time' }, { retry: 'transient' }, provider);
  }
  if (error instanceof SyntaxError) {
    const message = `the answer is not valid JSON: ${safeText(withoutSnippet(error.message), context)}`;
    return named({ kind: 'bad-response', message }, { retry: 'transient' }, provider);
  }
  return networkTrouble(error, name, provider, context);
}

/**
 * An error object that came where an answer was expected, classified as that error.
 * @returns undefined when the value is no error object
 */
export function errorInAnswer(
  value: unknown,
  headers: ReadableHeaders | undefined,
  provider: string,
  context: ErrorContext = {},
): ProviderError | undefined {
  if (!isRecord(value)) return undefined;
  const inner = value.type === 'error' && !isRecord(value.error) ? value : value.error;
  if (inner === undefined || inner === null || inner === false || inner === '') return undefined;
  return fromReport({ ...describe(inner), headers }, provider, context);
}

function networkTrouble(error: unknown, name: string, provider: string, context: ErrorContext): ProviderError {
  const code = errorCode(error);
  const text = error instanceof Error ? error.message : String(error);
  if (code !== undefined || name === 'APIConnectionError' || /^(?:fetch failed|terminated)$/.test(text)) {
    const message = code === undefined ? 'the connection failed' : `the connection failed (${code})`;
    return named({ kind: 'network', message }, { retry: 'transient' }, provider);
  }
  const message = `the answer could not be read: ${safeText(text, context)}`;
  return named({ kind: 'bad-response', message }, { retry: 'transient' }, provider);
}

/** Both SDKs put `status`, `headers` and the parsed body on their errors; an error inside a stream has no status. */
function reportOf(error: unknown): Report | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const status = typeof error.status === 'number' ? error.status : undefined;
  const body = 'error' in error ? error.error : undefined;
  if (status === undefined && (body === undefined || body === null)) return undefined;
  const headers = headersOf(error);
  const report = describe(isRecord(body) && body.error !== undefined ? body.error : body);
  const message = report.message || error.message.replace(/^\d{3} /, '');
  return { ...report, message, headers, ...(status !== undefined && { status }) };
}

/** The headers that an SDK put on an error: for reading what is needed, never to be kept. */
export function headersOf(error: unknown): ReadableHeaders | undefined {
  return error instanceof Error && 'headers' in error && isHeaders(error.headers) ? error.headers : undefined;
}

function describe(inner: unknown): Report {
  if (!isRecord(inner)) return { words: [], message: typeof inner === 'string' ? inner : '' };
  const details = isRecord(inner.details) ? inner.details.error_code : undefined;
  const words = [inner.type, inner.code, details].filter((each) => typeof each === 'string');
  const status = typeof inner.code === 'number' && inner.code >= 400 && inner.code < 600 ? inner.code : undefined;
  return {
    words,
    message: typeof inner.message === 'string' ? inner.message : '',
    ...(status !== undefined && { status }),
  };
}

function fromReport(report: Report, provider: string, context: ErrorContext): ProviderError {
  const kind = kindOf(report);
  const said = safeText(report.message, context) || safeText(report.words[0] ?? '', context) || 'no reason given';
  const { status } = report;
  const message = status === undefined ? said : `HTTP ${status}: ${said}`;
  const retry = retryOf(kind, report, context.nowMs ?? Date.now());
  return named({ kind, message, ...(status !== undefined && { status }) }, retry, provider);
}

function kindOf({ status, words, message }: Report): FailureKind {
  const says = (pattern: RegExp): boolean => words.some((word) => pattern.test(word.toLowerCase()));
  if (status === 402 || says(QUOTA) || QUOTA_WORDS.test(message)) return 'quota';
  // So OpenAI refuses a model that a project has no access to: the key is sound.
  if (status === 403 && says(NOT_FOUND)) return 'not-found';
  if (status === 401 || status === 403 || says(AUTH)) return 'auth';
  if (status === 529 || says(OVERLOADED)) return 'overloaded';
  if (status === 429 || says(RATE)) return 'rate-limited';
  if (status === 404 || says(NOT_FOUND)) return 'not-found';
  if (status === 408 || status === 504 || says(/^timeout_error$/)) return 'timeout';
  if (status === 409) return 'server';
  if (status !== undefined && status < 500) return 'bad-request';
  return status === undefined && says(BAD_REQUEST) ? 'bad-request' : 'server';
}

function retryOf(kind: FailureKind, { headers }: Report, nowMs: number): Retry {
  if (kind === 'auth' || kind === 'quota') return { retry: 'no' };
  const wish = headers?.get('x-should-retry');
  if (wish === 'false') return { retry: 'no' };
  if (kind === 'rate-limited') return limited(headers && retryAfterMs(headers, nowMs));
  if (wish !== 'true' && (kind === 'bad-request' || kind === 'not-found')) return { retry: 'no' };
  const stated = headers && statedDelayMs(headers, nowMs);
  return stated === undefined ? { retry: 'transient' } : limited(stated);
}

function limited(afterMs: number | undefined): Retry {
  return afterMs === undefined ? { retry: 'rate-limited' } : { retry: 'rate-limited', afterMs };
}

function named(failure: Failure, retry: Retry, provider: string): ProviderError {
  return new ProviderError({ ...failure, message: `${provider}: ${failure.message}` }, retry);
}

/** The parser's words without what it quotes of the text: it cuts where it likes, also in the middle of a key. */
function withoutSnippet(message: string): string {
  return message.replace(/(?:, |^)(?:\.\.\.)?"[^]*"(?:\.\.\.)? is not valid JSON$/, '') || 'no JSON at all';
}

function isAbort(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.constructor.name === 'APIUserAbortError' || error.name === 'AbortError';
}

function* causes(error: unknown): Generator<unknown> {
  let each = error;
  for (let depth = 0; depth < 8 && each instanceof Error; depth += 1) {
    yield each;
    each = each.cause;
  }
}

function isHeaders(value: unknown): value is ReadableHeaders {
  return typeof value === 'object' && value !== null && 'get' in value && Symbol.iterator in value;
}
