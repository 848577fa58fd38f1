import { expect, test } from 'vitest';
import { budgetLine } from '../../src/cli/money.js';
import { dryRun } from '../../src/pipeline/dry-run.js';
import type { CostEstimate } from '../../src/pipeline/options.js';
import { quietWorld } from './inside.js';
import { type Simulated, simulated } from './simulated.js';

/** The estimate of a run with a budget. */
async function estimated(made: Simulated, options: object = {}): Promise<CostEstimate> {
  const estimates: CostEstimate[] = [];
  await made.evaluate({ maxTokens: 1e6, onEstimate: (each) => estimates.push(each), ...options });
  const [only] = estimates;
  if (!only) throw new Error('nothing was estimated');
  return only;
}

test('an estimate says how much more it may be where the gate may ask for more repeats, and only there', async () => {
  const made = simulated(10);
  expect((await estimated(made)).times).toBe(1);
  await made.accept();
  const estimate = await estimated(made);
  expect(estimate).toMatchObject({ calls: 10, times: 8 });
  expect(budgetLine(estimate)).toMatch(
    /^estimate: 10 calls, .*, up to 8 times as much where a verdict stays open; the budget: /,
  );
  expect((await estimated(made, { repeats: { min: 3, max: 3 } })).times).toBe(1);
  const { evals } = await dryRun({ cwd: made.root, mode: 'live' }, quietWorld());
  expect(evals).toMatchObject([{ trials: 10, times: 8 }]);
});
