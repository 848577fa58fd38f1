import { Anthropic } from '@anthropic-ai/sdk';
import * as fc from 'fast-check';
import { OpenAI } from 'openai';
import { describe, expect, test } from 'vitest';
import { ProviderError } from '../../src/providers/provider.js';
import { errorInAnswer, toProviderError } from '../../src/providers/wire-errors.js';
import { blocked, lostConnection } from '../../src/providers/wire-failure.js';
import type { FailureKind, Retry } from '../../src/vocabulary.js';

const KEY = 'key-CANARY-123456';
const TRANSIENT: Retry = { retry: 'transient' };
const NO: Retry = { retry: 'no' };

function ofOpenai(status: number, error: object | undefined, headers: Record<string, string> = {}): ProviderError {
  const made = OpenAI.APIError.generate(status, error && { error }, 'plain text', new Headers(headers));
  return toProviderError(made, 'openai', { secrets: [KEY], nowMs: 0 });
}

function ofAnthropic(status: number, error: object, headers: Record<string, string> = {}): ProviderError {
  const made = Anthropic.APIError.generate(status, { type: 'error', error }, undefined, new Headers(headers));
  return toProviderError(made, 'anthropic', { secrets: [KEY], nowMs: 0 });
}

describe('by status', () => {
  test.each<[number, FailureKind, Retry]>([
    [400, 'bad-request', NO],
    [401, 'auth', NO],
    [402, 'quota', NO],
    [403, 'auth', NO],
    [404, 'not-found', NO],
    [408, 'timeout', TRANSIENT],
    [409, 'server', TRANSIENT],
    [413, 'bad-request', NO],
    [422, 'bad-request', NO],
    [429, 'rate-limited', { retry: 'rate-limited' }],
    [500, 'server', TRANSIENT],
    [502, 'server', TRANSIENT],
    [503, 'server', TRANSIENT],
    [504, 'timeout', TRANSIENT],
    [529, 'overloaded', TRANSIENT],
  ])('%i', (status, kind, retry) => {
    for (const error of [ofOpenai(status, { message: 'said' }), ofAnthropic(status, { type: 'x', message: 'said' })]) {
      expect(error.failure).toMatchObject({ kind, status, message: expect.stringContaining(`HTTP ${status}: said`) });
      expect(error.retry).toEqual(retry);
    }
  });

  test('a page that is no JSON gives its own words', () => {
    const error = ofOpenai(502, undefined);
    expect(error.failure).toEqual({ kind: 'server', status: 502, message: 'openai: HTTP 502: plain text' });
  });
});

