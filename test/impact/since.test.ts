import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { whyOf } from '../../src/impact/affected.js';
import { filesNamedBy } from '../../src/impact/named-files.js';
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

describe('what git does not look at', () => {
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
