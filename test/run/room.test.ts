import { expect, test } from 'vitest';
import { Room } from '../../src/run/room.js';

const tick = () => new Promise((resolve) => setImmediate(resolve));

test('lets in so many at a time, the others in order as one leaves, and everyone once it is open', async () => {
  const room = new Room(2);
  const inside: number[] = [];
  const enter = async (name: number) => {
    await room.enter();
    inside.push(name);
  };
  const all = Promise.all([1, 2, 3, 4, 5, 6].map(enter));
  await tick();
  expect(inside).toEqual([1, 2]);
  room.leave();
  await tick();
  expect(inside).toEqual([1, 2, 3]);
  room.open();
  await all;
  expect(inside).toEqual([1, 2, 3, 4, 5, 6]);
  room.leave();
  expect(room.enter()).toBeUndefined();
});
