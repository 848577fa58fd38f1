import type { List } from './vocabulary.js';

/** A list whose members are made each time they are asked for. */
export abstract class Listed<T> implements List<T> {
  abstract readonly length: number;
  abstract at(index: number): T | undefined;

  *[Symbol.iterator](): Generator<T> {
    const { length } = this;
    for (let index = 0; index < length; index += 1) {
      const found = this.at(index);
      if (found !== undefined) yield found;
    }
  }

  map<U>(of: (each: T) => U): U[] {
    const made: U[] = [];
    this.#each((each) => made.push(of(each)));
    return made;
  }

  flatMap<U>(of: (each: T) => U | readonly U[]): U[] {
    const made: U[] = [];
    this.#each((each) => {
      const some = of(each);
      if (isList(some)) for (const one of some) made.push(one);
      else made.push(some);
    });
    return made;
  }

  filter(fits: (each: T) => boolean): T[] {
    const found: T[] = [];
    this.#each((each) => {
      if (fits(each)) found.push(each);
    });
    return found;
  }

  some(fits: (each: T) => boolean): boolean {
    const { length } = this;
    for (let index = 0; index < length; index += 1) {
      const found = this.at(index);
      if (found !== undefined && fits(found)) return true;
    }
    return false;
  }

  /** Without the iterator, which takes longer than most of what is done with a member. */
  #each(visit: (each: T) => void): void {
    this.some((each) => {
      visit(each);
      return false;
    });
  }
}

/** Array.isArray does not know of arrays that are read-only. */
function isList<U>(value: U | readonly U[]): value is readonly U[] {
  return Array.isArray(value);
}

/** The members that fit, to be gone through any number of times, none of them kept. */
export function where<T>(list: Iterable<T>, fits: (each: T) => boolean): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const each of list) if (fits(each)) yield each;
    },
  };
}

/** The members of a list, in order, under each of the names that they have. */
export function filed<T, K>(list: Iterable<T>, namesOf: (each: T) => Iterable<K>): Map<K, T[]> {
  const found = new Map<K, T[]>();
  for (const each of list) {
    for (const name of new Set(namesOf(each))) {
      const its = found.get(name);
      if (its) its.push(each);
      else found.set(name, [each]);
    }
  }
  return found;
}

/** The members of a list, in order, by the one name that each has. */
export function grouped<T, K>(list: Iterable<T>, nameOf: (each: T) => K): Map<K, T[]> {
  return filed(list, (each) => [nameOf(each)]);
}

/**
 * What is made of a list, made once for it: whoever asks for each of a thousand members would go through the list a thousand times.
 * Members must stay in their places; of a list that has grown it is made anew.
 */
export function madeOnce<L extends readonly unknown[], T>(make: (list: L) => T): (list: L) => T {
  const known = new WeakMap<L, { length: number; made: T }>();
  return (list) => {
    let found = known.get(list);
    if (found?.length !== list.length) {
      found = { length: list.length, made: make(list) };
      known.set(list, found);
    }
    return found.made;
  };
}

/**
 * What is long is gone through by so many members at a time: few enough that what is made of them on the way is gone before V8
 * collects garbage, which takes as long as there is to be kept.
 */
export const PIECE = 32;

/** A long list in pieces, each with the index of its first member. */
export function* inPieces<T>(list: readonly T[]): Generator<{ start: number; piece: readonly T[] }> {
  for (let start = 0; start < list.length; start += PIECE) yield { start, piece: list.slice(start, start + PIECE) };
}

/** The members of pieces, one by one. To wait for each takes several times as long as for a piece. */
export async function* oneByOne<T>(pieces: AsyncIterable<readonly T[]>): AsyncGenerator<T> {
  for await (const piece of pieces) yield* piece;
}

/** A shorter list is worth keeping once it was made: making its members again takes longer than they take room. */
export const WORTH_KEEPING = 10_000;

class Mapped<T, U extends object> extends Listed<U> {
  constructor(
    private readonly list: List<T>,
    private readonly of: (each: T) => U,
  ) {
    super();
  }

  get length(): number {
    return this.list.length;
  }

  at(index: number): U | undefined {
    const found = this.list.at(index);
    return found === undefined ? undefined : this.of(found);
  }
}

/** A list member by member made into another: of a long list each time anew. */
export function mapped<T, U extends object>(list: List<T>, of: (each: T) => U): List<U> {
  return list.length <= WORTH_KEEPING ? list.map(of) : new Mapped(list, of);
}

/** Whether two lists hold the very same members in the same order. */
export function sameItems(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one === other || (one.length === other.length && one.every((item, index) => item === other[index]));
}

/** Hands out one list where lists behind each other have the same members. */
export class LastList<T> {
  #last: readonly T[] = [];

  of(list: readonly T[]): readonly T[] {
    if (!sameItems(list, this.#last)) this.#last = list;
    return this.#last;
  }
}
