import type { Answer, Failure, RateSettings } from '../vocabulary.js';
import { backOff, statedDelay } from './back-off.js';
import { type Bucket, perMinute } from './bucket.js';
import type { Clock } from './clock.js';
import { LearnedRate } from './learned-rate.js';
import { ToldRates } from './told-rates.js';
import { Window } from './window.js';

/** What a lane is made of. Times are in milliseconds. */
export interface LaneOptions {
  /** As it is called in messages: of an account that several share, the first. */
  provider: string;
  /** Most calls at a time. */
  concurrency: number;
  limits?: RateSettings;
  /** Nothing waits longer than this for a provider that refuses everything. */
  maxWaitMs: number;
  /** Whether calls go over a network, where many should not be opened in the same instant. */
  remote: boolean;
  clock: Clock;
}

/** A place in a lane: held while a call is under way. */
export interface Place {
  tokens: number;
  /** Of its call: which it is in the order of sending, from 1, and when it was sent. Both 0 until then. */
  order: number;
  sentAt: number;
}

/** An answer that is none. */
export type Refusal = Extract<Answer, { ok: false }>;

/** What a call comes to that asks for a place: a place, or the answer that it gets instead. */
export type Turn = { place: Place } | { instead: Refusal };

/** A call that waits for its place. */
export interface Waiting {
  tokens: number;
  /** It had a place before, and stands before those that had none. */
  again: boolean;
  /** The last refusal of this very call, if it was sent. */
  refusal?: Refusal;
  give(turn: Turn): void;
}

/** So many refusals in a row, with nothing answered between them, for so long: a call that was refused itself is not tried again. */
const MOST_STRIKES = 5;
const LEAST_PATIENCE_MS = 3000;
/** A provider that has refused everything for so long is given up, even where more patience is allowed. */
const GIVE_UP_MS = 30_000;
/** So many calls may be opened at once; each further one a moment later, so that a first refusal stops the rest. */
const OPENED_AT_ONCE = 8;
const OPENING_MS = 1;
/** Nobody sleeps longer without looking whether what it waits for has changed. */
const LONGEST_NAP_MS = 1000;
/** How much more than what a rate needs at the usual latency is left under way. */
const ROOM = 1.25;

