import { expect, test } from 'vitest';
import { retry } from '../../src/ask/retry.js';
import { bad, context, FakeClock, good, request, scripted } from './fakes.js';

const TRANSIENT = { retry: 'transient' } as const;

function ask(port: ReturnType<typeof scripted>, clock: FakeClock, options = {}, signal?: AbortSignal) {
  return clock.run(retry({ clock, ...options })(port)(request(), context({ signal })));
}

test('trouble that passes is retried, and all attempts are counted', async () => {
  const port = scripted(bad('server', TRANSIENT), bad('overloaded', TRANSIENT), good());
  expect(await ask(port, new FakeClock())).toMatchObject({ ok: true, attempts: 3 });
});

test('gives up after four attempts with the last failure', async () => {
  const port = scripted(bad('overloaded', TRANSIENT));
  const clock = new FakeClock();
  expect(await ask(port, clock)).toMatchObject({ ok: false, attempts: 4, failure: { kind: 'overloaded' } });
  expect(port.asked).toBe(4);
  expect(clock.slept).toHaveLength(3);
});

test.each([{ retry: 'no' } as const, undefined])('does not retry what would not pass: %j', async (kind) => {
  const answer = { ...bad('bad-request'), retry: kind };
  const port = scripted(answer);
  expect(await ask(port, new FakeClock())).toMatchObject({ ok: false, attempts: 1 });
  expect(port.asked).toBe(1);
});

test('backs off from 0.5 s to 8 s, with jitter between half and the whole', async () => {
  for (const [random, expected] of [
    [0, [250, 500, 1000, 2000, 4000, 4000]],
    [1 - Number.EPSILON, [500, 1000, 2000, 4000, 8000, 8000]],
  ] as const) {
    const clock = new FakeClock();
    clock.random = () => random;
    await ask(scripted(bad('server', TRANSIENT)), clock, { retries: 6 });
    expect(clock.slept.map(Math.round)).toEqual(expected);
  }
});

test("the server's delay wins over the back-off", async () => {
  const clock = new FakeClock();
  const port = scripted(bad('rate-limited', { retry: 'rate-limited', afterMs: 1234 }), good());
  expect(await ask(port, clock)).toMatchObject({ ok: true, attempts: 2 });
  expect(clock.slept).toEqual([1234]);
});

test('a rate limit without a delay, or with one that is none, is backed off from', async () => {
  for (const afterMs of [undefined, -5, Number.NaN]) {
    const clock = new FakeClock();
    await ask(scripted(bad('rate-limited', { retry: 'rate-limited', afterMs }), good()), clock);
    expect(clock.slept).toEqual([375]);
  }
});

test('a server that asks for a day is not waited for, and the message says so', async () => {
  const clock = new FakeClock();
  const port = scripted(bad('rate-limited', { retry: 'rate-limited', afterMs: 86_400_000 }, 'slow down'));
  const answer = await ask(port, clock, { maxWaitMs: 5000 });
  expect(answer).toMatchObject({
    ok: false,
    attempts: 1,
    failure: { kind: 'rate-limited', message: 'slow down (it asked to wait 86400 s, and --max-wait allows 5 s)' },
  });
  expect(clock.slept).toEqual([]);
});

test('a back-off is never longer than the longest wait', async () => {
  const clock = new FakeClock();
  await ask(scripted(bad('server', TRANSIENT)), clock, { maxWaitMs: 100 });
  expect(clock.slept).toEqual([100, 100, 100]);
});

test('an abort ends the wait at once', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const port = scripted(bad('server', TRANSIENT));
  const answer = retry({ clock })(port)(request(), context({ signal: stop.signal }));
  await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  expect(await answer).toMatchObject({ ok: false, attempts: 1, failure: { kind: 'aborted' } });
  expect(clock.time).toBe(0);
  expect(port.asked).toBe(1);
});
