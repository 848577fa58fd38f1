/**
 * How many calls may be under way in a lane, as TCP does it (RFC 5681): one more per round trip while all goes well, half as many
 * after a refusal. Below half of what was last refused it grows faster, by one per answer.
 */
export class Window {
  readonly #most: number;
  #size: number;
  #threshold: number;

  constructor(most: number) {
    this.#most = most;
    this.#size = most;
    this.#threshold = most;
  }

  /** A whole number of at least 1. */
  get size(): number {
    return Math.floor(this.#size);
  }

  grow(): void {
    const step = this.#size < this.#threshold ? 1 : 1 / this.#size;
    this.#size = Math.min(this.#most, this.#size + step);
  }

  /**
   * @param enough what is known to be needed for the rate that the server bears: not cut below
   */
  shrink(enough = 1): void {
    this.#threshold = Math.min(this.#most, Math.max(1, enough, this.#size * 0.75));
    this.#size = Math.min(this.#most, Math.max(1, enough, this.#size / 2));
  }

  /** Down to a single call that probes whether a server which refuses everything has come back. */
  probe(): void {
    this.#size = 1;
  }
}
