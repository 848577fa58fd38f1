import { describe, expect } from 'vitest';
import type { Outcome, Project } from '../support/project.js';
import { asRepository, type Repository } from '../support/repository.js';
import { type OpenProject, test } from './test.js';

const CONFIG = [
  'models: [mock:echo]',
  'mode: live',
  'gate: { tolerance: 0.02 }',
  'overrides: [{ files: evals/support/**, repeats: 2 }]',
];
const front = (owner: string) => ['---', `owner: "${owner}"`, 'tags: [a]', '---'];
const cases = (text: string) => [
  'defaults: { assert: [{ type: contains, value: "{{ticket}}" }] }',
  'cases:',
  `  - { id: one, vars: { ticket: "${text}" } }`,
];

/** Three prompts: two share a partial through another one, the third stands alone. */
function library(project: OpenProject): Repository {
  return asRepository(
    project({
      '.gitignore': 'reports\n',
      'assay.config.yaml': CONFIG,
      'evals/_partials/law.md': 'Promise nothing.\n',
      'evals/_partials/tone.md': 'Be kind. {{> law}}\n',
      'evals/support/triage.prompt.md': [...front('@support'), '{{> tone}} {{ticket}}'],
      'evals/support/triage.cases.yaml': ['from: ../../fixtures/tickets.csv', ...cases('hi')],
      'fixtures/tickets.csv': ['id,ticket', 'two,hello'],
      'evals/brand.prompt.md': [...front('@brand'), '{{> law}} {{ticket}}'],
      'evals/brand.cases.yaml': cases('hi'),
      'evals/alone.prompt.md': [...front('@brand'), '{{ticket}}'],
      'evals/alone.cases.yaml': cases('hi'),
    }),
  );
}

