import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { whyOf } from '../../src/impact/affected.js';
import { filesNamedBy } from '../../src/impact/named-files.js';
import { grouped } from '../../src/lists.js';
import { folderTree } from '../../src/library/folder-tree.js';
import { changesSince } from '../../src/pipeline/changes.js';
import { openProject } from '../../src/pipeline/project.js';
import { affectedOf } from '../../src/pipeline/since.js';
import { type Content, project } from '../support/project.js';
import { gitIn, repository } from '../support/repository.js';

const date = (): Date => new Date('2026-11-22T12:00:00Z');

/** A library of prompts that need no more than a name. */
function library(names: readonly string[], more: Record<string, Content> = {}): Record<string, Content> {
  const prompts = names.flatMap((name): [string, Content][] => [
    [`evals/${name}.prompt.md`, '{{ticket}}'],
    [`evals/${name}.cases.yaml`, CASES],
  ]);
  return { 'assay.config.yaml': 'models: [mock:echo]\n', ...Object.fromEntries(prompts), ...more };
}

const CASES = [
  'defaults: { assert: [{ type: contains, value: "{{ticket}}" }] }',
  'cases: [{ id: one, vars: { ticket: hi } }]',
];

/** The ways by which what changed since HEAD reaches prompts. */
async function reached(root: string, since = 'HEAD'): Promise<Record<string, string[]>> {
  const found = await affectedOf(changesSince(openProject(root), since, {}), { cwd: root }, { date });
  return Object.fromEntries(found.affected.map((each) => [each.prompt.id, whyOf(each)]));
}

describe('a file of a provider', () => {
  it.each([
    { command: ['node', 'scripts/m.mjs'] },
    { command: ['node', './scripts/m.mjs'] },
    { command: ['scripts/../scripts//m.mjs'] },
    { command: 'node ./scripts/m.mjs --fast' },
    { command: 'node "scripts/m.mjs"' },
    { command: ['node', '--import=./scripts/m.mjs', 'x.mjs'] },
    { command: ['sh', '-c', 'node scripts/m.mjs'] },
    { command: ['node', 'm.mjs'], cwd: './scripts' },
    { command: ['node', '../scripts/m.mjs'], cwd: 'evals' },
  ])('is found however it is written: %j', (settings) => {
    const { root } = project({ 'scripts/m.mjs': '' });
    expect(filesNamedBy({ type: 'exec', ...settings }, folderTree(root))).toEqual(['scripts/m.mjs']);
  });

  it('reaches its prompts', async () => {
    const app = { type: 'exec', command: ['node', './scripts/m.mjs'] };
    const config = JSON.stringify({ models: ['app:x'], providers: { app } });
    const made = repository(library(['alone'], { 'assay.config.yaml': config, 'scripts/m.mjs': 'old' }));
    expect(await reached(made.root)).toEqual({});
    made.write('scripts/m.mjs', 'new');
    expect(await reached(made.root)).toEqual({
      alone: ['scripts/m.mjs', 'assay.config.yaml', 'evals/alone.prompt.md'],
    });
    made.remove('scripts/m.mjs');
    expect(Object.keys(await reached(made.root))).toEqual(['alone']);
  });

  it('reaches them when it is written from the root of the system', async () => {
    const made = repository(library(['alone'], { 'answers.jsonl': '' }));
    const past = { type: 'outputs', path: join(made.root, 'answers.jsonl') };
    made.write('assay.config.yaml', JSON.stringify({ models: ['past:x'], providers: { past } }));
    made.commitAs('Ana');
    expect(await reached(made.root)).toEqual({});
    made.write('answers.jsonl', '{}');
    expect(Object.keys(await reached(made.root))).toEqual(['alone']);
  });
});

/** All ways that are told of a prompt, by what changed. */
async function causesOf(root: string, prompt: string): Promise<Record<string, string[]>> {
  const found = await affectedOf(changesSince(openProject(root), 'HEAD', {}), { cwd: root }, { date });
  const causes = found.affected.find((each) => each.prompt.id === prompt)?.causes ?? [];
  const ways = grouped(causes, ({ change }) => change);
  return Object.fromEntries([...ways].map(([change, its]) => [change, its.map(({ path }) => path.join(' → '))]));
}

