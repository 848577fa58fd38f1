import type { RateWindow } from '../vocabulary.js';
import { Bucket, smooth } from './bucket.js';

/** While more than this share of a limit is left, it limits nothing. */
const LOW = 0.5;
/** Whatever a server says is left, it is asked this often: only a refusal silences it. */
const AT_LEAST_PER_MS = 1 / 5000;

/**
 * The rates that a server's own words allow: once a limit is half used up, what is left of it is spread over the time until it is
 * whole again. That is right for a limit that is filled up at once and for one that fills steadily, where it settles with the
 * limit half used and spends just what comes in.
 */
export class ToldRates {
  readonly #told = new Map<RateWindow['of'], { bucket: Bucket; until: number }>();
  /** The most that was ever left: the limit itself need not be told. */
  readonly #most = new Map<RateWindow['of'], number>();

  hear(windows: readonly RateWindow[], tokens: number, now: number): void {
    for (const { of, remaining, resetMs } of windows) {
      const most = Math.max(remaining, this.#most.get(of) ?? 0);
      this.#most.set(of, most);
      if (remaining > most * LOW) {
        this.#told.delete(of);
        continue;
      }
      const perMs = Math.max(remaining / resetMs, amount(of, tokens) * AT_LEAST_PER_MS);
      const capacity = smooth(perMs);
      const bucket = this.#told.get(of)?.bucket ?? new Bucket(perMs, capacity, now);
      bucket.change(perMs, capacity, now);
      // Where not even one call is left, there is nothing that could be taken at once.
      if (remaining < amount(of, tokens)) bucket.take(Math.max(0, bucket.level(now)), now);
      this.#told.set(of, { bucket, until: now + resetMs });
    }
  }

  waitMs(tokens: number, now: number): number {
    let longest = 0;
    for (const [of, { bucket, until }] of this.#told) {
      if (now >= until) this.#told.delete(of);
      else longest = Math.max(longest, Math.min(until - now, bucket.waitMs(amount(of, tokens), now)));
    }
    return longest;
  }

  /** Takes for a call; negative amounts give back. */
  take(requests: number, tokens: number, now: number): void {
    for (const [of, { bucket }] of this.#told) bucket.take(of === 'requests' ? requests : tokens, now);
  }
}

/** What one call takes of a limit. Of input and output apart only the sum is estimated: more careful than need be. */
function amount(of: RateWindow['of'], tokens: number): number {
  return of === 'requests' ? 1 : tokens;
}
