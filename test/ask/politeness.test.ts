import { expect, test } from 'vitest';
import { askPolitely, type Scenario } from './limited-server.js';

test.each<[string, Scenario]>([
  ['nothing', {}],
  ['whole seconds', { says: 'whole seconds' }],
  ['the exact time', { says: 'exactly' }],
  ['its limits in headers', { says: 'headers' }],
  ['nothing, to many at a time', { concurrency: 64 }],
  ['whole seconds, to many at a time', { concurrency: 64, says: 'whole seconds' }],
  ['nothing, and is quick', { latencyMs: 20 }],
  ['nothing, and is slow', { latencyMs: 1000, concurrency: 64 }],
  ['nothing, and has a small reserve', { burst: 10 }],
  ['nothing, to three providers of one account', { lanes: true }],
  ['whole seconds, to three providers of one account', { lanes: true, says: 'whole seconds' }],
  ['the exact time, to three providers of one account', { lanes: true, says: 'exactly' }],
  ['nothing, and lets 10 in', { perSecond: 10, burst: 10 }],
  ['nothing, and lets 500 in', { perSecond: 500, burst: 500, concurrency: 256, pairs: 3000 }],
])(
  'a server that lets 50 requests per second in and says %s: used well, refused seldom, nobody waits long',
  async (_says, scenario) => {
    const seen = await askPolitely({ pairs: 750, ...scenario });
    expect(seen.failed).toBe(0);
    expect(seen.used).toBeGreaterThan(0.95);
    expect(seen.refused / seen.sent).toBeLessThan(0.02);
    expect(seen.mostInFlight).toBeLessThanOrEqual(scenario.concurrency ?? 16);
    const waits = Object.values(seen.longestWaitMs);
    expect(waits).toHaveLength(3);
    // The queue is at most two windows long.
    const turn = (2 * 1000 * (scenario.concurrency ?? 16)) / (scenario.perSecond ?? 50);
    expect(Math.max(...waits)).toBeLessThan(turn + 2500 + (scenario.latencyMs ?? 200));
  },
);

test('a limit in the config is kept to without a single refusal', async () => {
  const seen = await askPolitely({ limits: { requestsPerMinute: 3000 }, burst: 10, pairs: 750 });
  expect(seen.refused).toBe(0);
  expect(seen.used).toBeGreaterThan(0.98);
});

test('a server without limits is not slowed down', async () => {
  const seen = await askPolitely({ perSecond: 1e6, burst: 1e6, concurrency: 64, pairs: 1000 });
  expect(seen.refused).toBe(0);
  expect(seen.used).toBeGreaterThan(0.98);
  expect(seen.mostInFlight).toBe(64);
});
