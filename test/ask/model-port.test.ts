import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { modelPort } from '../../src/ask/model-port.js';
import { recordingStore } from '../../src/ask/recordings-file.js';
import { projectFiles } from '../../src/journal/project-files.js';
import { type Provider, ProviderError } from '../../src/providers/provider.js';
import type { Completion, Failure, Retry } from '../../src/vocabulary.js';
import { context, describeAs, FakeClock, request } from './fakes.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'port-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function portOf(complete: Provider['complete'], clock: FakeClock, mode: 'record' | 'live' = 'live') {
  const files = projectFiles((path) => join(root, path));
  const store = recordingStore({ files, redact: (text) => text, writable: true });
  const pool = { describe: describeAs(), get: async () => ({ complete }), close: async () => undefined };
  const world = Object.assign(clock, { date: () => new Date('2026-01-01') });
  const ask = modelPort({ pool, mode, store, timeoutMs: 1000, maxWaitMs: 5000, concurrency: 4, clock: world });
  return { ask, end: () => store.flush().then(() => files.close()) };
}

const usage = { inputTokens: 1_000_000, outputTokens: 0 };
const fine: Completion = { output: 'yes', finishReason: 'stop', usage };
const throwing = (kind: Failure['kind'], retry: Retry) => new ProviderError({ kind, message: kind }, retry);

test('a hung call, a full server and a rate limit are waited out; the price is recorded with the reply', async () => {
  const clock = new FakeClock();
  const script = [
    () => new Promise<Completion>(() => undefined),
    () => Promise.reject(throwing('overloaded', { retry: 'transient' })),
    () => Promise.reject(throwing('rate-limited', { retry: 'rate-limited', afterMs: 2000 })),
    async () => fine,
  ];
  const run = portOf(() => script.shift()?.() ?? Promise.reject(new Error('asked too often')), clock, 'record');
  const answer = await clock.run(run.ask(request({ model: 'openai:gpt-5-mini' }), context()));
  await run.end();
  expect(answer).toMatchObject({ ok: true, attempts: 4, source: 'call', completion: { costUsd: 0.25 } });
  // 1 s until the time was up, two back-offs, and what the server asked for.
  expect(clock.time).toBe(1000 + 375 + 750 + 2000);
  expect(readFileSync(join(root, 'fixtures/recordings/p.jsonl'), 'utf8')).toContain('"costUsd":0.25');
});

test('a spent quota ends the run of a provider quickly: no more requests than were under way', async () => {
  const clock = new FakeClock();
  let requests = 0;
  const run = portOf(() => {
    requests += 1;
    return Promise.reject(throwing('quota', { retry: 'no' }));
  }, clock);
  const all = Array.from({ length: 50 }, (_, index) => run.ask(request(), context({ case: `c${index}` })));
  const answers = await clock.run(Promise.all(all));
  expect(requests).toBeLessThanOrEqual(4);
  expect(answers.every((each) => !each.ok && each.failure.kind === 'quota')).toBe(true);
  expect(clock.time).toBe(0);
});

test('ends at once when the run is interrupted, wherever a question is', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const run = portOf(() => new Promise<Completion>(() => undefined), clock);
  const all = Array.from({ length: 50 }, () => run.ask(request(), context({ signal: stop.signal })));
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  const answers = await Promise.all(all);
  expect(answers.every((each) => !each.ok && each.failure.kind === 'aborted')).toBe(true);
  expect(answers.filter((each) => each.attempts === 1)).toHaveLength(4);
  expect(clock.asleep).toBe(0);
});
