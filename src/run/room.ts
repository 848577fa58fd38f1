/** Lets in so many at a time; the others wait outside, in order. */
export class Room {
  #left: number;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#left = most;
  }

  /** @returns resolves when there is room; undefined: there is, and nothing to wait for */
  enter(): Promise<void> | undefined {
    if (this.#left === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#left -= 1;
    return undefined;
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#left += 1;
  }

  /** Lets in everyone from now on. */
  open(): void {
    this.#left = Number.POSITIVE_INFINITY;
    for (const next of this.#waiting.splice(0)) next();
  }
}
