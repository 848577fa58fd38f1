import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { compareRows, formatRow, parseRow, type RecordingRow, rowId } from '../../src/ask/recording-row.js';

const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 8 });
const amount = fc.double({ min: 0, max: 1e6, noNaN: true }).map((each) => each + 0);
const absent = { requiredKeys: [] };
const completion = fc.record(
  {
    output: fc.string({ unit: 'binary' }),
    finishReason: fc.constantFrom('stop' as const, 'length' as const, 'other' as const),
    usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }, absent),
    latencyMs: amount,
    embeddings: fc.array(fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 3 })),
  },
  { requiredKeys: ['output', 'finishReason'] },
);
const row: fc.Arbitrary<RecordingRow> = fc.record(
  {
    case: text,
    model: fc.constantFrom('a:x', 'a:y', 'b:x'),
    repeat: fc.integer({ min: 1, max: 12 }),
    purpose: fc.constantFrom('trial', 'judge', 'embedding'),
    metric: text,
    key: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 16, maxLength: 16 }),
    note: text,
    completion,
  },
  { requiredKeys: ['case', 'model', 'repeat', 'purpose', 'key', 'completion'] },
);

test('law: what is written is read back and written again to the letter', () => {
  fc.assert(
    fc.property(row, (each) => {
      const line = formatRow(each);
      const read = parseRow(line);
      expect(read).not.toBeTypeOf('string');
      expect(formatRow(read as RecordingRow)).toBe(line);
      expect(line).not.toMatch(/[\r\n]/);
    }),
  );
});

test('law: rows come in one order, whatever order they were in', () => {
  const rows = fc.uniqueArray(row, { selector: rowId, maxLength: 20 });
  const shuffled = rows.chain((each) =>
    fc.tuple(fc.constant(each), fc.shuffledSubarray(each, { minLength: each.length, maxLength: each.length })),
  );
  fc.assert(
    fc.property(shuffled, ([one, other]) => {
      expect(other.toSorted(compareRows).map(rowId)).toEqual(one.toSorted(compareRows).map(rowId));
    }),
  );
});

test('law: of two rows with different names one comes first', () => {
  fc.assert(
    fc.property(row, row, (a, b) => {
      expect(Math.sign(compareRows(a, b))).toBe(-Math.sign(compareRows(b, a)) + 0);
      expect(compareRows(a, b) === 0).toBe(rowId(a) === rowId(b));
    }),
  );
});

test('law: whatever a line is, reading it ends with a row or words', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      expect(['object', 'string']).toContain(typeof parseRow(line));
    }),
  );
});
