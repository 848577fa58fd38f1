import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { gitRootOf, insideOf, insideRoot } from '../../src/trust/paths.js';

let base: string;
let root: string;

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'assay-paths-')));
  root = join(base, 'proj');
  for (const folder of ['proj/evals/deep', 'proj-evil', 'outside']) mkdirSync(join(base, folder), { recursive: true });
  for (const file of ['proj/evals/a.md', 'proj-evil/secret', 'outside/secret']) writeFileSync(join(base, file), 'x');
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

const PLACE = { file: 'assay.config.yaml', line: 2, column: 3 };

/** What is said about a path; `allowed` when nothing is. */
function refusal(path: string, from = root): string {
  try {
    insideRoot(from, path, PLACE);
  } catch (error) {
    if (error instanceof UserError) return error.problems.map((each) => each.code).join();
    throw error;
  }
  return 'allowed';
}

describe('insideRoot', () => {
  it('gives the absolute path of what is inside, whether it exists or not', () => {
    expect(insideRoot(root, 'evals/a.md')).toBe(join(root, 'evals', 'a.md'));
    expect(insideRoot(root, 'evals/../evals/./new/file.jsonl')).toBe(join(root, 'evals', 'new', 'file.jsonl'));
    expect(insideRoot(root, join(root, 'evals'))).toBe(join(root, 'evals'));
    expect(insideRoot(root, '.')).toBe(root);
  });

  it.each(['%2e%2e/secret', '..a/b', '...', 'evals/a.md/below', 'file:x', 'with space/#', 'é\n'])(
    'takes %j for the name it is',
    (path) => expect(insideRoot(root, path)).toBe(join(root, path)),
  );

  it.each([
    '..',
    '../outside/secret',
    '../outside/not-yet',
    'evals/../../outside/secret',
    '../proj-evil/secret',
    '../../../../../../../../etc/passwd',
    '/etc/passwd',
    '/',
    'evals/a.md\0',
    '..\\outside\\secret',
    'evals\\..\\..',
    'evals\\..\\..\\outside\\secret',
    'C:\\Windows\\win.ini',
    'C:/Windows/win.ini',
    '\\\\server\\share\\file',
    '\\\\?\\C:\\x',
    '\\Windows',
  ])('refuses %j', (path) => expect(refusal(path)).toBe('outside-root'));

  it('says what, where and what to do', () => {
    const attempt = () => insideRoot(root, '../x', PLACE);
    expect(() => insideRoot(root, 'a\0b')).toThrow('it holds a NUL character');
    expect(attempt).toThrow('"../x" is refused: it leads outside');
    expect(attempt).toThrow(
      expect.objectContaining({ exitCode: 2, problems: [expect.objectContaining({ place: PLACE })] }),
    );
  });

  it('refuses an absolute path whose beginning is only spelled like the root', () => {
    expect(refusal(join(base, 'proj-evil', 'secret'))).toBe('outside-root');
    expect(refusal(`${root}/../outside/secret`)).toBe('outside-root');
  });

  it('never lets a path out, however it is put together', () => {
    const segment = fc.constantFrom('..', '.', 'evals', 'deep', 'outside', 'new', '', 'proj', 'proj-evil', '..\\..');
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 8 }), fc.constantFrom('/', '\\', '//'), (segments, separator) => {
        const written = segments.join(separator);
        if (refusal(written) === 'outside-root') return;
        const path = insideRoot(root, written);
        expect(path === root || path.startsWith(join(root, '/'))).toBe(true);
        // Read as Windows would read it, it stays inside as well.
        expect(posix.normalize(path.slice(root.length + 1).replaceAll('\\', '/'))).not.toMatch(/^\.\.(\/|$)/);
      }),
    );
  });
});

// Windows lets only administrators make links.
describe.skipIf(process.platform === 'win32')('links', () => {
  beforeAll(() => {
    const link = (target: string, name: string) => symlinkSync(target, join(base, 'proj', name));
    link('../outside', 'leak');
    link('../outside/secret', 'leak-file');
    link('../outside/not-yet', 'dangling');
    link('evals', 'within');
    link('loop', 'loop');
    symlinkSync('proj', join(base, 'alias'));
  });

  it.each([
    'leak',
    'leak/secret',
    'leak/new/file',
    'leak-file',
    'dangling',
    'dangling/x',
    'loop',
    'within/../leak/secret',
  ])('that lead outside or nowhere are refused: %s', (path) => expect(refusal(path)).toBe('outside-root'));

  it('that stay inside are allowed, and so is a root that is one', () => {
    expect(insideRoot(root, 'within/a.md')).toBe(join(root, 'within', 'a.md'));
    const alias = join(base, 'alias');
    expect(insideRoot(alias, 'evals/a.md')).toBe(join(alias, 'evals', 'a.md'));
    expect(insideRoot(alias, join(root, 'evals/a.md'))).toBe(join(root, 'evals', 'a.md'));
    expect(refusal('../outside/secret', alias)).toBe('outside-root');
  });
});

describe('many paths of one folder', () => {
  it('are each looked at, whatever was found in the folder before', () => {
    const folder = join(root, 'evals', 'many');
    mkdirSync(folder);
    for (const name of ['a.md', 'b.md', '.env', '.env.local', '.npmrc']) writeFileSync(join(folder, name), 'x');
    const inside = insideOf(root);
    expect(inside(join(folder, 'a.md'))).toEqual({ path: join(folder, 'a.md'), plain: true });
    expect(inside(join(folder, 'b.md'))).toEqual({ path: join(folder, 'b.md'), plain: true });
    expect(inside(join(folder, 'none.md'))).toEqual({ path: join(folder, 'none.md'), plain: false });
    for (const name of ['.env', '.env.local', '.npmrc', '..\\..\\..\\outside', 'a.md\0']) {
      expect(() => inside(`${folder}/${name}`), name).toThrow(UserError);
    }
    expect(() => inside(`${folder}/../../../outside/secret`)).toThrow(UserError);
    // What a list of the folder said of it does not help a path that leads elsewhere, or to keys.
    for (const name of ['.env', '../../../outside/secret']) {
      expect(() => inside(`${folder}/${name}`, undefined, true), name).toThrow(UserError);
    }
    if (process.platform === 'win32') return;
    symlinkSync('../../../outside/secret', join(folder, 'link.md'));
    expect(() => inside(join(folder, 'link.md'))).toThrow(UserError);
  });
});

describe('gitRootOf', () => {
  it('is the nearest folder upward with .git, folder or file', () => {
    mkdirSync(join(base, 'repo/.git'), { recursive: true });
    mkdirSync(join(base, 'repo/sub/worktree/evals'), { recursive: true });
    writeFileSync(join(base, 'repo/sub/worktree/.git'), 'gitdir: elsewhere');
    expect(gitRootOf(join(base, 'repo'))).toBe(join(base, 'repo'));
    expect(gitRootOf(join(base, 'repo/sub'))).toBe(join(base, 'repo'));
    expect(gitRootOf(join(base, 'repo/sub/worktree/evals'))).toBe(join(base, 'repo/sub/worktree'));
    expect(gitRootOf(base)).toBeUndefined();
  });
});
