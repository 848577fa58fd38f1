/**
 * Hands out finished answers one per turn of the event loop. Between two of them the sockets are read, so that the work done
 * on one answer does not delay the time stamps of the others: with 64 answers at once, the last would look slower by the work
 * of 63.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** Calls `deliver` in a turn of its own, in the order of asking. */
  next(deliver: () => void): void {
    this.#waiting.push(deliver);
    if (this.#scheduled) return;
    this.#scheduled = true;
    // The HTTP client frees a connection in the turn after its answer: by asking behind it, the next request finds it free.
    queueMicrotask(() => this.#schedule());
  }

  #schedule(): void {
    setImmediate(() => {
      const deliver = this.#waiting.shift();
      if (this.#waiting.length > 0) this.#schedule();
      else this.#scheduled = false;
      deliver?.();
    });
  }
}