describe('a cause is told only where it is one', () => {
  const two = (a: object, b: object): string => JSON.stringify({ models: ['A:x'], providers: { A: a, B: b } });
  const a = { type: 'mock', replies: 'a.yaml' };
  const b = { type: 'mock', replies: 'b.yaml' };
  const asked = (model: string): string => `---\nmodels: [${model}]\n---\n{{ticket}}`;
  const asking = (): ReturnType<typeof repository> =>
    repository(
      library(['pA', 'pB'], {
        'assay.config.yaml': two(a, b),
        'a.yaml': '- { reply: one }',
        'b.yaml': '- { reply: one }',
        'evals/pA.prompt.md': asked('A:x'),
        'evals/pB.prompt.md': asked('B:x'),
      }),
    );

  it('of two providers, the files of the one that is asked', async () => {
    const { root, write } = asking();
    write('a.yaml', '- { reply: two }');
    write('b.yaml', '- { reply: two }');
    for (const name of ['a', 'b']) {
      const prompt = `p${name.toUpperCase()}`;
      expect(await causesOf(root, prompt)).toEqual({
        providers: [`${name}.yaml → assay.config.yaml → evals/${prompt}.prompt.md`],
      });
    }
  });

  it('settings of another provider hide no file, nor do those that change no answer', async () => {
    const { root, write } = asking();
    write('a.yaml', '# The same\n- { reply: one }');
    for (const more of [{ concurrency: 2 }, { replies: 'a.yaml' }]) {
      write('assay.config.yaml', two({ ...a, concurrency: 3 }, { ...b, ...more }));
      expect(await causesOf(root, 'pA')).toEqual({
        providers: ['a.yaml → assay.config.yaml → evals/pA.prompt.md'],
      });
    }
    write('assay.config.yaml', two({ ...a, replies: './a.yaml' }, b));
    expect(await causesOf(root, 'pA')).toEqual({
      providers: ['assay.config.yaml → evals/pA.prompt.md', 'a.yaml → assay.config.yaml → evals/pA.prompt.md'],
    });
  });

  it('a file that two asked providers name, once', async () => {
    const { root, write, commitAs } = asking();
    write('assay.config.yaml', two(a, a));
    write('evals/pA.prompt.md', asked('A:x, B:x'));
    commitAs('Ana');
    write('a.yaml', '- { reply: two }');
    expect(await causesOf(root, 'pA')).toEqual({
      providers: ['a.yaml → assay.config.yaml → evals/pA.prompt.md'],
    });
  });

  it('another provider is asked because a prompt, or the config, says so', async () => {
    const { root, write } = asking();
    write('evals/pA.prompt.md', asked('B:x'));
    write('a.yaml', '- { reply: two }');
    const way = 'evals/pA.prompt.md';
    expect(await causesOf(root, 'pA')).toEqual({
      models: [way],
      providers: [way, `a.yaml → assay.config.yaml → ${way}`],
    });
  });

  it('an override concerns those that it matches', async () => {
    const config = (n: number): string =>
      JSON.stringify({
        models: ['mock:echo'],
        overrides: [{ files: 'evals/b.prompt.md', parameters: { maxTokens: n }, gate: { tolerance: n / 100 } }],
      });
    const made = repository(
      library(['a', 'b'], {
        'assay.config.yaml': config(1),
        'evals/_partials/tone.md': 'Be kind.',
        'evals/a.prompt.md': '{{> tone}} {{ticket}}',
        'evals/b.prompt.md': '{{> tone}} {{ticket}}',
      }),
    );
    made.write('assay.config.yaml', config(2));
    made.write('evals/_partials/tone.md', 'Be calm.');
    const partial = (id: string): string => `evals/_partials/tone.md → evals/${id}.prompt.md`;
    expect(await causesOf(made.root, 'a')).toEqual({ version: [partial('a')] });
    const way = 'assay.config.yaml → evals/b.prompt.md';
    expect(await causesOf(made.root, 'b')).toEqual({ version: [partial('b'), way], gate: [way] });
  });

  it('a prompt that takes over cases of another one', async () => {
    const made = repository(
      library(['x'], { 'evals/x.v2.cases.yaml': [...CASES.slice(0, 1), CASES[1]?.replace('one', 'two') ?? ''] }),
    );
    made.write('evals/x.v2.prompt.md', 'Kindly: {{ticket}}');
    const way = 'evals/x.v2.prompt.md → evals/x.prompt.md';
    expect(await causesOf(made.root, 'x')).toEqual({ cases: [way] });
    made.commitAs('Ana');
    made.remove('evals/x.v2.prompt.md');
    expect(await causesOf(made.root, 'x')).toEqual({ cases: [way] });
  });
});

