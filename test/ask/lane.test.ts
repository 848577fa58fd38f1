import { expect, test } from 'vitest';
import { type Ask, layered } from '../../src/ask/ask.js';
import { limits } from '../../src/ask/limits.js';
import { retry } from '../../src/ask/retry.js';
import type { Answer, RateWindow } from '../../src/vocabulary.js';
import { bad, context, describeAs, FakeClock, good, request } from './fakes.js';

const refusal = (afterMs?: number): Answer =>
  bad('rate-limited', { retry: 'rate-limited', ...(afterMs !== undefined && { afterMs }) }, 'slow down');

/** Asks so many questions at once of a port that answers by the number of the request, and remembers when each was sent. */
async function asking(
  answer: (index: number, time: number) => Answer | Promise<Answer>,
  { questions = 1, concurrency = 16, maxWaitMs = 60_000, clock = new FakeClock(), retries = true } = {},
) {
  const sent: number[] = [];
  let underWay = 0;
  let most = 0;
  const port: Ask = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    const index = sent.push(clock.time) - 1;
    await clock.sleep(10);
    underWay -= 1;
    return answer(index, clock.time);
  };
  const limited = limits({ describe: describeAs(), concurrency, maxWaitMs, clock });
  const ask = layered(port, [...(retries ? [retry({ clock, maxWaitMs })] : []), limited]);
  const asks = Array.from({ length: questions }, (_, index) => ask(request(), context({ case: String(index) })));
  return { answers: await clock.run(Promise.all(asks)), sent, most, clock };
}

test('a refusal is sent again by the lane, as soon as its server wishes, and counted as an attempt', async () => {
  const { answers, sent } = await asking((index) => (index === 0 ? refusal(1000) : good()));
  expect(answers).toMatchObject([{ ok: true, attempts: 2 }]);
  expect(sent).toEqual([0, 1010]);
});

test('a server that never says when is asked ever less often, and not for ever', async () => {
  const { answers, sent } = await asking(() => refusal());
  expect(answers).toMatchObject([{ ok: false, attempts: 5, failure: { kind: 'rate-limited', message: 'slow down' } }]);
  const pauses = sent.slice(1).map((at, index) => at - (sent[index] ?? 0) - 10);
  expect(pauses).toEqual([375, 750, 1500, 3000]);
});

test('short delays that do not hold are no reason to give up within a second', async () => {
  const { answers, sent, clock } = await asking((index) => (index < 7 ? refusal(200) : good()));
  expect(answers).toMatchObject([{ ok: true, attempts: 8 }]);
  expect(sent.slice(0, 5)).toEqual([0, 210, 420, 630, 840]);
  expect(clock.time).toBeLessThan(4000);
});

test('nor are they a pace to hammer at: the longer they do not hold, the more seldom it is asked, and not for ever', async () => {
  for (const delay of [0, 1, 200]) {
    const { answers, sent, clock } = await asking(() => refusal(delay));
    expect(answers).toMatchObject([{ ok: false, failure: { kind: 'rate-limited' } }]);
    expect(sent.length).toBeLessThanOrEqual(9);
    expect(clock.time).toBeGreaterThan(3000);
    expect(clock.time).toBeLessThan(7000);
  }
});

test('always overloaded: after a few probes every question that was refused gives up, none is tried by itself', async () => {
  const { answers, sent, clock } = await asking(() => bad('overloaded', { retry: 'transient' }), {
    questions: 16,
  });
  expect(answers.every((each) => !each.ok && each.failure.kind === 'overloaded')).toBe(true);
  // Once all of them, then one at a time.
  expect(sent.length).toBeLessThanOrEqual(16 + 8 + 4);
  expect(clock.time).toBeLessThan(10_000);
});

test('a provider that refuses everything for half a minute is given up: who was not sent yet is not asked', async () => {
  const { answers, sent, clock } = await asking(() => refusal(), { questions: 200 });
  const kinds = answers.map((each) => (each.ok ? 'ok' : each.failure.kind));
  expect(new Set(kinds)).toEqual(new Set(['rate-limited', 'unavailable']));
  expect(kinds.filter((kind) => kind === 'unavailable').length).toBeGreaterThan(150);
  expect(answers.at(-1)).toMatchObject({ attempts: 0, failure: { message: expect.stringContaining('slow down') } });
  expect(sent.length).toBeLessThan(40);
  expect(clock.time).toBeLessThan(45_000);
});

test('it is given up no later than one is willing to wait', async () => {
  const { clock } = await asking(() => refusal(), { questions: 200, maxWaitMs: 5000 });
  expect(clock.time).toBeLessThan(10_000);
});

