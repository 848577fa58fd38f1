import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/reports/json.js';
import { reportSchema } from '../../src/schemas/report.js';
import type { ReportInput } from '../../src/reports/report.js';
import { info } from '../gate/build.js';
import { completed, inputOf, type RawCase, scored, textOf, unscored } from './build.js';
import { calm, empty, everything, tolerated } from './scenario.js';

const valid = new Ajv2020({ allErrors: true, strict: false }).compile(reportSchema);

function faults(report: unknown) {
  return valid(report) ? [] : valid.errors;
}

const lines = async (input: ReportInput) => JSON.parse(await textOf(json, input));

describe('report.json', () => {
  it.each(Object.entries({ everything, calm, empty, tolerated }))(
    '%s is valid against its schema',
    async (_, input) => {
      expect(faults(await lines(input))).toEqual([]);
    },
  );

  it('has the keys of the contract, in their order', async () => {
    const report = await lines(everything);
    expect(Object.keys(report)).toEqual([
      'schemaVersion',
      'tool',
      'verdict',
      'exitCode',
      'incomplete',
      'reasons',
      'run',
      'trials',
      'evals',
      'gate',
      'notes',
    ]);
    expect(
      report.evals[0].results.map((each: { case: string; repeat: number }) => `${each.case} ${each.repeat}`),
    ).toEqual([
      'refund 1',
      'double-charge 1',
      'crash 1',
      'crash 2',
      'long 1',
      'old-bug 1',
      'fixture 1',
      'hostile 1',
      'tone 1',
      'spare 1',
      'new-one 1',
    ]);
  });

  it('keeps what could not be scored apart from what failed: no null, no zero', async () => {
    const { results } = (await lines(everything)).evals[0];
    const tone = results.find((each: { case: string }) => each.case === 'tone');
    expect(tone).not.toHaveProperty('pass');
    expect(tone.scores[1]).toEqual({
      status: 'unscored',
      type: 'judge',
      metric: 'tone',
      reason: 'the judge answered no JSON',
      level: 'error',
      weight: 1,
    });
    expect(await textOf(json, everything)).not.toContain('null');
  });

  it('two replays differ in the id and the times of the run only', async () => {
    const again = {
      ...info,
      id: 'run-2',
      startedAt: '2027-01-01T00:00:00.000Z',
      finishedAt: '2027-01-01T00:00:09.000Z',
    };
    const text = await textOf(json, everything);
    const replayed = await textOf(json, { ...everything, comparison: { ...everything.comparison, run: again } });
    expect(replayed).not.toBe(text);
    expect(
      replayed
        .replace(again.id, info.id)
        .replace(again.startedAt, info.startedAt)
        .replace(again.finishedAt, info.finishedAt ?? ''),
    ).toBe(text);
  });

  it('holds any text unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (text) => {
        const cases: RawCase[] = [
          { case: text, raw: [completed(text, [scored(false, text, { metric: text }), unscored(text)])] },
        ];
        const input = inputOf([{ prompt: { id: text, path: text, version: text }, cases }], { notes: [text] });
        const report = await lines(input);
        expect(faults(report)).toEqual([]);
        expect(report.evals[0].results[0]).toMatchObject({ case: text, output: text });
        expect(report.notes).toEqual([text]);
        expect(Object.hasOwn(report.evals[0].metrics, text)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('a command to a CI system is never made by where one block of the stream ends and the next begins', async () => {
    // Each of these lies across the 64 kB at which blocks end, at another place.
    for (let shift = 0; shift < 60; shift += 1) {
      const output = `${'x'.repeat(65_536 - 700 + shift * 16)}${'##[error]##vso[task.x]'.repeat(3)}`;
      const cases: RawCase[] = ['a', 'b'].map((id) => ({ case: id, raw: [completed(output, [])] }));
      const text = await textOf(json, inputOf([{ cases }]));
      expect(text).not.toMatch(/##(?:vso|teamcity)?\[/i);
      expect(JSON.parse(text).evals[0].results[1].output).toBe(output);
    }
  });

  it('streams: a report of many outputs is never one string', async () => {
    const output = 'x'.repeat(100_000);
    const cases: RawCase[] = Array.from({ length: 50 }, (_, index) => ({
      case: `c${index}`,
      raw: [completed(output, [])],
    }));
    let longest = 0;
    let total = 0;
    for await (const part of json.render(inputOf([{ cases }]))) {
      longest = Math.max(longest, part.length);
      total += part.length;
    }
    expect(total).toBeGreaterThan(5_000_000);
    expect(longest).toBeLessThan(200_000);
  });
});
