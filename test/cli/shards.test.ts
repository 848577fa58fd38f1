import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { shardOf } from '../../src/plan/shard.js';
import type { Content, Outcome, Project, RunReport } from '../support/project.js';
import { expectReports, timeless } from './report.js';
import { type OpenProject, test } from './test.js';

const COUNT = 30;
const PROMPTS = ['evals/route.prompt.md', 'evals/tone.prompt.md'];

/** Two prompts, two models each. Every answer is scripted by case, prompt and repeat, so that two runs get the same. */
function library(project: OpenProject, config: Content = [], replies: readonly object[] = []): Project {
  const cases = (offset: number): string[] => [
    'defaults: { assert: [{ type: contains, value: fine }] }',
    'cases:',
    ...Array.from({ length: COUNT }, (_, at) => `  - { id: c${at + offset}, vars: { text: t${at} } }`),
  ];
  const script = [
    ...replies,
    ...[3, 11, 17].map((at) => ({ case: `c${at}`, prompt: 'route', output: 'wrong' })),
    { case: 'c5', prompt: 'route', error: { kind: 'bad-request', message: 'too odd' } },
    { case: 'c8', repeat: 2, output: 'not now' },
    { output: 'fine', usage: { inputTokens: 7, outputTokens: 3 }, latencyMs: 12 },
  ];
  return project({
    'assay.config.yaml': [
      'providers: { one: { type: mock, replies: replies.jsonl }, two: { type: mock, replies: replies.jsonl } }',
      'models: [one:m, two:m]',
      'mode: live',
      ...config,
    ],
    'replies.jsonl': script.map((each) => JSON.stringify(each)),
    'evals/route.prompt.md': 'Route {{text}}',
    'evals/route.cases.yaml': cases(0),
    'evals/tone.prompt.md': 'Tone {{text}}',
    'evals/tone.cases.yaml': cases(100),
  });
}

/** Runs every shard into a folder of its own. */
async function runShards(made: Project, count: number, args: readonly string[] = []): Promise<string[]> {
  const indexes = Array.from({ length: count }, (_, at) => at + 1);
  await Promise.all(
    indexes.map(async (index) => {
      const shard = await made.assay(['eval', '--shard', `${index}/${count}`, '--out', `shards/${index}`, ...args]);
      expect(shard, shard.stderr).toMatchObject({ code: 0 });
    }),
  );
  return indexes.map((index) => `shards/${index}`);
}

/** What two runs of the same answers must share to the byte: all of report.json but ids and times, and the other reports whole. */
function telling(made: Project, { report, stdout, code }: Outcome): object {
  if (!report) throw new Error('no report.json');
  return {
    code,
    stdout,
    report: JSON.stringify(timeless(report)),
    junit: made.read('reports/junit.xml'),
    summary: made.read('reports/summary.md'),
  };
}

/** The trials of a journal, in order of name. */
function trials(made: Project, path: string): string[] {
  return made
    .read(path)
    .split('\n')
    .filter((line) => line.includes('"kind":"trial"'))
    .toSorted();
}

function reportIn(made: Project, folder: string): RunReport {
  return JSON.parse(readFileSync(join(made.root, folder, 'report.json'), 'utf8')) as RunReport;
}

async function expectMergedLikeWhole(made: Project, count: number, args: readonly string[] = []): Promise<Outcome> {
  const whole = await made.assay(['eval', ...args]);
  expectReports(made, whole);
  const expected = telling(made, whole);
  const lines = trials(made, 'reports/run.jsonl');
  const folders = await runShards(made, count, args);
  made.remove('reports');
  const merged = await made.assay(['merge', ...folders]);
  expectReports(made, merged);
  expect(telling(made, merged)).toEqual(expected);
  expect(trials(made, 'reports/run.jsonl')).toEqual(lines);
  return merged;
}

