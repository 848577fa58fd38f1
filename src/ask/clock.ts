import { setMaxListeners } from 'node:events';
import type { Answer } from '../vocabulary.js';

/** The part of the world that layers wait with. Times are in milliseconds. */
export interface Clock {
  /** A clock that never runs backwards. */
  now(): number;
  /** 0 ≤ x < 1. */
  random(): number;
  /** Resolves after `ms`, or at once when the signal is aborted; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The answer to a question that was ended from outside. `attempts`: how many tries had been sent. */
export function aborted(attempts: number): Answer {
  const failure = { kind: 'aborted', message: 'ended before an answer came' } as const;
  return { ok: false, failure, attempts, retry: { retry: 'no' } };
}

/**
 * What `work` comes to, or `instead()` as soon as the signal is aborted; what the work does after that is dropped. Listens no
 * longer than needed: a run's signal outlives a million questions.
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined, instead: () => T): Promise<T> {
  if (!signal) return work;
  return new Promise((resolve, reject) => {
    const stop = () => resolve(instead());
    const letGo = () => signal.removeEventListener('abort', stop);
    if (signal.aborted) stop();
    else expectMany(signal).addEventListener('abort', stop, { once: true });
    work.then(
      (value) => {
        letGo();
        return resolve(value);
      },
      (error: unknown) => {
        letGo();
        reject(error);
      },
    );
  });
}

/** Marks a signal of which this is known already. */
const MANY = Symbol('many may listen');

/** One signal for many calls is meant so, and no leak that Node should warn of. */
export function expectMany(signal: AbortSignal & { [MANY]?: true }): AbortSignal {
  if (signal[MANY]) return signal;
  setMaxListeners(0, signal);
  signal[MANY] = true;
  return signal;
}
