import { describe, expect } from 'vitest';
import type { Outcome } from '../support/project.js';
import { asRepository } from '../support/repository.js';
import { casesFile, type EchoProject, RECORDINGS } from './echo.js';
import { expectReports } from './report.js';
import { type OpenEcho, test } from './test.js';

/** Of a dollar per token: an answer has 9 tokens in and 3 out. */
const DOLLARS = 1_000_000;
const prices = (input: number, output = input, model = 'local:*') =>
  `prices: { "${model}": { input: ${input}, output: ${output} } }`;

const RECORD = ['--mode', 'record'];

/** A project with a model that no list has. */
function priced(open: OpenEcho, cases: number, ...config: string[]): Promise<EchoProject> {
  return open({ cases, config, front: ['parameters: { maxTokens: 3 }'] });
}

/** Gives the project other prices, or none. */
function reprice(made: EchoProject, line = ''): void {
  const lines = made.read('assay.config.yaml').split('\n');
  made.write('assay.config.yaml', [...lines.filter((each) => !/^(?:prices:|$)/.test(each)), line]);
}

const costOf = (made: EchoProject, outcome: Outcome) => expectReports(made, outcome).evals[0]?.cost;

describe.concurrent('own prices', () => {
  test('let a budget in money be kept for a model that no list has', async ({ echoProject }) => {
    const made = await priced(echoProject, 40, prices(DOLLARS));
    const live = ['--mode', 'live', '--concurrency', '4'];
    const ended = await made.evaluate([...live, '--max-cost', '125']);
    expect(ended.code).toBe(3);
    const report = expectReports(made, ended);
    expect(report.reasons[0]).toMatch(/^budget spent: \$120\.00 of \$125\.00, .*\(--max-cost\)$/);
    expect(report.trials).toMatchObject({ completed: 10, skipped: 30, errored: 0 });
    expect(made.server.requests).toHaveLength(10);
    expect(report.evals[0]?.cost).toEqual({ usd: 120, known: true });

    const rest = await made.evaluate([...live, '--resume', '--max-cost', '1000']);
    expect(rest.code).toBe(0);
    expect(made.server.requests).toHaveLength(40);
    expect(costOf(made, rest)).toEqual({ usd: 480, known: true });
  });

  test('hold for the budget of the policy, and for what judges cost', async ({ echoProject }) => {
    const made = await echoProject({
      files: {
        'evals/echo.cases.yaml': [
          'defaults: { assert: [{ type: judge, value: x, options: { model: "local:other" } }] }',
          ...casesFile(['c01']),
        ],
      },
      config: ['policy: { maxCostUsd: 1 }', prices(1, 1, 'local:echo')],
    });
    const refused = await made.evaluate(['--mode', 'live']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(
      /the price of "local:other" is not known, so that policy\.maxCostUsd[^]*under prices in/,
    );
    expect(refused.stderr).not.toContain('local:echo');
    expect(made.server.requests).toEqual([]);
    reprice(made, prices(1));
    const allowed = await made.evaluate(['--mode', 'live']);
    expect(allowed.stderr).not.toContain('is not known');
    expect(made.server.requests.length).toBeGreaterThan(0);
  });

  test('win over those of the list, and are what plans and renderings tell', async ({ echoProject }) => {
    const made = await priced(echoProject, 2, prices(DOLLARS, 2 * DOLLARS, 'local:gpt-4o-mini'));
    const model = ['--model', 'local:gpt-4o-mini', '--mode', 'live'];
    const dry = JSON.parse((await made.evaluate([...model, '--dry-run', '--json'])).stdout) as {
      evals: { costUsd: number; inputTokens: number; outputTokens: number }[];
    };
    const [planned] = dry.evals;
    expect(planned?.costUsd).toBe((planned?.inputTokens ?? 0) + 2 * (planned?.outputTokens ?? 0));
    expect(costOf(made, await made.evaluate(model))).toEqual({ usd: 2 * (9 + 2 * 3), known: true });
    const render = async () =>
      (
        JSON.parse((await made.assay(['render', 'echo', '--case', 'c01', '--json'])).stdout) as {
          models: { inputTokens: number; costUsd: number | null }[];
        }
      ).models[0];
    expect(await render()).toMatchObject({ costUsd: null });
    reprice(made, prices(DOLLARS, 0));
    const rendered = await render();
    expect(rendered?.costUsd).toBe(rendered?.inputTokens);
    const misses = await made.evaluate(['--mode', 'replay']);
    expect(misses.stdout).toMatch(/2 of 2 not recorded, about \$\d+\.\d\d:/);
  });

  test('are recorded with the answer, and given to what was recorded without one', async ({ echoProject }) => {
    const made = await priced(echoProject, 2);
    expect(costOf(made, await made.evaluate(RECORD))).toEqual({ usd: 0, known: false });
    const unpriced = made.read(RECORDINGS);
    expect(unpriced).not.toContain('costUsd');

    reprice(made, prices(DOLLARS));
    for (const mode of ['replay', 'record']) {
      expect(costOf(made, await made.evaluate(['--mode', mode]))).toEqual({ usd: 24, known: true });
    }
    // Priced when read: who corrects a price need not record anew.
    expect(made.read(RECORDINGS)).toBe(unpriced);
    expect(made.server.requests).toHaveLength(2);

    expect((await made.evaluate([...RECORD, '--refresh'])).code).toBe(0);
    expect(made.read(RECORDINGS)).toContain('"costUsd":12');
    reprice(made, prices(5 * DOLLARS));
    expect(costOf(made, await made.evaluate())).toEqual({ usd: 120, known: true });
    expect(costOf(made, await made.evaluate(['--mode', 'replay']))).toEqual({ usd: 24, known: true });
  });

  test('of two kinds are in no run: none is resumed, merged or accepted with others', async ({ echoProject }) => {
    const made = await priced(echoProject, 4, prices(DOLLARS));
    const parts = ['1/2', '2/2'];
    for (const [index, part] of parts.entries()) {
      if (index === 1) reprice(made, prices(2 * DOLLARS));
      expect((await made.evaluate(['--mode', 'live', '--shard', part, '--out', `shards/${index}`])).code).toBe(0);
    }
    const merged = await made.assay(['merge', 'shards/0', 'shards/1']);
    expect(merged).toMatchObject({ code: 2, stderr: expect.stringContaining('prices.local:*.input') });

    expect((await made.evaluate()).code).toBe(0);
    reprice(made, prices(DOLLARS));
    const resumed = await made.evaluate(['--mode', 'live', '--resume']);
    expect(resumed).toMatchObject({ code: 2, stderr: expect.stringContaining('prices.local:*.input was 2000000') });
    const accepted = await made.assay(['accept']);
    expect(accepted).toMatchObject({ code: 2, stderr: expect.stringContaining('prices.local:*.input was 2000000') });
    reprice(made, prices(2 * DOLLARS));
    expect((await made.assay(['accept'])).code).toBe(0);
  });

  test('reach the prompts that ask their models, and nobody’s version', async ({ project }) => {
    const config = [
      'providers: { local: { type: openai, baseURL: "http://127.0.0.1:9/v1" } }',
      'judge: { model: "local:judge-2026-01-31" }',
    ];
    const cases = ['cases: [{ id: a, assert: [{ type: judge, value: x }] }]'];
    const made = asRepository(
      project({
        'assay.config.yaml': [...config, prices(1)],
        'evals/big.prompt.md': ['---', 'models: [local:big]', '---', 'Hi.'],
        'evals/big.cases.yaml': cases,
        'evals/small.prompt.md': ['---', 'models: [local:small]', '---', 'Hi.'],
        'evals/small.cases.yaml': cases,
        'evals/free.prompt.md': ['---', 'models: [mock:echo]', '---', 'Hi.'],
        'evals/free.cases.yaml': cases,
      }),
    );
    const affected = async () => {
      const { stdout } = await made.assay(['affected', '--since', 'HEAD', '--json']);
      return (JSON.parse(stdout) as { affected: { prompt: string; causes: unknown[] }[] }).affected;
    };
    const cause = (prompt: string) => ({
      prompt,
      causes: [{ change: 'prices', path: ['assay.config.yaml', `evals/${prompt}.prompt.md`] }],
    });
    made.write('assay.config.yaml', [...config, prices(2)]);
    expect(await affected()).toMatchObject([cause('big'), cause('small')]);
    made.write('assay.config.yaml', [
      ...config,
      'prices:',
      '  "local:big": { input: 3, output: 3 }',
      '  "local:judge*": { input: 4, output: 4 }',
      '  "local:*": { input: 1, output: 1 }',
    ]);
    expect(await affected()).toMatchObject([cause('big')]);
    const { edges } = JSON.parse((await made.assay(['graph', '--json'])).stdout) as {
      edges: { from: string; to: string }[];
    };
    expect(edges.filter(({ from }) => from.endsWith('#prices')).map(({ to }) => to)).toEqual([
      'model local:big',
      'model local:small',
    ]);
  });

  test('that are none are told with their places', async ({ echoProject }) => {
    const made = await echoProject({
      config: ['prices:', '  llama: { input: 1, output: 2 }', '  "local:x": { input: -1, output: 2 }'],
    });
    const { code, stderr } = await made.evaluate(['--mode', 'live']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^assay\.config\.yaml:4:3 {2}error: "llama" is no model\n {4}Write provider:name/m);
    expect(stderr).toMatch(/^assay\.config\.yaml:5:23 {2}error: prices\["local:x"\]\.input must be >= 0, not -1/m);
    expect(made.server.requests).toEqual([]);
  });
});
