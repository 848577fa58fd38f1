/** So long the work on answers may keep the sockets waiting, in milliseconds; one answer is always handed out. */
const LONGEST_TURN_MS = 1;
const MOST_OF_A_TURN = 4;

/**
 * Hands out finished answers, few per turn of the event loop. Between turns the sockets are read, so that the work done on one
 * answer does not delay the time stamps of the others: with 64 answers at once, the last would look slower by the work of 63.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** Calls `deliver` in the order of asking, what it sets going before that of the next. */
  next(deliver: () => void): void {
    this.#waiting.push(deliver);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // The HTTP client frees a connection in the turn after its answer: by asking behind it, the next request finds it free.
    queueMicrotask(() => this.#schedule());
  }

  /** Immediates that are asked for together run in one turn, each with all that it sets going. */
  #schedule(): void {
    let began: number | undefined;
    const one = (): void => {
      const now = performance.now();
      began ??= now;
      if (now - began < LONGEST_TURN_MS) this.#waiting.shift()?.();
    };
    const last = (): void => {
      this.#scheduled = this.#waiting.length > 0;
      if (this.#scheduled) this.#schedule();
    };
    for (let count = Math.min(this.#waiting.length, MOST_OF_A_TURN); count > 0; count -= 1) setImmediate(one);
    setImmediate(last);
  }
}
