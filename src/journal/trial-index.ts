import { Column } from '../column.js';
import { Names } from '../names.js';
import type { Pages } from '../pages.js';
import type { TrialResult } from '../vocabulary.js';
import type { LinePlace } from './lines.js';

/** Where the line of a trial stands, and what became of it: `ungraded` is completed, but its answer is still to be graded. */
export type TrialPlace = LinePlace & { status: TrialResult['status'] | 'ungraded' };

const STATUSES = ['completed', 'errored', 'skipped', 'ungraded'] as const;

/** The trials of a journal by their key, in the order in which each came first: a map that need not be in memory. */
export class TrialIndex {
  readonly #keys: Names;
  readonly #offsets: Column;
  readonly #lengths: Column;
  readonly #statuses: Column;

  constructor(pages: Pages) {
    this.#keys = new Names(pages);
    this.#offsets = new Column(pages);
    this.#lengths = new Column(pages);
    this.#statuses = new Column(pages);
  }

  get size(): number {
    return this.#keys.length;
  }

  get(key: string): TrialPlace | undefined {
    return this.#at(this.#keys.find(key));
  }

  set(key: string, { offset, length, status }: TrialPlace): void {
    const known = this.#keys.find(key);
    const at = known < 0 ? this.#keys.add(key) : known;
    this.#offsets.set(at, offset);
    this.#lengths.set(at, length);
    this.#statuses.set(at, STATUSES.indexOf(status));
  }

  *[Symbol.iterator](): Generator<[key: string, place: TrialPlace]> {
    for (let at = 0; at < this.size; at += 1) {
      const [key, place] = [this.#keys.at(at), this.#at(at)];
      if (key !== undefined && place) yield [key, place];
    }
  }

  #at(at: number): TrialPlace | undefined {
    const offset = this.#offsets.get(at);
    const length = this.#lengths.get(at);
    const status = STATUSES[this.#statuses.get(at) ?? -1];
    return offset === undefined || length === undefined || !status ? undefined : { offset, length, status };
  }
}
