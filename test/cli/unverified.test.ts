import { describe, expect } from 'vitest';
import { casesFile, says } from './echo.js';
import { expectReports } from './report.js';
import { test } from './test.js';

describe.concurrent('exit 3: it could not be told', () => {
  test.for(['echo/nothing-*', 'tag:none', ''])(
    'the filter "%s", which matches nothing',
    async (filter, { echoProject }) => {
      const made = await echoProject();
      const outcome = await made.evaluate(['--mode', 'live', '--filter', filter]);
      expect(outcome.code).toBe(3);
      const report = expectReports(made, outcome);
      expect(report.trials).toEqual({ planned: 0, completed: 0, errored: 0, skipped: 0 });
      expect(report.verdict).toBe('unverified');
      expect(report.reasons).toEqual([
        `no case matches --filter ${JSON.stringify(filter)}`,
        expect.stringMatching(/^nothing was run/),
      ]);
      expect(outcome.stdout).toMatch(/nothing was run[^]*exit 3/);
      expect(made.server.requests).toEqual([]);
    },
  );

  test('an empty library', async ({ project }) => {
    const made = project({ 'assay.config.yaml': 'models: [mock:echo]' });
    const outcome = await made.assay(['eval']);
    expect(outcome.code).toBe(3);
    expect(expectReports(made, outcome).reasons).toEqual([
      'there is no prompt in evals',
      expect.stringMatching(/^nothing was run/),
    ]);
    const others = [['eval', '--dry-run'], ['build'], ['build', '--check'], ['types'], ['check']];
    for (const { code, stdout, stderr } of await Promise.all(others.map((args) => made.assay(args)))) {
      expect({ code, said: `${stdout}${stderr}`.includes('there is no prompt in evals') }).toEqual({
        code: 3,
        said: true,
      });
    }
    expect(made.files()).not.toContain('prompts.lock.json');
    const list = await made.assay(['list', '--owner', '@support']);
    expect(list).toMatchObject({ code: 0, stderr: 'note: there is no prompt in evals\n' });
  });

  test('a folder that is no project at all', async ({ project }) => {
    const outcome = await project().assay(['eval']);
    expect(outcome.code).toBe(3);
    expect(outcome.stdout).toMatch(/nothing was run/);
  });

  test('missing recordings in replay: how many, what they cost, how to record them', async ({ echoProject }) => {
    const made = await echoProject({ cases: 3 });
    expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
    made.write('evals/echo.cases.yaml', casesFile(['c01', 'c02', 'c03', 'c04', 'c05']));
    made.server.forget();
    const outcome = await made.evaluate([]);
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report.trials).toEqual({ planned: 5, completed: 3, errored: 2, skipped: 0 });
    expect(report.reasons.join('\n')).toMatch(/2 of 5 not recorded.*: npm run eval -- --mode record/);
    expect(outcome.stdout).toMatch(/2 of 5 not recorded/);
    const missing = report.evals[0]?.results.filter((each) => each.status === 'errored') ?? [];
    expect(missing.map((each) => [each.case, each.failure?.kind])).toEqual([
      ['c04', 'not-recorded'],
      ['c05', 'not-recorded'],
    ]);
    expect(made.server.requests).toEqual([]);
  });

  test('a miss of a priced model says about what recording costs, and how this project does it', async ({
    project,
  }) => {
    const made = project({
      'assay.config.yaml': 'models: [openai:gpt-5-mini]',
      'evals/echo.prompt.md': '{{text}}',
      'evals/echo.cases.yaml': casesFile(['c01', 'c02']),
    });
    const told = async (manifest?: string) => {
      if (manifest !== undefined) made.write('package.json', manifest);
      const { code, stdout } = await made.assay(['eval']);
      expect(code).toBe(3);
      return /2 of 2 not recorded, (?:about|under) \$0\.\d\d: (.+)/.exec(stdout)?.[1];
    };
    const usual = 'npm run eval -- --mode record';
    expect(await told()).toBe(usual);
    expect(await told('{ "scripts": ')).toBe(usual);
    expect(await told('{ "scripts": { "eval": "assay eval" } }')).toBe(usual);
    expect(await told('{ "scripts": { "eval": "vitest run evals" } }')).toBe('npx assay eval --mode record');
    expect(await told('{}')).toBe('npx assay eval --mode record');
  });

  test('a provider that is down for all trials', async ({ echoProject }) => {
    const made = await echoProject({ cases: 4 });
    await made.server.close();
    const outcome = await made.evaluate(['--mode', 'live']);
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report.trials).toEqual({ planned: 4, completed: 0, errored: 4, skipped: 0 });
    expect(report.reasons.join('\n')).toMatch(/none of 4 trials was answered; most often network/);
    expect(report.evals[0]?.results.map((each) => [each.failure?.kind, each.attempts])).toEqual(
      Array.from({ length: 4 }, () => ['network', 4]),
    );
    expect(report.evals[0]?.cases).toMatchObject({ passed: 0, failed: 0, errored: 4 });
  });

  test('a key that is refused: said once, and no more is asked than was under way', async ({ echoProject }) => {
    const refuse = { status: 401, json: { error: { message: 'no such key', type: 'invalid_request_error' } } };
    const made = await echoProject({ cases: 60, script: () => refuse, config: ['concurrency: 2'] });
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(3);
    expect(expectReports(made, outcome).reasons.join('\n')).toMatch(/most often auth/);
    expect(made.server.requests.length).toBeLessThanOrEqual(4);
  });

  test('too many scores missing: the others passed, and still it is not passed', async ({ echoProject }) => {
    const refuse = { status: 400, json: { error: { message: 'not this one', type: 'invalid_request_error' } } };
    const made = await echoProject({ cases: 4, script: (_seen, id) => (id === 'c02' ? refuse : undefined) });
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report.evals[0]?.cases).toMatchObject({ passed: 3, failed: 0, errored: 1 });
    expect(report.evals[0]?.metrics['pass']).toMatchObject({ mean: 1, n: 3 });
  });

  test.for<[string, object]>([
    ['is down', { status: 400, json: { error: { message: 'judge is out', type: 'invalid_request_error' } } }],
    ['speaks in prose', says('I would say it is quite good.')],
  ])('a judge that %s leaves scores unscored, never failed', async ([_what, reply], { echoProject }) => {
    const made = await echoProject({
      cases: 2,
      config: ['judge: { model: "local:judge-2026-01-31" }'],
      script: ({ json }) => (JSON.stringify(json).includes('judge-2026') ? reply : undefined),
      files: {
        'evals/echo.cases.yaml': [
          'defaults: { assert: [{ type: judge, value: Is polite, metric: polite }] }',
          ...casesFile(['c01', 'c02']),
        ],
      },
    });
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(3);
    const [evaluation] = expectReports(made, outcome).evals;
    expect(evaluation?.cases).toMatchObject({ failed: 0, passed: 0 });
    expect(evaluation?.metrics['polite']).toBeUndefined();
    expect(evaluation?.metrics['contains']).toMatchObject({ mean: 1, n: 2 });
    for (const result of evaluation?.results ?? []) {
      expect(result).toMatchObject({ status: 'completed' });
      expect(result.pass).toBeUndefined();
      expect(result.scores?.map((score) => [score.metric, score.status])).toContainEqual(['polite', 'unscored']);
    }
  });

  test('a failure of an assertion outweighs what could not be told, and both are said', async ({ echoProject }) => {
    const refuse = { status: 400, json: { error: { message: 'not this one', type: 'invalid_request_error' } } };
    const made = await echoProject({
      cases: 3,
      script: (_seen, id) => (id === 'c01' ? refuse : id === 'c02' ? says('nothing of the kind') : undefined),
    });
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(1);
    const report = expectReports(made, outcome);
    expect(report.verdict).toBe('failed');
    const states = new Set(report.gate.checks.map((check) => check.status));
    expect(states).toContain('failed');
    expect(states).toContain('unverified');
  });
});
