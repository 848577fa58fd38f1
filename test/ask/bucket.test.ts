import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Bucket, perMinute } from '../../src/ask/bucket.js';

test('fills steadily, up to its capacity, and owes what was taken beyond it', () => {
  const bucket = new Bucket(0.01, 2, 0);
  expect(bucket.waitMs(1, 0)).toBe(0);
  bucket.take(2, 0);
  expect(bucket.waitMs(1, 0)).toBe(100);
  expect(bucket.waitMs(1, 100)).toBe(0);
  // More than it ever holds is let go when it is full, and paid back before the next.
  expect(bucket.waitMs(50, 150)).toBe(50);
  bucket.take(50, 200);
  expect(bucket.waitMs(1, 200)).toBeCloseTo(4900);
  expect(bucket.waitMs(1, 1_000_000)).toBe(0);
});

test('another rate holds from then on', () => {
  const bucket = new Bucket(1, 1, 0);
  bucket.take(1, 0);
  bucket.change(0.1, 1, 0);
  expect(bucket.waitMs(1, 0)).toBe(10);
});

test('what was not used is given back, not beyond the capacity', () => {
  const bucket = new Bucket(0.001, 3, 0);
  bucket.take(2, 0);
  bucket.take(-5, 0);
  expect(bucket.waitMs(3, 0)).toBe(0);
  bucket.take(3, 0);
  expect(bucket.waitMs(1, 0)).toBe(1000);
});

/** Sends as fast as the bucket lets it, waking up late now and then. */
function sendings(most: number, late: readonly number[], count: number): number[] {
  let now = 0;
  const bucket = perMinute(most, now);
  const sent: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const wait = bucket.waitMs(1, now);
    now += wait;
    if (wait > 0) now += late[index % late.length] ?? 0;
    bucket.take(1, now);
    sent.push(now);
  }
  return sent;
}

const lateness = fc.array(fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 5_000 })), {
  minLength: 1,
  maxLength: 50,
});

test('law: in no minute is more sent than allowed, however late some are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), lateness, (most, late) => {
      const sent = sendings(most, late, Math.min(1_500, 3 * most));
      const spans = sent.slice(most).map((at, index) => at - (sent[index] ?? 0));
      expect(Math.min(Number.POSITIVE_INFINITY, ...spans)).toBeGreaterThan(60_000 - 1e-3);
    }),
    { numRuns: 200 },
  );
});

test('law: what is allowed is used but for a hundredth, as long as nobody is late by more than is made up for', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 0, max: 50 }), (most, late) => {
      const count = 2 * most + 1;
      const took = sendings(most, [0, late], count).at(-1) ?? 0;
      expect(took).toBeLessThan(120_000 * 1.01 + 2 * late);
    }),
    { numRuns: 50 },
  );
});
