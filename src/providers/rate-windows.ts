import type { RateWindow } from '../vocabulary.js';
import type { Call } from './provider.js';
import { durationMs, number, type ReadableHeaders, untilDate } from './retry-after.js';

/** The names of the headers, made once: every answer is asked for all of them. */
const KINDS = (['requests', 'tokens', 'input-tokens', 'output-tokens'] as const).map((of) => ({
  of,
  plain: { remaining: `x-ratelimit-remaining-${of}`, reset: `x-ratelimit-reset-${of}` },
  anthropic: { remaining: `anthropic-ratelimit-${of}-remaining`, reset: `anthropic-ratelimit-${of}-reset` },
}));

/**
 * What a server's headers say of its rate limits, in the words of both families: `x-ratelimit-{remaining,reset}-<kind>` with
 * durations, `anthropic-ratelimit-<kind>-{remaining,reset}` with RFC 3339 dates. A limit is left out where either is missing,
 * nonsense, or past: a limit that is whole limits nothing.
 * @param nowMs the wall clock, in milliseconds since 1970
 */
export function rateWindows(headers: ReadableHeaders, nowMs: number): RateWindow[] {
  const found: RateWindow[] = [];
  for (const { of, plain, anthropic } of KINDS) {
    const told = headers.get(plain.remaining);
    const remaining = number(told ?? headers.get(anthropic.remaining));
    if (remaining === undefined) continue;
    const resetMs =
      told === null ? untilDate(headers.get(anthropic.reset), nowMs) : durationMs(headers.get(plain.reset) ?? '');
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
