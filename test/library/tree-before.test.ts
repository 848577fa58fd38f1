import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differenceTo } from '../../src/git/changes.js';
import { folderTree } from '../../src/library/folder-tree.js';
import { gitTree } from '../../src/library/git-tree.js';
import { treeBefore } from '../../src/library/tree-before.js';
import { repository } from '../support/repository.js';

function made() {
  const repo = repository({
    'app/evals/same.md': 'the same\n',
    'app/evals/edited.md': 'as it was\n',
    'app/evals/gone.md': 'was here\n',
    'app/evals/absent.md': 'not checked out\n',
    'shared/data.csv': 'id\n1\n',
    'shared/edited.csv': 'id\n2\n',
  });
  const commit = repo.commitAs('Ana');
  return { repo, commit, app: join(repo.root, 'app') };
}

describe('the files of a project before a change', () => {
  it('are those of the commit, wherever they are read', async () => {
    const { repo, commit, app } = made();
    repo.write('app/evals/edited.md', 'as it is\n');
    repo.write('shared/edited.csv', 'id\n3\n');
    repo.write('app/evals/new.md', 'new\n');
    rmSync(join(app, 'evals/gone.md'));
    const before = await treeBefore(app, commit, folderTree(app), (await differenceTo(app, commit)).files);
    const asGitSays = await gitTree(app, commit);
    const paths = ['evals/same.md', 'evals/edited.md', 'evals/gone.md', '../shared/data.csv', '../shared/edited.csv'];
    for (const path of [...paths, './evals/../evals/edited.md', '../app/evals/edited.md']) {
      expect(before.read(path), path).toBe(asGitSays.read(path));
    }
    expect(before.glob(['**'])).toEqual(asGitSays.glob(['**']));
    expect(() => before.read('evals/new.md')).toThrow('evals/new.md');
  });

  it('ask git only for what differs, and for what is not here', async () => {
    const { app, commit } = made();
    const now = folderTree(app);
    const read: string[] = [];
    const watched = {
      ...now,
      read(path: string) {
        read.push(path);
        return now.read(path);
      },
    };
    rmSync(join(app, 'evals/absent.md'));
    const before = await treeBefore(app, commit, watched, ['evals/edited.md']);
    expect(['same', 'edited', 'absent'].map((name) => before.read(`evals/${name}.md`))).toEqual([
      'the same\n',
      'as it was\n',
      'not checked out\n',
    ]);
    expect(read).toEqual(['evals/same.md']);
  });
});
