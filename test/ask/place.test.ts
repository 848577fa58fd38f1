import { expect, test } from 'vitest';
import { Lane, type Place, type Refusal } from '../../src/ask/lane.js';
import type { Answer, RateWindow } from '../../src/vocabulary.js';
import { FakeClock, good } from './fakes.js';

const limited: Refusal = { ok: false, failure: { kind: 'rate-limited', message: 'slow down' }, attempts: 1 };

const told = (rateLimits: RateWindow[]): Answer => ({ ...good(), rateLimits });

/** A lane of which a test moves the clock itself. */
function opened() {
  const clock = new FakeClock();
  const lane = new Lane({ provider: 'a', concurrency: 100, maxWaitMs: 60_000, remote: false, clock });
  /** Lets time pass until there is a place. */
  const place = (): Promise<Place> =>
    clock.run(
      new Promise((resolve, reject) => {
        const give = (turn: { place: Place } | { instead: Refusal }) =>
          'place' in turn ? resolve(turn.place) : reject(new Error(turn.instead.failure.message));
        lane.enter({ tokens: 0, again: false, give });
      }),
    );
  const call = async (answer: Answer): Promise<void> => {
    const its = await place();
    lane.begin(its);
    lane.end(its, answer);
  };
  return { clock, lane, place, call };
}

/** When calls are sent after a server refused one, took ten within a second, and refused another. */
async function afterRefusals(givenBack: number): Promise<number[]> {
  const { clock, lane, place, call } = opened();
  await call(limited);
  for (let count = 0; count < 10; count += 1) {
    for (let back = 0; back < givenBack; back += 1) lane.giveBack(await place());
    await call(good());
    clock.time += 100;
  }
  await call(limited);
  const times: number[] = [];
  for (let count = 0; count < 20; count += 1) {
    for (let back = 0; back < givenBack; back += 1) lane.giveBack(await place());
    await call(good());
    times.push(clock.time);
  }
  return times;
}

test('a place that is given back unused is none that the server accepted: the rate learned is that of what was sent', async () => {
  const times = await afterRefusals(0);
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1000);
  expect(await afterRefusals(3)).toEqual(times);
});

test('a place that is given back unused takes nothing of what the server says is left', async () => {
  const { clock, lane, place, call } = opened();
  await call(told([{ of: 'requests', remaining: 100, resetMs: 10_000 }]));
  await call(told([{ of: 'requests', remaining: 10, resetMs: 10_000 }]));
  const before = clock.time;
  for (let count = 0; count < 20; count += 1) lane.giveBack(await place());
  expect(clock.time).toBe(before);
});

test('a place has no part in the order: a call sent after a refusal is refused anew, however early it had its place', async () => {
  const { clock, lane, place, call } = opened();
  const early = await place();
  await call(limited);
  const pause = lane.paused;
  clock.time += 60_000;
  expect([pause, lane.paused]).toEqual([true, false]);
  lane.begin(early);
  lane.end(early, limited);
  expect(lane.paused).toBe(true);
});
