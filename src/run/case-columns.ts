import type { Case, CaseContent } from '../vocabulary.js';
import { Column } from '../column.js';
import { Names } from '../names.js';
import type { Pages } from '../pages.js';
import { Pool } from './pool.js';

/** What cases are, column by column: the same for every model that runs them. */
export class CaseColumns {
  readonly ids: Names;
  readonly #inputs: HashColumn;
  readonly #tags: Pooled<readonly string[]>;
  readonly #groups: Pooled<string>;
  readonly #quarantines: Pooled<NonNullable<Case['quarantine']>>;
  /** Which metrics a case has, and per metric the hash of its assertions. */
  readonly #shapes: Pooled<string[]>;
  readonly #asserts = new Map<string, HashColumn>();

  constructor(private readonly pages: Pages) {
    this.ids = new Names(pages);
    this.#inputs = new HashColumn(pages);
    this.#tags = new Pooled(pages);
    this.#groups = new Pooled(pages);
    this.#quarantines = new Pooled(pages);
    this.#shapes = new Pooled(pages);
  }

  get length(): number {
    return this.ids.length;
  }

  /** What was asked for last. */
  #last: { metrics: string[]; asserts: Readonly<Record<string, string>> } = { metrics: [], asserts: {} };

  /** What was made of the first objects of hashes: most cases are checked alike, and come with the same object. */
  readonly #shared = new Map<object, Checked>();

  /** @param asserts best the same object where they are the same */
  add({ id, input, tags, group, quarantine }: Case, asserts: Readonly<Record<string, string>>): void {
    const at = this.ids.add(id);
    this.#inputs.set(at, input);
    this.#tags.set(at, tags);
    if (group) this.#groups.set(at, group);
    if (quarantine) this.#quarantines.set(at, quarantine);
    const checked = this.#shared.get(asserts) ?? this.#checked(asserts);
    if (this.#shared.size < MOST_SHARED) this.#shared.set(asserts, checked);
    this.#shapes.setNumber(at, checked.shape);
    for (const { column, number } of checked.hashes) column.setNumber(at, number);
  }

  #checked(asserts: Readonly<Record<string, string>>): Checked {
    const metrics = Object.keys(asserts);
    const hashes = metrics.map((metric) => {
      const column = this.#columnOf(metric);
      return { column, number: column.numberOf(asserts[metric] ?? '') };
    });
    return { shape: this.#shapes.numberOf(metrics), hashes };
  }

  tags(at: number): readonly string[] {
    return this.#tags.get(at) ?? [];
  }

  /** What the case is by its hashes. Cases behind each other that are checked alike share the object that says how. */
  content(at: number): CaseContent {
    const group = this.#groups.get(at);
    const quarantine = this.#quarantines.get(at);
    const content: CaseContent = { input: this.#inputs.get(at), asserts: this.#assertsOf(at) };
    if (group !== undefined) content.group = group;
    if (quarantine) content.quarantine = quarantine;
    return content;
  }

  #assertsOf(at: number): Readonly<Record<string, string>> {
    const metrics = this.#shapes.get(at) ?? [];
    const hashOf = (metric: string): string => this.#asserts.get(metric)?.get(at) ?? '';
    const last = this.#last;
    if (last.metrics === metrics && metrics.every((metric) => last.asserts[metric] === hashOf(metric)))
      return last.asserts;
    // Not by assignment: users name metrics, and `__proto__` is a name, too.
    const asserts = Object.fromEntries(metrics.map((metric) => [metric, hashOf(metric)]));
    this.#last = { metrics, asserts };
    return asserts;
  }

  #columnOf(metric: string): HashColumn {
    const known = this.#asserts.get(metric) ?? new HashColumn(this.pages);
    this.#asserts.set(metric, known);
    return known;
  }
}

/** The metrics that a case has, and their hashes, as numbers of the columns. */
interface Checked {
  shape: number;
  hashes: { column: HashColumn; number: number }[];
}

/** Values of which many are alike. */
class Pooled<T extends string | object> {
  readonly #column: Column;
  readonly #pool = new Pool<T>();
  /** What was asked for last: cases behind each other often share it. */
  #last: { value: T; number: number } | undefined;

  constructor(pages: Pages) {
    this.#column = new Column(pages);
  }

  get(at: number): T | undefined {
    return this.#pool.get(this.#column.get(at));
  }

  set(at: number, value: T): void {
    this.setNumber(at, this.numberOf(value));
  }

  numberOf(value: T): number {
    if (this.#last?.value !== value) {
      const key = typeof value === 'string' ? value : JSON.stringify(value);
      this.#last = { value, number: this.#pool.number(key, () => value) };
    }
    return this.#last.number;
  }

  setNumber(at: number, number: number): void {
    this.#column.set(at, number);
  }
}

/** Hashes of 12 hex digits as the 48 bits that they are, which a number holds exactly; any other text is kept as it is. */
class HashColumn {
  readonly #column: Column;
  readonly #others = new Pool<string>();
  /** The first that were asked for, as texts: assertions of many cases have few hashes. */
  readonly #written = new Map<number, string>();

  constructor(pages: Pages) {
    this.#column = new Column(pages);
  }

  get(at: number): string {
    const value = this.#column.get(at);
    if (value === undefined) return '';
    return this.#written.get(value) ?? this.#write(value);
  }

  #write(value: number): string {
    const hash = this.#textOf(value);
    if (this.#written.size < MOST_WRITTEN) this.#written.set(value, hash);
    return hash;
  }

  #textOf(value: number): string {
    return value < 0 ? (this.#others.get(-1 - value) ?? '') : hexOf(Math.floor(value / HALF)) + hexOf(value % HALF);
  }

  set(at: number, hash: string): void {
    this.setNumber(at, this.numberOf(hash));
  }

  numberOf(hash: string): number {
    return /^[0-9a-f]{12}$/.test(hash) ? Number.parseInt(hash, 16) : -1 - this.#others.number(hash, () => hash);
  }

  setNumber(at: number, number: number): void {
    this.#column.set(at, number);
  }
}

const MOST_WRITTEN = 256;
const MOST_SHARED = 256;

/** Half of a hash, which a small number holds: a large one takes many times as long to write. */
const HALF = 2 ** 24;

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hexOf(half: number): string {
  return `${BYTES[half >> 16]}${BYTES[(half >> 8) & 255]}${BYTES[half & 255]}`;
}
