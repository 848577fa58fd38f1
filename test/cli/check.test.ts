import { chownSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect } from 'vitest';
import type { Content, Project } from '../support/project.js';
import { asRepository, gitIn } from '../support/repository.js';
import { type OpenProject, test } from './test.js';

const POLICY = 'policy: { require: [owner, why, changelog], models: ["mock:*"], minCases: 1 }';
const PROMPT = 'evals/support/triage.prompt.md';

const front = (more: readonly string[] = []) => [
  '---',
  'owner: "@support"',
  'why: A wrong queue costs a day.',
  'changelog:',
  '  - { date: 2026-11-22, why: first }',
  ...more,
  '---',
];

function library(project: OpenProject, files: Record<string, Content> = {}): Project {
  return project({
    'assay.config.yaml': ['models: [mock:echo]', POLICY],
    [PROMPT]: [...front(), '{{> tone}} {{ticket}}'],
    'evals/support/triage.cases.yaml': [
      'cases:',
      '  - { id: one, vars: { ticket: hi }, assert: [{ type: contains, value: hi }] }',
    ],
    'evals/_partials/tone.md': 'Be kind.',
    ...files,
  });
}

async function codes(made: Project, ...args: string[]): Promise<{ code: number; found: string[] }> {
  const { code, stdout } = await made.assay(['check', '--json', ...args]);
  const { problems } = JSON.parse(stdout) as { problems: Record<string, unknown>[] };
  for (const each of problems) {
    expect(Object.keys(each)).toEqual(['code', 'level', 'file', 'line', 'column', 'message', 'remedy']);
  }
  return { code, found: problems.map(({ code: name, level, file, line }) => `${level} ${name} ${file}:${line}`) };
}