async function affected(made: Project, ...args: string[]): Promise<Record<string, string[]>> {
  const { stdout, code, stderr } = await made.assay(['affected', '--json', ...args]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const { affected: list } = JSON.parse(stdout) as { affected: { prompt: string; why: string[] }[] };
  return Object.fromEntries(list.map(({ prompt, why }) => [prompt, why]));
}

const ran = ({ report }: Outcome): string[] => report?.evals.map(({ prompt }) => prompt.id) ?? [];

describe.concurrent('assay affected', () => {
  test('a partial reaches all who include it, through other partials, by a way that is told', async ({ project }) => {
    const made = library(project);
    made.write('evals/_partials/law.md', 'Promise little.\n');
    expect(await affected(made, '--since', 'HEAD')).toEqual({
      brand: ['evals/_partials/law.md', 'evals/brand.prompt.md'],
      'support/triage': ['evals/_partials/law.md', 'evals/_partials/tone.md', 'evals/support/triage.prompt.md'],
    });
    const { stdout } = await made.assay(['affected', '--since', 'HEAD']);
    expect(stdout).toContain(
      'evals/_partials/law.md → evals/_partials/tone.md → evals/support/triage.prompt.md  version',
    );
    expect(stdout).toMatch(/2 of 3 prompts affected since HEAD \([0-9a-f]{7}\)\.\n$/);
  });

  test('comments, owner, tags, the changelog and line ends reach none', async ({ project }) => {
    const made = library(project);
    made.write('evals/_partials/law.md', '{{! why: legal asked }}Promise nothing.\r\n');
    made.write('evals/brand.prompt.md', [
      '---',
      'tags: [b]',
      'owner: "@other"',
      'why: It sells.',
      'changelog: [{ date: 2026-11-22, why: x }]',
      '---',
      '{{! a comment }}',
      '{{> law}} {{ticket}}',
    ]);
    made.write('evals/alone.cases.yaml', ['# a comment', ...cases('hi')]);
    made.write('README.md', 'x');
    expect(await affected(made, '--since', 'HEAD')).toEqual({});
    const { stdout } = await made.assay(['affected', '--since', 'HEAD']);
    expect(stdout).toMatch(/^No prompt is affected: none of the 4 changed files since HEAD \(.+\) reaches one\.\n$/);
  });

  test('data, cases and config reach those they govern', async ({ project }) => {
    const made = library(project);
    made.write('fixtures/tickets.csv', ['id,ticket', 'two,hello there']);
    expect(await affected(made, '--since', 'HEAD')).toEqual({
      'support/triage': ['fixtures/tickets.csv', 'evals/support/triage.cases.yaml', 'evals/support/triage.prompt.md'],
    });
    made.commit('data');
    made.write('evals/alone.cases.yaml', cases('hey'));
    expect(await affected(made, '--since', 'HEAD')).toEqual({
      alone: ['evals/alone.cases.yaml', 'evals/alone.prompt.md'],
    });
    made.commit('cases');
    made.write('assay.config.yaml', [...CONFIG.slice(0, 3), 'overrides: [{ files: evals/support/**, repeats: 3 }]']);
    expect(await affected(made, '--since', 'HEAD')).toEqual({
      'support/triage': ['assay.config.yaml', 'evals/support/triage.prompt.md'],
    });
    made.write('assay.config.yaml', [...CONFIG, 'concurrency: 3', 'policy: { minCases: 1 }']);
    expect(await affected(made, '--since', 'HEAD')).toEqual({});
    made.write('assay.config.yaml', CONFIG.join('\n').replace('0.02', '0.03'));
    expect(Object.keys(await affected(made, '--since', 'HEAD'))).toEqual(['alone', 'brand', 'support/triage']);
    // All of it, seen from where it began.
    expect(Object.keys(await affected(made, '--since', 'HEAD~2'))).toEqual(['alone', 'brand', 'support/triage']);
  });

  test('counts from where the branch began, in a subfolder of the repository, too', async ({ project }) => {
    const made = project({
      'app/assay.config.yaml': CONFIG,
      'app/evals/brand.prompt.md': ['{{ticket}}'],
      'app/evals/brand.cases.yaml': cases('hi'),
      'app/evals/other.prompt.md': ['{{ticket}}'],
      'app/evals/other.cases.yaml': cases('hi'),
    });
    const { git } = asRepository(made);
    git('checkout', '-q', '-b', 'mine');
    made.write('app/evals/brand.prompt.md', ['Kindly: {{ticket}}']);
    made.commit('mine');
    git('checkout', '-q', 'main');
    made.write('app/evals/other.prompt.md', ['Elsewhere: {{ticket}}']);
    made.commit('theirs');
    git('checkout', '-q', 'mine');
    const list = async (...args: string[]) =>
      (await made.assay(['affected', '--json', ...args], { cwd: 'app' })).stdout;
    const brand = { affected: [expect.objectContaining({ prompt: 'brand', why: ['evals/brand.prompt.md'] })] };
    expect(JSON.parse(await list('--since', 'main'))).toEqual(brand);
    expect(JSON.parse(await list())).toEqual(brand);
    expect(JSON.parse(await list('evals/other.prompt.md'))).toEqual({ affected: [] });
  });

  test('a prompt that is no longer there is told', async ({ project }) => {
    const made = library(project);
    made.remove('evals/alone.prompt.md');
    made.remove('evals/alone.cases.yaml');
    const { stdout } = await made.assay(['affected', '--since', 'HEAD', '--json']);
    expect(JSON.parse(stdout)).toEqual({ affected: [], removed: ['evals/alone.prompt.md'] });
    const told = await made.assay(['affected', '--since', 'HEAD']);
    expect(told).toMatchObject({ code: 0, stderr: '' });
    expect(told.stdout).toMatch(/^evals\/alone\.prompt\.md\n    no longer there\nNo prompt is affected: /);
  });

  test('what could not be read as it was counts as affected, and is told', async ({ project }) => {
    const made = library(project);
    const sound = made.read('evals/brand.prompt.md');
    made.write('evals/brand.prompt.md', ['---', 'onwer: x', '---', '{{ticket}}']);
    made.commit('broken');
    made.write('evals/brand.prompt.md', sound);
    const { stdout } = await made.assay(['affected', '--since', 'HEAD']);
    expect(stdout).toMatch(/^brand\n {4}evals\/brand\.prompt\.md {2}unknown\n/);
    expect(stdout).toContain('could not be read as it was');
    expect(stdout).toContain('evals/brand.prompt.md:2: unknown key "onwer"');
  });

  test('mistakes that a change can have made are told; those of prompts that it does not reach are not', async ({
    project,
  }) => {
    const made = library(project);
    made.write('evals/alone.prompt.md', ['---', 'onwer: x', '---', '{{ticket}}']);
    made.commit('broken');
    made.write('evals/brand.prompt.md', [...front('@brand'), 'Kindly: {{> law}} {{ticket}}']);
    expect(Object.keys(await affected(made, '--since', 'HEAD'))).toEqual(['brand']);
    made.commit('brand');
    const told = async (path: string): Promise<string> => {
      const was = made.read(path);
      made.remove(path);
      const { code, stdout, stderr } = await made.assay(['affected', '--since', 'HEAD']);
      made.write(path, was);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await told('evals/_partials/law.md')).toContain('there is no partial "law"');
    expect(await told('fixtures/tickets.csv')).toContain('tickets.csv');
    expect(await told('evals/support/triage.prompt.md')).toContain('evals/support/triage.cases.yaml');
    made.write('assay.config.yaml', 'modles: []');
    expect((await made.assay(['affected', '--since', 'HEAD'])).code).toBe(2);
  });

  test('finds a prompt whose path would be a pattern elsewhere', async ({ project }) => {
    const made = project({
      'assay.config.yaml': CONFIG,
      'evals/[x]/p {1}.prompt.md': ['{{ticket}}'],
      'evals/[x]/p {1}.cases.yaml': cases('hi'),
      'evals/x/q.prompt.md': ['{{ticket}}'],
      'evals/x/q.cases.yaml': cases('hi'),
    });
    asRepository(made);
    made.write('evals/[x]/p {1}.prompt.md', ['Kindly: {{ticket}}']);
    expect(await affected(made, '--since', 'HEAD')).toEqual({ '[x]/p {1}': ['evals/[x]/p {1}.prompt.md'] });
  });

  test('a ref that there is not, and no repository, are mistakes', async ({ project }) => {
    const made = library(project);
    const unknown = await made.assay(['affected', '--since', 'nope']);
    expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('no commit "nope"') });
    const flag = await made.assay(['affected', '--since=--all']);
    expect(flag.code).toBe(2);
    const bare = await project({ 'evals/a.prompt.md': 'x' }).assay(['affected']);
    expect(bare.code).toBe(2);
  });
});

