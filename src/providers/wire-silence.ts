/**
 * Watches any number of answers under way for silence. All may be silent for equally long, so that one timer will do: a timer for
 * each, set and cleared again, costs as much as reading a small answer.
 */
export class SilenceWatch {
  readonly #ms: number;
  /** What ends an answer → when it was heard last; the longest silent first. */
  readonly #heard = new Map<() => void, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param ms the longest silence, in milliseconds */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** An answer begins. @param end called, once, when nothing more is heard of it in time */
  begin(end: () => void): void {
    this.#heard.set(end, performance.now());
    if (!this.#timer) this.#lookIn(this.#ms);
  }

  /** An answer that was begun, and is not over, goes on. */
  heard(end: () => void): void {
    if (this.#heard.delete(end)) this.#heard.set(end, performance.now());
  }

  /** An answer is over. */
  over(end: () => void): void {
    this.#heard.delete(end);
  }

  /** It keeps no process alive: the sockets do. */
  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    this.#timer = undefined;
    for (const [end, at] of this.#heard) {
      const left = at + this.#ms - performance.now();
      if (left > 0) return this.#lookIn(Math.ceil(left));
      this.#heard.delete(end);
      end();
    }
  }
}
