import type { Ask } from '../../src/ask/ask.js';
import type { Clock } from '../../src/ask/clock.js';
import { limits } from '../../src/ask/limits.js';
import { retry } from '../../src/ask/retry.js';
import type { Answer, RateSettings } from '../../src/vocabulary.js';
import { bad, context, describeAs, good, request } from './fakes.js';

/** A clock that jumps from one sleeper to the next, fit for ten thousands of them. */
export class QuickClock implements Clock {
  time = 0;
  #chance = 12_345;
  readonly #heap: { until: number; wake(): void; gone: boolean }[] = [];

  now = () => this.time;

  random = () => {
    this.#chance = (this.#chance * 1_103_515_245 + 12_345) & 0x7fff_ffff;
    return this.#chance / 0x7fff_ffff;
  };

  /** As timers do: whole milliseconds, and a little late. */
  sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const sleeper = { until: this.time + Math.max(1, Math.ceil(ms)) + this.random(), wake: resolve, gone: false };
      signal?.addEventListener(
        'abort',
        () => {
          sleeper.gone = true;
          resolve();
        },
        { once: true },
      );
      this.#push(sleeper);
    });

  async run<T>(promise: Promise<T>): Promise<T> {
    const state = { done: false };
    const end = () => {
      state.done = true;
    };
    promise.then(end, end);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise((resolve) => setImmediate(resolve));
      if (state.done) return promise;
      const next = this.#pop();
      if (!next) throw new Error('the promise never settles');
      this.time = Math.max(this.time, next.until);
      next.wake();
    }
  }

  #push(sleeper: { until: number; wake(): void; gone: boolean }): void {
    const heap = this.#heap;
    let at = heap.push(sleeper) - 1;
    for (let up = (at - 1) >> 1; at > 0 && (heap[up]?.until ?? 0) > sleeper.until; up = (at - 1) >> 1) {
      [heap[at], heap[up]] = [heap[up] ?? sleeper, sleeper];
      at = up;
    }
  }

  #pop(): { until: number; wake(): void } | undefined {
    for (;;) {
      const heap = this.#heap;
      const first = heap[0];
      const last = heap.pop();
      if (first && last && heap.length > 0) this.#sink(last);
      if (!first?.gone) return first;
    }
  }

  #sink(sleeper: { until: number; wake(): void; gone: boolean }): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const down = right && left && right.until < left.until ? 2 * at + 2 : 2 * at + 1;
      const below = heap[down];
      if (!below || below.until >= sleeper.until) break;
      heap[at] = below;
      at = down;
    }
    heap[at] = sleeper;
  }
}

/** A server with a token bucket, and how it is asked. Times in milliseconds. */
export interface Scenario {
  perSecond?: number;
  burst?: number;
  latencyMs?: number;
  concurrency?: number;
  /** Pairs of a model's answer and its judge's, half of them of either of two models. */
  pairs?: number;
  /** What it says when it refuses. */
  says?: 'nothing' | 'whole seconds' | 'exactly' | 'headers';
  limits?: RateSettings;
  /** The two models and the judge are behind a provider each, all of one account. */
  lanes?: boolean;
}

/** How it went. */
export interface Politeness {
  sent: number;
  refused: number;
  failed: number;
  mostInFlight: number;
  /** Of what the server would have let in, or the calls at a time allow, the share that was used. */
  used: number;
  /** When each was asked for, sent and answered, by who asked. */
  longestWaitMs: Record<string, number>;
}

/** Asks a server that limits its rate for so many answers, through retry and limits, on a clock of its own. */
export async function askPolitely(scenario: Scenario): Promise<Politeness> {
  const { perSecond = 50, burst = 50, latencyMs = 200, concurrency = 16, pairs = 500, says = 'nothing' } = scenario;
  const clock = new QuickClock();
  const seen = { sent: 0, refused: 0, inFlight: 0, most: 0, level: burst, at: 0, last: 0 };
  const server: Ask = async () => {
    seen.sent += 1;
    seen.inFlight += 1;
    seen.most = Math.max(seen.most, seen.inFlight);
    await clock.sleep(1);
    seen.level = Math.min(burst, seen.level + ((clock.time - seen.at) * perSecond) / 1000);
    seen.at = clock.time;
    const admitted = seen.level >= 1;
    if (admitted) seen.level -= 1;
    const resetMs = Math.max(1, ((burst - seen.level) / perSecond) * 1000);
    const told = says === 'headers' && [{ of: 'requests' as const, remaining: Math.floor(seen.level), resetMs }];
    const beside = (answer: Answer): Answer => (told ? { ...answer, rateLimits: told } : answer);
    if (admitted) await clock.sleep(latencyMs * (0.9 + 0.2 * clock.random()));
    seen.inFlight -= 1;
    seen.last = clock.time;
    if (admitted) return beside(good());
    seen.refused += 1;
    const missing = ((1 - seen.level) / perSecond) * 1000;
    const afterMs = { nothing: undefined, exactly: missing, headers: missing, 'whole seconds': 1000 }[says];
    const retryAdvice = { retry: 'rate-limited', ...(afterMs !== undefined && { afterMs }) } as const;
    return beside(bad('rate-limited', retryAdvice));
  };
  const known = scenario.lanes
    ? Object.fromEntries(['a', 'b', 'judge'].map((name) => [name, { account: 'one server, one key' }]))
    : { p: scenario.limits ? { limits: scenario.limits } : {} };
  const describe = describeAs(known);
  const ask = retry({ clock })(limits({ describe, concurrency, clock })(server));
  let next = 0;
  let failed = 0;
  const longestWaitMs: Record<string, number> = {};
  const worker = async () => {
    while (next < pairs) {
      const id = next++;
      const model = id % 2 === 0 ? 'a' : 'b';
      for (const who of [model, 'judge']) {
        const name = `${scenario.lanes ? who : 'p'}:${who}`;
        const asked = clock.time;
        const answer = await ask(request({ model: name }), context({ case: String(id) }));
        longestWaitMs[who] = Math.max(longestWaitMs[who] ?? 0, clock.time - asked);
        if (!answer.ok) failed += 1;
      }
    }
  };
  await clock.run(Promise.all(Array.from({ length: 2 * concurrency }, worker)));
  const answered = seen.sent - seen.refused;
  const leastMs = Math.max(((answered - burst) / perSecond) * 1000, (answered * latencyMs) / concurrency) + latencyMs;
  return {
    sent: seen.sent,
    refused: seen.refused,
    failed,
    mostInFlight: seen.most,
    used: leastMs / seen.last,
    longestWaitMs,
  };
}
