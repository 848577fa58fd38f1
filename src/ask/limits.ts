import pLimit from 'p-limit';
import type { ModelDescription } from '../providers/provider.js';
import type { Answer, ModelRequest } from '../vocabulary.js';
import type { Layer } from './ask.js';
import { statedDelay, tooLong } from './back-off.js';
import { aborted, type Clock, unlessAborted } from './clock.js';
import { Lane, type Place, type Refusal, type Turn, type Waiting } from './lane.js';

/** How many calls may be under way, and how fast they may follow each other. */
export interface LimitOptions {
  describe(model: string): Pick<ModelDescription, 'provider' | 'account' | 'concurrency' | 'limits' | 'calls'>;
  /** Calls at a time over all providers; also a provider's own limit where it has none. */
  concurrency: number;
  /** A lane that is paused for longer than this, in milliseconds, refuses calls instead of holding them. */
  maxWaitMs?: number;
  /** About how many tokens a request will use, in and out. */
  tokens?(request: ModelRequest): number;
  clock: Clock;
}

/** A call that was refused so often while others were let in is out of luck for good. */
const MOST_MISSES = 8;

/**
 * Bounds the calls under way, per provider and over all, and their rate. Providers of one account share a lane. A server's
 * retry-after pauses the whole lane, not the one worker that heard it, and a refusal is sent again by the lane when it can be: it
 * tells of the rate of all calls, not of the one that met it. Places are given in order of asking whatever the purpose, a place in
 * the lane before one of all: a slow or paused provider holds no place that another could use, and nothing that holds a place ever
 * waits for a second call.
 */
export function limits(options: LimitOptions): Layer {
  const { describe, concurrency, maxWaitMs = 60_000, tokens = () => 0, clock } = options;
  const overall = pLimit(concurrency);
  const lanes = new Map<string, Lane>();
  /** While there is one lane, and it lets in no more than may be under way over all, its calls need no second place. */
  let alone = true;
  /** Of calls that have none, how many are under way, and where some were taken for them since, what gives these back. */
  let unplaced = 0;
  const givingBack: (() => void)[] = [];
  const laneOf = (model: string): Lane => {
    const { provider, account, concurrency: own, limits: rates, calls } = describe(model);
    // A server limits an account, whatever we call it. Who sets a provider's own limits knows that they are its own.
    const name = own === undefined && rates === undefined && account !== undefined ? account : provider;
    const known = lanes.get(name);
    if (known) return known;
    const bounds = { concurrency: own ?? concurrency, maxWaitMs, ...(rates && { limits: rates }) };
    const lane = new Lane({ provider, ...bounds, remote: calls === 'network', clock });
    lanes.set(name, lane);
    if (alone && (lanes.size > 1 || bounds.concurrency > concurrency)) {
      alone = false;
      for (let count = unplaced; count > 0; count -= 1) {
        const over = new Promise<void>((resolve) => givingBack.push(resolve));
        void overall(() => over);
      }
    }
    return lane;
  };
  const withPlace = <T>(act: () => Promise<T>): Promise<T> => {
    if (!alone) return overall(act);
    unplaced += 1;
    const over = (): void => {
      unplaced -= 1;
      givingBack.pop()?.();
    };
    const done = act();
    done.then(over, over);
    return done;
  };
  return (next) => (request, context) => {
    const { signal } = context;
    const lane = laneOf(request.model);
    let sent = 0;
    let missed = 0;
    let waiting: Waiting | undefined;

    const placed = (again: boolean, refusal?: Refusal): Promise<Turn> =>
      new Promise((resolve) => {
        const give = (turn: Turn): void => {
          waiting = undefined;
          resolve(turn);
        };
        waiting = { tokens: tokens(request), again, give, ...(refusal && { refusal }) };
        lane.enter(waiting);
      });
    const send = async (place: Place): Promise<{ answer: Answer; refused: boolean } | undefined> => {
      // The lane may have been paused while this call waited for its place among all.
      if (signal?.aborted || lane.paused) {
        lane.giveBack(place);
        return undefined;
      }
      sent += 1;
      if (describe(request.model).calls !== 'none') context.sent?.();
      lane.begin(place);
      let answer: Answer | undefined;
      try {
        answer = await next(request, context);
      } finally {
        if (!answer) lane.end(place, undefined);
      }
      return { answer, refused: lane.end(place, answer) };
    };
    const run = async (): Promise<Answer> => {
      let attempts = 0;
      let refusal: Refusal | undefined;
      for (let again = false; ; again = true) {
        if (signal?.aborted) return aborted(sent);
        const turn = await placed(again, refusal);
        if ('instead' in turn) return { ...turn.instead, attempts };
        const told = await withPlace(() => send(turn.place));
        if (!told) continue;
        const { answer, refused } = told;
        attempts += answer.attempts;
        if (answer.ok || !refused || answer.retry?.retry === 'no') {
          return attempts === answer.attempts ? answer : { ...answer, attempts };
        }
        const asked = statedDelay(answer);
        if (asked !== undefined && asked > maxWaitMs) return { ...tooLong(answer, asked, maxWaitMs), attempts };
        refusal = { ...answer, retry: { retry: 'no' } };
        if (!lane.refusesAll) missed += 1;
        if (missed >= MOST_MISSES || lane.hopeless) return { ...refusal, attempts };
      }
    };
    return unlessAborted(run(), signal, () => {
      if (waiting) lane.drop(waiting);
      return aborted(sent);
    });
  };
}
