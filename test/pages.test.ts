import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Column } from '../src/column.js';
import { PAGE, Pages, type Scratch } from '../src/pages.js';
import { Names } from '../src/names.js';

/** A scratch that takes so many writes. */
function scratchOf(writes: number): Scratch & { written: number; fetched: number } {
  const kept = new Map<number, Uint8Array>();
  return {
    written: 0,
    fetched: 0,
    write(bytes, offset) {
      if (this.written === writes) return false;
      this.written += 1;
      kept.set(offset, Uint8Array.from(bytes));
      return true;
    },
    read(bytes, offset) {
      const found = kept.get(offset);
      if (!found) throw new Error('read before it was written');
      this.fetched += 1;
      bytes.set(found);
    },
  };
}

const writes = fc.constantFrom(0, 1, 7, Number.POSITIVE_INFINITY);
const inMemory = fc.integer({ min: 1, max: 4 });

describe('pages', () => {
  it('keep what is written to them, wherever they are, and when the scratch takes no more', () => {
    const act = fc.tuple(fc.nat({ max: 12 }), fc.nat({ max: PAGE / 8 - 1 }), fc.double({ noNaN: true }));
    fc.assert(
      fc.property(writes, inMemory, fc.array(act, { maxLength: 200 }), (most, frames, acts) => {
        const pages = new Pages(scratchOf(most), frames);
        const all = Array.from({ length: 13 }, () => {
          const page = pages.add();
          pages.write(page).numbers.fill(0);
          return { page, model: new Map<number, number>() };
        });
        for (const [which, at, value] of acts) {
          const { page, model } = all[which]!;
          pages.write(page).numbers[at] = value;
          model.set(at, value);
          expect(pages.read(page).bytes.length).toBe(PAGE);
        }
        for (const { page, model } of all) {
          const { numbers } = pages.read(page);
          for (const [at, value] of model) expect(numbers[at]).toBe(value);
        }
      }),
    );
  });

  it('are written only when their place is needed and they have changed', () => {
    const scratch = scratchOf(Number.POSITIVE_INFINITY);
    const pages = new Pages(scratch, 2);
    const [first, second] = [pages.add(), pages.add()];
    for (const page of [first, second]) pages.write(page);
    for (let turn = 0; turn < 10; turn += 1) for (const page of [first, second]) pages.read(page);
    expect(scratch).toMatchObject({ written: 0, fetched: 0 });
    pages.write(pages.add());
    expect(scratch).toMatchObject({ written: 1, fetched: 0 });
    for (let turn = 0; turn < 3; turn += 1) for (const page of [first, second]) pages.read(page);
    expect(scratch.written).toBe(3);
  });

  it('without a scratch are all in memory', () => {
    const pages = new Pages();
    expect(pages.spills).toBe(false);
    const all = Array.from({ length: 1000 }, () => pages.add());
    for (const [at, page] of all.entries()) pages.write(page).numbers.fill(at);
    for (const [at, page] of all.entries()) expect(pages.read(page).numbers[500]).toBe(at);
  });
});

describe('a column in pages', () => {
  const number = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 0.5) }, fc.nat());
  /** A stretch of entries of one number, or each with a number of its own. */
  const stretch = fc.record({
    from: fc.nat({ max: 5000 }),
    count: fc.oneof(fc.nat({ max: 20 }), fc.integer({ min: 1000, max: 3000 })),
    value: fc.option(number, { nil: undefined }),
    step: fc.constantFrom(0, 0, 1, 1 / 7),
  });

  it('is as a plain array, whatever the order of its entries', () => {
    fc.assert(
      fc.property(writes, inMemory, fc.array(stretch, { maxLength: 12 }), (most, frames, stretches) => {
        const pages = new Pages(scratchOf(most), frames);
        const [column, other] = [new Column(pages), new Column(pages)];
        const model: (number | undefined)[] = [];
        for (const { from, count, value, step } of stretches) {
          for (let at = from; at < from + count; at += 1) {
            const written = value === undefined ? undefined : value + step * at;
            column.set(at, written);
            other.set(at, at);
            model[at] = written;
          }
        }
        const wrong = Array.from({ length: 8100 }, (_, at) => at).filter((at) => column.get(at) !== model[at]);
        expect(wrong).toEqual([]);
        expect(other.get(5000)).toBe(5000 in model ? 5000 : undefined);
      }),
      { numRuns: 60 },
    );
  });

  it('takes no page for a chunk of one number', () => {
    const scratch = scratchOf(Number.POSITIVE_INFINITY);
    const pages = new Pages(scratch, 1);
    const column = new Column(pages);
    for (let at = 0; at < 100_000; at += 1) column.set(at ^ 7, 0.25);
    expect(scratch.written).toBe(0);
    expect(pages.add().number).toBe(0);
    expect(column.get(99_999)).toBe(0.25);
  });
});

describe('names in pages', () => {
  it('are found where they were put, those of equal hash part among them', () => {
    const scratch = scratchOf(Number.POSITIVE_INFINITY);
    const names = new Names(new Pages(scratch, 3));
    const all = Array.from({ length: 20_000 }, (_, at) => (at % 1000 === 0 ? `${at}`.padEnd(2000, 'ß') : `case-${at}`));
    for (const name of all) names.add(name);
    expect(all.findIndex((name, at) => names.at(at) !== name)).toBe(-1);
    expect(all.findIndex((name, at) => names.find(name) !== at)).toBe(-1);
    expect(names.at(20_000)).toBeUndefined();
    expect(names.at(-1)).toBeUndefined();
    expect(names.find('case-1000')).toBe(-1);
    // In order a page is fetched once for all its names, and names that are not meant are seldom looked at.
    expect(scratch.fetched).toBeLessThan(2000);
  });

  it('may be longer than a page, and be looked up while they are added', () => {
    const names = new Names(new Pages(scratchOf(Number.POSITIVE_INFINITY), 2));
    const all = Array.from({ length: 9000 }, (_, at) => `${at}`.padEnd(at % 1500 === 7 ? 2 * PAGE : 6, '.'));
    for (const [at, name] of all.entries()) {
      expect(names.find(name)).toBe(-1);
      expect(names.add(name)).toBe(at);
      expect(names.find(all[at >> 1] ?? '')).toBe(at >> 1);
    }
    expect(all.findIndex((name, at) => names.at(at) !== name || names.find(name) !== at)).toBe(-1);
  });
});
