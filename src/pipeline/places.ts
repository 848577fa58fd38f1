import type { LinePlace } from '../journal/lines.js';
import { Column } from '../column.js';
import type { Pages } from '../pages.js';
import type { Seat } from '../run/ledger.js';

interface Columns {
  offsets: Column;
  lengths: Column;
}

/** Where the raw results of a run stand in its journal. */
export class Places {
  readonly #rounds = new Map<string, Columns>();

  constructor(private readonly pages: Pages) {}

  get(seat: Seat, repeat: number): LinePlace | undefined {
    const columns = this.#rounds.get(keyOf(seat, repeat));
    const offset = columns?.offsets.get(seat.case);
    const length = columns?.lengths.get(seat.case);
    return offset === undefined || length === undefined ? undefined : { offset, length };
  }

  set(seat: Seat, repeat: number, { offset, length }: LinePlace): void {
    const key = keyOf(seat, repeat);
    const columns = this.#rounds.get(key) ?? {
      offsets: new Column(this.pages),
      lengths: new Column(this.pages),
    };
    this.#rounds.set(key, columns);
    columns.offsets.set(seat.case, offset);
    columns.lengths.set(seat.case, length);
  }
}

function keyOf({ evaluation }: Seat, repeat: number): string {
  return `${evaluation} ${repeat}`;
}