describe('what git does not look at', () => {
  it('reaches variants by a partial that they do not include only where rows have columns', async () => {
    const files = {
      '.gitignore': '/evals/_partials\n',
      'evals/_partials/loc.md': 'Here.',
      'evals/x.prompt.md': '{{> loc}} {{ticket}}',
      'evals/x.v2.prompt.md': '{{ticket}}',
    };
    const plain = repository(library(['x'], files));
    const way = ['evals/_partials/loc.md', 'evals/x.prompt.md'];
    expect(await reached(plain.root)).toEqual({ x: way });
    const rows = repository(
      library(['x'], {
        ...files,
        'rows.csv': 'id,ticket\ntwo,hello\n',
        'evals/x.cases.yaml': ['from: ../rows.csv', ...CASES],
      }),
    );
    expect(await reached(rows.root)).toEqual({ x: way, 'x.v2': ['evals/_partials/loc.md', 'evals/x.v2.prompt.md'] });
  });

  it('reaches its prompts always, where it ignores it', async () => {
    const made = repository(
      library(['alone', 'team/own', 'team/partial', 'team/rows'], {
        '.gitignore': 'own.prompt.md\n/evals/team/_partials\n/private/*.csv\nnode_modules\n/dist\n',
        'node_modules/lib/index.js': '',
        'evals/team/_partials/tone.md': 'Be kind.',
        'evals/team/partial.prompt.md': '{{> tone}} {{ticket}}',
        'evals/team/rows.cases.yaml': ['from: ../../private/rows.csv', ...CASES],
        'private/rows.csv': 'id,ticket\ntwo,hello\n',
      }),
    );
    const always = {
      'team/own': ['evals/team/own.prompt.md'],
      'team/partial': ['evals/team/_partials/tone.md', 'evals/team/partial.prompt.md'],
      'team/rows': ['private/rows.csv', 'evals/team/rows.prompt.md'],
    };
    expect(await reached(made.root)).toEqual(always);
    made.write('evals/alone.prompt.md', 'Kindly: {{ticket}}');
    expect(await reached(made.root)).toEqual({ alone: ['evals/alone.prompt.md'], ...always });
  });

  it('reaches all who ask a provider that is built from elsewhere', async () => {
    const app = { type: 'exec', command: 'node ./dist/app.mjs' };
    const made = repository(
      library(['alone', 'other'], {
        '.gitignore': '/dist\n',
        'dist/app.mjs': '',
        'assay.config.yaml': JSON.stringify({ models: ['app:x'], providers: { app } }),
        'evals/other.prompt.md': '---\nmodels: [mock:echo]\n---\n{{ticket}}',
      }),
    );
    expect(await reached(made.root)).toEqual({
      alone: ['dist/app.mjs', 'assay.config.yaml', 'evals/alone.prompt.md'],
    });
  });

  it('reaches all who ask a provider whose program is no text', async () => {
    const app = { type: 'exec', command: './tools/app' };
    const made = repository(
      library(['alone', 'other'], {
        'tools/app': '',
        'assay.config.yaml': JSON.stringify({ models: ['app:x'], providers: { app } }),
        'evals/other.prompt.md': '---\nmodels: [mock:echo]\n---\n{{ticket}}',
      }),
    );
    const build = (last: number) => writeFileSync(join(made.root, 'tools/app'), Uint8Array.of(0x7f, 0x00, 0xff, last));
    build(1);
    made.commitAs('Ana');
    expect(await reached(made.root)).toEqual({});
    build(2);
    expect(await reached(made.root)).toEqual({ alone: ['tools/app', 'assay.config.yaml', 'evals/alone.prompt.md'] });
  });

  it('reaches its prompts where a submodule or a repository in it was changed', async () => {
    const shared = repository({ 'tone.md': 'Be kind.', 'rows.csv': 'id,ticket\ntwo,hello\n' });
    const made = repository(library(['alone', 'partial', 'rows']));
    made.git('-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', shared.root, 'evals/_partials');
    made.write('evals/partial.prompt.md', '{{> tone}} {{ticket}}');
    made.write('evals/rows.cases.yaml', ['from: _partials/rows.csv', ...CASES]);
    // Git itself would be told not to look into it.
    made.git('config', '-f', '.gitmodules', 'submodule.evals/_partials.ignore', 'all');
    made.commitAs('Ana');
    expect(await reached(made.root)).toEqual({});
    const both = {
      partial: ['evals/_partials/tone.md', 'evals/partial.prompt.md'],
      rows: ['evals/_partials/rows.csv', 'evals/rows.prompt.md'],
    };
    made.write('evals/_partials/tone.md', 'Be calm.');
    expect(await reached(made.root)).toEqual(both);
    gitIn(join(made.root, 'evals/_partials'), 'commit', '-q', '-a', '-m', 'calm');
    expect(await reached(made.root)).toEqual(both);
    made.commitAs('Ana', 'bump');
    expect(await reached(made.root)).toEqual({});
    expect(await reached(made.root, 'HEAD~1')).toEqual(both);
    gitIn(made.root, 'init', '-q', 'evals/inner');
    made.write('evals/inner/new.prompt.md', '{{ticket}}');
    made.write('evals/inner/new.cases.yaml', CASES);
    expect(await reached(made.root)).toEqual({ 'inner/new': ['evals/inner/new.prompt.md'] });
  });

  it('is compared where git was told to take it for unchanged', async () => {
    const made = repository(library(['alone', 'other']));
    made.git('update-index', '--assume-unchanged', 'evals/alone.prompt.md', 'evals/other.prompt.md');
    made.write('evals/alone.prompt.md', 'Kindly: {{ticket}}');
    expect(await reached(made.root)).toEqual({ alone: ['evals/alone.prompt.md'] });
    made.git('update-index', '--no-assume-unchanged', 'evals/alone.prompt.md', 'evals/other.prompt.md');
    made.git('update-index', '--skip-worktree', 'evals/alone.prompt.md', 'evals/other.prompt.md');
    expect(await reached(made.root)).toEqual({ alone: ['evals/alone.prompt.md'] });
  });
});

