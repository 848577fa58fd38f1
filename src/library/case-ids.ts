import { problems as make } from '../errors.js';
import type { Case, Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import { foldId } from './ids.js';

/** A case by its id, whether or not something is wrong with it. */
export type NamedCase = Pick<Case, 'id' | 'place'>;

/** Reads the named cases of a prompt once more: those of a file in any order. */
export type NamedCases = (see: (one: NamedCase) => void) => Promise<void>;

/**
 * Finds ids that are given twice, or that differ only in case or in how letters are encoded. Of each id only a number stays in
 * memory, eight bytes that tell all but a few apart: the cases are gone through once more where two are alike, and only there.
 */
export class CaseIds {
  readonly #seen = new NumberSet();
  readonly #again = new Set<string>();

  add({ id }: NamedCase): void {
    const key = foldId(id);
    if (!this.#seen.add(numberOf(key))) this.#again.add(key);
  }

  /** @param cases the same once more; read only where an id may be there twice */
  async report(cases: NamedCases, report: Report): Promise<void> {
    if (this.#again.size === 0) return;
    const found = new Map<string, NamedCase[]>();
    await cases(({ id, place }) => {
      const key = foldId(id);
      if (!this.#again.has(key)) return;
      const same = found.get(key);
      if (same) same.push({ id, place });
      else found.set(key, [{ id, place }]);
    });
    for (const same of found.values()) {
      const [first, ...others] = same.toSorted((a, b) => inFile(a.place, b.place));
      for (const { id, place } of others) {
        if (first && !samePlace(first.place, place))
          report(make['duplicate-id']('case', id, first.id, first.place, place));
      }
    }
  }
}

/** The order in a file; files stay as they are. */
function inFile(a: Place, b: Place): number {
  return a.file === b.file ? a.line - b.line || a.column - b.column : 0;
}

function samePlace(a: Place, b: Place): boolean {
  return a.file === b.file && a.line === b.line && a.column === b.column;
}

/** A set of whole numbers from 0 to 2^53, in an open-addressed table outside the heap. */
class NumberSet {
  #table = new Float64Array(1024).fill(-1);
  #size = 0;

  /** @returns whether the number is new */
  add(value: number): boolean {
    if (2 * this.#size >= this.#table.length) this.#grow();
    const slot = slotOf(value, this.#table);
    if (this.#table[slot] === value) return false;
    this.#table[slot] = value;
    this.#size += 1;
    return true;
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#table.length).fill(-1);
    for (const value of this.#table) if (value >= 0) larger[slotOf(value, larger)] = value;
    this.#table = larger;
  }
}

/** Where a number stands in a table whose length is a power of two, or where it would. */
function slotOf(value: number, table: Float64Array): number {
  let slot = value % table.length;
  while (table[slot] !== -1 && table[slot] !== value) slot = (slot + 1) % table.length;
  return slot;
}

/** 53 bits of a text: FNV-1a and a second hash like it, each mixed as MurmurHash3 ends. */
function numberOf(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 0x01000193);
    low = Math.imul(low ^ code, 0x5bd1e995) ^ (low >>> 15);
  }
  return (mixed(high) & 0x1fffff) * 2 ** 32 + mixed(low);
}

function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