describe('by what the provider calls it', () => {
  test.each<[number, object, FailureKind, Retry]>([
    [429, { type: 'insufficient_quota', code: 'insufficient_quota', message: 'm' }, 'quota', NO],
    [429, { code: 'billing_hard_limit_reached', message: 'm' }, 'quota', NO],
    [429, { type: 'tokens', code: 'rate_limit_exceeded', message: 'm' }, 'rate-limited', { retry: 'rate-limited' }],
    [403, { type: 'invalid_request_error', code: 'model_not_found', message: 'm' }, 'not-found', NO],
    [401, { type: 'invalid_request_error', code: 'model_not_found', message: 'm' }, 'auth', NO],
    [503, { code: 'slow_down', message: 'm' }, 'overloaded', TRANSIENT],
  ])('openai %i %j', (status, body, kind, retry) => {
    const error = ofOpenai(status, body);
    expect(error.failure.kind).toBe(kind);
    expect(error.retry).toEqual(retry);
  });

  test.each<[number, object, FailureKind, Retry]>([
    [
      429,
      { type: 'rate_limit_error', message: 'm', details: { error_code: 'enforced_spend_limit_reached' } },
      'quota',
      NO,
    ],
    [
      429,
      { type: 'rate_limit_error', message: 'm', details: { error_code: 'contract_spend_limit_reached' } },
      'quota',
      NO,
    ],
    [429, { type: 'rate_limit_error', message: 'm' }, 'rate-limited', { retry: 'rate-limited' }],
    [402, { type: 'billing_error', message: 'm' }, 'quota', NO],
    [403, { type: 'permission_error', message: 'm' }, 'auth', NO],
    [403, { type: 'not_found_error', message: 'm' }, 'not-found', NO],
    [400, { type: 'invalid_request_error', message: 'Your credit balance is too low to access …' }, 'quota', NO],
    [
      400,
      { type: 'invalid_request_error', message: 'You have reached your specified API usage limits. …' },
      'quota',
      NO,
    ],
    [400, { type: 'invalid_request_error', message: 'max_tokens: too large' }, 'bad-request', NO],
    [529, { type: 'overloaded_error', message: 'm' }, 'overloaded', TRANSIENT],
    [500, { type: 'api_error', message: 'm' }, 'server', TRANSIENT],
    [504, { type: 'timeout_error', message: 'm' }, 'timeout', TRANSIENT],
  ])('anthropic %i %j', (status, body, kind, retry) => {
    const error = ofAnthropic(status, body);
    expect(error.failure.kind).toBe(kind);
    expect(error.retry).toEqual(retry);
  });

  test('an error event inside a stream has a type and no status', () => {
    const body = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    const made = new Anthropic.APIError(undefined, body, undefined, new Headers(), 'overloaded_error');
    const error = toProviderError(made, 'anthropic');
    expect(error.failure).toEqual({ kind: 'overloaded', message: 'anthropic: Overloaded' });
    expect(error.retry).toEqual(TRANSIENT);
  });
});

describe('what the server wishes', () => {
  test.each<[number, Record<string, string>, Retry]>([
    [429, { 'retry-after': '2' }, { retry: 'rate-limited', afterMs: 2000 }],
    [429, { 'x-ratelimit-reset-requests': '1m30s' }, { retry: 'rate-limited', afterMs: 90_000 }],
    [503, { 'retry-after': '3' }, { retry: 'rate-limited', afterMs: 3000 }],
    // The state of a limit on an answer that failed for another reason is no wish.
    [503, { 'x-ratelimit-reset-requests': '1m30s' }, TRANSIENT],
    [503, { 'x-should-retry': 'false' }, NO],
    [429, { 'x-should-retry': 'false' }, NO],
    [400, { 'x-should-retry': 'true' }, TRANSIENT],
    [401, { 'x-should-retry': 'true' }, NO],
    [400, { 'retry-after': '3' }, NO],
  ])('%i %j', (status, headers, retry) => {
    expect(ofOpenai(status, { message: 'm' }, headers).retry).toEqual(retry);
    expect(ofAnthropic(status, { type: 't', message: 'm' }, headers).retry).toEqual(retry);
  });

  test('quota stays quota', () => {
    expect(
      ofOpenai(429, { code: 'insufficient_quota' }, { 'x-should-retry': 'true', 'retry-after': '1' }).retry,
    ).toEqual(NO);
  });
});

