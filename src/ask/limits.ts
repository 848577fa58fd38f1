import pLimit, { type LimitFunction } from 'p-limit';
import type { ModelDescription } from '../providers/provider.js';
import type { Answer } from '../vocabulary.js';
import type { Layer } from './ask.js';
import { aborted, type Clock, unlessAborted } from './clock.js';

/** How many calls may be under way. */
export interface LimitOptions {
  describe(model: string): Pick<ModelDescription, 'provider' | 'concurrency'>;
  /** Calls at a time over all providers; also a provider's own limit where it has none. */
  concurrency: number;
  /** A lane that is paused for longer than this, in milliseconds, refuses calls instead of holding them. */
  maxWaitMs?: number;
  clock: Pick<Clock, 'now' | 'sleep'>;
}

/** The calls of one provider. */
interface Lane {
  provider: string;
  limit: LimitFunction;
  /** The time on the clock until which the provider asked for silence. */
  pausedUntil: number;
}

/**
 * Bounds the calls under way, per provider and over all. A server's retry-after pauses its provider's whole lane, not the one
 * worker that heard it. Places are given in order of asking whatever the purpose, a place in the lane before one of all: a slow
 * or paused provider holds no place that another could use, and nothing that holds a place ever waits for a second call.
 */
export function limits({ describe, concurrency, maxWaitMs = 60_000, clock }: LimitOptions): Layer {
  const overall = pLimit(concurrency);
  const lanes = new Map<string, Lane>();
  const laneOf = (model: string): Lane => {
    const { provider, concurrency: own } = describe(model);
    const lane = lanes.get(provider) ?? { provider, limit: pLimit(own ?? concurrency), pausedUntil: 0 };
    lanes.set(provider, lane);
    return lane;
  };

  return (next) => (request, context) => {
    const { signal } = context;
    const lane = laneOf(request.model);
    let sent = 0;
    const given = () => aborted(sent);

    const send = async (): Promise<Answer | undefined> => {
      // The lane may have been paused while this call waited for its place among all.
      if (signal?.aborted || lane.pausedUntil > clock.now()) return undefined;
      sent = 1;
      const answer = await next(request, context);
      hear(answer, lane, clock.now());
      return answer;
    };
    const turn = async (): Promise<Answer> => {
      for (;;) {
        if (signal?.aborted) return given();
        const pause = lane.pausedUntil - clock.now();
        if (pause > maxWaitMs) return refused(lane, pause);
        if (pause > 0) await clock.sleep(pause, signal);
        else {
          const answer = await overall(send);
          if (answer) return answer;
        }
      }
    };
    return unlessAborted(lane.limit(turn), signal, given);
  };
}

/** Takes a server's delay to heart. */
function hear(answer: Answer, lane: Lane, now: number): void {
  if (answer.ok || answer.retry?.retry !== 'rate-limited' || !answer.retry.afterMs) return;
  lane.pausedUntil = Math.max(lane.pausedUntil, now + answer.retry.afterMs);
}

function refused(lane: Lane, afterMs: number): Answer {
  const message = `not sent: ${lane.provider} limits the rate of calls`;
  return {
    ok: false,
    failure: { kind: 'rate-limited', message },
    attempts: 0,
    retry: { retry: 'rate-limited', afterMs },
  };
}
