import type { Answer } from '../vocabulary.js';
import type { Layer } from './ask.js';
import { aborted, type Clock, onAbort } from './clock.js';

/** What bounded work comes to when it does not end by itself. */
export interface Instead<T> {
  /** The time is up. */
  late(): T;
  /** It is ended from outside. */
  gone(): T;
}

/** Something that ends at a time unless it is let go before. */
interface Due {
  at: number;
  end(): void;
}

/** Why work is told to stop that nobody waits for any more; made once, since the platform's own reason costs a stack trace. */
const ABANDONED = new DOMException('nobody waits for this any more', 'AbortError');

/**
 * One time limit for any number of pieces of work at a time. All have equally long: they end in the order in which they began, so
 * that one timer will do for all.
 */
export class Deadlines {
  readonly #ms: number;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  /** In order of time. */
  readonly #due = new Set<Due>();
  #timer: AbortController | undefined;

  /** @param ms at most 2^31 − 1, since a longer timer fires at once; whoever reads it from the user sees to that */
  constructor(ms: number, clock: Pick<Clock, 'now' | 'sleep'>) {
    this.#ms = ms;
    this.#clock = clock;
  }

  /**
   * Gives work its time. The work is raced, not only signalled: SDKs do not end a stalled body on their own, and user code need not
   * look at a signal. Whatever abandoned work comes to later is dropped.
   * @param outer ends the work from outside
   */
  within<T>(
    work: (signal: AbortSignal) => Promise<T>,
    { late, gone }: Instead<T>,
    outer: AbortSignal | undefined,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (outer?.aborted) return resolve(gone());
      const inner = new AbortController();
      const due: Due = { at: this.#clock.now() + this.#ms, end: () => abandon(late, ABANDONED) };
      const letGo = (): void => {
        this.#remove(due);
        deaf?.();
      };
      const abandon = (instead: () => T, reason: unknown): void => {
        letGo();
        resolve(instead());
        inner.abort(reason);
      };
      const deaf = outer && onAbort(outer, () => abandon(gone, outer.reason));
      this.#add(due);
      begun(work, inner.signal).then(
        (value) => {
          letGo();
          return resolve(value);
        },
        (error: unknown) => {
          letGo();
          reject(error);
          inner.abort(ABANDONED);
        },
      );
    });
  }

  #add(due: Due): void {
    this.#due.add(due);
    if (this.#timer) return;
    this.#timer = new AbortController();
    void this.#watch(this.#timer.signal);
  }

  #remove(due: Due): void {
    this.#due.delete(due);
    if (this.#due.size > 0) return;
    // Nothing keeps the process alive that nobody waits for.
    this.#timer?.abort(ABANDONED);
    this.#timer = undefined;
  }

  async #watch(signal: AbortSignal): Promise<void> {
    for (let [first] = this.#due; first && !signal.aborted; [first] = this.#due) {
      const left = first.at - this.#clock.now();
      if (left <= 0) first.end();
      else await this.#clock.sleep(Math.ceil(left), signal);
    }
  }
}

/** Also when it throws instead of answering with a promise. */
function begun<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return work(signal);
  } catch (error) {
    return Promise.reject(error);
  }
}

/** Gives each attempt a time limit. */
export function deadline({ timeoutMs, clock }: { timeoutMs: number; clock: Pick<Clock, 'now' | 'sleep'> }): Layer {
  const attempts = new Deadlines(timeoutMs, clock);
  const instead = { late: () => timedOut(timeoutMs), gone: () => aborted(1) };
  return (next) => (request, context) => {
    const outer = context.signal;
    if (outer?.aborted) return Promise.resolve(aborted(0));
    return attempts.within((signal) => next(request, { ...context, signal }), instead, outer);
  };
}

function timedOut(timeoutMs: number): Answer {
  const failure = { kind: 'timeout', message: `no answer within ${timeoutMs / 1000} s` } as const;
  return { ok: false, failure, attempts: 1, retry: { retry: 'transient' } };
}
