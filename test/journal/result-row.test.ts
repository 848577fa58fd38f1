import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from '../../src/journal/journal.js';
import { openResults } from '../../src/journal/reader.js';
import { resultOfRow, rowText } from '../../src/journal/result-row.js';
import type { JsonObject, Score, TrialResult } from '../../src/vocabulary.js';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rows-'));
  path = join(folder, 'run.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const text = fc.string({ unit: 'binary', maxLength: 12 });
const number = fc.integer({ min: 0, max: 1e6 });

const score: fc.Arbitrary<Score> = fc
  .tuple(
    fc.record({ type: text, metric: text, weight: fc.constantFrom(1, 2.5), level: fc.constantFrom('error', 'warn') }),
    fc.oneof(
      fc.record(
        {
          status: fc.constant('scored' as const),
          value: fc.constantFrom(0, 0.25, 1),
          pass: fc.boolean(),
          reason: text,
          detail: fc.record({ expected: text, actual: text }),
        },
        { requiredKeys: ['status', 'value', 'pass', 'reason'] },
      ),
      fc.record({ status: fc.constant('unscored' as const), reason: text }),
    ),
  )
  .map(([name, outcome]) => ({ ...name, ...outcome }) as Score);

const completion = fc.record(
  {
    output: text,
    finishReason: fc.constantFrom('stop' as const, 'other' as const),
    toolCalls: fc.array(fc.record({ name: text, arguments: fc.constant({ a: [1, null] }) }), { maxLength: 2 }),
    finishDetail: text,
    refusal: text,
    usage: fc.record({ inputTokens: number, outputTokens: number }),
    latencyMs: number,
    firstTokenMs: number,
    answeredBy: text,
    costUsd: fc.constantFrom(0, 0.000_12),
  },
  { requiredKeys: ['output', 'finishReason'] },
);

const content = fc.record(
  {
    input: text,
    asserts: fc.dictionary(fc.constantFrom('pass', 'score', 'tone'), text),
    group: text,
    quarantine: fc.record({ until: text, why: text }),
  },
  { requiredKeys: ['input', 'asserts'] },
);

const outcome = fc.oneof(
  fc.record(
    {
      status: fc.constant('completed' as const),
      completion,
      source: fc.constantFrom('call' as const, 'recording' as const, 'local' as const),
      attempts: number,
      scores: fc.array(score, { maxLength: 3 }),
      handWritten: fc.boolean(),
      pass: fc.boolean(),
      score: fc.constantFrom(0, 0.5, 1),
      graders: fc.record({ calls: number, costUsd: number, inputTokens: number }, { requiredKeys: ['calls'] }),
    },
    { requiredKeys: ['status', 'completion', 'source', 'attempts', 'scores'] },
  ),
  fc.record({
    status: fc.constant('errored' as const),
    failure: fc.record(
      { kind: fc.constant('server' as const), message: text, status: fc.constant(503) },
      { requiredKeys: ['kind', 'message'] },
    ),
    attempts: number,
  }),
  fc.record({ status: fc.constant('skipped' as const), reason: text }),
);

const result: fc.Arbitrary<TrialResult> = fc
  .tuple(
    fc.record({ prompt: text, model: text, case: text, repeat: fc.integer({ min: 1, max: 9 }) }),
    fc.option(content, { nil: undefined }),
    outcome,
  )
  // As JSON tells it: -0 is 0, and a lone surrogate stays what it is.
  .map(([name, known, rest]) => JSON.parse(JSON.stringify({ ...name, content: known, ...rest })) as TrialResult);

function withoutDetails(each: TrialResult): TrialResult {
  if (each.status !== 'completed') return each;
  return { ...each, scores: each.scores.map((one) => ({ ...one, detail: undefined }) as unknown as Score) };
}

test('a journal gives back every result whole, and each one as the row that the report has of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(result, { minLength: 1, maxLength: 5 }), async (all) => {
      const journal = await openJournal(path, { fingerprint: {} }, { redact: (line) => line });
      const places = await Promise.all(all.map((each) => journal.append(each)));
      await journal.close();
      const results = openResults(path);
      try {
        for (const [at, place] of places.entries()) {
          const each = all[at] as TrialResult;
          expect(results.at(place)).toStrictEqual(each);
          expect(results.rowAt(place, each)).toBe(rowText(each));
        }
      } finally {
        results.close();
      }
    }),
    { numRuns: 200 },
  );
});

test('a row holds the result it was written from, but for the texts beside scores', () => {
  fc.assert(
    fc.property(result, (each) => {
      expect(resultOfRow(JSON.parse(rowText(each)) as JsonObject, each)).toEqual(withoutDetails(each));
    }),
  );
});

test('a line that does not begin as ours do is read, not cut', async () => {
  const trial: TrialResult = { prompt: 'p', model: 'm', case: 'c', repeat: 1, status: 'skipped', reason: 'over' };
  const row = rowText(trial);
  const turned = `{"kind":"trial","model":"m","prompt":"p",${row.slice(1)}`;
  writeFileSync(path, `${turned}\n{"kind":"trial","prompt":"p","model":"m","case":`);
  const results = openResults(path);
  expect(results.rowAt({ offset: 0, length: turned.length }, trial)).toBe(row);
  expect(() =>
    results.rowAt({ offset: turned.length + 1, length: readFileSync(path).length - turned.length - 1 }, trial),
  ).toThrowError(/is damaged: it changed while/);
  results.close();
});