describe.concurrent('shards', { timeout: 60_000 }, () => {
  test('hold each case once, with all its models and repeats, and gate nothing', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 3, ['--repeats', '2']);
    const found = folders.flatMap((folder, at) =>
      reportIn(made, folder).evals.flatMap(({ prompt, model, results }) =>
        results.map((each) => {
          expect(shardOf(prompt.id, each.case, 3)).toBe(at + 1);
          return `${prompt.id} ${model} ${each.case} ${each.repeat}`;
        }),
      ),
    );
    expect(found).toHaveLength(2 * 2 * 2 * COUNT);
    expect(new Set(found).size).toBe(found.length);
    const one = reportIn(made, 'shards/1');
    expect(one).toMatchObject({ verdict: 'passed', exitCode: 0, run: { shard: { index: 1, count: 3 } } });
    expect(one.reasons.at(-1)).toBe('shard 1/3 is only a part: `assay merge` gates');
  });

  test('say what went wrong, though they leave the verdict to the merge', async ({ project }) => {
    const made = library(project, [], [{ error: { kind: 'bad-request', message: 'all is down' } }]);
    const [folder = ''] = await runShards(made, 1);
    expect(reportIn(made, folder).reasons[0]).toMatch(
      /^warning: 120 trials were not answered; most often bad-request .*all is down/,
    );
    expect((await made.assay(['merge', folder])).code).toBe(3);
  });

  test('are empty where no case falls to them, which is no mistake; nothing to run at all is', async ({ project }) => {
    const made = library(project);
    const only = ['--filter', 'route/c0'];
    const holder = shardOf('route', 'c0', 4);
    const empty = (holder % 4) + 1;
    const outcome = await made.assay(['eval', '--shard', `${empty}/4`, ...only]);
    expect(outcome.code).toBe(0);
    expect(outcome.stdout).toContain(`shard ${empty}/4 is empty, all cases fell to others: \`assay merge\` gates`);
    const nothing = await made.assay(['eval', '--shard', '1/4', '--filter', 'no/such']);
    expect(nothing.code).toBe(3);
    expect(nothing.stdout).toContain('nothing was run');
  });

  test.for(['0/4', '5/4', '1', '1/0', 'a/b', '1/4/2'])('are not to be named %s', async (name, { project }) => {
    const outcome = await library(project).assay(['eval', '--shard', name]);
    expect(outcome).toMatchObject({ code: 2, stdout: '' });
    expect(outcome.stderr).toContain('such as 2/4');
  });

  test('are resumed as the shard they are, and never accepted', async ({ project }) => {
    const made = library(project);
    await made.assay(['eval', '--shard', '1/2']);
    const other = await made.assay(['eval', '--shard', '2/2', '--resume']);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('--shard was "1/2" and is "2/2"');
    expect((await made.assay(['eval', '--shard', '1/2', '--resume'])).code).toBe(0);
    const accepted = await made.assay(['accept']);
    expect(accepted.code).toBe(2);
    expect(accepted.stderr).toContain('is shard 1/2; a baseline is of all cases');
  });
});

