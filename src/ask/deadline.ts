import type { Answer } from '../vocabulary.js';
import type { Layer } from './ask.js';
import { aborted, type Clock, unlessAborted } from './clock.js';

/**
 * Gives each attempt a time limit. The attempt is raced, not only signalled: SDKs do not end a stalled body on their own, and
 * user code need not look at a signal. Whatever an abandoned attempt comes to later is dropped.
 * @param timeoutMs at most 2^31 − 1, since a longer timer fires at once; whoever reads it from the user sees to that
 */
export function deadline({ timeoutMs, clock }: { timeoutMs: number; clock: Pick<Clock, 'sleep'> }): Layer {
  return (next) => async (request, context) => {
    const outer = context.signal;
    if (outer?.aborted) return aborted(0);
    const attempt = new AbortController();
    const timer = new AbortController();
    const tooLate = clock.sleep(timeoutMs, timer.signal).then((): Answer => timedOut(timeoutMs));
    try {
      const first = Promise.race([next(request, { ...context, signal: attempt.signal }), tooLate]);
      return await unlessAborted(first, outer, () => aborted(1));
    } finally {
      timer.abort();
      attempt.abort();
    }
  };
}

function timedOut(timeoutMs: number): Answer {
  const failure = { kind: 'timeout', message: `no answer within ${timeoutMs / 1000} s` } as const;
  return { ok: false, failure, attempts: 1, retry: { retry: 'transient' } };
}
