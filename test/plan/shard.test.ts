import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isInShard, shardName, shardOf } from '../../src/plan/shard.js';

const name = fc.string({ minLength: 1, maxLength: 30 });
const count = fc.integer({ min: 1, max: 64 });

describe('shards', () => {
  it('gives every case to exactly one shard', () => {
    fc.assert(
      fc.property(name, name, count, (prompt, id, total) => {
        const holders = Array.from({ length: total }, (_, at) => ({ index: at + 1, count: total })).filter((shard) =>
          isInShard(shard, prompt, id),
        );
        expect(holders).toEqual([{ index: shardOf(prompt, id, total), count: total }]);
      }),
    );
  });

  it('moves no case when others come or go', () => {
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 20 });
    const part = (ids: readonly string[], index: number, total: number) =>
      ids.filter((id) => isInShard({ index, count: total }, 'prompt', id));
    fc.assert(
      fc.property(names, names, count, (before, more, total) => {
        const after = [...new Set([...more, ...before])];
        for (let index = 1; index <= total; index += 1) {
          const still = part(after, index, total).filter((id) => before.includes(id));
          expect(still.toSorted()).toEqual(part(before, index, total).toSorted());
        }
      }),
    );
  });

  it('depends on prompt and case and nothing else: these shards are for good', () => {
    const cases = ['double-charge', 'c01', 'c02', 'c03', 'größe', 'a b'];
    expect(cases.map((id) => shardOf('support/triage', id, 4))).toEqual([1, 2, 1, 1, 3, 2]);
    expect(cases.map((id) => shardOf('support/other', id, 4))).toEqual([4, 1, 1, 2, 1, 2]);
  });

  it('keeps prompt and case apart', () => {
    const joined = Array.from({ length: 40 }, (_, at) => [shardOf(`p${at}`, 'xy', 97), shardOf(`p${at}x`, 'y', 97)]);
    expect(joined.some(([one, other]) => one !== other)).toBe(true);
  });

  it('fills shards evenly', () => {
    const shards = Array.from({ length: 7000 }, (_, at) => shardOf('prompt', `case-${at}`, 7));
    for (let index = 1; index <= 7; index += 1) {
      const size = shards.filter((each) => each === index).length;
      // Five standard deviations of a fair draw.
      expect(Math.abs(size - 1000)).toBeLessThan(150);
    }
  });

  it('has everything in it where there are no shards', () => {
    expect(isInShard(undefined, 'prompt', 'case')).toBe(true);
    expect(shardName({ index: 2, count: 4 })).toBe('2/4');
  });
});
