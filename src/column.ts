import { PAGE, type Page, Pages } from './pages.js';

/** Entries of a chunk: as many as a page has numbers. A power of two, so that finding one is a shift. */
const BITS = 10;
const SIZE = PAGE / Float64Array.BYTES_PER_ELEMENT;
/** A chunk of no more different numbers than this takes a byte for each entry, else eight. Code 0 is an absent entry. */
const MOST_DIFFERENT = 254;
/** Room for so many entries is made at first: most evals have few cases. */
const FIRST_ROOM = 32;

/**
 * A column of numbers, each of which may be absent, indexed from 0 in any order. It grows in chunks without copying. Most columns
 * of a run repeat few numbers (passes, prices, hashes of shared assertions): a chunk of one number takes no more than that, one that
 * is being filled a byte per entry. Others are pages, which need not be in memory.
 */
export class Column {
  readonly #chunks: (number | Few | Page | undefined)[] = [];

  constructor(private readonly pages: Pages = new Pages()) {}

  get(index: number): number | undefined {
    const chunk = this.#chunks[index >> BITS];
    if (chunk === undefined || typeof chunk === 'number') return chunk;
    if (chunk instanceof Few) return chunk.get(index & (SIZE - 1));
    const value = this.pages.read(chunk).numbers[index & (SIZE - 1)];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** @param value a number that is none would be read as absent; minus zero is kept as 0 */
  set(index: number, value: number | undefined): void {
    const at = index & (SIZE - 1);
    let chunk = this.#chunks[index >> BITS] ?? new Few();
    if (typeof chunk === 'number') {
      if (chunk === value) return;
      chunk = Few.of(chunk);
    }
    if (chunk instanceof Few) chunk = chunk.set(at, value) ? this.#settled(chunk) : this.#wide(chunk, at, value);
    else this.pages.write(chunk).numbers[at] = value ?? Number.NaN;
    this.#chunks[index >> BITS] = chunk;
  }

  /** A chunk as it is kept once every entry has a number. */
  #settled(chunk: Few): number | Few | Page {
    return chunk.full ? (chunk.only ?? (this.pages.spills ? this.#wide(chunk) : chunk)) : chunk;
  }

  #wide(chunk: Few, at?: number, value?: number): Page {
    const page = this.pages.add();
    const { numbers } = this.pages.write(page);
    for (let each = 0; each < SIZE; each += 1) numbers[each] = chunk.get(each) ?? Number.NaN;
    if (at !== undefined) numbers[at] = value ?? Number.NaN;
    return page;
  }
}

/** A chunk of few different numbers. */
class Few {
  #codes = new Uint8Array(FIRST_ROOM);
  readonly #numbers: number[] = [];
  #present = 0;

  /** A chunk of one number. */
  static of(value: number): Few {
    const few = new Few();
    few.#codes = new Uint8Array(SIZE).fill(1);
    few.#numbers.push(value);
    few.#present = SIZE;
    return few;
  }

  get full(): boolean {
    return this.#present === SIZE;
  }

  /** The number that every entry has, if it is the same. */
  get only(): number | undefined {
    const [first = 0] = this.#codes;
    return this.#codes.every((code) => code === first) ? this.#numbers[first - 1] : undefined;
  }

  get(at: number): number | undefined {
    return this.#numbers[(this.#codes[at] ?? 0) - 1];
  }

  /** @returns false when there is no room for one more number */
  set(at: number, value: number | undefined): boolean {
    let code = 0;
    if (value !== undefined) {
      // Most are like the first.
      code = this.#numbers[0] === value ? 1 : this.#numbers.indexOf(value) + 1;
      if (code === 0) {
        if (this.#numbers.length === MOST_DIFFERENT) return false;
        code = this.#numbers.push(value);
      }
    }
    if (at >= this.#codes.length) this.#makeRoom(at);
    this.#present += Number(code > 0) - Number((this.#codes[at] ?? 0) > 0);
    this.#codes[at] = code;
    return true;
  }

  #makeRoom(at: number): void {
    let room = this.#codes.length;
    while (room <= at) room *= 2;
    const codes = new Uint8Array(room);
    codes.set(this.#codes);
    this.#codes = codes;
  }
}

/** As many numbers as no one minds in memory. */
const HANDY = 1 << 14;

/** A list of numbers that grows at its end, kept as a column. */
export class Numbers implements Iterable<number> {
  readonly #column = new Column();
  #length = 0;
  /** All of them, where they are not many, as they were gone through last. */
  #handy: Float64Array | undefined;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    this.#column.set(this.#length, value);
    this.#length += 1;
  }

  [Symbol.iterator](): Iterator<number> {
    return this.#length <= HANDY ? this.#unpacked().values() : this.#oneByOne();
  }

  /** Statistics go through their numbers many times. */
  #unpacked(): Float64Array {
    const known = this.#handy?.length === this.#length ? this.#handy : undefined;
    this.#handy = known ?? Float64Array.from(this.#oneByOne());
    return this.#handy;
  }

  *#oneByOne(): Generator<number> {
    for (let index = 0; index < this.#length; index += 1) yield this.#column.get(index) ?? Number.NaN;
  }
}
