import { expect, test } from 'vitest';
import { budgetLine } from '../../src/cli/money.js';
import { dryRun } from '../../src/pipeline/dry-run.js';
import type { CostEstimate } from '../../src/pipeline/options.js';
import { project } from '../support/project.js';
import { evaluateInside, quietWorld } from './inside.js';
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

/** Six cases for a mock whose answers take what is estimated, 11 tokens at a tenth of a cent. */
const PRICED = {
  'assay.config.yaml': [
    'models: [f:x]',
    'providers: { f: { type: mock, replies: replies.yaml } }',
    'prices: { "f:x": { input: 1000, output: 1000 } }',
  ],
  'replies.yaml': '- { output: hi, usage: { inputTokens: 1, outputTokens: 10 } }',
  'evals/a.prompt.md': ['---', 'parameters: { maxTokens: 10 }', '---', '{{x}}'],
  'evals/a.cases.yaml': [
    'defaults: { assert: [{ type: equals, value: hi }] }',
    'cases:',
    ...[1, 2, 3, 4, 5, 6].map((n) => `  - { id: c${n}, vars: { x: "${n}" } }`),
  ],
};

test('a mock that has a price counts in plans, though it calls nothing', async () => {
  const { root } = project(PRICED);
  const { evals } = await dryRun({ cwd: root }, quietWorld());
  expect(evals).toMatchObject([{ trials: 6, calls: 0, inputTokens: 6, outputTokens: 60, unpriced: [] }]);
  expect(evals[0]?.costUsd).toBeCloseTo(0.066, 9);
  const free = project({ ...PRICED, 'assay.config.yaml': PRICED['assay.config.yaml'].slice(0, 2) });
  const plan = await dryRun({ cwd: free.root }, quietWorld());
  expect(plan.evals).toMatchObject([{ trials: 6, calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 }]);
});

test('a mock that has a price keeps to a budget, also where its run goes on', async () => {
  const made = project(PRICED);
  const estimates: CostEstimate[] = [];
  const options = { maxCostUsd: 0.05, onEstimate: (each: CostEstimate) => estimates.push(each) };
  const first = await evaluateInside(made, options);
  expect(first.code).toBe(3);
  const cost = ({ report }: typeof first) => report.evals[0]?.cost.usd;
  expect(cost(first)).toBeCloseTo(0.044, 9);
  const second = await evaluateInside(made, { ...options, resume: true });
  expect([second.code, cost(second)]).toEqual([3, cost(first)]);
  expect(estimates.map(({ usd, spent }) => [usd.toFixed(3), spent?.usd.toFixed(3)])).toEqual([
    ['0.066', undefined],
    ['0.022', '0.044'],
  ]);
  const whole = await evaluateInside(made, { maxCostUsd: 0.2, resume: true });
  expect(cost(whole)).toBeCloseTo(0.066, 9);
});
