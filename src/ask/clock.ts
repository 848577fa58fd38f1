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
    if (signal.aborted) return resolve(instead());
    const letGo = onAbort(signal, () => resolve(instead()));
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

/** What waits for a signal is kept on the signal itself. */
const WAITING = Symbol('waiting for an abort');

/**
 * Has `stop`, which must not throw, called when the signal is aborted. All that wait for one signal share one listener: the
 * platform looks through all of a signal's listeners whenever one comes or goes, and warns of many.
 * @returns lets go; a signal that nothing waits for any more has no listener left
 */
export function onAbort(signal: AbortSignal & { [WAITING]?: Waiting }, stop: () => void): () => void {
  const waiting = (signal[WAITING] ??= new Waiting(signal));
  waiting.add(stop);
  return () => waiting.drop(stop);
}

class Waiting {
  readonly #signal: AbortSignal;
  readonly #stops = new Set<() => void>();
  readonly #tell = (): void => {
    for (const stop of this.#stops) stop();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  add(stop: () => void): void {
    if (this.#stops.size === 0) this.#signal.addEventListener('abort', this.#tell, { once: true });
    this.#stops.add(stop);
  }

  drop(stop: () => void): void {
    if (this.#stops.delete(stop) && this.#stops.size === 0) this.#signal.removeEventListener('abort', this.#tell);
  }
}
