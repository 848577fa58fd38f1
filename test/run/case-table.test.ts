import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scratchFile } from '../../src/journal/scratch-file.js';
import { CaseColumns } from '../../src/run/case-columns.js';
import { CaseTable } from '../../src/run/case-table.js';
import { Column, Numbers } from '../../src/column.js';
import { Pages } from '../../src/pages.js';
import { Names } from '../../src/names.js';
import type { Case, CaseRun, TrialFacts } from '../../src/vocabulary.js';

const number = fc.oneof(
  fc.constantFrom(0, 1, 0.5),
  // No minus zero: it is kept as 0.
  fc.double({ noNaN: true }).map((value) => value + 0),
  fc.integer({ min: 0, max: 2 ** 48 - 1 }),
);

describe('a column', () => {
  it('gives back what was put in, whatever the order, and nothing where nothing was', () => {
    const index = fc.integer({ min: 0, max: 9000 });
    const write = fc.tuple(index, fc.option(number, { nil: undefined }));
    fc.assert(
      fc.property(fc.array(write, { maxLength: 600 }), (writes) => {
        const column = new Column();
        const model = new Map<number, number | undefined>();
        for (const [at, value] of writes) {
          column.set(at, value);
          model.set(at, value);
        }
        for (const [at, value] of model) expect(column.get(at)).toEqual(value);
        for (const at of [0, 1, 4095, 4096, 9001, 1e6]) expect(column.get(at)).toEqual(model.get(at));
      }),
      { numRuns: 200 },
    );
  });

  it('holds more different numbers than a byte can name', () => {
    const column = new Column();
    for (let at = 0; at < 5000; at += 1) column.set(at, at % 3 === 0 ? undefined : at / 7);
    for (let at = 0; at < 5000; at += 1) expect(column.get(at)).toBe(at % 3 === 0 ? undefined : at / 7);
  });
});

describe('numbers', () => {
  it('are gone through in order, also while more come', () => {
    const numbers = new Numbers();
    const expected: number[] = [];
    for (const upTo of [0, 1, 5, 16_384, 16_385, 40_000]) {
      while (expected.length < upTo) {
        numbers.push(expected.length / 3);
        expected.push(expected.length / 3);
      }
      expect(numbers.length).toBe(upTo);
      expect([...numbers]).toEqual(expected);
      expect([...numbers]).toEqual(expected);
    }
  });
});

describe('names', () => {
  it('are found where they were put, and no others', () => {
    const names = new Names(new Pages());
    const all = Array.from({ length: 10_000 }, (_, at) => (at % 3 === 0 ? `größe-${at} 😀` : `case-${at}`));
    expect(all.map((name) => names.add(name))).toEqual(all.map((_, at) => at));
    expect(names.length).toBe(10_000);
    for (const [at, name] of all.entries()) {
      expect(names.at(at)).toBe(name);
      expect(names.find(name)).toBe(at);
    }
    expect(names.find('case-0')).toBe(-1);
    expect(names.find('')).toBe(-1);
    names.add('late');
    expect(names.find('late')).toBe(10_000);
    expect(names.at(10_001)).toBeUndefined();
  });
});

const metrics = fc.dictionary(fc.constantFrom('pass', 'score', 'accuracy', '__proto__', 'constructor'), number);
const trial: fc.Arbitrary<TrialFacts> = fc.record(
  {
    repeat: fc.integer({ min: 1, max: 5 }),
    status: fc.constantFrom('completed' as const, 'errored' as const, 'skipped' as const),
    metrics,
    trouble: fc.record({ kind: fc.constantFrom('network' as const, 'skipped' as const), message: fc.string() }),
    costUsd: number,
    latencyMs: number,
    inputTokens: number,
    outputTokens: number,
    graderCalls: number,
    graderCostUsd: number,
    graderInputTokens: number,
    graderOutputTokens: number,
  },
  { requiredKeys: ['repeat', 'status', 'metrics'] },
);
const given = fc.record(
  {
    input: fc.constantFrom('0123456789ab', 'ffffffffffff', '000000000000', 'other'),
    tags: fc.array(fc.constantFrom('critical', 'a b')),
    group: fc.constantFrom('g', 'h'),
    quarantine: fc.constant({ until: '2030-01-01', why: 'it moves' }),
    asserts: fc.dictionary(
      fc.constantFrom('pass', 'score', 'tone', '__proto__'),
      fc.constantFrom('0123456789ab', 'abc', 'a1'),
    ),
  },
  { requiredKeys: ['input', 'tags', 'asserts'] },
);

