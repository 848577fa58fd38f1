import { describe, expect } from 'vitest';
import { casesFile, type EchoOptions, userText } from './echo.js';
import { chatAnswer } from '../support/replies.js';
import { expectReports } from './report.js';
import { test } from './test.js';

/** A model whose price is in the list, behind the loopback server: 9 tokens in and 3 out per answer. */
const MODEL = ['--model', 'local:gpt-4o-mini'];
const live = (...args: string[]): string[] => ['--mode', 'live', ...MODEL, ...args];

function priced(cases: number, more: Partial<EchoOptions> = {}): EchoOptions {
  return { cases, front: ['parameters: { maxTokens: 3 }'], ...more };
}

describe.concurrent('a budget', () => {
  test('of tokens ends the run in good order; what is done is reported, and it is unverified', async ({
    echoProject,
  }) => {
    const made = await echoProject(priced(40));
    const outcome = await made.evaluate(live('--max-tokens', '125', '--concurrency', '4'));
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report).toMatchObject({ verdict: 'unverified', incomplete: true });
    expect(report.trials.completed).toBe(made.server.requests.length);
    // 12 tokens each.
    expect(report.trials.completed).toBe(10);
    expect(report.trials).toMatchObject({ planned: 40, errored: 0, skipped: 30 });
    expect(report.reasons[0]).toMatch(/^budget spent: 120 tokens of 125 tokens, .*\(--max-tokens\)$/);
    expect(report.evals[0]?.results.at(-1)).toMatchObject({ status: 'skipped', reason: report.reasons[0] });
    expect(outcome.stderr).toMatch(
      /estimate: 40 calls, at most about \d+ tokens .*the budget: 125 tokens \(--max-tokens\)/,
    );
    expect((await made.assay(['accept'])).code).toBe(3);
  });

  test('of money counts judges, too, and is told in the policy', async ({ echoProject }) => {
    const grade = '{"reason":"fine","score":1}';
    const judged = {
      'evals/echo.cases.yaml': [
        'defaults: { assert: [{ type: judge, value: Is polite }] }',
        ...casesFile(['c01', 'c02', 'c03']),
      ],
    };
    const script: EchoOptions['script'] = ({ json }) =>
      JSON.stringify(json).includes('Is polite') ? { json: chatAnswer(grade) } : undefined;
    const judge = 'judge: { model: "local:gpt-4o-mini-2024-07-18" }';
    const made = await echoProject(
      priced(3, { files: judged, script, config: [judge, 'policy: { maxCostUsd: 0.00001 }'] }),
    );
    const outcome = await made.evaluate(live());
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report.reasons[0]).toMatch(/^budget spent: .*policy\.maxCostUsd/);
    expect(report.trials.completed + report.trials.skipped).toBe(3);
    expect(outcome.stderr).toMatch(/3 calls and up to 3 of graders/);
    const enough = await made.evaluate(live('--max-cost', '1'));
    expect(enough.code).toBe(0);
    expect(expectReports(made, enough).trials.completed).toBe(3);
  });

  test('keeps enough for the judges of what it has begun, and reports what was done', async ({ echoProject }) => {
    const ids = Array.from({ length: 60 }, (_, at) => `c${at + 10}`);
    const files = {
      'evals/echo.cases.yaml': ['defaults: { assert: [{ type: judge, value: Is polite }] }', ...casesFile(ids)],
    };
    const isJudge = (json: unknown) => JSON.stringify(json).includes('Is polite');
    const script: EchoOptions['script'] = ({ json }) =>
      isJudge(json) ? { json: chatAnswer('{"reason":"fine","score":1}') } : undefined;
    const judge = 'judge: { model: "local:gpt-4o-mini-2024-07-18" }';
    const made = await echoProject(priced(60, { files, script, config: [judge] }));
    const outcome = await made.evaluate(live('--max-tokens', '1400'));
    expect(outcome.code).toBe(3);
    const { trials, incomplete, evals, reasons } = expectReports(made, outcome);
    expect(incomplete).toBe(true);
    expect(trials.completed).toBeGreaterThan(5);
    expect(trials.completed + trials.skipped).toBe(60);
    expect(reasons[0]).toMatch(
      /^budget spent: \d+ tokens of 1400 tokens, and the next (?:trial|call) may take \d+ tokens/,
    );
    const asked = made.server.requests.filter(({ json }) => !isJudge(json));
    // What the last answer really took may leave too little for its judge.
    expect(asked.length).toBe(trials.completed);
    expect(trials.completed - (evals[0]?.cases.passed ?? 0)).toBeLessThanOrEqual(1);
  });

  test('keeps what was paid: an answer that it left nothing to grade with is graded when it is raised', async ({
    echoProject,
  }) => {
    const ids = Array.from({ length: 12 }, (_, at) => `c${at + 10}`);
    const isJudge = (json: unknown) => JSON.stringify(json).includes('Is polite');
    // Each answer takes far more than was estimated, so that those under way use up what was held for their judges.
    const usage = { prompt_tokens: 300, completion_tokens: 300, total_tokens: 600 };
    const script: EchoOptions['script'] = (seen) => {
      const text = isJudge(seen.json) ? '{"reason":"fine","score":1}' : `you said: ${userText(seen)}`;
      return { json: { ...chatAnswer(text), usage } };
    };
    const files = {
      'evals/echo.cases.yaml': ['defaults: { assert: [{ type: judge, value: Is polite }] }', ...casesFile(ids)],
    };
    const judge = 'judge: { model: "local:gpt-4o-mini-2024-07-18" }';
    const made = await echoProject(priced(12, { files, script, config: [judge] }));
    const args = ['--mode', 'live', ...MODEL, '--concurrency', '4'];
    const first = await made.evaluate([...args, '--max-tokens', '2000']);
    const { trials, evals } = expectReports(made, first);
    const sent = () => made.server.requests.filter(({ json }) => !isJudge(json)).length;
    expect(trials.completed).toBe(sent());
    expect(evals[0]?.cases.passed).toBeLessThan(trials.completed);
    const before = made.server.requests.length;
    expect((await made.evaluate([...args, '--max-tokens', '2000', '--resume'])).code).toBe(3);
    expect(made.server.requests).toHaveLength(before);
    const rest = await made.evaluate([...args, '--max-tokens', '1M', '--resume']);
    expect(rest.code, rest.stdout).toBe(0);
    expect(sent()).toBe(12);
  });

  test('that is large enough changes nothing, and a run that is resumed goes on where it is raised', async ({
    echoProject,
  }) => {
    const made = await echoProject(priced(20));
    expect((await made.evaluate(live('--max-tokens', '125', '--concurrency', '4'))).code).toBe(3);
    const rest = await made.evaluate(live('--resume', '--max-tokens', '1M', '--max-cost', '$1'));
    expect(rest.code).toBe(0);
    expect(made.server.requests).toHaveLength(20);
    expect(expectReports(made, rest)).toMatchObject({
      verdict: 'passed',
      incomplete: false,
      trials: { completed: 20 },
    });
  });

  test.for(['live', 'record'])('is of a run, however often that is resumed (%s)', async (mode, { echoProject }) => {
    const grade = '{"reason":"fine","score":1}';
    const files = {
      'evals/echo.cases.yaml': [
        'defaults: { assert: [{ type: judge, value: Is polite, options: { model: "local:gpt-4o-mini-2024-07-18" } }] }',
        ...casesFile(Array.from({ length: 12 }, (_, at) => `c${at + 10}`)),
      ],
    };
    const script: EchoOptions['script'] = ({ json }) =>
      JSON.stringify(json).includes('Is polite') ? { json: chatAnswer(grade) } : undefined;
    const made = await echoProject(priced(0, { files, script }));
    const run = (...args: string[]) => made.evaluate(['--mode', mode, ...MODEL, '--concurrency', '1', ...args]);
    const most = 480;
    expect((await run('--max-tokens', `${most}`)).code).toBe(3);
    const asked = made.server.requests.length;
    const again = await run('--max-tokens', `${most}`, '--resume');
    expect(again.code).toBe(3);
    expect(made.server.requests).toHaveLength(asked);
    // 12 tokens a call, and what the last answer may have taken whose judge there was nothing left for.
    const { reasons } = expectReports(made, again);
    const spent = Number(/^budget spent: (\d+) tokens of 480 tokens by the run in all/.exec(reasons[0] ?? '')?.[1]);
    expect(reasons[0]).toMatch(/raise it to go on$/);
    expect(spent).toBeGreaterThanOrEqual(12 * (asked - 1));
    expect(spent).toBeLessThanOrEqual(12 * asked + 40);
    expect(again.stderr).toContain(`the budget: ${most} tokens (--max-tokens, ${spent} spent)`);

    const rest = await run('--max-tokens', '1M', '--resume');
    expect(rest.code, rest.stdout).toBe(0);
    const left = expectReports(made, rest).trials.completed;
    expect(left).toBe(12);
    const over = await run('--max-tokens', '1M', '--resume');
    expect(over.stderr).toMatch(/estimate: 0 calls, at most about 0 tokens and \$0\.0000;/);
  });

  test('counts what a provider does not say as what it may have been, in a run that is resumed, too', async ({
    echoProject,
  }) => {
    const script: EchoOptions['script'] = (_seen, id) => ({
      json: { ...chatAnswer(`you said ${id}`), usage: undefined },
    });
    const made = await echoProject(priced(20, { script }));
    const args = ['--max-tokens', '50', '--concurrency', '1'];
    expect((await made.evaluate(live(...args))).code).toBe(3);
    const asked = made.server.requests.length;
    expect((await made.evaluate(live(...args, '--resume'))).code).toBe(3);
    expect(made.server.requests).toHaveLength(asked);
  });

  test('of money is refused for a model whose price is not known, before anything is called', async ({
    echoProject,
  }) => {
    const made = await echoProject({ cases: 2 });
    const run = (...args: string[]) => made.evaluate(['--mode', 'live', ...args]);
    const outcome = await run('--max-cost', '1');
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/the price of "local:echo" is not known[^]*--allow-unknown-price/);
    expect(made.server.requests).toEqual([]);
    expect((await run('--max-cost', '1', '--allow-unknown-price')).code).toBe(0);
    expect((await run('--max-tokens', '1M')).code).toBe(0);
  });

  test('is refused for a judge whose price is not known, too', async ({ echoProject }) => {
    const files = {
      'evals/echo.cases.yaml': [
        'defaults: { assert: [{ type: judge, value: x, options: { model: "local:other" } }] }',
        ...casesFile(['c01']),
      ],
    };
    const made = await echoProject(priced(1, { files }));
    const outcome = await made.evaluate(live('--max-cost', '1'));
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('"local:other"');
    expect(made.server.requests).toEqual([]);
  });

  test.for([
    ['--max-tokens', '1M'],
    ['--max-cost', '1'],
    ['--max-cost', '1', '--resume'],
  ])(
    'that is enough lets all be recorded: what the estimate looked up is not missed (%j)',
    async (budget, { echoProject }) => {
      const made = await echoProject(priced(5));
      const record = (...args: string[]) => made.evaluate(['--mode', 'record', ...MODEL, ...args]);
      if (budget.includes('--resume')) expect((await record('--max-tokens', '15', '--concurrency', '1')).code).toBe(3);
      const outcome = await record(...budget);
      expect(outcome).toMatchObject({ code: 0 });
      expect(outcome.stdout + outcome.stderr).not.toContain('not recorded');
      expect(made.server.requests).toHaveLength(5);
    },
  );

  test('that is spent tells of no recording that is missed', async ({ echoProject }) => {
    const made = await echoProject(priced(20));
    const outcome = await made.evaluate(['--mode', 'record', ...MODEL, '--max-tokens', '125', '--concurrency', '4']);
    expect(outcome.code).toBe(3);
    expect(outcome.stdout + outcome.stderr).not.toContain('not recorded');
  });

  test('costs nothing to replay: recordings are free', async ({ echoProject }) => {
    const made = await echoProject(priced(5));
    expect((await made.evaluate(['--mode', 'record', ...MODEL])).code).toBe(0);
    expect((await made.evaluate(['--mode', 'record', ...MODEL, '--max-tokens', '1'])).code).toBe(0);
    expect((await made.evaluate(['--mode', 'replay', ...MODEL, '--max-cost', '0.000001'])).code).toBe(0);
    expect(made.server.requests).toHaveLength(5);
  });

  test.for(['--max-cost=-1', '--max-cost=lots', '--max-cost=0', '--max-tokens=0', '--max-tokens=1.5x', '--max-time=5'])(
    '%s is a mistake',
    async (flag, { echoProject }) => {
      const made = await echoProject({ cases: 1 });
      const outcome = await made.evaluate(live(flag));
      expect(outcome.code).toBe(2);
      expect(made.server.requests).toEqual([]);
    },
  );
});

test('--dry-run tells what judges may cost', async ({ echoProject }) => {
  const files = {
    'evals/echo.cases.yaml': [
      'defaults: { assert: [{ type: judge, value: Is polite }] }',
      ...casesFile(['c01', 'c02']),
    ],
  };
  const made = await echoProject(priced(2, { files, config: ['judge: { model: "local:gpt-4o-mini-2024-07-18" }'] }));
  const { code, stdout } = await made.evaluate(live('--dry-run'));
  expect(code).toBe(0);
  expect(stdout).toMatch(/2 of 2 trials would be called \(about \$0\.0000, graders at most about \$0\.000\d\)/);
  expect(made.server.requests).toEqual([]);
});
