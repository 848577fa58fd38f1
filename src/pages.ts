/** Bytes of a page. */
export const PAGE = 8192;

/** So many pages are in memory, 2 MB: what some 25,000 cases need. */
const MOST_IN_MEMORY = 256;

/** A place outside of memory for pages that are not in use. */
export interface Scratch {
  /** @returns false where nothing can be kept there, or nothing more */
  write(bytes: Uint8Array, offset: number): boolean;
  /** Fills `bytes` with what was written at an offset. @throws UserError when it cannot be read any more */
  read(bytes: Uint8Array, offset: number): void;
}

/** The memory of a page, as bytes and as numbers. To be let go before another page is asked for, which may get it. */
export interface Frame {
  readonly bytes: Buffer;
  readonly numbers: Float64Array;
}

/** A page, wherever its content is. */
export interface Page {
  readonly number: number;
  frame: PageFrame | undefined;
  changed: boolean;
}

interface PageFrame extends Frame {
  page: Page;
  used: boolean;
}

/**
 * Pages of a fixed size, any number of them: those used last are in memory, the others in the scratch. A run goes through its cases
 * in order, so that a page is fetched once for many of them. Where there is no scratch, or it takes no more, memory holds them all.
 */
export class Pages {
  readonly #frames: PageFrame[] = [];
  #most: number;
  #made = 0;
  #hand = 0;

  constructor(
    private readonly scratch?: Scratch,
    most = MOST_IN_MEMORY,
  ) {
    this.#most = scratch ? most : Number.POSITIVE_INFINITY;
  }

  /** Whether pages that are not in use take no memory. */
  get spills(): boolean {
    return this.#most !== Number.POSITIVE_INFINITY;
  }

  /** A new page, whose content is anything until it is written. */
  add(): Page {
    const page: Page = { number: this.#made, frame: undefined, changed: false };
    this.#made += 1;
    page.frame = this.#frameFor(page);
    return page;
  }

  read(page: Page): Frame {
    const frame = page.frame ?? this.#fetch(page);
    frame.used = true;
    return frame;
  }

  /** As `read`, to be written to. */
  write(page: Page): Frame {
    page.changed = true;
    return this.read(page);
  }

  #fetch(page: Page): PageFrame {
    const frame = this.#frameFor(page);
    this.scratch?.read(frame.bytes, page.number * PAGE);
    page.frame = frame;
    return frame;
  }

  #frameFor(page: Page): PageFrame {
    const free = this.#frames.length < this.#most ? undefined : this.#freed();
    if (free) {
      free.page = page;
      return free;
    }
    const memory = new ArrayBuffer(PAGE);
    const frame = { bytes: Buffer.from(memory), numbers: new Float64Array(memory), page, used: true };
    this.#frames.push(frame);
    return frame;
  }

  /** Frees the frame that comes next in turn and was not used since it was passed over; undefined when its page must stay. */
  #freed(): PageFrame | undefined {
    for (;;) {
      const frame = this.#frames[this.#hand];
      this.#hand = (this.#hand + 1) % this.#frames.length;
      if (!frame) return undefined;
      const { page, used } = frame;
      frame.used = false;
      if (used) continue;
      if (page.changed && !this.scratch?.write(frame.bytes, page.number * PAGE)) {
        this.#most = Number.POSITIVE_INFINITY;
        return undefined;
      }
      page.changed = false;
      page.frame = undefined;
      return frame;
    }
  }
}
