import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { array, assert, constantFrom, property, tuple } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { type Blobs, blobsOf } from '../../src/git/objects.js';
import { folderTree } from '../../src/library/folder-tree.js';
import { gitTree } from '../../src/library/git-tree.js';
import type { Tree } from '../../src/library/tree.js';
import { repository } from '../support/repository.js';

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return error instanceof UserError ? (error.problems[0]?.code ?? '') : String(error);
  }
  return 'no error';
}

/** What is found, or why nothing could be looked for. */
function outcome(act: () => string[]): string[] | string {
  try {
    // What git keeps for itself is in no commit; fast-glob lets `!(a*)` match folders with a dot.
    return act().filter((path) => !path.startsWith('.git/'));
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]?.code ?? '';
    throw error;
  }
}

async function linesOf(tree: Tree, path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of tree.lines(path)) lines.push(...batch);
  return lines;
}

const FILES: Record<string, string> = {
  'app/assay.config.yaml': 'models: []\n',
  'app/evals/a.prompt.md': 'A\r\n',
  'app/evals/b/c.prompt.md': '\ufeffBOM é 😀\n',
  'app/evals/b/c.cases.csv': 'id\r\n1\r\n\r\n2',
  'app/evals/b/_partials/tone.md': '',
  'app/evals/b/_partials/deep/er.md': 'x',
  'app/evals/.hidden/h.prompt.md': 'h',
  'app/evals/[x]/y (1).prompt.md': 'brackets',
  'app/evals/é ü/名.prompt.md': 'unicode',
  'app/evals/node_modules/m.prompt.md': 'm',
  'app/.dot.md': 'dot',
  'shared/data.csv': 'id\n1',
  'shared/node_modules/n.csv': 'n',
  'README.md': 'top',
};

function committed() {
  const made = repository(FILES);
  return { ...made, app: join(made.root, 'app') };
}

