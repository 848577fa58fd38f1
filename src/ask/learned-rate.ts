import { Bucket, smooth } from './bucket.js';

/** Fewer accepted requests than this tell no rate. */
const FEWEST = 5;
/** After a refusal the rate falls by this share of what it was, … */
const BACK = 0.1;
/**
 * … is back where it was after so many requests, and from there on grows as it rose until it is refused again: counted in requests,
 * refusals stay a small share of them at a slow limit, too. In seconds that is bounded on both sides.
 */
const RETURN_REQUESTS = 100;
const LEAST_RETURN_S = 4;
const MOST_RETURN_S = 20;
/** The first measurement is a rough one, and the rate doubles in so many seconds until it is refused. */
const DOUBLING_S = 2;
/** How long a burst may make up for being late. */
const LATE_MS = 50;

/**
 * The rate of requests that a server turns out to bear, learned from its refusals alone. Between two refusals it accepted what
 * its limit allows in that time, which is where the rate begins; from then on it moves as CUBIC does for TCP (RFC 9438): a step
 * down at a refusal, quickly back near the rate that was refused, long about there, then ever faster beyond, so that a limit that
 * was lifted is found out. Requests go out evenly at that rate.
 */
export class LearnedRate {
  /** The refusal that measuring began with: when it came, how many had been sent by then and refused since. */
  #mark: { at: number; sent: number; refused: number } | undefined;
  #sent = 0;
  /** The rate to come back to, in requests per millisecond, and when it was refused. */
  #turn: { perMs: number; at: number; rough: boolean } | undefined;
  #bucket: Bucket | undefined;

  /** Requests per millisecond; undefined while none is known. */
  perMs(now: number): number | undefined {
    if (this.#turn === undefined) return undefined;
    const seconds = Math.max(0, now - this.#turn.at) / 1000;
    if (this.#turn.rough) return this.#turn.perMs * 2 ** (seconds / DOUBLING_S);
    const back = returnS(this.#turn.perMs);
    return this.#turn.perMs * (1 + BACK * ((seconds - back) / back) ** 3);
  }

  waitMs(now: number): number {
    return this.#paced(now)?.waitMs(1, now) ?? 0;
  }

  /** Takes what requests will cost that are to be sent; a negative number gives back. */
  take(requests: number, now: number): void {
    this.#paced(now)?.take(requests, now);
  }

  /** A request is sent. @returns which it is in the order of sending, from 1 */
  sent(): number {
    this.#sent += 1;
    return this.#sent;
  }

  /**
   * A request was refused.
   * @param order which it was in the order of sending, from 1
   * @param anew false: it was under way when an earlier refusal came
   */
  refused(order: number, anew: boolean, now: number): void {
    this.#mark ??= this.#begin(now);
    if (order <= this.#mark.sent) return;
    this.#mark.refused += 1;
    if (!anew) return;
    const { at, sent, refused } = this.#mark;
    const accepted = this.#sent - sent - refused;
    const elapsed = now - at;
    const before = this.perMs(now);
    if (accepted >= FEWEST && elapsed > 0) {
      const least = accepted / elapsed;
      this.#turn = {
        perMs: before === undefined ? least : between(least, before, now - (this.#turn?.at ?? now)),
        at: now,
        rough: before === undefined,
      };
      this.#mark = this.#begin(now);
    } else if (before !== undefined) {
      this.#turn = { perMs: before, at: now, rough: false };
    }
  }

  #begin(now: number): { at: number; sent: number; refused: number } {
    return { at: now, sent: this.#sent, refused: 0 };
  }

  #paced(now: number): Bucket | undefined {
    const perMs = this.perMs(now);
    if (perMs === undefined) return undefined;
    this.#bucket ??= new Bucket(perMs, smooth(perMs, LATE_MS), now);
    this.#bucket.change(perMs, smooth(perMs, LATE_MS), now);
    return this.#bucket;
  }
}

/**
 * What was let in between two refusals, pauses included, is the least that the true rate can be, the rate that was refused about
 * the most: a refusal soon after the last speaks for the former, one after a long time for the latter.
 */
function between(least: number, most: number, sinceMs: number): number {
  const share = Math.min(1, sinceMs / 1000 / returnS(most));
  return least >= most ? most : least ** (1 - share) * most ** share;
}

/** How long a rate takes to come back, in seconds. */
function returnS(perMs: number): number {
  return Math.min(MOST_RETURN_S, Math.max(LEAST_RETURN_S, RETURN_REQUESTS / perMs / 1000));
}
