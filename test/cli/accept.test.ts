import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { BASELINE, CASES, casesFile, echo, type EchoProject, PROMPT, says } from './echo.js';
import { expectReports } from './report.js';
import { type OpenEcho, test } from './test.js';

/** A project whose model answers these cases wrongly, as long as they are in the set. */
async function projectWith(open: OpenEcho, wrong: Set<string>, cases = 10): Promise<EchoProject> {
  const made = await open({
    cases,
    script: (_seen, id) => (wrong.has(id) ? says('something else') : undefined),
  });
  made.write('.gitignore', 'reports/');
  made.commit('A prompt');
  return made;
}

interface StoredBaseline {
  models: Record<
    string,
    { commit: string; dirty: boolean; cases: Record<string, { scores: Record<string, { repeats: number[] }> }> }
  >;
}

describe.concurrent('accept', () => {
  test('writes a baseline, a line per case; what failed then is accepted, what fails newly is not', async ({
    echoProject,
  }) => {
    const wrong = new Set(['c03']);
    const made = await projectWith(echoProject, wrong);
    expect((await made.evaluate()).code).toBe(1);

    const dry = await made.assay(['accept', '--dry-run']);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/first baseline: 10 cases[^]*pass 0\.9[^]*Nothing was written/);
    expect(made.has(BASELINE)).toBe(false);

    expect((await made.assay(['accept'])).code).toBe(0);
    const text = made.read(BASELINE);
    const baseline = JSON.parse(text) as StoredBaseline;
    const model = baseline.models['local:echo'];
    expect(Object.keys(model?.cases ?? {})).toHaveLength(10);
    expect(model?.cases['c03']?.scores['pass']?.repeats).toEqual([0]);
    expect(model?.commit).toMatch(/^[0-9a-f]{7,40}$/);
    expect(text.split('\n').filter((line) => /^\s*"c\d\d": \{.*\},?$/.test(line))).toHaveLength(10);

    const accepted = await made.evaluate();
    expect(accepted.code, accepted.stdout).toBe(0);
    expect(expectReports(made, accepted).evals[0]?.changes).toMatchObject({ accepted: ['c03'], newlyFailing: [] });
    expect(made.read('reports/junit.xml')).toContain('accepted failure');

    for (const id of ['c04', 'c05', 'c06', 'c07', 'c08', 'c09', 'c10']) wrong.add(id);
    const worse = await made.evaluate();
    expect(worse.code).toBe(1);
    const report = expectReports(made, worse);
    expect(report.evals[0]?.changes.newlyFailing).toHaveLength(7);
    expect(report.evals[0]?.metrics['pass']).toMatchObject({ baseline: 0.9, mean: 0.2, verdict: 'regressed' });
    expect(report.evals[0]?.metrics['pass']?.delta).toBeCloseTo(-0.7, 10);
    expect(worse.stdout).toMatch(/pass +0\.900 → 0\.200 +−0\.700/);
    expect(report.reasons.join('\n')).toMatch(/pass fell 0\.9 → 0\.2 \(−0\.7/);

    wrong.clear();
    const better = await made.evaluate();
    expect(better.code).toBe(0);
    expect(better.report?.evals[0]?.changes.newlyPassing).toEqual(['c03']);
    expect(made.read(BASELINE)).toBe(text);
  });

  test('a case that newly fails in its recording fails the replay', async ({ echoProject }) => {
    const wrong = new Set<string>();
    const made = await projectWith(echoProject, wrong);
    await made.evaluate(['--mode', 'record']);
    await made.assay(['accept']);
    wrong.add('c07');
    await made.evaluate(['--mode', 'record', '--refresh']);
    const outcome = await made.evaluate([]);
    expect(outcome.code).toBe(1);
    const report = expectReports(made, outcome);
    expect(report.evals[0]?.changes.newlyFailing).toEqual(['c07']);
    const failed = report.gate.checks.filter((each) => each.status === 'failed');
    expect(failed.map((each) => [each.rule, each.case])).toContainEqual(['newly-failing', 'c07']);
    expect(outcome.stdout).toMatch(/c07[^\n]*newly failing/);
  });

  test('of a run that could not be told is refused', async ({ echoProject }) => {
    const made = await projectWith(echoProject, new Set());
    await made.evaluate([]);
    const { code, stderr } = await made.assay(['accept']);
    expect(code).toBe(3);
    expect(stderr).toMatch(/unverified[^]*not recorded/);
    expect(made.has(BASELINE)).toBe(false);
  });

  test('without a run, of a filtered run, of unknown prompts, or after a change is refused', async ({
    echoProject,
  }) => {
    const made = await projectWith(echoProject, new Set(), 3);
    const refused = async (args: string[], words: RegExp) => {
      const { code, stderr } = await made.assay(['accept', ...args]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
    };
    await refused([], /there is no run/);
    await made.evaluate(['--mode', 'live', '--filter', 'echo/c01']);
    await refused([], /was filtered/);
    await made.evaluate();
    await refused(['evals/other.prompt.md'], /evals\/other\.prompt\.md/);
    made.write(CASES, casesFile(['c01', 'c02']));
    await refused([], /prompts\.echo\.cases/);
    made.write(PROMPT, '{{text}}!');
    await refused([], /changed since/);
    expect(made.has(BASELINE)).toBe(false);
  });

  test('refuses a run whose finished answers, replies or repeats changed since', async ({ project }) => {
    const made = project({
      'assay.config.yaml': [
        'providers:',
        '  past: { type: outputs, path: fixtures/out.jsonl }',
        '  fake: { type: mock, replies: fixtures/replies.yaml }',
        'models: [past:a, fake:b]',
      ],
      'fixtures/out.jsonl': '{"id":"one","output":"hi"}\n',
      'fixtures/replies.yaml': '- { output: hi }\n',
      'evals/a.prompt.md': 'Say {{word}}',
      'evals/a.cases.yaml': 'cases: [{ id: one, vars: { word: hi }, assert: [{ type: equals, value: hi }] }]\n',
    });
    const changed = async (path: string, text: string, words: RegExp) => {
      const before = made.read(path);
      expect((await made.assay(['eval'])).code).toBe(0);
      made.write(path, text);
      const { code, stderr } = await made.assay(['accept']);
      expect([code, stderr]).toEqual([2, expect.stringMatching(words)]);
      made.write(path, before);
    };
    await changed(
      'fixtures/out.jsonl',
      '{"id":"one","output":"ho"}\n',
      /providers\.past\.files.*changed|changed.*providers\.past/s,
    );
    await changed('fixtures/replies.yaml', '- { output: ho }\n', /providers\.fake\.files/);
    await changed('evals/a.prompt.md', '---\nrepeats: 3\n---\nSay {{word}}', /prompts\.a\.repeats/);
    expect((await made.assay(['accept'])).code).toBe(0);
  });

  test('drops recordings that nothing uses any more, and no others', async ({ echoProject }) => {
    const made = await projectWith(echoProject, new Set(), 3);
    await made.evaluate(['--mode', 'record']);
    const recordings = () => made.read('fixtures/recordings/echo.jsonl').trimEnd().split('\n');
    made.write(CASES, casesFile(['c01', 'c03']));
    await made.evaluate(['--mode', 'record']);
    expect(recordings()).toHaveLength(3);
    const { code, stdout } = await made.assay(['accept']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/1 recording/);
    expect(recordings().map((line) => (JSON.parse(line) as { case: string }).case)).toEqual(['c01', 'c03']);
    expect((await made.evaluate([])).code).toBe(0);
  });

  test('of the same run twice adds nothing; of another run of the same version its trials', async ({ echoProject }) => {
    const made = await projectWith(echoProject, new Set(['c03']));
    await made.evaluate();
    expect((await made.assay(['accept'])).code).toBe(0);
    const once = made.read(BASELINE);

    const again = await made.assay(['accept']);
    expect(again.stdout).toContain('nothing changes');
    expect(made.read(BASELINE)).toBe(once);

    await made.evaluate();
    expect((await made.assay(['accept', 'echo'])).stdout).toContain('+10 trials, same scores');
    const { models } = JSON.parse(made.read(BASELINE)) as StoredBaseline;
    expect(models['local:echo']?.cases['c03']?.scores['pass']?.repeats).toEqual([0, 0]);
  });

  test('--json prints JSON and nothing else', async ({ echoProject }) => {
    const made = await projectWith(echoProject, new Set(), 2);
    const evaluated = await made.evaluate(['--mode', 'live', '--json']);
    expect(JSON.parse(evaluated.stdout)).toEqual(JSON.parse(made.read('reports/report.json')));
    const { stdout } = await made.assay(['accept', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ written: true, accepted: [{ prompt: 'echo', path: BASELINE }] });
    expect(made.has(BASELINE)).toBe(true);
  });
});

/** A project whose ten cases all passed when they were accepted, and of which some fail now. */
async function acceptedProject(open: OpenEcho, failing: readonly string[]): Promise<EchoProject> {
  const wrong = new Set<string>();
  const made = await projectWith(open, wrong);
  await made.evaluate();
  expect((await made.assay(['accept'])).code).toBe(0);
  for (const id of failing) wrong.add(id);
  return made;
}

describe.concurrent('what is compared', () => {
  test('a model that replaces another with its baseline; any other model is new', async ({ echoProject }) => {
    const made = await acceptedProject(echoProject, ['c02', 'c04', 'c05', 'c06', 'c07', 'c08']);
    const config = made.read('assay.config.yaml');
    const models = 'models: [{ model: local:next, replaces: local:echo }]';
    made.write('assay.config.yaml', config.replace(/models: .*/, models));
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(1);
    const [evaluation] = expectReports(made, outcome).evals;
    expect(evaluation).toMatchObject({ model: 'local:next', replaces: 'local:echo' });
    expect(evaluation?.changes.newlyFailing).toHaveLength(6);
    expect(evaluation?.metrics['pass']).toMatchObject({ baseline: 1, mean: 0.4, verdict: 'regressed' });

    const other = await made.evaluate(['--mode', 'live', '--model', 'local:other']);
    expect(other.code).toBe(1);
    expect(other.report?.evals[0]?.metrics['pass']?.verdict).toBe('new');
    expect(other.report?.gate.checks.filter((each) => each.status === 'failed').map((each) => each.rule)).toEqual([
      'minimum',
    ]);
  });

  test('a critical case, which must pass; and too few cases that are the same cannot be told', async ({
    echoProject,
  }) => {
    const made = await acceptedProject(echoProject, []);
    made.write(CASES, made.read(CASES).replaceAll(/say (c0[1-5])/g, 'please say $1'));
    const outcome = await made.evaluate();
    expect(outcome.code).toBe(3);
    expect(expectReports(made, outcome).evals[0]?.changes.unpaired).toHaveLength(5);

    const wrong = made
      .read(CASES)
      .replace('id: c09,', 'id: c09, tags: [critical],')
      .replace('value: c09', 'value: c99');
    made.write(CASES, wrong);
    const critical = await made.evaluate();
    expect(critical.code).toBe(1);
    const failed = critical.report?.gate.checks.filter((each) => each.status === 'failed') ?? [];
    expect(failed.map((each) => [each.rule, each.case])).toEqual([['critical', 'c09']]);
  });
});

describe.concurrent('order', () => {
  test('of cases, prompts and repeats never depends on which call ended first', async ({ echoProject }) => {
    const files = Object.fromEntries(
      ['a', 'b'].flatMap((name) => [
        [`evals/${name}.prompt.md`, '{{text}}'],
        [`evals/${name}.cases.yaml`, casesFile(['c09', 'c02', 'c05', 'c01'])],
      ]),
    );
    const made = await echoProject({
      files,
      cases: 4,
      config: ['repeats: 2'],
      script: async (seen, id) => {
        await sleep(Math.random() * 60);
        return id === 'c05' ? says('no') : echo(seen);
      },
    });
    const run = () => made.evaluate(['--mode', 'live', '--model', 'local:x', '--model', 'local:m']);
    const [first, second] = [await run(), await run()];
    const order = (report = first.report) =>
      report?.evals.map((each) => [each.prompt.id, each.model, each.results.map((one) => `${one.case}/${one.repeat}`)]);
    expect(order()).toEqual(order(second.report));
    expect(order()?.map(([prompt, model]) => `${String(prompt)} ${String(model)}`)).toEqual([
      'a local:x',
      'a local:m',
      'b local:x',
      'b local:m',
      'echo local:x',
      'echo local:m',
    ]);
    expect(order()?.[0]?.[2]).toEqual(['c09/1', 'c09/2', 'c02/1', 'c02/2', 'c05/1', 'c05/2', 'c01/1', 'c01/2']);
    for (const { results } of first.report?.evals ?? []) {
      for (const each of results) {
        expect(each.output).toBe(each.case === 'c05' ? 'no' : `you said: say ${each.case}`);
      }
    }
    const screen = (text: string) => text.replaceAll(/p\d\d [\d.]+ m?s/g, '');
    expect(screen(first.stdout)).toBe(screen(second.stdout));
  });

  test('a filter runs the cases it matches, of the prompts that have any', async ({ echoProject }) => {
    const files = { 'evals/other.prompt.md': '{{text}}', 'evals/other.cases.yaml': casesFile(['c11', 'c12']) };
    const made = await echoProject({ files });
    made.write(CASES, made.read(CASES).replace('id: c02,', 'id: c02, tags: [edge],'));
    const { code, report } = await made.evaluate(['--mode', 'live', '--filter', 'echo/c0[13]', '--filter', 'tag:edge']);
    expect(code).toBe(0);
    expect(report?.evals.map((each) => each.prompt.id)).toEqual(['echo']);
    expect(Object.keys(made.asked()).toSorted()).toEqual(['c01', 'c02', 'c03']);
  });
});
