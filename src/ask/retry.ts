import type { Answer, Retry } from '../vocabulary.js';
import type { Layer } from './ask.js';
import { aborted, type Clock } from './clock.js';

/** How trouble that may pass is waited out. */
export interface RetryOptions {
  /** Further tries after the first. */
  retries?: number;
  /** The longest wait for one try that is accepted, in milliseconds. */
  maxWaitMs?: number;
  clock: Pick<Clock, 'random' | 'sleep'>;
}

const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 8_000;

/**
 * Asks again after trouble that a provider says may pass. Waits as long as the server asks, else exponentially longer with
 * jitter. A server that asks for more than `maxWaitMs` is not waited for: a run must never sleep a day in silence. The answer
 * counts the attempts of all tries.
 */
export function retry({ retries = 3, maxWaitMs = 60_000, clock }: RetryOptions): Layer {
  return (next) => async (request, context) => {
    let attempts = 0;
    for (let tries = 0; ; tries += 1) {
      const answer = await next(request, context);
      attempts += answer.attempts;
      if (answer.ok || !answer.retry || answer.retry.retry === 'no') return { ...answer, attempts };
      const asked = askedDelay(answer.retry);
      if (asked !== undefined && asked > maxWaitMs) return { ...tooLong(answer, asked, maxWaitMs), attempts };
      if (tries >= retries) return { ...answer, attempts };
      await clock.sleep(asked ?? Math.min(backOff(tries, clock.random()), maxWaitMs), context.signal);
      if (context.signal?.aborted) return aborted(attempts);
    }
  };
}

/** The server's own delay, unless it is none that can be waited for (a negative one would hammer). */
function askedDelay(answer: Retry): number | undefined {
  const delay = answer.retry === 'rate-limited' ? answer.afterMs : undefined;
  return delay !== undefined && delay >= 0 ? delay : undefined;
}

/** From half to the whole of 0.5 s · 2^tries, at most 8 s: calls that failed together do not come back together. */
function backOff(tries: number, random: number): number {
  return Math.min(FIRST_BACK_OFF_MS * 2 ** tries, LONGEST_BACK_OFF_MS) * (0.5 + random / 2);
}

function tooLong(answer: Extract<Answer, { ok: false }>, asked: number, maxWaitMs: number): Answer {
  const waits = `it asked to wait ${seconds(asked)}, and --max-wait allows ${seconds(maxWaitMs)}`;
  return { ...answer, failure: { ...answer.failure, message: `${answer.failure.message} (${waits})` } };
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
