import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordingStore } from '../../src/ask/recordings-file.js';
import { projectFiles } from '../../src/journal/project-files.js';
import { askingPort } from '../../src/pipeline/asking.js';
import { type Provider, ProviderError } from '../../src/providers/provider.js';
import type { Completion, Failure, Retry } from '../../src/vocabulary.js';
import { processWorld } from '../../src/world.js';
import { context, describeAs, FakeClock, request } from './fakes.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'port-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function portOf(complete: Provider['complete'], clock: FakeClock, mode: 'record' | 'live' = 'live', concurrency = 4) {
  const files = projectFiles((path) => join(root, path));
  const store = recordingStore({ files, redact: (text) => text, writable: true });
  const pool = { describe: describeAs(), get: async () => ({ complete }), close: async () => undefined };
  const { now, sleep, random } = clock;
  const world = { ...processWorld(), date: () => new Date('2026-01-01'), now, sleep, random };
  const ask = askingPort({ pool, mode, refresh: false, store, timeoutMs: 1000, maxWaitMs: 5000, concurrency }, world);
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
  // 1 s until the time was up, the back-off of the question, that of its lane, and what the server asked for.
  expect(clock.time).toBe(1000 + 375 + 375 + 2000);
  expect(readFileSync(join(root, 'fixtures/recordings/p.jsonl'), 'utf8')).toContain('"costUsd":0.25');
});

test('who waits for another try holds no place', async () => {
  const clock = new FakeClock();
  const sent: string[] = [];
  const once = new Set(['c0']);
  const complete: Provider['complete'] = async ({ trial }) => {
    sent.push(trial.case);
    if (once.delete(trial.case)) throw throwing('server', { retry: 'transient' });
    return fine;
  };
  const run = portOf(complete, clock, 'live', 1);
  await clock.run(Promise.all([0, 1, 2].map((id) => run.ask(request(), context({ case: `c${id}` })))));
  expect(sent).toEqual(['c0', 'c1', 'c2', 'c0']);
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
