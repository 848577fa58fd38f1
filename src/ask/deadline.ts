import type { Answer } from '../vocabulary.js';
import type { Layer } from './ask.js';
import { aborted, type Clock, unlessAborted } from './clock.js';

/** A time limit on a piece of work. */
export interface WithinOptions<T> {
  /** At most 2^31 − 1, since a longer timer fires at once; whoever reads it from the user sees to that. */
  ms: number;
  clock: Pick<Clock, 'sleep'>;
  /** Ends the work from outside. */
  outer: AbortSignal | undefined;
  /** What it comes to instead when the time is up. */
  late(): T;
  /** What it comes to instead when it is ended from outside. */
  gone(): T;
}

/**
 * Gives work a time limit. The work is raced, not only signalled: SDKs do not end a stalled body on their own, and user code need
 * not look at a signal. Whatever abandoned work comes to later is dropped.
 */
export async function within<T>(work: (signal: AbortSignal) => Promise<T>, options: WithinOptions<T>): Promise<T> {
  const { ms, clock, outer, late, gone } = options;
  const inner = new AbortController();
  const timer = new AbortController();
  const tooLate = clock.sleep(ms, timer.signal).then(late);
  try {
    return await unlessAborted(Promise.race([work(inner.signal), tooLate]), outer, gone);
  } finally {
    timer.abort();
    inner.abort(outer?.reason);
  }
}

/** Gives each attempt a time limit. */
export function deadline({ timeoutMs, clock }: { timeoutMs: number; clock: Pick<Clock, 'sleep'> }): Layer {
  return (next) => async (request, context) => {
    const outer = context.signal;
    if (outer?.aborted) return aborted(0);
    return within((signal) => next(request, { ...context, signal }), {
      ms: timeoutMs,
      clock,
      outer,
      late: () => timedOut(timeoutMs),
      gone: () => aborted(1),
    });
  };
}

function timedOut(timeoutMs: number): Answer {
  const failure = { kind: 'timeout', message: `no answer within ${timeoutMs / 1000} s` } as const;
  return { ok: false, failure, attempts: 1, retry: { retry: 'transient' } };
}
