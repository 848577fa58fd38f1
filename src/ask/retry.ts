import type { Answer, ModelRequest } from '../vocabulary.js';
import type { AskContext, Layer } from './ask.js';
import { backOff, statedDelay, tooLong } from './back-off.js';
import { aborted, type Clock } from './clock.js';

/** How trouble that may pass is waited out. */
export interface RetryOptions {
  /** Further tries after the first. */
  retries?: number;
  /** The longest wait for one try that is accepted, in milliseconds. */
  maxWaitMs?: number;
  clock: Pick<Clock, 'random' | 'sleep'>;
}

/**
 * Asks again after trouble that a provider says may pass. Waits as long as the server asks, else exponentially longer with
 * jitter. A server that asks for more than `maxWaitMs` is not waited for: a run must never sleep a day in silence. The answer
 * counts the attempts of all tries, and tells of the last that was made: that a provider was given up meanwhile is no trouble of
 * this question.
 */
export function retry({ retries = 3, maxWaitMs = 60_000, clock }: RetryOptions): Layer {
  return (next) => {
    const goOn = async (first: Answer, request: ModelRequest, context: AskContext): Promise<Answer> => {
      let answer = first;
      let { attempts } = first;
      let before: Answer | undefined;
      for (let tries = 0; ; tries += 1) {
        if (answer.ok || !answer.retry || answer.retry.retry === 'no') {
          const notAsked = !answer.ok && answer.failure.kind === 'unavailable';
          return { ...((notAsked && before) || answer), attempts };
        }
        const asked = statedDelay(answer);
        if (asked !== undefined && asked > maxWaitMs) return { ...tooLong(answer, asked, maxWaitMs), attempts };
        if (tries >= retries) return { ...answer, attempts };
        before = answer;
        await clock.sleep(asked ?? Math.min(backOff(tries, clock.random()), maxWaitMs), context.signal);
        if (context.signal?.aborted) return aborted(attempts);
        answer = await next(request, context);
        attempts += answer.attempts;
      }
    };
    return (request, context) =>
      next(request, context).then((answer) => (answer.ok ? answer : goOn(answer, request, context)));
  };
}
