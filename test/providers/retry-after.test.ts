import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { retryAfterMs } from '../../src/providers/retry-after.js';

const NOW = Date.parse('2026-11-22T12:00:00Z');

function wait(headers: Record<string, string>): number | undefined {
  return retryAfterMs(new Headers(headers), NOW);
}

describe('facts that others publish (inspect_ai tests/util/test_parse_retry_after.py @499e615)', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'Retry-After': '30' }, 30_000],
    [{ 'Retry-After': '-5' }, undefined],
    [{ 'Retry-After': 'not-a-date', 'x-ratelimit-reset-requests': '20' }, 20_000],
    [{ 'x-ratelimit-reset-requests': '1m30s' }, 90_000],
    [{ 'x-ratelimit-reset-requests': '500ms' }, 500],
    [{ 'x-ratelimit-reset-requests': '1.5s' }, 1500],
  ])('%j', (headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });
});

describe('retry-after', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'retry-after-ms': '300', 'retry-after': '9' }, 300],
    [{ 'retry-after-ms': '-1', 'retry-after': '9' }, 9000],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after': '86400' }, 86_400_000],
    [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Mon, 23 Nov 2026 12:00:00 GMT' }, 86_400_000],
    // A date behind our clock says nothing: one of the clocks is wrong.
    [{ 'retry-after': 'Sun, 22 Nov 2026 11:59:00 GMT' }, undefined],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'NaN' }, undefined],
    [{ 'retry-after': '9'.repeat(400) }, undefined],
    [{}, undefined],
  ])('%j', (headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });
});

describe('resets of limits', () => {
  test.each<[Record<string, string>, number | undefined]>([
    [{ 'x-ratelimit-reset-requests': '12ms' }, 12],
    [{ 'x-ratelimit-reset-tokens': '6m0s' }, 360_000],
    [{ 'x-ratelimit-reset-requests': '1d2h3m4s' }, 93_784_000],
    [{ 'x-ratelimit-reset-requests': '-1', 'x-ratelimit-reset-tokens': '0' }, undefined],
    [{ 'x-ratelimit-reset-requests': '5 minutes' }, undefined],
    // The limit that still has something is not the one that was hit.
    [
      {
        'x-ratelimit-remaining-requests': '99',
        'x-ratelimit-reset-requests': '8h0m0s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '2s',
      },
      2000,
    ],
    [{ 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '3s' }, 3000],
    [{ 'x-ratelimit-remaining-requests': '99', 'x-ratelimit-reset-requests': '1s' }, undefined],
    [{ 'anthropic-ratelimit-requests-reset': '2026-11-22T12:00:07Z' }, 7000],
    [{ 'anthropic-ratelimit-input-tokens-reset': '2026-11-22T13:00:07+01:00' }, 7000],
    [{ 'anthropic-ratelimit-tokens-reset': '2026-11-22T11:00:00Z' }, undefined],
    [
      {
        'anthropic-ratelimit-requests-remaining': '49',
        'anthropic-ratelimit-requests-reset': '2026-11-22T12:01:00Z',
        'anthropic-ratelimit-output-tokens-remaining': '0',
        'anthropic-ratelimit-output-tokens-reset': '2026-11-22T12:00:03Z',
      },
      3000,
    ],
    [{ 'retry-after': '1', 'x-ratelimit-reset-requests': '60' }, 1000],
  ])('%j', (headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });
});

test('whatever a server writes, the answer is a finite number of at least 0, or none', () => {
  const name = fc.constantFrom(
    'retry-after',
    'retry-after-ms',
    'x-ratelimit-reset-requests',
    'anthropic-ratelimit-tokens-reset',
  );
  const value = fc.oneof(
    fc.stringMatching(/^[ -~]*$/),
    fc.double().map(String),
    fc.integer().map((n) => `${n}s`),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  );
  fc.assert(
    fc.property(fc.dictionary(name, value), (headers) => {
      const found = wait(headers);
      expect(found === undefined || (Number.isFinite(found) && found >= 0)).toBe(true);
    }),
  );
});
