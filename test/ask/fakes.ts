import type { Ask, AskContext } from '../../src/ask/ask.js';
import type { Clock } from '../../src/ask/clock.js';
import type { ModelDescription } from '../../src/providers/provider.js';
import type { Answer, Completion, FailureKind, ModelRequest, Retry } from '../../src/vocabulary.js';

/** A clock that stands still until `run` moves it from one sleeper to the next. */
export class FakeClock implements Clock {
  time = 0;
  readonly slept: number[] = [];
  random = () => 0.5;
  readonly #sleepers = new Set<{ until: number; wake(): void }>();

  now = () => this.time;

  sleep = (ms: number, signal?: AbortSignal): Promise<void> => {
    this.slept.push(ms);
    return new Promise((resolve) => {
      const sleeper = { until: this.time + ms, wake };
      const sleepers = this.#sleepers;
      function wake(): void {
        sleepers.delete(sleeper);
        resolve();
      }
      if (signal?.aborted) return resolve();
      signal?.addEventListener('abort', wake, { once: true });
      sleepers.add(sleeper);
    });
  };

  /** How many are asleep: 0 when every timer was cleared. */
  get asleep(): number {
    return this.#sleepers.size;
  }

  /** Lets time pass until the promise settles. */
  async run<T>(promise: Promise<T>): Promise<T> {
    const state = { done: false };
    const end = () => {
      state.done = true;
    };
    promise.then(end, end);
    for (let steps = 0; !state.done; steps += 1) {
      if (steps > 10_000) throw new Error('the promise never settles');
      for (let ticks = 0; ticks < 3; ticks += 1) await new Promise((resolve) => setImmediate(resolve));
      if (!state.done) this.#wakeNext();
    }
    return promise;
  }

  #wakeNext(): void {
    const [next] = [...this.#sleepers].toSorted((a, b) => a.until - b.until);
    if (!next) return;
    this.time = Math.max(this.time, next.until);
    next.wake();
  }
}

export function request(changes: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'openai:m', messages: [{ role: 'user', content: 'hi' }], parameters: {}, tools: [], ...changes };
}

export function context(changes: Partial<AskContext> & { case?: string; repeat?: number } = {}): AskContext {
  const { case: id = 'c1', repeat = 1, ...rest } = changes;
  return { purpose: 'trial', trial: { prompt: 'p', model: 'openai:m', case: id, repeat }, ...rest };
}

export function good(output = 'yes', changes: Partial<Completion> = {}): Answer {
  return { ok: true, completion: { output, finishReason: 'stop', ...changes }, attempts: 1, source: 'call' };
}

export function bad(kind: FailureKind, retry: Retry = { retry: 'no' }, message: string = kind): Answer {
  return { ok: false, failure: { kind, message }, attempts: 1, retry };
}

/** A port that gives these answers in turn, the last one for ever, and counts how often it was asked. */
export function scripted(...answers: Answer[]): Ask & { asked: number } {
  const ask = Object.assign(
    async () => {
      const answer = answers[Math.min(ask.asked, answers.length - 1)];
      ask.asked += 1;
      if (!answer) throw new Error('nothing is scripted');
      return answer;
    },
    { asked: 0 },
  );
  return ask;
}

/** Describes `provider:name`; a provider is of the type it is named after unless `types` says more. */
export function describeAs(types: Record<string, Partial<ModelDescription>> = {}) {
  return (model: string): ModelDescription => {
    const [provider = '', ...name] = model.split(':');
    return { provider, type: provider, name: name.join(':'), calls: 'network', ...types[provider] };
  };
}
