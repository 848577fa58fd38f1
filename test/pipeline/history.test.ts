import { describe, expect, it } from 'vitest';
import { simulated } from './simulated.js';

const HISTORY = 'reports/history.jsonl';
const once = { repeats: { min: 1, max: 1 } };

describe('history.jsonl', () => {
  it('gets a line per eval of each verified run, and names cases that flip without a change', async () => {
    const made = simulated(4, { lines: ['gate: { minPassRate: 0 }'] });
    await made.evaluate(once);
    made.truth((id) => id !== 'c002');
    const run = await made.evaluate(once);
    expect(made.read(HISTORY).trim().split('\n')).toHaveLength(2);
    expect(run.report.evals[0]?.changes).toMatchObject({
      flaky: ['c002'],
      flakiness: [{ case: 'c002', passed: 1, trials: 2, runs: 2 }],
    });
    made.write('evals/sim.prompt.md', 'Say just {{word}}.');
    expect((await made.evaluate(once)).report.evals[0]?.changes).toMatchObject({ flaky: [] });
  });

  it('gets nothing of a run that could not be told, and passes over lines that are not its own', async () => {
    const made = simulated(4);
    const wrong = ['no JSON', '{}', '{"prompt":"sim","model":"sim:m"}', 'null', ''].join('\n');
    made.write(HISTORY, wrong);
    expect((await made.evaluate({ ...once, mode: 'replay' })).code).toBe(3);
    expect(made.read(HISTORY)).toBe(wrong);
    expect((await made.evaluate(once)).code).toBe(0);
  });
});