describe('without an answer', () => {
  test('the wire’s own failures keep their kind through the SDKs', () => {
    for (const cause of [blocked('a redirect', 307), lostConnection('UND_ERR_CONNECT_TIMEOUT', 'connecting')]) {
      for (const wrapped of [
        new OpenAI.APIConnectionError({ cause }),
        new Anthropic.APIConnectionError({ cause }),
        cause,
      ]) {
        const error = toProviderError(wrapped, 'p');
        expect(error.failure.kind).toBe(cause.failure.kind);
        expect(error.failure.message).toBe(`p: ${cause.failure.message}`);
        expect(error.retry).toEqual(cause.retry);
      }
    }
  });

  test.each<[string, unknown, FailureKind, Retry]>([
    ['an abort', new OpenAI.APIUserAbortError(), 'aborted', NO],
    ['an abort of the other SDK', new Anthropic.APIUserAbortError(), 'aborted', NO],
    ['an abort of the platform', new DOMException('gone', 'AbortError'), 'aborted', NO],
    ['a time-out of the SDK', new OpenAI.APIConnectionTimeoutError(), 'timeout', TRANSIENT],
    ['malformed JSON', new SyntaxError('Unexpected token <'), 'bad-response', TRANSIENT],
    [
      'a body cut off',
      Object.assign(new TypeError('terminated'), { cause: { code: 'UND_ERR_SOCKET' } }),
      'network',
      TRANSIENT,
    ],
    ['a failed fetch', new TypeError('fetch failed'), 'network', TRANSIENT],
    ['a shape that an SDK stumbles over', new TypeError("Cannot use 'in' operator"), 'bad-response', TRANSIENT],
    ['something that is no error', 'oops', 'bad-response', TRANSIENT],
  ])('%s', (_, thrown, kind, retry) => {
    const error = toProviderError(thrown, 'p');
    expect(error.failure.kind).toBe(kind);
    expect(error.retry).toEqual(retry);
  });

  test('the system’s code is kept', () => {
    const cause = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
    expect(toProviderError(new TypeError('fetch failed', { cause }), 'p').failure.message).toContain('ECONNREFUSED');
    const several = Object.assign(new AggregateError([cause]), { code: undefined });
    expect(toProviderError(new TypeError('fetch failed', { cause: several }), 'p').failure.message).toContain(
      'ECONNREFUSED',
    );
  });
});

describe('an error object where an answer was expected', () => {
  test.each<[unknown, FailureKind, Retry]>([
    [{ error: { message: 'm', type: 'insufficient_quota' } }, 'quota', NO],
    [{ error: { message: 'm', code: 'rate_limit_exceeded' } }, 'rate-limited', { retry: 'rate-limited' }],
    [{ error: { message: 'm', code: 429 } }, 'rate-limited', { retry: 'rate-limited' }],
    [{ error: { message: 'm', type: 'invalid_request_error' } }, 'bad-request', NO],
    [{ error: 'model is loading' }, 'server', TRANSIENT],
    [{ type: 'error', error: { type: 'overloaded_error', message: 'm' } }, 'overloaded', TRANSIENT],
    [{ type: 'error', code: 'server_error', message: 'm' }, 'server', TRANSIENT],
  ])('%j', (value, kind, retry) => {
    const error = errorInAnswer(value, undefined, 'p');
    expect(error?.failure.kind).toBe(kind);
    expect(error?.retry).toEqual(retry);
  });

  test.each([null, 'text', [], {}, { error: null }, { choices: [] }])('%j is none', (value) => {
    expect(errorInAnswer(value, undefined, 'p')).toBeUndefined();
  });
});

describe('messages', () => {
  test('hold the provider’s words on one line, cut, and never a key or a header', () => {
    const message = `Incorrect key ${KEY} or sk-proj-abcdef123456 or Bearer abc.def\n\u001b[31m::error::${'x'.repeat(900)}`;
    for (const error of [
      ofOpenai(401, { message }, { 'set-cookie': 'secret' }),
      ofAnthropic(401, { type: 't', message }),
    ]) {
      expect(error.failure.message.length).toBeLessThan(340);
      expect(error.failure.message).not.toMatch(/CANARY|sk-proj|abc\.def|secret|[\u0000-\u001f]/);
      expect(error.message).toBe(error.failure.message);
    }
  });

  test('whatever is thrown becomes a ProviderError without the key', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.string().map((text) => new Error(`${text}${KEY}`)),
      fc
        .record({ status: fc.integer(), error: fc.anything(), headers: fc.anything() })
        .map((members) => Object.assign(new Error(KEY), members)),
    );
    fc.assert(
      fc.property(anything, (thrown) => {
        const error = toProviderError(thrown, 'p', { secrets: [KEY] });
        expect(error).toBeInstanceOf(ProviderError);
        expect(error.failure.message).not.toContain(KEY);
      }),
    );
  });
});
