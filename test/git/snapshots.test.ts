import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitsTouching, renamesIn, shallowCommits } from '../../src/git/log.js';
import { objectsAt, readFolders } from '../../src/git/snapshots.js';
import { repository } from '../support/repository.js';

it('finds files of commits and folders by their objects, those below folders, too', () => {
  const made = repository({ 'a b/ü.md': 'one', 'a b/deep/er/c.md': 'two', top: 'three' });
  if (process.platform !== 'win32') symlinkSync('c.md', join(made.root, 'a b/deep/er/link.md'));
  made.commitAs('Ana');
  const commit = made.git('rev-parse', 'HEAD');
  const [top, none, folder] = objectsAt(
    made.root,
    ['top', 'nothing here', 'a b'].map((path) => ({ commit, path })),
  );
  expect([top, none, folder]).toEqual([
    made.git('rev-parse', 'HEAD:top'),
    undefined,
    made.git('rev-parse', 'HEAD:a b'),
  ]);
  const { fileIn, isLinked, blobs } = readFolders(made.root, [folder ?? '']);
  expect(fileIn(folder ?? '', 'ü.md')).toBe(made.git('rev-parse', 'HEAD:a b/ü.md'));
  expect(fileIn(folder ?? '', 'deep/er/c.md')).toBe(made.git('rev-parse', 'HEAD:a b/deep/er/c.md'));
  expect(isLinked(folder ?? '', 'deep/er/link.md')).toBe(process.platform !== 'win32');
  expect(isLinked(folder ?? '', 'deep/er/c.md')).toBe(false);
  for (const path of ['deep', 'deep/er', 'deep/er/link.md', 'nothing/here.md', 'ü.md/c.md']) {
    expect([path, fileIn(folder ?? '', path)]).toEqual([path, undefined]);
  }
  expect(blobs.size).toBe(2);
  expect(objectsAt(made.root, [])).toEqual([]);
});

it.skipIf(process.platform === 'win32')('follows links inside a commit', () => {
  const made = repository({ 'a/b.md': 'one' });
  const links = { here: 'a', 'b.md': 'here/b.md', out: '../elsewhere\nhere', gone: 'gone.md', loop: 'loop' };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(made.root, path));
  const commit = made.commitAs('Ana');
  const blob = made.git('rev-parse', 'HEAD:a/b.md');
  const paths = ['out', 'b.md', 'gone', 'here/b.md', 'loop', 'b.md/x', 'here', 'none', 'a/b.md'];
  expect(
    objectsAt(
      made.root,
      paths.map((path) => ({ commit, path })),
    ),
  ).toEqual([undefined, blob, undefined, blob, undefined, undefined, made.git('rev-parse', 'HEAD:a'), undefined, blob]);
});

it('lists the commits that touched files, with those before them among these, and what they renamed', async () => {
  const made = repository({ 'a.prompt.md': 'one\ntwo\nthree\n', other: '1' });
  const first = made.git('rev-parse', 'HEAD');
  made.write('other', '2');
  made.commitAs('Bo');
  made.git('mv', 'a.prompt.md', 'b.prompt.md');
  const renamed = made.commitAs('Cy | Tan', 'Rename: a\n\nto b');
  const commits = await commitsTouching(made.root, [renamed], ['a.prompt.md', 'b.prompt.md']);
  expect(commits.map(({ commit, parents, author, subject }) => [commit, parents, author, subject])).toEqual([
    [renamed, [first], 'Cy | Tan', 'Rename: a'],
    [first, [], 'Test', 'first'],
  ]);
  expect(await renamesIn(made.root, renamed, '**/*.prompt.md')).toEqual(new Map([['b.prompt.md', 'a.prompt.md']]));
  expect(await renamesIn(made.root, first, '**/*.prompt.md')).toEqual(new Map());
  expect(await shallowCommits(made.root)).toEqual(new Set());
});