describe.concurrent('merge', { timeout: 60_000 }, () => {
  test.for([1, 5])('makes of %i shards what one process makes, to the byte', async (count, { project }) => {
    const merged = await expectMergedLikeWhole(library(project), count, ['--repeats', '2']);
    expect(merged.code).toBe(1);
  });

  test('comes to the verdict of one process when repeats are adaptive and the guard asks for more', async ({
    project,
  }) => {
    const made = library(project, ['repeats: { min: 1, max: 4 }', 'gate: { minPassRate: 0.1, maxMissing: 0.2 }']);
    made.write('replies.jsonl', JSON.stringify({ output: 'fine' }));
    for (const _ of [1, 2]) expect((await made.assay(['eval', '--repeats', '6'])).code).toBe(0);
    expect((await made.assay(['accept'])).code).toBe(0);
    const broken = [
      ...Array.from({ length: 12 }, (_, at) => ({ case: `c${at}`, prompt: 'route', output: 'wrong' })),
      { case: 'c120', output: 'broken for good' },
      { case: 'c121', repeat: 1, output: 'only once' },
      { output: 'fine' },
    ];
    made.write(
      'replies.jsonl',
      broken.map((each) => JSON.stringify(each)),
    );
    for (const path of PROMPTS) made.write(path, `${made.read(path)} now`);
    const merged = await expectMergedLikeWhole(made, 3);
    expect(merged.code).toBe(1);
    expect(merged.stdout).toContain('c120');
    const tone = merged.report?.evals.find(({ prompt }) => prompt.id === 'tone')?.results ?? [];
    const asked = (id: string) => tone.filter((each) => each.case === id).length;
    // The guard goes on asking a broken case, one that was only flaky once more, the others not at all.
    expect([asked('c119'), asked('c121')]).toEqual([1, 2]);
    expect(asked('c120')).toBeGreaterThan(4);
  });

  test('names shards that are missing or there twice, and calls nothing', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 3);
    const lacking = await made.assay(['merge', 'shards/2']);
    expect(lacking.code).toBe(2);
    expect(lacking.stderr).toContain('these shards are missing: 1/3, 3/3');
    const twice = await made.assay(['merge', ...folders, 'shards/2']);
    expect(twice.code).toBe(2);
    expect(twice.stderr).toContain('shard 2/3 is there twice: in shards/2 and in shards/2');
    const nowhere = await made.assay(['merge', ...folders.slice(0, 2), 'shards/9']);
    expect(nowhere.code).toBe(2);
    expect(nowhere.stderr).toContain('there is no run');
    expect(nowhere.stderr).toContain('shard 3/3 is missing');
    expect(made.has('reports')).toBe(false);
  });

  test('refuses shards of another run, and runs that are no shards', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 2);
    await made.assay(['eval', '--shard', '2/3', '--out', 'shards/other']);
    const counted = await made.assay(['merge', ...folders, 'shards/other']);
    expect(counted.code).toBe(2);
    expect(counted.stderr).toContain(
      'shards/other is no part of this one: the number of shards was 3 there and is 2 here',
    );
    await made.assay(['eval', '--out', 'shards/whole']);
    const whole = await made.assay(['merge', ...folders, 'shards/whole']);
    expect(whole.code).toBe(2);
    expect(whole.stderr).toContain('the run in shards/whole is a whole one');
    await made.assay(['eval', '--shard', '2/2', '--repeats', '3', '--out', 'shards/2']);
    const repeated = await made.assay(['merge', ...folders]);
    expect(repeated.code).toBe(2);
    expect(repeated.stderr).toMatch(/shards\/2 is no part of this one: --repeats was .*3\.\.3/);
  });

  test('refuses shards that ran other files than those checked out, naming what differs', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 2);
    made.write('evals/route.prompt.md', 'Route now {{text}}');
    const changed = await made.assay(['merge', ...folders]);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain('prompts.route.version was');
    expect(changed.stderr).toContain('shards/1 is no part');
    expect(changed.stderr).toContain('shards/2 is no part');
    made.write('evals/route.prompt.md', '---\nrepeats: 3\n---\nRoute {{text}}');
    const [one] = await runShards(made, 2);
    made.write('evals/route.prompt.md', 'Route {{text}}');
    await made.assay(['eval', '--shard', '2/2', '--out', 'shards/2']);
    const mixed = await made.assay(['merge', one ?? '', 'shards/2']);
    expect(mixed.code).toBe(2);
    expect(mixed.stderr).toMatch(/prompts\.route\.repeats was .*3\.\.3/);
  });

  test('never overwrites the journal of a shard', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 2);
    const before = made.read('shards/1/run.jsonl');
    const outcome = await made.assay(['merge', ...folders, '--out', 'shards/1']);
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('Name another folder with --out');
    expect(made.read('shards/1/run.jsonl')).toBe(before);
  });

  test('cannot tell while a shard did not come to its end, and says which', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 2);
    const lines = made.read('shards/2/run.jsonl').split('\n');
    made.write('shards/2/run.jsonl', `${lines.slice(0, 6).join('\n')}\n{"kind":"tri`);
    const outcome = await made.assay(['merge', ...folders]);
    const report = expectReports(made, outcome);
    // Scripted failures fail the gate whatever else could not be told.
    expect(report).toMatchObject({ exitCode: 1, incomplete: true });
    expect(report.reasons[0]).toBe('shard 2/2 did not come to its end');
    expect(report.trials.skipped).toBeGreaterThan(10);
  });

  test('is not whole where the time or the budget of a shard was spent', async ({ project }) => {
    const made = library(project);
    const folders = await runShards(made, 2);
    await made.assay(['eval', '--shard', '2/2', '--out', 'shards/2', '--max-time', '1ms']);
    const outcome = await made.assay(['merge', ...folders]);
    const report = expectReports(made, outcome);
    expect(report).toMatchObject({ incomplete: true });
    expect(report.trials.skipped).toBeGreaterThan(10);
  });

  test('makes a run that can be accepted', async ({ project }) => {
    const made = library(project, ['gate: { maxMissing: 0.1 }']);
    const folders = await runShards(made, 3);
    await made.assay(['merge', ...folders]);
    const accepted = await made.assay(['accept']);
    expect(accepted, accepted.stderr).toMatchObject({ code: 0 });
    const baselines = made.files('evals').filter((path) => path.endsWith('.baseline.json'));
    expect(baselines).toHaveLength(2);

    const before = baselines.map((path) => made.read(path));
    await made.assay(['merge', ...folders.toReversed()]);
    const again = await made.assay(['accept']);
    expect(again, again.stderr).toMatchObject({ code: 0 });
    expect(baselines.map((path) => made.read(path))).toEqual(before);
    const lines = made.read('reports/history.jsonl').trimEnd().split('\n');
    const runs = new Set(lines.map((line) => (JSON.parse(line) as { run: string }).run));
    expect(runs.size).toBe(1);
    expect([...runs][0]).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
  });

  test('adds up what a replay lacks', async ({ project }) => {
    const made = project({
      'assay.config.yaml': ['models: [openai:gpt-5-mini]'],
      'evals/a.prompt.md': '{{text}}',
      'evals/a.cases.yaml': [
        'cases:',
        ...Array.from(
          { length: 9 },
          (_, at) => `  - { id: c${at}, vars: { text: t }, assert: [{ type: contains, value: t }] }`,
        ),
      ],
    });
    const whole = await made.assay(['eval']);
    const folders = await runShards(made, 2);
    const merged = await made.assay(['merge', ...folders]);
    expect(merged.code).toBe(3);
    expect(merged.report?.reasons).toEqual(whole.report?.reasons);
    expect(merged.report?.reasons[0]).toMatch(/^9 of 9 not recorded/);
  });
});