describe.concurrent('assay check', () => {
  test('holds the models that assertions name to the policy, each assertion once', async ({ project }) => {
    const cases = 'evals/support/triage.cases.yaml';
    const made = library(project, {
      [cases]: [
        'defaults:',
        '  assert:',
        '    - { type: judge, value: good, options: { model: "anthropic:claude-x-2026-01-01" } }',
        '    - { type: judge, value: "{{ticket}}", level: off, options: { model: "anthropic:claude-y-2026-01-01" } }',
        'cases:',
        '  - { id: one, vars: { ticket: hi } }',
        '  - id: two',
        '    vars: { ticket: ho }',
        '    assert: [{ type: similar, value: "{{ticket}}", options: { model: "openai:text-embedding-3-small" } }]',
      ],
    });
    expect(await codes(made)).toEqual({
      code: 1,
      found: [`error model-not-allowed ${cases}:3`, `error model-not-allowed ${cases}:9`],
    });
  });

  test('passes a library that keeps to its policy, and says what it could not compare', async ({ project }) => {
    const made = library(project);
    const alone = await made.assay(['check']);
    expect(alone).toMatchObject({ code: 0, stderr: '' });
    expect(alone.stdout).toMatch(
      /^note: versions were not compared with a base: .*\n1 prompt checked: nothing to object to\.\n$/,
    );
    asRepository(made);
    expect((await made.assay(['check'])).stdout).toBe('1 prompt checked: nothing to object to.\n');
  });

  test('a library without prompts is not one that keeps to its policy', async ({ project }) => {
    const made = project({ 'assay.config.yaml': ['library: [prompts]', POLICY], 'evals/a.prompt.md': 'hi' });
    const screen = await made.assay(['check']);
    expect(screen).toMatchObject({ code: 3, stderr: '' });
    expect(screen.stdout).toMatch(
      /^error: there is no prompt in prompts \[empty-library\]\n.*\n\nNo prompt checked: 1 error\.\n$/,
    );
    expect(await codes(made)).toEqual({ code: 3, found: ['error empty-library null:null'] });
  });

  test('a broken rule of level error fails; a warning does not; each has its place', async ({ project }) => {
    const made = library(project, {
      [PROMPT]: ['---', 'why: x', 'models: [mock:echo, openai:gpt-5]', '---', '{{ticket}}'],
    });
    expect(await codes(made)).toEqual({
      code: 1,
      found: [
        'warn unused-partial evals/_partials/tone.md:1',
        `error required-metadata ${PROMPT}:1`,
        `error required-metadata ${PROMPT}:1`,
        `error model-not-allowed ${PROMPT}:3`,
      ],
    });
    const text = await made.assay(['check']);
    expect(text.stdout).toContain(`${PROMPT}:3:21  error: the model "openai:gpt-5" is not allowed`);
    expect(text.stdout).toMatch(/1 prompt checked: 3 errors, 1 warning\.\n$/);
    const levels = '{ required-metadata: "off", model-not-allowed: warn }';
    made.write('assay.config.yaml', ['models: [mock:echo]', POLICY.replace(' }', `, rules: ${levels} }`)]);
    expect(await codes(made)).toMatchObject({
      code: 0,
      found: expect.arrayContaining([expect.stringMatching(/^warn/)]),
    });
  });

  test('a mistake of any file stands in the same list, and ends with 2', async ({ project }) => {
    const made = library(project, { 'evals/other.prompt.md': ['---', 'onwer: x', '---', 'x {{> none}}'] });
    expect(await codes(made)).toEqual({
      code: 2,
      found: [
        'error prompt-without-cases evals/other.prompt.md:1',
        'error unknown-key evals/other.prompt.md:2',
        'error missing-partial evals/other.prompt.md:4',
      ],
    });
    made.write('assay.config.yaml', 'policy: { rules: { unused-partials: warn } }');
    const { stdout, code } = await made.assay(['check', PROMPT]);
    expect({ code, stdout }).toMatchObject({
      code: 2,
      stdout: expect.stringContaining('Did you mean "unused-partial"?'),
    });
  });

  test('a changed version without a changelog entry, against a base', async ({ project }) => {
    const made = library(project);
    const { git } = asRepository(made);
    made.write('evals/_partials/tone.md', 'Be calm.');
    const unlogged = { code: 1, found: [`error unlogged-version ${PROMPT}:4`] };
    expect(await codes(made)).toEqual(unlogged);
    made.commit('calm');
    // On the default branch nothing lies before HEAD but what a ref names.
    expect(await codes(made)).toEqual({ code: 0, found: [] });
    expect(await codes(made, '--base', 'HEAD~1')).toEqual(unlogged);
    git('checkout', '-q', '-b', 'log');
    made.write(PROMPT, [...front(['  - { date: 2026-11-23, why: calmer }']), '{{> tone}} {{ticket}}']);
    expect(await codes(made, '--base', 'main~1')).toEqual({ code: 0, found: [] });
    const nope = await made.assay(['check', '--base', 'nope']);
    expect(nope).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('no commit "nope"') });
    for (const format of ['json', 'sarif', 'github']) {
      const { code, stdout, stderr } = await made.assay(['check', '--base', 'nope', '--format', format]);
      expect({ code, stdout, stderr }).toEqual({
        code: 2,
        stdout: expect.stringContaining('unknown-ref'),
        stderr: expect.stringContaining('no commit "nope"'),
      });
    }
  });

  test('a changed version is seen where its prompt had mistakes at the base, or another name', async ({ project }) => {
    const made = library(project, { [PROMPT]: [...front(['unknown: 1']), '{{> tone}} {{ticket}}'] });
    const { git } = asRepository(made);
    git('checkout', '-q', '-b', 'mine');
    made.write(PROMPT, [...front(), '{{> tone}} Now: {{ticket}}']);
    const unlogged = { code: 1, found: [`error unlogged-version ${PROMPT}:4`] };
    expect(await codes(made)).toEqual(unlogged);
    made.commit('now');
    git('branch', '-f', 'main');

    const renamed = PROMPT.replace('triage', 'sort');
    git('mv', PROMPT, renamed);
    git('mv', 'evals/support/triage.cases.yaml', 'evals/support/sort.cases.yaml');
    expect(await codes(made)).toEqual({ code: 0, found: [] });
    made.write(renamed, [...front(), '{{> tone}} Then: {{ticket}}']);
    expect(await codes(made)).toEqual({ code: 1, found: [`error unlogged-version ${renamed}:4`] });
  });

  test('a prompt of which nothing could be read at the base is no pass where the policy relies on it', async ({
    project,
  }) => {
    const made = library(project, { [PROMPT]: ['---', 'owner: x', '{{ticket}}'] });
    const { git } = asRepository(made);
    git('checkout', '-q', '-b', 'mine');
    made.write(PROMPT, [...front(), '{{> tone}} {{ticket}}']);
    const relied = await made.assay(['check']);
    expect(relied).toMatchObject({ code: 2, stdout: '' });
    expect(relied.stderr).toMatch(
      /whether the version of "support\/triage" changed since main cannot be told.*\n.*--base/,
    );
    made.write('assay.config.yaml', 'models: [mock:echo]');
    const { code, stdout } = await made.assay(['check']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^note: whether the version of /) });
  });

  test('a history that was cut off is no pass where the policy relies on it; else it is said, beside any format', async ({
    project,
  }) => {
    const made = library(project);
    const { git } = asRepository(made);
    git('checkout', '-q', '-b', 'mine');
    made.write('evals/_partials/tone.md', 'Be calm.');
    made.commit('calm');
    git('checkout', '-q', 'main');
    git('clone', '-q', '--depth', '1', '--branch', 'mine', pathToFileURL(made.root).href, 'cut');
    const relied = await made.assay(['check'], { cwd: 'cut' });
    expect(relied).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('fetch-depth: 0') });
    made.write('cut/assay.config.yaml', 'models: [mock:echo]');
    for (const format of ['json', 'sarif', 'github']) {
      const { code, stderr, stdout } = await made.assay(['check', '--format', format], { cwd: 'cut' });
      expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^note: .*shallow clone/) });
      expect(stdout).not.toContain('note:');
    }
    // Detached, as CI checks out a pull request; whole, the branch that it began at is found again.
    git('clone', '-q', pathToFileURL(made.root).href, 'whole');
    gitIn(join(made.root, 'whole'), 'checkout', '-q', '--detach', 'origin/mine');
    const { stdout, code } = await made.assay(['check', '--json', '--base', 'origin/main'], { cwd: 'whole' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('unlogged-version') });
  });

  test('a repository that has no base is no pass where the policy relies on it', async ({ project }) => {
    const made = library(project);
    const { git } = asRepository(made);
    made.write('evals/_partials/tone.md', 'Be calm.');
    const target = await made.assay(['check'], { env: { GITHUB_BASE_REF: 'release' } });
    expect(target).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('the branch "release"') });
    git('branch', '-m', 'main', 'trunk');
    const relied = await made.assay(['check']);
    expect(relied).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('no merge-base') });
    expect(await codes(made, '--base', 'trunk')).toMatchObject({ code: 1 });

    const begun = library(project);
    gitIn(begun.root, 'init', '-q', '-b', 'trunk');
    const unborn = await begun.assay(['check']);
    expect(unborn).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('note: versions were not') });
  });

  test.skipIf(process.getuid?.() !== 0)('nor is one of another user, which git does not read', async ({ project }) => {
    const made = library(project);
    asRepository(made);
    made.write('evals/_partials/tone.md', 'Be calm.');
    chownSync(made.root, 12_345, 12_345);
    const { code, stdout, stderr } = await made.assay(['check']);
    chownSync(made.root, 0, 0);
    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('dubious ownership'),
    });
  });

  test('new, moved and deleted prompts have no version to tell of; a partial that nobody includes is left behind', async ({
    project,
  }) => {
    const made = library(project);
    asRepository(made);
    const moved = 'evals/support/route.prompt.md';
    made.write(moved, [...front(), 'Sort: {{> tone}} {{ticket}}']);
    made.write(moved.replace('.prompt.md', '.cases.yaml'), made.read('evals/support/triage.cases.yaml'));
    expect(await codes(made)).toEqual({ code: 0, found: [] });
    for (const path of [PROMPT, PROMPT.replace('.prompt.md', '.cases.yaml')]) made.remove(path);
    made.write(moved, [...front(), '{{ticket}}']);
    expect(await codes(made)).toEqual({ code: 0, found: ['warn unused-partial evals/_partials/tone.md:1'] });
  });

  test.for(['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS', '.gitlab/CODEOWNERS'])(
    'owners are looked up in %s, whatever its lines end with',
    async (file, { project }) => {
      const made = library(project, { [file]: '# people\r\nevals/** @acme/support ops@example.com\r\n' });
      made.write(PROMPT, made.read(PROMPT).replace('@support', '@support, OPS@example.com'));
      expect(await codes(made)).toEqual({ code: 0, found: [] });
      made.write(PROMPT, made.read(PROMPT).replace('OPS@example.com', '@nobody'));
      expect(await codes(made)).toEqual({ code: 1, found: [`error unknown-owner ${PROMPT}:2`] });
    },
  );

  test('owners, constraints and cases, where the policy asks; with places in the repository for others', async ({
    project,
  }) => {
    const made = project();
    const inner = library(project, {
      'assay.config.yaml': ['models: [mock:echo]', 'policy: { minCases: 2, whys: true }'],
      'evals/_partials/tone.md': ['Be kind.', 'Never lie.'],
    });
    for (const file of inner.files()) made.write(`app/${file}`, inner.read(file));
    made.write('.github/CODEOWNERS', '* @acme/brand\n');
    asRepository(made);
    const run = (format: string) => made.assay(['check', '--format', format], { cwd: 'app' });
    const github = await run('github');
    expect(github.code).toBe(1);
    expect(github.stdout.trimEnd().split('\n')).toEqual([
      expect.stringMatching(
        /^::error file=app\/evals\/_partials\/tone\.md,line=2,col=1,title=unexplained-constraint::/,
      ),
      expect.stringMatching(
        /^::error file=app\/evals\/support\/triage\.cases\.yaml,line=1,col=1,title=too-few-cases::/,
      ),
      expect.stringMatching(/^::error file=app\/evals\/support\/triage\.prompt\.md,line=2,col=1,title=unknown-owner::/),
    ]);
    const sarif = JSON.parse((await run('sarif')).stdout);
    expect(sarif.runs[0].results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'app/evals/_partials/tone.md' },
      region: { startLine: 2, startColumn: 1 },
    });
  });
});