/**
 * The calls of one provider, or of one account: a queue in order of asking whose head goes when the window of calls under way, the pauses that the
 * server asked for, and the rates of config, headers and experience all allow it. Refusals (429, 529) narrow the window and slow
 * the rate for all; answers widen it again.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #window: Window;
  readonly #learned = new LearnedRate();
  readonly #told = new ToldRates();
  readonly #requests: Bucket | undefined;
  readonly #tokens: Bucket | undefined;
  readonly #queue: Waiting[] = [];
  #underWay = 0;
  /** Most under way since the last refusal: up to there, places are filled again at once. */
  #opened = OPENED_AT_ONCE;
  #givenAt = Number.NEGATIVE_INFINITY;
  #sent = 0;
  #pausedUntil = 0;
  /** Refusals in a row without an answer between them, when the first came, and what had been sent when the last came. */
  #strikes = 0;
  #struckFirst = 0;
  #struckAfter = 0;
  #latencyMs: number | undefined;
  /** Tokens that calls really use, as a share of what was expected. */
  #share = 1;
  #givenUp: Failure | undefined;
  #nap: { until: number; end: AbortController } | undefined;

  constructor(options: LaneOptions) {
    const { concurrency, limits, clock } = options;
    this.#options = options;
    this.#window = new Window(concurrency);
    const { requestsPerMinute, tokensPerMinute } = limits ?? {};
    if (requestsPerMinute !== undefined) this.#requests = perMinute(requestsPerMinute, clock.now());
    if (tokensPerMinute !== undefined) this.#tokens = perMinute(tokensPerMinute, clock.now());
  }

  /** Asks for a place. */
  enter(waiting: Waiting): void {
    if (waiting.again) this.#queue.unshift(waiting);
    else this.#queue.push(waiting);
    this.#next();
  }

  /** Takes a call out of the queue again. */
  drop(waiting: Waiting): void {
    const at = this.#queue.indexOf(waiting);
    if (at !== -1) this.#queue.splice(at, 1);
    this.#next();
  }

  /** Whether what was given a place should better wait once more: the lane was paused since. */
  get paused(): boolean {
    return this.#pausedUntil > this.#options.clock.now();
  }

  /** Gives a place back unused: as if nobody had taken it. */
  giveBack({ tokens }: Place): void {
    this.#pay(-1, -tokens, this.#options.clock.now());
    this.#leave();
  }

  /** A place's call is sent now, perhaps long after it was given: what its answer tells of the rate counts from here. */
  begin(place: Place): void {
    this.#sent = this.#learned.sent();
    place.order = this.#sent;
    place.sentAt = this.#options.clock.now();
  }

  /**
   * Gives a place back when its call is over, and learns from the answer.
   * @param answer absent: it threw
   * @returns whether the server refused the call because of its rate or load, so that it may be sent again
   */
  end(place: Place, answer: Answer | undefined): boolean {
    const now = this.#options.clock.now();
    const refused = answer !== undefined && isRefusal(answer);
    if (answer) this.#learn(place, answer, refused, now);
    this.#leave();
    return refused;
  }

  #learn(place: Place, answer: Answer, refused: boolean, now: number): void {
    if (answer.rateLimits) this.#told.hear(answer.rateLimits, place.tokens, now);
    if (refused && !answer.ok) return this.#refused(place, answer, now);
    if (answer.ok) {
      const latency = now - place.sentAt;
      this.#latencyMs = this.#latencyMs === undefined ? latency : this.#latencyMs + (latency - this.#latencyMs) / 8;
      this.#settle(place, answer, now);
    }
    const answered = answer.ok || (answer.failure.status !== undefined && answer.failure.status < 500);
    if (!answered) return;
    this.#strikes = 0;
    this.#window.grow();
  }

  /** Tokens were taken as estimated; now it is known how many they were. */
  #settle(place: Place, answer: Extract<Answer, { ok: true }>, now: number): void {
    const { inputTokens, outputTokens } = answer.completion.usage ?? {};
    if (inputTokens === undefined && outputTokens === undefined) return;
    const used = (inputTokens ?? 0) + (outputTokens ?? 0);
    this.#tokens?.take(used - place.tokens, now);
    const estimated = place.tokens / this.#share;
    if (estimated > 0) this.#share = Math.min(10, Math.max(0.01, this.#share + (used / estimated - this.#share) / 8));
  }

  #refused(place: Place, answer: Refusal, now: number): void {
    const stated = statedDelay(answer);
    // Calls under way at the same time are refused together: that is one refusal.
    const anew = place.order > this.#struckAfter;
    if (answer.failure.kind === 'rate-limited') this.#learned.refused(place.order, anew, now);
    if (stated !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + stated);
    if (!anew) return;
    this.#struckAfter = this.#sent;
    this.#opened = 0;
    if (this.#strikes === 0) this.#struckFirst = now;
    this.#strikes += 1;
    const rate = this.#learned.perMs(now);
    if (this.#strikes > 1) this.#window.probe();
    else this.#window.shrink(rate === undefined ? 1 : Math.ceil(rate * (this.#latencyMs ?? 0) * ROOM) + 1);
    const pause = Math.min(this.#pauseMs(stated, rate), this.#options.maxWaitMs);
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pause);
    if (this.hopeless) this.#despair(answer, now);
  }

  /** How long to pause by ourselves, whatever the server stated. */
  #pauseMs(stated: number | undefined, rate: number | undefined): number {
    const random = this.#options.clock.random();
    // A server whose word has not held so often is not hammered at the pace it names.
    if (stated) return this.#strikes < MOST_STRIKES ? 0 : backOff(this.#strikes - MOST_STRIKES, random);
    if (stated === 0 && this.#strikes === 1) return 0;
    const own = backOff(this.#strikes - 1, random);
    // The first refusal at a rate that is known wants no more than a little less haste.
    return this.#strikes === 1 && rate !== undefined ? Math.min(own, 2 / rate) : own;
  }

  #despair({ failure }: Refusal, now: number): void {
    const hopeless = this.#queue.filter((waiting) => waiting.refusal);
    for (const waiting of hopeless) this.#queue.splice(this.#queue.indexOf(waiting), 1);
    for (const { refusal, give } of hopeless) if (refusal) give({ instead: refusal });
    const patience = Math.min(this.#options.maxWaitMs, GIVE_UP_MS);
    if (now - this.#struckFirst < patience) return;
    const message = `provider unavailable: it refused everything for ${Math.round(patience / 1000)} s; at last: ${failure.message}`;
    this.#givenUp = { kind: 'unavailable', message };
  }

  /** Whether a call that the server refused has no prospect of being let in. */
  get hopeless(): boolean {
    if (this.#strikes < MOST_STRIKES) return false;
    const refusing = this.#options.clock.now() - this.#struckFirst;
    return refusing >= Math.min(LEAST_PATIENCE_MS, this.#options.maxWaitMs);
  }

  /** Whether the server has let in nobody between its last two refusals. */
  get refusesAll(): boolean {
    return this.#strikes > 1;
  }

  #leave(): void {
    this.#underWay -= 1;
    this.#next();
  }

  /** Lets in whom it can, and sees to it that it looks again when time alone will let in the next. */
  #next(): void {
    for (let head = this.#queue[0]; head; head = this.#queue[0]) {
      const now = this.#options.clock.now();
      const instead = this.#refusal(now);
      if (instead) {
        for (const { give, refusal } of this.#queue.splice(0)) give({ instead: refusal ?? instead });
        break;
      }
      if (this.#underWay >= this.#window.size) break;
      const tokens = Math.ceil(head.tokens * this.#share);
      const wait = this.#waitMs(tokens, now);
      if (wait > 0) {
        void this.#sleep(Math.min(wait, LONGEST_NAP_MS), now);
        return;
      }
      this.#queue.shift();
      head.give({ place: this.#take(tokens, now) });
    }
    this.#wake();
  }

  /** The answer to everyone who waits, if nobody is let in for longer than anybody waits. */
  #refusal(now: number): Refusal | undefined {
    if (this.#givenUp) return { ok: false, failure: this.#givenUp, attempts: 0, retry: { retry: 'no' } };
    const pause = this.#pausedUntil - now;
    if (pause <= this.#options.maxWaitMs) return undefined;
    const message = `not sent: ${this.#options.provider} limits the rate of calls`;
    const failure = { kind: 'rate-limited', message } as const;
    return { ok: false, failure, attempts: 0, retry: { retry: 'rate-limited', afterMs: pause } };
  }

  #waitMs(tokens: number, now: number): number {
    const opening = this.#options.remote && this.#underWay >= this.#opened;
    return Math.max(
      this.#pausedUntil - now,
      opening ? this.#givenAt + OPENING_MS - now : 0,
      this.#requests?.waitMs(1, now) ?? 0,
      this.#tokens?.waitMs(tokens, now) ?? 0,
      this.#learned.waitMs(now),
      this.#told.waitMs(tokens, now),
    );
  }

  #take(tokens: number, now: number): Place {
    this.#pay(1, tokens, now);
    this.#givenAt = now;
    this.#underWay += 1;
    this.#opened = Math.max(this.#opened, this.#underWay);
    return { tokens, order: 0, sentAt: 0 };
  }

  /** Takes from what every rate allows; negative amounts give back. */
  #pay(requests: 1 | -1, tokens: number, now: number): void {
    this.#requests?.take(requests, now);
    this.#tokens?.take(tokens, now);
    this.#told.take(requests, tokens, now);
    this.#learned.take(requests, now);
  }

  async #sleep(ms: number, now: number): Promise<void> {
    if (this.#nap && this.#nap.until <= now + ms) return;
    this.#wake();
    const nap = { until: now + ms, end: new AbortController() };
    this.#nap = nap;
    await this.#options.clock.sleep(ms, nap.end.signal);
    if (this.#nap !== nap) return;
    this.#nap = undefined;
    this.#next();
  }

  #wake(): void {
    this.#nap?.end.abort();
    this.#nap = undefined;
  }
}

/** A server that refuses because of its load or of how often it is asked, not because of the question. */
function isRefusal(answer: Answer): boolean {
  if (answer.ok) return false;
  const { failure, retry } = answer;
  return failure.kind === 'rate-limited' || failure.kind === 'overloaded' || retry?.retry === 'rate-limited';
}
