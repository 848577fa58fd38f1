/** What rounding may cost: a bucket that lacks less than this is full enough. */
const CRUMB = 1e-9;

/**
 * Holds what may be taken at a steady rate: it fills up to its capacity and no further. What is taken beyond what is there is a
 * debt, to be filled up first. Times are in milliseconds.
 */
export class Bucket {
  #perMs: number;
  #capacity: number;
  #level: number;
  #at: number;

  /** A full one. */
  constructor(perMs: number, capacity: number, now: number) {
    this.#perMs = perMs;
    this.#capacity = capacity;
    this.#level = capacity;
    this.#at = now;
  }

  /** How long until this much may be taken: until it is there, or the bucket full. */
  waitMs(amount: number, now: number): number {
    this.#fill(now);
    const lacks = Math.min(amount, this.#capacity) - this.#level;
    return lacks <= CRUMB ? 0 : lacks / this.#perMs;
  }

  /** What is there; below 0: a debt. */
  level(now: number): number {
    this.#fill(now);
    return this.#level;
  }

  /** Takes, whether it is there or not; a negative amount gives back. */
  take(amount: number, now: number): void {
    this.#fill(now);
    this.#level = Math.min(this.#capacity, this.#level - amount);
  }

  /** Another rate and capacity from now on. */
  change(perMs: number, capacity: number, now: number): void {
    this.#fill(now);
    this.#perMs = perMs;
    this.#capacity = capacity;
    this.#level = Math.min(capacity, this.#level);
  }

  #fill(now: number): void {
    this.#level = Math.min(this.#capacity, this.#level + (now - this.#at) * this.#perMs);
    this.#at = now;
  }
}

const MINUTE_MS = 60_000;

/** What a busy process may be late by, in milliseconds: so much is made up for, so that being late costs no rate. */
const LATE_MS = 100;

/**
 * A bucket for at most so many in any minute, whichever minute one looks at: over a time T it gives no more than its capacity
 * plus its rate × T, and the rate leaves room for the capacity.
 */
export function perMinute(most: number, now: number): Bucket {
  const capacity = 1 + ((most - 1) / MINUTE_MS) * LATE_MS;
  return new Bucket((most - capacity + 1) / MINUTE_MS, capacity, now);
}

/** The capacity for a rate that is only kept to on the whole. @param lateMs how long a burst may make up for */
export function smooth(perMs: number, lateMs = LATE_MS): number {
  return 1 + perMs * lateMs;
}
