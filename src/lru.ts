/** Remembers the values that were used last, at most `limit` of them. */
export class Lru<Value> {
  readonly #limit: number;
  readonly #kept = new Map<string, Value>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The value kept under the key, else the one that `make` makes, which is kept; when `make` throws, nothing is. */
  get(key: string, make: () => Value): Value {
    const kept = this.#kept.get(key);
    const value = kept === undefined ? make() : kept;
    this.#kept.delete(key);
    this.#kept.set(key, value);
    if (this.#kept.size > this.#limit) {
      const oldest = this.#kept.keys().next();
      if (!oldest.done) this.#kept.delete(oldest.value);
    }
    return value;
  }

  drop(key: string): void {
    this.#kept.delete(key);
  }
}