function columnsOf(
  cases: readonly (Omit<CaseRun, 'trials' | 'case'> & { id: string })[],
  pages = new Pages(),
): CaseColumns {
  const columns = new CaseColumns(pages);
  for (const { asserts, ...rest } of cases) columns.add(rest as unknown as Case, asserts);
  return columns;
}

describe('a table of cases', () => {
  it('is the list of cases with the trials that were put in, the last one of each repeat', () => {
    fc.assert(
      fc.property(
        fc.array(given, { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.nat(), trial)),
        (some, puts) => {
          const cases = some.map((each, at) => ({ ...each, id: `c${at}` }));
          const table = new CaseTable(columnsOf(cases), new Pages());
          const expected = cases.map(({ id, ...rest }): CaseRun => ({ case: id, ...rest, trials: [] }));
          for (const [at, facts] of puts) {
            const index = at % cases.length;
            table.put(index, facts);
            const one = expected[index];
            if (!one) continue;
            const others = one.trials.filter((each) => each.repeat !== facts.repeat);
            one.trials = [...others, facts].toSorted((a, b) => a.repeat - b.repeat);
            expect(table.status(index, facts.repeat)).toBe(facts.status);
          }
          expect([...table]).toEqual(expected);
          expect(table.map((each) => each)).toEqual(expected);
          expect(table.at(cases.length)).toBeUndefined();
          expect(table.find('c0')).toBe(0);
          expect(table.find('none')).toBe(-1);
        },
      ),
    );
  });

  it('is the same whatever part of it is in memory', () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-table-'));
    const count = 3000;
    const cases = Array.from({ length: count }, (_, at) => {
      const input = (at * 7919).toString(16).padStart(12, '0');
      return { id: `case ${at}`, input, tags: at % 7 === 0 ? ['critical'] : [], asserts: { pass: input, tone: 'abc' } };
    });
    const [there, here] = [new Pages(scratchFile(folder), 12), new Pages()].map((pages) => {
      const table = new CaseTable(columnsOf(cases, pages), pages);
      // As answers come: not quite in order, those of the first repeat twice.
      for (let turn = 0; turn < 3 * count; turn += 1) {
        const common = { repeat: turn < 2 * count ? 1 : 2, metrics: { score: turn / 7 }, latencyMs: turn / 10 };
        const failed = turn % 11 === 0;
        table.put((turn ^ 5) % count, {
          ...common,
          ...(failed ? { status: 'errored' } : { status: 'completed', costUsd: turn }),
        });
      }
      return table.map((each) => JSON.stringify(each));
    });
    expect(here?.length).toBe(count);
    expect(here?.findIndex((text, at) => text !== there?.[at])).toBe(-1);
    expect(JSON.parse(there?.[2999] ?? '')).toMatchObject({
      case: 'case 2999',
      trials: [{ repeat: 1 }, { repeat: 2 }],
    });
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  it('keeps the kind of trouble when there are too many messages to keep', () => {
    const count = 12_000;
    const table = new CaseTable(
      columnsOf(Array.from({ length: count }, (_, at) => ({ id: `c${at}`, input: 'x', tags: [], asserts: {} }))),
      new Pages(),
    );
    for (let at = 0; at < count; at += 1) {
      const kind = at % 2 === 0 ? 'network' : 'server';
      table.put(at, { repeat: 1, status: 'errored', metrics: {}, trouble: { kind, message: `no ${at}` } });
    }
    const trouble = (at: number) => table.at(at)?.trials[0]?.trouble;
    expect(trouble(5)).toEqual({ kind: 'server', message: 'no 5' });
    expect(trouble(count - 1)).toEqual({ kind: 'server', message: 'no 1' });
    expect(trouble(count - 2)).toEqual({ kind: 'network', message: 'no 0' });
  });

  it('takes few bytes for each of many cases', () => {
    const heap = () => {
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const count = 100_000;
    const before = heap();
    const pages = new Pages();
    const columns = new CaseColumns(pages);
    const table = new CaseTable(columns, pages);
    for (let at = 0; at < count; at += 1) {
      const input = (at * 7919).toString(16).padStart(12, '0');
      columns.add({ id: `case-${at}`, input, tags: [] } as unknown as Case, {
        pass: 'aaaaaaaaaaaa',
        score: 'aaaaaaaaaaaa',
      });
      table.put(at, { repeat: 1, status: 'completed', metrics: { pass: at % 2, score: at % 2 }, costUsd: 0 });
    }
    // Objects with the same in them take some 600 bytes a case; garbage that is still around is counted, too.
    expect((heap() - before) / count).toBeLessThan(250);
    expect(table.length).toBe(count);
  });
});