describe('a commit and a folder with the same files', () => {
  it('find the same files', async () => {
    const { app, root } = committed();
    const names = Object.keys(FILES).flatMap((path) => path.split('/'));
    const special = ['*', '**', '?', '*.md', '*.prompt.*', '[a-c]*', '{a,b}*', '!(a*)', '@(b|é ü)', '+([a-z])', '.*'];
    const others = ['*é*', '*.{prompt,cases}.*', '{b,.hidden}/*', '_partials', '\\[x\\]', '..', '.', 'nothing'];
    const segment = constantFrom(...special, ...others, ...names);
    const pattern = tuple(constantFrom('', '', '', './', '../', '!'), array(segment, { minLength: 1, maxLength: 4 }))
      .map(([start, parts]) => start + parts.join('/'))
      // Nobody writes these, and what fast-glob makes of them is its own: `a/./b`, `a/../b`, `../!(a)`, and beyond the repository.
      .filter((text) => !/[^./!]\/\.|\.\.\/\.|\.\/\.\.?\/|\.\.\/.*!\(/.test(text));
    const ignore = array(constantFrom('**/_partials/**', '**/b', 'evals/b/*', '**/*.csv', 'evals/**'), {
      maxLength: 2,
    });
    for (const from of [app, root]) {
      const folder = folderTree(from);
      const commit = await gitTree(from, 'HEAD');
      assert(
        property(array(pattern, { minLength: 1, maxLength: 3 }), ignore, (patterns, ignored) => {
          expect(outcome(() => commit.glob(patterns, ignored))).toEqual(outcome(() => folder.glob(patterns, ignored)));
        }),
        { numRuns: 400 },
      );
    }
  });

  it.each([
    [['./evals/{b,.hidden}/*'], ['**/b']],
    [['evals/b/c.prompt.md', 'node_modules'], ['**/b']],
    [['evals/**/*.md', 'README.md'], ['**/b']],
  ])('ignore the same folders: %j but %j', async (patterns, ignored) => {
    const { app } = committed();
    const commit = await gitTree(app, 'HEAD');
    expect(commit.glob(patterns, ignored)).toEqual(folderTree(app).glob(patterns, ignored));
  });

  it('have the same texts and lines', async () => {
    const { app } = committed();
    const folder = folderTree(app);
    const commit = await gitTree(app, 'main');
    const found = folder.glob(['**', '../**', '.*', 'evals/.hidden/*']);
    expect(found.length).toBeGreaterThan(10);
    for (const path of [...found, './evals/a.prompt.md', 'evals//b/../a.prompt.md']) {
      expect({ path, has: commit.has(path), text: commit.read(path) }).toEqual({
        path,
        has: true,
        text: folder.read(path),
      });
      expect(await linesOf(commit, path)).toEqual(await linesOf(folder, path));
    }
  });

  it.each([
    'gone.md',
    'evals',
    'evals/b/_partials',
    '.',
    'evals/a.prompt.md/x',
    '../../x',
    '../../../etc/passwd',
    'C:\\o.md',
    '\\\\server\\o.md',
    '..\\..\\x',
    'a\0b',
    '',
  ])('refuse %j alike', async (path) => {
    const { app } = committed();
    const folder = folderTree(app);
    const commit = await gitTree(app, 'HEAD');
    expect(commit.has(path)).toBe(folder.has(path));
    expect(codeOf(() => commit.read(path))).toBe(codeOf(() => folder.read(path)));
    await expect(linesOf(commit, path)).rejects.toMatchObject({
      problems: [{ code: codeOf(() => folder.read(path)) }],
    });
  });

  it('refuse to look outside alike', async () => {
    const { app } = committed();
    const commit = await gitTree(app, 'HEAD');
    for (const pattern of ['../../**', '{evals,../../x}/**']) {
      expect(codeOf(() => commit.glob([pattern]))).toBe('outside-root');
    }
  });
});

describe('a commit', () => {
  it('is as it was, whatever happened since', async () => {
    const repo = repository({ 'a.md': 'old', 'b.md': 'b' });
    const first = repo.git('rev-parse', 'HEAD');
    repo.write('a.md', 'new');
    repo.remove('b.md');
    repo.write('c.md', 'c');
    repo.commitAs('Ana');
    const blobs = blobsOf(repo.root);
    const [old, now] = [await gitTree(repo.root, first, blobs), await gitTree(repo.root, 'main', blobs)];
    repo.write('a.md', 'not committed');
    expect([old.read('a.md'), now.read('a.md')]).toEqual(['old', 'new']);
    expect([old.glob(['*']), now.glob(['*'])]).toEqual([
      ['a.md', 'b.md'],
      ['a.md', 'c.md'],
    ]);
    expect(old.name).toBe(`commit ${first.slice(0, 7)}`);
    expect(now.name).toBe(`commit ${now.commit.slice(0, 7)} (main)`);
  });

  it.skipIf(process.platform === 'win32')(
    'follows links inside the repository as a file system does, no others',
    async () => {
      const repo = repository({ 'app/a.md': 'a', 'shared/deep/s.md': 's', 'shared/evals/b.prompt.md': 'b' });
      const root = join(repo.root, 'app');
      const links = {
        'link.md': '/etc/passwd',
        'nowhere.md': 'gone.md',
        'loop.md': 'loop.md',
        up: '../..',
        'same.md': './a.md',
        'again.md': 'same.md',
        s: '../shared/deep/',
        evals: 's/../evals',
        round: '.',
      };
      for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
      repo.commitAs('Ana');
      const [tree, disk] = [await gitTree(root, 'HEAD'), folderTree(root)];
      expect(tree.glob(['*.md'])).toEqual(['a.md', 'again.md', 'same.md']);
      for (const pattern of ['evals/**', 's/*', '**/s.md']) expect(tree.glob([pattern])).toEqual(disk.glob([pattern]));
      const paths = ['same.md', 'again.md', 's/s.md', 'evals/b.prompt.md', 'round/round/a.md', 'up/shared/deep/s.md'];
      for (const path of [...paths, 'nowhere.md', 'loop.md', 's', 's/none.md']) {
        expect({ path, has: tree.has(path) }).toEqual({ path, has: disk.has(path) && !path.startsWith('up/') });
      }
      expect(tree.hasFolder?.('s')).toBe(true);
      expect([tree.read('again.md'), tree.read('s/s.md'), tree.read('evals/b.prompt.md')]).toEqual(['a', 's', 'b']);
      for (const path of ['link.md', 'nowhere.md', 'loop.md', 'up']) {
        expect(() => tree.read(path)).toThrow('it is a link');
        expect(tree.has(path)).toBe(false);
      }
      expect(codeOf(() => tree.read('up/a.md'))).toBe('no-such-file');
    },
  );

  it('tells bytes that are no UTF-8, with their line', async () => {
    const repo = repository({ 'a.md': 'a' });
    writeFileSync(join(repo.root, 'bad.md'), Uint8Array.of(0x61, 0x0a, 0xe9));
    repo.commitAs('Ana');
    const tree = await gitTree(repo.root, 'HEAD');
    expect(() => tree.read('bad.md')).toThrow('line 2');
    await expect(linesOf(tree, 'bad.md')).rejects.toThrow('line 2');
  });

  it('streams large files, also when nobody reads to the end', async () => {
    const repo = repository({ 'large.jsonl': '{"x":1}\n'.repeat(1_000_000), 'b.md': 'b' });
    const tree = await gitTree(repo.root, 'HEAD');
    tree.glob(['**']);
    expect(tree.read('b.md')).toBe('b');
    for await (const [line] of tree.lines('large.jsonl')) {
      expect(line).toBe('{"x":1}');
      break;
    }
    expect((await linesOf(tree, 'large.jsonl')).length).toBe(1_000_000);
  });

  it('is read in a few questions to git, what commits share only once', async () => {
    const files = Array.from({ length: 200 }, (_, n) => [
      [`evals/${n % 10}/p${n}.prompt.md`, `prompt ${n}\n`],
      [`evals/${n % 10}/p${n}.cases.yaml`, `cases: ${n}\n`],
    ]);
    const repo = repository(Object.fromEntries(files.flat()) as Record<string, string>);
    for (const n of [1, 2]) {
      repo.write(`evals/1/p1.prompt.md`, `edit ${n}\n`);
      repo.commitAs('Ana');
    }
    const blobs = blobsOf(repo.root);
    const asked: number[] = [];
    const counting: Blobs = {
      ...blobs,
      read(blob) {
        if (!blobs.has(blob)) asked.push(1);
        return blobs.read(blob);
      },
      load(list) {
        asked.push(list.filter((each) => !blobs.has(each)).length);
        blobs.load(list);
      },
    };
    for (const ref of ['HEAD', 'HEAD~1', 'HEAD~2']) {
      const tree = await gitTree(repo.root, ref, counting);
      const found = tree.glob(['evals/**/*.{prompt,cases}.*']);
      expect(found.length).toBe(400);
      for (const path of found) expect(tree.read(path)).toMatch(/^(?:prompt|cases:|edit) \d+\n$/);
    }
    expect(asked.filter((count) => count > 0)).toEqual([400, 1, 1, 1, 1]);
  });
});
