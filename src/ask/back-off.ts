import type { Answer } from '../vocabulary.js';

const FIRST_MS = 500;
const LONGEST_MS = 8_000;

/**
 * How long to wait after trouble when the server does not say, in milliseconds: from half to the whole of 0.5 s · 2^times, at
 * most 8 s. The chance in it keeps calls that failed together from coming back together.
 * @param times how often it has been waited already
 * @param random 0 ≤ x < 1
 */
export function backOff(times: number, random: number): number {
  return Math.min(FIRST_MS * 2 ** times, LONGEST_MS) * (0.5 + random / 2);
}

/** The delay that a server stated, in milliseconds, unless it is none that can be waited for (a negative one would hammer). */
export function statedDelay(answer: Answer): number | undefined {
  const delay = !answer.ok && answer.retry?.retry === 'rate-limited' ? answer.retry.afterMs : undefined;
  return delay !== undefined && delay >= 0 ? delay : undefined;
}

/** The answer of a server that asks for more patience than we have: no further try. */
export function tooLong(answer: Extract<Answer, { ok: false }>, askedMs: number, maxWaitMs: number): Answer {
  const waits = `it asked to wait ${seconds(askedMs)}, and --max-wait allows ${seconds(maxWaitMs)}`;
  const failure = { ...answer.failure, message: `${answer.failure.message} (${waits})` };
  return { ...answer, failure, retry: { retry: 'no' } };
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${Math.round(ms / 100) / 10} s` : `${Math.round(ms / 1000)} s`;
}
