import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { assertionTypes } from '../../src/assertions/map.js';
import { EXIT } from '../../src/exit-codes.js';
import { caseFilter } from '../../src/plan/filter.js';
import { linkPackage } from '../prompts/package.js';
import { PACKAGE, project } from '../support/project.js';
import { chatAnswer } from '../support/replies.js';
import { type ScriptedServer, startServer } from '../support/scripted-server.js';
import { blocksOf, codeWords, exampleFiles, PAGES, pageText, tablesOf } from './pages.js';
import { allHelp, assay } from './run.js';

/** The commands of console blocks, without their prompts and remarks. */
function commands(page: string): string[] {
  const lines = blocksOf(page)
    .filter(({ language }) => language === 'console')
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => line.startsWith('$ '));
  return lines.flatMap((line) =>
    line
      .slice(2)
      .replace(/\s+# .*/, '')
      .split(' && '),
  );
}

describe('the example of the README', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await startServer([{ json: chatAnswer('{"queue": "billing"}') }]);
  });
  afterAll(() => server.close());

  it('is recorded, accepted and replayed by the commands it gives', async () => {
    const files = exampleFiles('triage');
    const made = project(files);
    const steps = commands('README.md')
      .filter((command) => command.startsWith('npx assay '))
      .map((command) => command.split(' ').slice(2));
    expect(steps.map(([name, ...flags]) => [name, ...flags].join(' '))).toEqual([
      'eval --dry-run --mode record',
      'eval --mode record',
      'accept',
    ]);
    const env = { OPENAI_API_KEY: 'sk-readme-12345', OPENAI_BASE_URL: `${server.url}/v1` };
    for (const step of steps) expect(await assay(made.root, step, env)).toMatchObject({ code: 0, stderr: '' });
    expect(made.files('evals')).toContain('evals/support/triage.baseline.json');
    expect(made.files('fixtures')).toEqual(['fixtures/recordings/support/triage.jsonl']);
    const replayed = await assay(made.root, ['eval']);
    expect(replayed).toMatchObject({ code: 0, report: { evals: [{ metrics: { accuracy: { mean: 1 } } }] } });
    expect(server.requests).toHaveLength(1);

    const prompt = 'evals/support/triage.prompt.md';
    made.write(prompt, (files[prompt] ?? '').replace('You route', 'You sort'));
    const edited = await assay(made.root, ['eval']);
    expect(edited).toMatchObject({ code: 3, stdout: expect.stringContaining('1 of 1 not recorded') });
  });

  it('shows filters that match the case they name, as do the other pages and --help', async () => {
    const texts = [...PAGES.map(pageText), await allHelp()];
    const shown = texts.flatMap((text) => [...text.matchAll(/--filter '([^']+)'/g)].map(([, glob = '']) => glob));
    expect(shown.length).toBeGreaterThan(2);
    for (const glob of shown) {
      const matches = caseFilter([glob])('support/triage', { id: 'double-charge', tags: ['critical'] });
      expect({ glob, matches }).toEqual({ glob, matches: true });
    }
  });

  it('has steps for CI that are YAML', () => {
    const steps: { run: string }[] = parse(exampleFiles('ci')['steps.yaml'] ?? '');
    expect(steps.map(({ run }) => run.split(' ')[0])).toEqual(['npm', 'npx', 'if']);
  });

  it.each([
    ['workflow', ['eval']],
    ['shards', ['eval --shard ${{ matrix.part }}/2 --out part', 'merge parts/part-1 parts/part-2']],
  ])('has a workflow (%s) that may only read, and runs the gate', (name, expected) => {
    interface Workflow {
      permissions: object;
      jobs: Record<string, { steps: { run?: string; uses?: string }[] }>;
    }
    const workflow: Workflow = parse(exampleFiles(name)['.github/workflows/evals.yml'] ?? '');
    expect(workflow.permissions).toEqual({ contents: 'read' });
    const runs = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));
    expect(runs.filter((run) => run.startsWith('npx assay ')).map((run) => run.slice(10))).toEqual(expected);
  });

  it('has a pipeline for GitLab (gitlab) whose scripts run the parts and gate them', async () => {
    const pipeline: Record<string, { script: string[]; parallel?: number; needs?: string[] }> = parse(
      exampleFiles('gitlab')['.gitlab-ci.yml'] ?? '',
    );
    const { part, gate } = pipeline;
    expect(gate?.needs).toEqual(['part']);
    const parts = part?.parallel ?? 0;
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]\n',
      'evals/echo.prompt.md': '{{text}}',
      'evals/echo.cases.yaml':
        'cases: [{ vars: { text: a }, assert: [{ type: equals, value: a }] }, { vars: { text: b }, assert: [{ type: equals, value: a }] }]\n',
    });
    const run = (script: readonly string[], index: number) => {
      const line = script.find((each) => each.startsWith('npx assay ')) ?? '';
      const filled = line
        .replaceAll('$CI_NODE_INDEX', `${index}`)
        .replaceAll('$CI_NODE_TOTAL', `${parts}`)
        .replaceAll('"', '');
      const folders = Array.from({ length: parts }, (_, at) => `parts/part-${at + 1}`);
      return assay(
        made.root,
        filled
          .split(' ')
          .slice(2)
          .flatMap((word) => (word === 'parts/*' ? folders : [word])),
      );
    };
    for (let index = 1; index <= parts; index += 1) expect((await run(part?.script ?? [], index)).code).toBe(0);
    expect(await run(gate?.script ?? [], 0)).toMatchObject({
      code: 1,
      report: { trials: { planned: 2, completed: 2 } },
    });
  });

  it('explains every word that a metric can get', () => {
    const words = tablesOf('docs/ci.md')
      .find(({ head }) => head[0] === 'word')
      ?.rows.map(([word]) => word);
    expect(words).toEqual(
      ['new', 'unchanged', 'within-noise', 'inconclusive', 'regressed', 'improved'].map((w) => `\`${w}\``),
    );
  });

  it('has code that evaluates', async () => {
    const code = exampleFiles('code')['gate.mjs'] ?? '';
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]\n',
      'evals/support/echo.prompt.md': '{{ticket}}',
      'evals/support/echo.cases.yaml': 'cases: [{ vars: { ticket: hi }, assert: [{ type: equals, value: ho }] }]\n',
      'gate.mjs': code.replace("'promptassay'", JSON.stringify(pathToFileURL(join(PACKAGE, 'dist/index.js')).href)),
    });
    const ended = spawnSync(process.execPath, ['gate.mjs'], { cwd: made.root, encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 1, stdout: expect.stringMatching(/^failed \[/), stderr: '' });
  });

  it('has an application that loads the prompt', () => {
    const code = exampleFiles('application')['router.mjs'] ?? '';
    const made = project({
      ...exampleFiles('triage'),
      'router.mjs': `${code}console.log(JSON.stringify(messages));\n`,
    });
    linkPackage(made.root);
    const ended = spawnSync(process.execPath, ['router.mjs'], { cwd: made.root, encoding: 'utf8' });
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toEqual([
      { role: 'system', content: expect.stringMatching(/^You route support tickets\.\n[^]*"other"}$/) },
      { role: 'user', content: 'I was charged twice' },
    ]);
  });

  it('lists every command', async () => {
    const { stdout } = await assay(PACKAGE, ['--help']);
    const [, list = ''] = /^Commands:\n([^]*?)\n\n/m.exec(stdout) ?? [];
    const names = [...list.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name]) => `\`assay ${name}\``);
    expect(names.length).toBeGreaterThan(10);
    const table = tablesOf('README.md').find(({ heading }) => heading === 'Commands');
    expect(table?.rows.map(([name]) => name)).toEqual(names);
  });

  it('says how large the own library is', async () => {
    const [, cases, prompts, models] =
      /replays (\d+) cases of (\w+) prompts for (\w+) models/.exec(pageText('README.md')) ?? [];
    const made = project();
    for (const path of ['assay.config.yaml', 'evals', 'fixtures']) made.copy(path);
    const { report } = await assay(made.root, ['eval']);
    const found = report?.evals ?? [];
    const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six'];
    const ids = new Set(found.map((each) => each.prompt.id));
    const first = found.filter((each) => each.model === found[0]?.model);
    expect([cases, prompts, models]).toEqual([
      String(first.reduce((sum, each) => sum + each.cases.total, 0)),
      words[ids.size],
      words[found.length / ids.size],
    ]);
  });
});

