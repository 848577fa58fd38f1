import type { RateWindow } from '../vocabulary.js';
import type { Call } from './provider.js';
import { durationMs, number, type ReadableHeaders, untilDate } from './retry-after.js';

const KINDS: readonly RateWindow['of'][] = ['requests', 'tokens', 'input-tokens', 'output-tokens'];

/**
 * What a server's headers say of its rate limits, in the words of both families: `x-ratelimit-{remaining,reset}-<kind>` with
 * durations, `anthropic-ratelimit-<kind>-{remaining,reset}` with RFC 3339 dates. A limit is left out where either is missing,
 * nonsense, or past: a limit that is whole limits nothing.
 * @param nowMs the wall clock, in milliseconds since 1970
 */
export function rateWindows(headers: ReadableHeaders, nowMs: number): RateWindow[] {
  const found: RateWindow[] = [];
  for (const of of KINDS) {
    const plain = headers.get(`x-ratelimit-remaining-${of}`);
    const remaining = number(plain ?? headers.get(`anthropic-ratelimit-${of}-remaining`));
    if (remaining === undefined) continue;
    const resetMs =
      plain === null
        ? untilDate(headers.get(`anthropic-ratelimit-${of}-reset`), nowMs)
        : durationMs(headers.get(`x-ratelimit-reset-${of}`) ?? '');
    if (resetMs !== undefined && resetMs > 0) found.push({ of, remaining, resetMs });
  }
  return found;
}

/** Tells the caller what the headers of an answer or an error say of rate limits, if anything. */
export function tellLimits(headers: ReadableHeaders | undefined, call: Call): void {
  if (headers === undefined || call.heard === undefined) return;
  const limits = rateWindows(headers, Date.now());
  if (limits.length > 0) call.heard(limits);
}
