import { PAGE, type Page, type Pages } from './pages.js';

/** Of each name in a page its bytes, from the front, and where they end, from the back. */
const END = Uint16Array.BYTES_PER_ELEMENT;
const NOWHERE = 0xffffffff;

/**
 * Names in order, each once, kept in pages. Looked up by a hash table, which is made when first needed: a run that goes through its
 * cases in order never looks one up.
 */
export class Names {
  /** A name that is too long for a page stands by itself. */
  readonly #packed: (Page | string)[] = [];
  /** The index of the first name of each page, and of the first that is in none. */
  readonly #firsts = [0];
  #open: string[] = [];
  #openBytes = 0;
  /** The page that was looked at last. */
  #last = 0;
  #table: Table | undefined;

  constructor(private readonly pages: Pages) {}

  get length(): number {
    return this.#first(this.#packed.length) + this.#open.length;
  }

  /** Adds a name at the end. @returns its index */
  add(name: string): number {
    const index = this.length;
    if (this.#table?.add(hash(name), index) === false) this.#table = undefined;
    const bytes = Buffer.byteLength(name) + END;
    if (this.#openBytes + bytes > PAGE) this.#pack();
    if (bytes > PAGE) {
      this.#packed.push(name);
      this.#firsts.push(index + 1);
    } else {
      this.#open.push(name);
      this.#openBytes += bytes;
    }
    return index;
  }

  at(index: number): string | undefined {
    if (index < 0) return undefined;
    const number = this.#pageOf(index);
    const within = index - this.#first(number);
    const page = this.#packed[number];
    if (page === undefined) return this.#open[within];
    if (typeof page === 'string') return page;
    const { bytes } = this.pages.read(page);
    return bytes.toString('utf8', within === 0 ? 0 : endOf(bytes, within - 1), endOf(bytes, within));
  }

  /** @returns the index of a name, or -1 */
  find(name: string): number {
    const table = (this.#table ??= this.#index());
    return table.find(hash(name), (index) => this.at(index) === name);
  }

  #first(page: number): number {
    return this.#firsts[page] ?? 0;
  }

  #pageOf(index: number): number {
    const pages = this.#packed.length;
    if (index >= this.#first(pages)) return pages;
    let low = this.#last;
    if (index < this.#first(low) || index >= this.#first(low + 1)) {
      let high = pages;
      for (low = 0; high - low > 1; ) {
        const middle = (low + high) >> 1;
        if (index < this.#first(middle)) high = middle;
        else low = middle;
      }
    }
    this.#last = low;
    return low;
  }

  #pack(): void {
    if (this.#open.length === 0) return;
    const page = this.pages.add();
    const { bytes } = this.pages.write(page);
    let end = 0;
    for (const [within, name] of this.#open.entries()) {
      end += bytes.write(name, end);
      bytes.writeUInt16LE(end, PAGE - END * (within + 1));
    }
    this.#firsts.push(this.length);
    this.#packed.push(page);
    this.#open = [];
    this.#openBytes = 0;
  }

  #index(): Table {
    const table = new Table(this.length + 1);
    for (let index = 0; index < this.length; index += 1) table.add(hash(this.at(index) ?? ''), index);
    return table;
  }
}

function endOf(bytes: Buffer, within: number): number {
  return bytes.readUInt16LE(PAGE - END * (within + 1));
}

/**
 * Indexes by hash, four bytes each: the bits that no index needs hold a part of the hash, so that few names are looked at which are
 * not the one that is looked for.
 */
class Table {
  readonly #slots: Uint32Array;
  /** Indexes are below: one less than half of the slots. */
  readonly #room: number;
  /** A power of two above all indexes. */
  readonly #unit: number;

  /** @param count of indexes there is room for, at least */
  constructor(count: number) {
    let unit = 8;
    while (unit - 1 < count) unit *= 2;
    this.#slots = new Uint32Array(2 * unit).fill(NOWHERE);
    this.#room = unit - 1;
    this.#unit = unit;
  }

  /** @returns false when there is no room for it */
  add(key: number, index: number): boolean {
    if (index >= this.#room) return false;
    let slot = this.#slotOf(key);
    while (this.#slots[slot] !== NOWHERE) slot = this.#after(slot);
    this.#slots[slot] = this.#tagOf(key) + index;
    return true;
  }

  find(key: number, isIt: (index: number) => boolean): number {
    const tag = this.#tagOf(key);
    for (let slot = this.#slotOf(key); ; slot = this.#after(slot)) {
      const entry = this.#slots[slot] ?? NOWHERE;
      if (entry === NOWHERE) return -1;
      const index = entry - tag;
      if (index >= 0 && index < this.#unit && isIt(index)) return index;
    }
  }

  /** The part of a hash that stands above an index. */
  #tagOf(key: number): number {
    return key - (key % this.#unit);
  }

  #slotOf(key: number): number {
    return key & (this.#slots.length - 1);
  }

  #after(slot: number): number {
    return (slot + 1) & (this.#slots.length - 1);
  }
}

/** FNV-1a over code units, 32 bits, mixed once more so that its low bits are as good as the others. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
