import { expect, test } from 'vitest';
import { deadline } from '../../src/ask/deadline.js';
import type { Answer } from '../../src/vocabulary.js';
import { context, FakeClock, good, request } from './fakes.js';

const never = new Promise<Answer>(() => undefined);

test('an answer in time passes, and its timer is cleared', async () => {
  const clock = new FakeClock();
  const ask = deadline({ timeoutMs: 1000, clock })(async () => good());
  expect(await ask(request(), context())).toEqual(good());
  expect(clock.asleep).toBe(0);
});

test('an attempt that looks at no signal is ended all the same, and may be tried again', async () => {
  const clock = new FakeClock();
  const ask = deadline({ timeoutMs: 1500, clock })(() => never);
  const answer = await clock.run(ask(request(), context()));
  expect(answer).toMatchObject({ ok: false, attempts: 1, failure: { kind: 'timeout' }, retry: { retry: 'transient' } });
  expect(answer).toMatchObject({ failure: { message: 'no answer within 1.5 s' } });
  expect(clock.time).toBe(1500);
});

test('the attempt is told that it was abandoned; what it comes to later is dropped', async () => {
  const clock = new FakeClock();
  let told = false;
  const clockOfAttempt = new FakeClock();
  const late = clockOfAttempt.sleep(20).then((): Answer => {
    throw new Error('too late');
  });
  const ask = deadline({ timeoutMs: 10, clock })((_, { signal }) => {
    signal?.addEventListener('abort', () => {
      told = true;
    });
    return late;
  });
  const answer = await clock.run(ask(request(), context()));
  await clockOfAttempt.run(late).catch(() => undefined);
  expect(told).toBe(true);
  expect(answer).toMatchObject({ failure: { kind: 'timeout' } });
});

test('an abort from outside ends the attempt at once and is not retried', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const ask = deadline({ timeoutMs: 1000, clock })(() => never);
  const answer = ask(request(), context({ signal: stop.signal }));
  stop.abort();
  expect(await answer).toMatchObject({ attempts: 1, failure: { kind: 'aborted' }, retry: { retry: 'no' } });
  expect(clock.asleep).toBe(0);
  expect(await ask(request(), context({ signal: stop.signal }))).toMatchObject({ attempts: 0 });
});

test('a defect passes through, and its timer is cleared', async () => {
  const clock = new FakeClock();
  const ask = deadline({ timeoutMs: 1000, clock })(() => Promise.reject(new Error('defect')));
  await expect(ask(request(), context())).rejects.toThrow('defect');
  expect(clock.asleep).toBe(0);
});

test('attempts under way together share a timer, and each is given its own time', async () => {
  const clock = new FakeClock();
  const ask = deadline({ timeoutMs: 1000, clock })(() => never);
  const ended: number[] = [];
  const timed = async () => {
    await ask(request(), context());
    ended.push(clock.time);
  };
  const first = timed();
  clock.time = 400;
  const second = timed();
  expect(clock.asleep).toBe(1);
  await clock.run(Promise.all([first, second]));
  expect(ended).toEqual([1000, 1400]);
  expect(clock.asleep).toBe(0);
});