describe.concurrent('assay eval --since', () => {
  test('runs exactly what is affected; nothing affected passes, and says why', async ({ project }) => {
    const made = library(project);
    const nothing = await made.assay(['eval', '--since', 'HEAD']);
    expect(nothing).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('no prompt is affected: no file changed'),
    });
    expect(nothing.report).toMatchObject({
      verdict: 'passed',
      exitCode: 0,
      trials: { planned: 0 },
      evals: [],
      reasons: [expect.stringContaining('no prompt is affected')],
    });
    made.write('evals/_partials/tone.md', 'Be calm. {{> law}}\n');
    const one = await made.assay(['eval', '--since', 'HEAD']);
    expect(one.code).toBe(0);
    expect(ran(one)).toEqual(['support/triage']);
    expect(one.report?.notes?.join('\n')).toContain('1 of 3 prompts affected since HEAD');
    // What ran can be accepted, and is accepted alone.
    expect(await made.assay(['accept'])).toMatchObject({ code: 0 });
    expect(made.files('evals').filter((file) => file.endsWith('.baseline.json'))).toEqual([
      'evals/support/triage.baseline.json',
    ]);
    const dry = await made.assay(['eval', '--since', 'HEAD', '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining('support/triage') });
    expect(dry.stdout).not.toContain('brand');
  });

  test('nothing affected stays a run of nothing: planned, in shards, and when it is to be accepted', async ({
    project,
  }) => {
    const made = library(project);
    const since = ['eval', '--since', 'HEAD'];
    const dry = await made.assay([...since, '--dry-run']);
    expect(dry).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('no prompt is affected') });
    for (const part of ['1/2', '2/2']) {
      const shard = await made.assay([...since, '--shard', part, '--out', `shards/${part[0]}`]);
      expect(shard).toMatchObject({ code: 0 });
    }
    const merged = await made.assay(['merge', 'shards/1', 'shards/2']);
    expect(merged).toMatchObject({ code: 0, report: { trials: { planned: 0 }, verdict: 'passed' } });
    expect(merged.stdout).toContain('no prompt is affected');
    const accepted = await made.assay(['accept']);
    expect(accepted).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('had nothing to run: no prompt is aff'),
    });
    // A shard that had something to run is of another run.
    await made.assay(['eval', '--shard', '2/2', '--out', 'shards/2']);
    expect((await made.assay(['merge', 'shards/1', 'shards/2'])).code).toBe(2);
  });

  test('a library without prompts does not pass', async ({ project }) => {
    const made = asRepository(project({ 'assay.config.yaml': 'library: [prompts]\nmodels: [mock:echo]\n' }));
    const ended = await made.assay(['eval', '--since', 'HEAD']);
    expect(ended).toMatchObject({ code: 3, report: { verdict: 'unverified' } });
    expect(ended.report?.reasons).toContain('there is no prompt in prompts');
  });

  test('a broken prompt is a mistake, whether affected or not', async ({ project }) => {
    const made = library(project);
    made.write('evals/alone.prompt.md', ['---', 'onwer: x', '---', '{{ticket}}']);
    expect(await made.assay(['eval', '--since', 'HEAD'])).toMatchObject({ code: 2 });
    expect(await made.assay(['eval', '--since', 'nope'])).toMatchObject({ code: 2 });
  });
});

