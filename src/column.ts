/** Entries of a chunk. A power of two, so that finding one is a shift. */
const BITS = 12;
const SIZE = 1 << BITS;
/** A chunk of no more different numbers than this takes a byte for each entry, else eight. Code 0 is an absent entry. */
const MOST_DIFFERENT = 254;

/**
 * A column of numbers, each of which may be absent, indexed from 0 in any order. It grows in chunks without copying. Most columns
 * of a run repeat few numbers (passes, prices, hashes of shared assertions): such a chunk holds one byte per entry.
 */
export class Column {
  readonly #chunks: (Few | Float64Array | undefined)[] = [];

  get(index: number): number | undefined {
    const chunk = this.#chunks[index >> BITS];
    if (chunk === undefined) return undefined;
    if (chunk instanceof Few) return chunk.get(index & (SIZE - 1));
    const value = chunk[index & (SIZE - 1)];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** @param value a number that is none would be read as absent; minus zero is kept as 0 */
  set(index: number, value: number | undefined): void {
    const at = index & (SIZE - 1);
    const chunk = (this.#chunks[index >> BITS] ??= new Few());
    if (!(chunk instanceof Few)) chunk[at] = value ?? Number.NaN;
    else if (!chunk.set(at, value)) this.#chunks[index >> BITS] = chunk.widened(at, value);
  }
}

/** A chunk of few different numbers. */
class Few {
  readonly #codes = new Uint8Array(SIZE);
  readonly #numbers: number[] = [];

  get(at: number): number | undefined {
    return this.#numbers[(this.#codes[at] ?? 0) - 1];
  }

  /** @returns false when there is no room for one more number */
  set(at: number, value: number | undefined): boolean {
    if (value === undefined) {
      this.#codes[at] = 0;
      return true;
    }
    let code = this.#numbers.indexOf(value);
    if (code < 0) {
      if (this.#numbers.length === MOST_DIFFERENT) return false;
      code = this.#numbers.push(value) - 1;
    }
    this.#codes[at] = code + 1;
    return true;
  }

  widened(at: number, value: number | undefined): Float64Array {
    const wide = Float64Array.from(this.#codes, (code) => this.#numbers[code - 1] ?? Number.NaN);
    wide[at] = value ?? Number.NaN;
    return wide;
  }
}

/** A list of numbers that grows at its end, kept as a column. */
export class Numbers implements Iterable<number> {
  readonly #column = new Column();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    this.#column.set(this.#length, value);
    this.#length += 1;
  }

  *[Symbol.iterator](): Generator<number> {
    for (let index = 0; index < this.#length; index += 1) yield this.#column.get(index) ?? Number.NaN;
  }

  sorted(): Float64Array {
    const all = new Float64Array(this.#length);
    let at = 0;
    for (const value of this) {
      all[at] = value;
      at += 1;
    }
    return all.toSorted();
  }
}
