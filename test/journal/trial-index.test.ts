import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TrialIndex, type TrialPlace } from '../../src/journal/trial-index.js';
import { Pages } from '../../src/pages.js';

const place: fc.Arbitrary<TrialPlace> = fc.record({
  offset: fc.nat({ max: 2 ** 40 }),
  length: fc.nat(),
  status: fc.constantFrom('completed', 'errored', 'skipped', 'ungraded'),
});

test('an index of trials is as a map: the latest place of each, in the order in which each came first', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat({ max: 40 }).map(String), place)), (writes) => {
      const index = new TrialIndex(new Pages());
      const model = new Map<string, TrialPlace>();
      for (const [key, each] of writes) {
        index.set(key, each);
        model.set(key, each);
      }
      expect([...index]).toEqual([...model]);
      expect(index.size).toBe(model.size);
      for (const key of ['0', '7', 'none']) expect(index.get(key)).toEqual(model.get(key));
    }),
  );
});