describe.skipIf(process.platform === 'win32')('a change of what a link leads to', () => {
  const link = (root: string, path: string, target: string): void => symlinkSync(target, join(root, path));

  it('reaches the prompts that have the link among their files', async () => {
    const app = { type: 'exec', command: ['node', './run/m.mjs'] };
    const made = repository(
      library(['alone', 'app', 'linked', 'partial', 'cased', 'rows'], {
        'assay.config.yaml': JSON.stringify({ models: ['mock:echo'], providers: { app } }),
        'shared/p.md': 'Say {{ticket}}',
        'shared/tone.md': 'Be kind.',
        'shared/partials/README.txt': '',
        'shared/c.yaml': CASES,
        'shared/data/rows.csv': 'id,ticket\ntwo,hello\n',
        'shared/run/m.mjs': '',
        'evals/app.prompt.md': '---\nmodels: [app:x]\n---\n{{ticket}}',
        'evals/partial.prompt.md': '{{> tone}} {{ticket}}',
        'evals/rows.cases.yaml': ['from: ../data/rows.csv', ...CASES],
      }),
    );
    const { root } = made;
    for (const path of ['evals/linked.prompt.md', 'evals/cased.cases.yaml']) made.remove(path);
    link(root, 'evals/linked.prompt.md', '../shared/p.md');
    link(root, 'evals/cased.cases.yaml', '../shared/c.yaml');
    link(root, 'evals/_partials', '../shared/partials');
    link(root, 'shared/partials/tone.md', '../tone.md');
    link(root, 'data', 'shared/data');
    link(root, 'run', 'shared/run');
    link(root, 'round', '.');
    made.commitAs('Ana');
    expect(await reached(root)).toEqual({});
    const changes: [string, Content, Record<string, string[]>][] = [
      ['shared/p.md', '{{! asked for }}Say {{ticket}}', {}],
      ['shared/p.md', 'Tell {{ticket}}', { linked: ['evals/linked.prompt.md'] }],
      ['shared/tone.md', 'Be calm.', { partial: ['evals/_partials/tone.md', 'evals/partial.prompt.md'] }],
      ['shared/c.yaml', ['# The same', ...CASES], {}],
      [
        'shared/c.yaml',
        [CASES[0] ?? '', 'cases: [{ id: one, vars: { ticket: hey } }]'],
        { cased: ['evals/cased.cases.yaml', 'evals/cased.prompt.md'] },
      ],
      [
        'shared/data/rows.csv',
        'id,ticket\ntwo,hey\n',
        { rows: ['data/rows.csv', 'evals/rows.cases.yaml', 'evals/rows.prompt.md'] },
      ],
      ['shared/run/m.mjs', 'x', { app: ['run/m.mjs', 'assay.config.yaml', 'evals/app.prompt.md'] }],
    ];
    for (const [path, content, found] of changes) {
      made.write(path, content);
      expect({ path, found: await reached(root) }).toEqual({ path, found });
      made.commitAs('Ana');
    }
    made.remove('evals/linked.prompt.md');
    link(root, 'evals/linked.prompt.md', 'alone.prompt.md');
    made.remove('evals/_partials');
    link(root, 'evals/_partials', '../shared');
    expect(await reached(root)).toEqual({
      linked: ['evals/linked.prompt.md'],
      partial: ['evals/_partials/tone.md', 'evals/partial.prompt.md'],
    });
  });

  it('reaches them where the library or the config is behind a link, and where git ignores what it leads to', async () => {
    const made = repository({
      ...library([]),
      '.gitignore': 'private\n',
      'private/rows.csv': 'id,ticket\ntwo,hello\n',
      'packages/evals/alone.prompt.md': '{{ticket}}',
      'packages/evals/alone.cases.yaml': CASES,
      'packages/evals/rows.prompt.md': '{{ticket}}',
      'packages/evals/rows.cases.yaml': ['from: ../rows.csv', ...CASES],
      'base.yaml': 'models: [mock:echo]\n',
    });
    const { root } = made;
    made.remove('assay.config.yaml');
    link(root, 'assay.config.yaml', 'base.yaml');
    link(root, 'evals', 'packages/evals');
    link(root, 'rows.csv', 'private/rows.csv');
    made.commitAs('Ana');
    const rows = ['rows.csv', 'evals/rows.prompt.md'];
    expect(await reached(root)).toEqual({ rows });
    made.write('packages/evals/alone.prompt.md', 'Kindly: {{ticket}}');
    expect(await reached(root)).toEqual({ alone: ['evals/alone.prompt.md'], rows });
    made.commitAs('Ana');
    made.write('base.yaml', 'models: [mock:other]\n');
    expect(await reached(root)).toEqual({ alone: ['assay.config.yaml', 'evals/alone.prompt.md'], rows });
  });

  it('counts for all where links lead to one another without end', async () => {
    const made = repository(library(['alone']));
    mkdirSync(join(made.root, 'a'));
    for (let at = 0; at < 12; at += 1) link(made.root, `a/l${at}`, '../a');
    made.commitAs('Ana');
    expect(await reached(made.root)).toEqual({});
    made.write('a/x.txt', '');
    expect(await reached(made.root)).toEqual({ alone: ['assay.config.yaml', 'evals/alone.prompt.md'] });
  });
});

describe('a variable of git', () => {
  it.each([
    ['GIT_LITERAL_PATHSPECS', '1'],
    ['GIT_GLOB_PATHSPECS', '1'],
    ['GIT_NOGLOB_PATHSPECS', '1'],
    ['GIT_ICASE_PATHSPECS', '1'],
    ['GIT_COMMON_DIR', '/nowhere'],
    ['GIT_DIR', '/nowhere'],
    ['GIT_OBJECT_DIRECTORY', '/nowhere'],
    ['GIT_EXTERNAL_DIFF', 'true'],
  ])('keeps no change from being seen: %s', async (name, value) => {
    const made = repository(library(['alone', 'other']));
    made.write('evals/alone.prompt.md', 'Kindly: {{ticket}}');
    made.write('evals/fresh.prompt.md', '{{ticket}}');
    made.write('evals/fresh.cases.yaml', CASES);
    const was = process.env[name];
    onTestFinished(() => {
      if (was === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = was;
    });
    process.env[name] = value;
    expect(Object.keys(await reached(made.root))).toEqual(['alone', 'fresh']);
  });
});
