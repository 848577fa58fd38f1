import { chmodSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casesFile } from '../cli/echo.js';
import { type OpenProject, test } from '../cli/test.js';
import { findGit } from '../../src/git/program.js';
import { gitIn } from '../support/repository.js';
import { type Project, project as openProject } from '../support/project.js';

const MARKER = 'marker.txt';
const FILES = {
  'assay.config.yaml': 'models: [mock:echo]',
  'evals/echo.prompt.md': '{{text}}',
  'evals/echo.cases.yaml': casesFile(['c01']),
};

/** Commands that between them ask git for all that is ever asked: state, changes, files of commits, authors, merge-bases. */
const COMMANDS = [
  ['eval', '--since', 'HEAD'],
  ['eval', '--baseline', 'merge-base'],
  ['check'],
  ['show', 'echo'],
  ['diff', 'echo', 'HEAD'],
];

function tempting(open: OpenProject, files: Record<string, string> = {}): Project & { bait: string } {
  const made = open({ ...FILES, ...files });
  made.commit('A library');
  made.write('evals/echo.prompt.md', '{{text}}!');
  const mark = join(made.root, MARKER).replaceAll('\\', '/');
  return { ...made, bait: `touch '${mark}'; false` };
}

describe.concurrent('git runs nothing for a hostile repository', () => {
  test('that looks like one, among the files of a pull request', async ({ project }) => {
    const made = tempting(project);
    const shell = project();
    gitIn(shell.root, 'init', '-q', '--bare');
    // The whole of it could be committed: no folder is called .git.
    for (const name of ['HEAD', 'objects', 'refs'])
      cpSync(join(shell.root, name), join(made.root, 'app', name), { recursive: true });
    made.write('app/config', [
      '[core]',
      'repositoryformatversion = 0',
      'bare = false',
      'worktree = .',
      `fsmonitor = "${made.bait}"`,
    ]);
    for (const [path, content] of Object.entries(FILES)) made.write(`app/${path}`, content);
    for (const args of COMMANDS) await made.assay(args, { cwd: 'app' });
    expect(made.has(MARKER)).toBe(false);
    expect((await made.assay(['eval'], { cwd: 'app' })).code).toBe(0);
  });

  const KEYS =
    'core.fsmonitor diff.external diff.evil.command diff.evil.textconv gpg.program core.pager core.editor core.askPass';

  test('whose settings, hooks and programs are traps', async ({ project }) => {
    const made = tempting(project, { '.gitattributes': '* diff=evil\n' });
    for (const key of KEYS.split(' ')) gitIn(made.root, 'config', key, made.bait);
    gitIn(made.root, 'config', 'log.showSignature', 'true');
    // A script cannot stand in for git.exe.
    const programs = process.platform === 'win32' ? [] : ['git', 'node_modules/.bin/git'];
    const hooks = ['post-index-change', 'fsmonitor-watchman', 'reference-transaction'].map(
      (name) => `.git/hooks/${name}`,
    );
    for (const path of [...programs, ...hooks]) {
      made.write(path, `#!/bin/sh\n${made.bait}\n`);
      chmodSync(join(made.root, path), 0o755);
    }
    const PATH = ['.', join(made.root, 'node_modules/.bin'), made.root, process.env.PATH ?? ''].join(delimiter);
    for (const args of COMMANDS) await made.assay(args, { env: { PATH } });
    expect(made.has(MARKER)).toBe(false);
  });
});

describe('finding git', () => {
  it('looks where the PATH says, but never in a relative folder or in that of the files under test', ({
    onTestFinished,
  }) => {
    const windows = process.platform === 'win32';
    const name = windows ? 'git.exe' : 'git';
    const at = (root: string, folder: string): string => {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, name), '', { mode: 0o755 });
      return join(root, folder);
    };
    const { root } = openProject({}, onTestFinished);
    const outside = at(root, 'usr/bin');
    const inside = at(root, 'repository/bin');
    const find = (...folders: string[]) =>
      findGit({ path: folders.join(delimiter), windows, not: join(root, 'repository') });
    expect(find('bin', '.', '', inside, outside)).toBe(join(outside, name));
    expect(find(inside, join(root, 'repository'), join(root, 'none'))).toBeUndefined();
    expect(find(join(root, 'repository/../repository/bin'))).toBeUndefined();
  });
});