test('an outage that passes costs patience only: everyone is answered', async () => {
  const { answers } = await asking((_, time) => (time < 4000 ? refusal(1000) : good()), { questions: 100 });
  expect(answers.every((each) => each.ok)).toBe(true);
});

test('after refusals fewer are under way, later as many as before, and never more than allowed', async () => {
  const clock = new FakeClock();
  let underWay = 0;
  const inFlight: number[] = [];
  const port: Ask = async () => {
    underWay += 1;
    inFlight.push(underWay);
    const index = inFlight.length;
    await clock.sleep(100);
    underWay -= 1;
    return index <= 10 ? refusal(200) : good();
  };
  const ask = limits({ describe: describeAs(), concurrency: 10, clock })(port);
  const answers = await clock.run(
    Promise.all(Array.from({ length: 50 }, (_, index) => ask(request(), context({ case: String(index) })))),
  );
  expect(answers.every((each) => each.ok)).toBe(true);
  expect(Math.max(...inFlight)).toBe(10);
  expect(Math.max(...inFlight.slice(10, 15))).toBeLessThanOrEqual(5);
  expect(Math.max(...inFlight.slice(30))).toBeGreaterThan(7);
});

test('what a server says is left is spread over the time until there is more', async () => {
  const clock = new FakeClock();
  const limit = 100;
  let left = limit;
  const { sent } = await asking(
    () => {
      left -= 1;
      const told: RateWindow = { of: 'requests', remaining: left, resetMs: 60_000 - clock.time };
      return { ...good(), rateLimits: [told] };
    },
    { questions: 90, clock },
  );
  // Half of it at once, then evenly.
  expect(sent[40]).toBeLessThan(1000);
  expect(sent[80]).toBeGreaterThan(25_000);
  expect(sent.at(-1)).toBeLessThan(60_000);
});

test('where a server says that nothing is left, nothing is asked until there is, or for a while', async () => {
  // Each answer takes 10 ms.
  const told = (resetMs: number) => async () => {
    const clock = new FakeClock();
    const rateLimits: RateWindow[] = [{ of: 'requests', remaining: 0, resetMs }];
    const { sent } = await asking(() => ({ ...good(), rateLimits }), { questions: 3, clock, concurrency: 1 });
    return sent;
  };
  expect(await told(3000)()).toEqual([0, 3010, 6020]);
  expect(await told(3_600_000)()).toEqual([0, 5010, 10_020]);
});

test('tokens count as well, by what answers really used', async () => {
  const clock = new FakeClock();
  const port: Ask = async () => good('x', { usage: { inputTokens: 10, outputTokens: 90 } });
  const describe = describeAs({ openai: { limits: { tokensPerMinute: 6000 } } });
  const ask = limits({ describe, concurrency: 4, tokens: () => 1000, clock })(port);
  const answers = Promise.all(
    Array.from({ length: 130 }, (_, index) => ask(request(), context({ case: String(index) }))),
  );
  await clock.run(answers);
  // 100 tokens each: 60 a minute, but for the first ones that were taken for ten times as large.
  expect(clock.time).toBeGreaterThan(120_000);
  expect(clock.time).toBeLessThan(180_000);
});

test('many calls are not opened in the same instant', async () => {
  const { sent, most } = await asking(() => good(), { questions: 64, concurrency: 64 });
  expect(sent.filter((at) => at === 0)).toHaveLength(8);
  expect(most).toBeGreaterThan(8);
});

test('after a refusal calls are opened one by one', async () => {
  const { sent } = await asking((index) => (index === 0 ? refusal(1000) : good()), { questions: 20, concurrency: 20 });
  // Those that were under way with the one that was refused are answered; the others wait, and it goes first.
  const later = sent.filter((at) => at >= 1000);
  expect(later.length).toBeGreaterThan(3);
  expect(new Set(later).size).toBe(later.length);
});

test('who was aborted leaves the queue, and no timer behind', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const ask = limits({ describe: describeAs(), concurrency: 1, clock })(async () => refusal(50_000));
  const asks = [1, 2, 3].map(() => ask(request(), context({ signal: stop.signal })));
  await new Promise((resolve) => setImmediate(resolve));
  expect(clock.asleep).toBe(1);
  stop.abort();
  expect(await Promise.all(asks)).toMatchObject([1, 2, 3].map(() => ({ failure: { kind: 'aborted' } })));
  expect(clock.asleep).toBe(0);
});
