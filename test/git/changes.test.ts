import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { lastChanges } from '../../src/git/authors.js';
import { differenceTo } from '../../src/git/changes.js';
import { gitStatus, parseStatus } from '../../src/git/state.js';
import { gitIn, repository } from '../support/repository.js';

describe('differenceTo', () => {
  it('lists what was changed, added, removed, renamed or is new, seen from the project', async () => {
    const repo = repository({
      '.gitignore': 'reports/\n',
      'app/evals/same.md': 'same',
      'app/evals/edited.md': 'a',
      'app/evals/gone.md': 'gone',
      'app/evals/old name é.md': 'renamed',
      'shared/data.csv': 'id\n',
    });
    repo.write('app/evals/edited.md', 'b');
    repo.commitAs('Ana');
    repo.remove('app/evals/gone.md');
    repo.git('mv', 'app/evals/old name é.md', 'app/evals/new "name".md');
    repo.write('shared/data.csv', 'id\n1\n');
    repo.write('app/evals/fresh/new.md', 'x');
    repo.write('reports/report.json', '{}');
    expect((await differenceTo(join(repo.root, 'app'), 'HEAD~1')).files).toEqual([
      '../shared/data.csv',
      'evals/edited.md',
      'evals/fresh/new.md',
      'evals/gone.md',
      'evals/new "name".md',
      'evals/old name é.md',
    ]);
    expect((await differenceTo(join(repo.root, 'app'), 'HEAD')).files).not.toContain('evals/edited.md');
  });
});

describe('gitStatus', () => {
  it('tells commit, branch and what differs from the commit', async () => {
    const repo = repository({ 'a b.md': '1', 'c.md': '2', 'd.md': '3' });
    const commit = repo.git('rev-parse', 'HEAD');
    expect((await gitStatus(repo.root)).state).toEqual({ commit, branch: 'main', dirty: false });
    repo.write('a b.md', '2');
    repo.git('mv', 'c.md', 'é.md');
    repo.write('new/x.jsonl', '');
    const { state, changed } = await gitStatus(repo.root);
    expect(state).toEqual({ commit, branch: 'main', dirty: true });
    const paths = ['a b.md', 'c.md', 'é.md', 'new/x.jsonl', 'd.md', 'new'];
    expect(paths.filter(changed)).toEqual(['a b.md', 'c.md', 'é.md', 'new/x.jsonl']);
    repo.git('checkout', '-q', '-f', '--detach');
    expect((await gitStatus(repo.root)).state.branch).toBeUndefined();
  });

  it('knows nothing outside a repository, and no commit before the first', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-plain-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const outside = await gitStatus(folder);
    expect(outside.state).toEqual({});
    expect(outside.changed('a')).toBe(false);
    gitIn(folder, 'init', '-q', '-b', 'main');
    expect((await gitStatus(folder)).state).toEqual({ branch: 'main', dirty: false });
  });

  it('reads records of merges in conflict', () => {
    const text = '# branch.oid abc\0u UU N... 100644 100644 100644 100644 a b c evals/a b.md\0';
    expect(parseStatus(text).changed('evals/a b.md')).toBe(true);
  });
});

describe('lastChanges', () => {
  const files = ['r/a.jsonl', 'r/deep/b ü.jsonl', 'r/c.jsonl'];

  it('names the author of the last commit of each file', async () => {
    const repo = repository({ 'r/a.jsonl': '1', 'r/deep/b ü.jsonl': '1', other: '1' });
    repo.write('r/a.jsonl', '2');
    const second = repo.commitAs('Ana Ruiz');
    repo.write('other', '2');
    repo.commitAs('Bo');
    repo.write('r/c.jsonl', 'not committed');
    const found = await lastChanges(repo.root, 'r', files);
    expect(found.get('r/a.jsonl')).toMatchObject({ author: 'Ana Ruiz', commit: second });
    expect(found.get('r/deep/b ü.jsonl')).toMatchObject({ author: 'Test' });
    expect(found.has('r/c.jsonl')).toBe(false);
  });

  it('names who changed a file within a merge', async () => {
    const repo = repository({ 'r/a.jsonl': '1' });
    repo.git('checkout', '-q', '-b', 'topic');
    repo.write('r/c.jsonl', '1');
    repo.commitAs('Ana');
    repo.git('checkout', '-q', 'main');
    repo.write('other', '1');
    repo.commitAs('Bo');
    repo.git('merge', '-q', '--no-ff', '--no-commit', 'topic');
    repo.write('r/a.jsonl', 'slipped in');
    repo.commitAs('Mallory');
    const found = await lastChanges(repo.root, 'r', files);
    expect(found.get('r/a.jsonl')).toMatchObject({ author: 'Mallory' });
    expect(found.get('r/c.jsonl')).toMatchObject({ author: 'Ana' });
  });

  it('does not blame the oldest commit of a shallow clone', async () => {
    const repo = repository({ 'r/a.jsonl': '1' });
    repo.write('r/c.jsonl', '1');
    repo.commitAs('Bo');
    const folder = mkdtempSync(join(tmpdir(), 'assay-clone-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    gitIn(folder, 'clone', '-q', '--depth', '1', `file://${repo.root}`, '.');
    expect(Object.fromEntries(await lastChanges(folder, 'r', files))).toEqual({
      'r/a.jsonl': 'cut',
      'r/c.jsonl': 'cut',
    });
  });
});