describe('the pages for users', () => {
  it('have examples that are all proven: each block is a file of one, a list of checks, or commands', () => {
    const unproven = PAGES.flatMap(blocksOf)
      .filter((block) => !block.example && block.language !== 'console')
      .filter((block) => !(block.page === 'docs/assertions.md' && block.language === 'yaml'))
      // Its example is data and what is computed from it: statistics.test.ts.
      .filter((block) => !(block.page === 'docs/statistics.md' && block.language === 'text'));
    expect(unproven.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
    const projects = new Set(PAGES.flatMap(blocksOf).flatMap(({ example }) => example?.project ?? []));
    const tests = ['assertions', 'library', 'policy', 'providers', 'readme'].map((name) =>
      readFileSync(new URL(`${name}.test.ts`, import.meta.url), 'utf8'),
    );
    expect([...projects].filter((name) => !tests.some((text) => text.includes(`'${name}'`)))).toEqual([]);
  });

  it('name flags that there are', async () => {
    const known = new Set((await allHelp()).match(/--[a-z][a-z-]*/g));
    // Those of npm and of git.
    const others = new Set(['--save-dev', '--save-exact', '--assume-unchanged', '--skip-worktree']);
    const named = PAGES.flatMap((page) => [...codeWords(pageText(page)), ...commands(page).join(' ').split(' ')]);
    const flags = named.filter((word) => /^--[a-z][a-z-]*$/.test(word) && !others.has(word));
    expect(flags.length).toBeGreaterThan(10);
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  });

  it('name scripts that there are', () => {
    const manifest: { scripts: object } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8'));
    const named = PAGES.flatMap((page) =>
      [...pageText(page).matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name]) => name),
    );
    expect(named).toContain('eval');
    expect(named.filter((name) => name === undefined || !(name in manifest.scripts))).toEqual([]);
  });

  it('lead to pages and headings that there are, in the package, too', () => {
    const packed = packedFiles();
    const has = (file: string) => packed.some((each) => each === file || each.startsWith(`${file}/`));
    const links = PAGES.flatMap((page) =>
      [...pageText(page).matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => ({ page, target })),
    );
    const broken = links.filter(({ page, target }) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path).replaceAll('\\', '/');
      if (!has(file)) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(links.length).toBeGreaterThan(5);
    expect(broken).toEqual([]);
  });

  it('list every assertion and every exit code in the README', () => {
    const [, section = ''] = /^## Assertions$([^]*?)and `not-`/m.exec(pageText('README.md')) ?? [];
    expect(codeWords(section)).toEqual([...assertionTypes.keys()]);
    const { rows } = tablesOf('README.md').find(({ head }) => head[0] === 'exit') ?? { rows: [] };
    const codes = rows.flatMap(([code = '']) => code.split(', ').map(Number));
    expect(codes.toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
  });
});

/** The files of the package, as npm would publish it. */
function packedFiles(): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  // On Windows npm is a batch file, which only a shell runs.
  const npm = spawnSync('npm', args, { cwd: PACKAGE, encoding: 'utf8', shell: process.platform === 'win32' });
  const packages = JSON.parse(npm.stdout) as { files: { path: string }[] }[];
  return packages.flatMap(({ files }) => files.map(({ path }) => path));
}

/** The anchors that a forge gives the headings of a page. */
function anchorsOf(page: string): string[] {
  return [...pageText(page).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
