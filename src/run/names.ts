/** Names of a block. */
const BLOCK = 4096;
const NOWHERE = -1;

/**
 * Names in order, each once, kept as bytes outside the heap: a million ids take some 16 MB. Looked up by a hash table, which is
 * made when first needed: a run that goes through its cases in order never looks one up.
 */
export class Names {
  readonly #blocks: { bytes: Buffer; ends: Uint32Array }[] = [];
  #open: string[] = [];
  #table: Int32Array | undefined;

  get length(): number {
    return this.#blocks.length * BLOCK + this.#open.length;
  }

  /** Adds a name at the end. @returns its index */
  add(name: string): number {
    this.#table = undefined;
    this.#open.push(name);
    if (this.#open.length === BLOCK) {
      this.#blocks.push(packed(this.#open));
      this.#open = [];
    }
    return this.length - 1;
  }

  at(index: number): string | undefined {
    const block = this.#blocks[Math.floor(index / BLOCK)];
    if (!block) return this.#open[index - this.#blocks.length * BLOCK];
    const within = index % BLOCK;
    return block.bytes.toString('utf8', within === 0 ? 0 : block.ends[within - 1], block.ends[within]);
  }

  /** @returns the index of a name, or -1 */
  find(name: string): number {
    const table = (this.#table ??= this.#index());
    for (let slot = hash(name) & (table.length - 1); ; slot = (slot + 1) & (table.length - 1)) {
      const index = table[slot] ?? NOWHERE;
      if (index === NOWHERE || this.at(index) === name) return index;
    }
  }

  #index(): Int32Array {
    let size = 16;
    while (size < 2 * this.length) size *= 2;
    const table = new Int32Array(size).fill(NOWHERE);
    for (let index = 0; index < this.length; index += 1) {
      let slot = hash(this.at(index) ?? '') & (size - 1);
      while (table[slot] !== NOWHERE) slot = (slot + 1) & (size - 1);
      table[slot] = index;
    }
    return table;
  }
}

function packed(names: readonly string[]): { bytes: Buffer; ends: Uint32Array } {
  const ends = new Uint32Array(names.length);
  let end = 0;
  for (const [index, name] of names.entries()) {
    end += Buffer.byteLength(name);
    ends[index] = end;
  }
  return { bytes: Buffer.from(names.join('')), ends };
}

/** FNV-1a over code units, 32 bits, mixed once more so that its low bits are as good as the others. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
