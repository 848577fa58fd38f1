/** Values that occur again and again, kept once each and named by a number. */
export class Pool<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];

  get size(): number {
    return this.#values.length;
  }

  /** @param key equal for equal values, and only for these */
  number(key: string, value: () => T): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#values.push(value()) - 1;
    this.#numbers.set(key, number);
    return number;
  }

  get(number: number | undefined): T | undefined {
    return number === undefined ? undefined : this.#values[number];
  }
}