describe.concurrent('assay graph', () => {
  test('prints what reaches what as Mermaid, DOT and JSON', async ({ project }) => {
    const made = library(project);
    const graph = JSON.parse((await made.assay(['graph', '--format', 'json'])).stdout) as {
      nodes: { id: string; kind: string }[];
      edges: { from: string; to: string }[];
    };
    const triage = 'evals/support/triage.prompt.md';
    expect(graph.nodes).toContainEqual({ id: 'fixtures/tickets.csv', kind: 'data' });
    expect(graph.edges.filter(({ to }) => to === triage).map(({ from }) => from)).toEqual([
      'assay.config.yaml#gate',
      'assay.config.yaml#models',
      'assay.config.yaml#overrides[0]',
      'evals/_partials/tone.md',
      'evals/support/triage.cases.yaml',
      'model mock:echo',
    ]);
    expect(graph.edges).toContainEqual({ from: 'evals/_partials/law.md', to: 'evals/_partials/tone.md' });
    const mermaid = (await made.assay(['graph', 'evals/alone.prompt.md'])).stdout;
    expect(mermaid).toMatch(/^flowchart LR\n/);
    expect(mermaid).toContain('["evals/alone.prompt.md"]');
    expect(mermaid).not.toContain('triage');
    const dot = (await made.assay(['graph', '--format', 'dot'])).stdout;
    expect(dot).toMatch(/^digraph library \{\n[\s\S]*\n\}\n$/);
    expect(dot).toContain('"evals/_partials/law.md" -> "evals/brand.prompt.md";');
    expect(await made.assay(['graph', '--format', 'svg'])).toMatchObject({ code: 2 });
  });
});
