/** What is needed of a response's headers: names in lower case with their values. */
export type ReadableHeaders = Iterable<[string, string]> & { get(name: string): string | null };

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * How long a server asks to wait, in milliseconds: `retry-after-ms`, else `retry-after` (seconds or an HTTP date), else the
 * longest reset of a rate limit that is used up: `x-ratelimit-reset-*` (durations such as `1m30s`, `12ms` or seconds) and
 * `anthropic-ratelimit-*-reset` (RFC 3339). A limit with something remaining is not what stopped us, so its reset does not
 * count. What is negative, past or nonsense is ignored.
 * @param nowMs the wall clock, in milliseconds since 1970
 * @returns undefined when the server does not say: use a back-off of one's own
 */
export function retryAfterMs(headers: ReadableHeaders, nowMs: number): number | undefined {
  return statedDelayMs(headers, nowMs) ?? limitResetMs(headers, nowMs);
}

/** Only what `retry-after-ms` and `retry-after` say; on any status these are meant for this very request. */
export function statedDelayMs(headers: ReadableHeaders, nowMs: number): number | undefined {
  const inMs = number(headers.get('retry-after-ms'));
  if (inMs !== undefined) return inMs;
  const stated = headers.get('retry-after');
  const seconds = number(stated);
  return seconds === undefined ? untilDate(stated, nowMs) : seconds * 1000;
}

function limitResetMs(headers: ReadableHeaders, nowMs: number): number | undefined {
  const waits: number[] = [];
  for (const [name, value] of headers) {
    const [, kind] = /^x-ratelimit-reset-(.+)$/.exec(name) ?? [];
    if (kind !== undefined && usedUp(headers.get(`x-ratelimit-remaining-${kind}`))) waits.push(durationMs(value) ?? 0);
    const [, limit] = /^anthropic-ratelimit-(.+)-reset$/.exec(name) ?? [];
    if (limit !== undefined && usedUp(headers.get(`anthropic-ratelimit-${limit}-remaining`))) {
      waits.push(untilDate(value, nowMs) ?? 0);
    }
  }
  const longest = Math.max(0, ...waits);
  return longest > 0 ? longest : undefined;
}

function usedUp(remaining: string | null): boolean {
  const count = number(remaining);
  return count === undefined || count === 0;
}

/** `1m30s`, `500ms`, `1.5s`, or a bare number of seconds. */
export function durationMs(text: string): number | undefined {
  const seconds = number(text);
  if (seconds !== undefined) return seconds * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g))
    sum += Number(amount) * (UNITS[unit ?? ''] ?? 0);
  return Number.isFinite(sum) ? sum : undefined;
}

/** `Date.parse` takes almost anything, `-5` too; only the two forms that servers write are dates here. */
export function untilDate(text: string | null, nowMs: number): number | undefined {
  if (text === null || !/^(?:[A-Z][a-z]{2,8}, |\d{4}-\d\d-\d\dT)/.test(text)) return undefined;
  const wait = Date.parse(text) - nowMs;
  return wait > 0 ? wait : undefined;
}

/** A plain number that is not negative. */
export function number(text: string | null): number | undefined {
  if (text === null || !/^\d+(?:\.\d+)?$/.test(text.trim())) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}
