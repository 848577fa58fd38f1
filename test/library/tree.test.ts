import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { folderTree } from '../../src/library/folder-tree.js';
import { LONGEST_LINE, splitLines } from '../../src/library/text-file.js';
import type { Tree } from '../../src/library/tree.js';
import { PIECE } from '../../src/lists.js';

let base: string;
let tree: Tree;

function put(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(base, path)), { recursive: true });
  writeFileSync(join(base, path), content);
}

beforeAll(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'assay-tree-')));
  mkdirSync(join(base, 'repo/.git'), { recursive: true });
  put('repo/project/evals/b.prompt.md', 'b');
  put('repo/project/evals/a/z.prompt.md', 'z');
  put('repo/project/evals/a/with space (1).prompt.md', 's');
  put('repo/project/evals/.hidden/h.prompt.md', 'h');
  put('repo/project/evals/node_modules/n/n.prompt.md', 'n');
  put('repo/project/evals/a/cases.yaml', 'cases: []');
  put('repo/shared/data.csv', 'id\n1');
  put('outside/o.prompt.md', 'secret');
  tree = folderTree(join(base, 'repo/project'));
});
afterAll(() => rmSync(base, { recursive: true, force: true }));

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.problems[0]?.code ?? '';
    throw error;
  }
  return 'no error';
}

async function linesOf(path: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const batch of tree.lines(path)) lines.push(...batch);
  return lines;
}

describe('glob', () => {
  it('finds files, sorted, without node_modules and dot-folders', () => {
    expect(tree.glob(['evals/**/*.prompt.md'])).toEqual([
      'evals/a/with space (1).prompt.md',
      'evals/a/z.prompt.md',
      'evals/b.prompt.md',
    ]);
    expect(tree.glob(['evals/**/*'], ['**/a/**'])).toEqual(['evals/b.prompt.md']);
    expect(tree.glob(['evals/.hidden/*.md'])).toEqual(['evals/.hidden/h.prompt.md']);
    expect(tree.glob(['nothing/**'])).toEqual([]);
  });

  it('reaches as far as the repository and no farther', () => {
    expect(tree.glob(['../shared/*.csv'])).toEqual(['../shared/data.csv']);
    expect(codeOf(() => tree.glob(['../../outside/**']))).toBe('outside-root');
    expect(codeOf(() => tree.glob([`${base.replaceAll('\\', '/')}/outside/**`]))).toBe('outside-root');
    expect(codeOf(() => tree.glob(['evals/**', '{evals,../../outside}/**']))).toBe('outside-root');
  });

  it.skipIf(process.platform === 'win32')(
    'does not walk links; a file behind one is a file, unless it is outside',
    () => {
      const root = join(base, 'linked');
      put('linked/evals/a.prompt.md', 'a');
      symlinkSync('.', join(root, 'evals/round'));
      symlinkSync('a.prompt.md', join(root, 'evals/same.prompt.md'));
      symlinkSync('nowhere', join(root, 'evals/folder.prompt.md.bak'));
      expect(folderTree(root).glob(['evals/**/*.prompt.md'])).toEqual(['evals/a.prompt.md', 'evals/same.prompt.md']);
      symlinkSync('../../outside/o.prompt.md', join(root, 'evals/out.prompt.md'));
      expect(codeOf(() => folderTree(root).glob(['evals/**/*.prompt.md']))).toBe('outside-root');
      symlinkSync('../outside', join(root, 'library'));
      expect(codeOf(() => folderTree(root).glob(['library/**/*.prompt.md']))).toBe('outside-root');
      expect(codeOf(() => folderTree(root).read('library/o.prompt.md'))).toBe('outside-root');
      expect(folderTree(root).has('library/o.prompt.md')).toBe(false);
    },
  );
});

describe('read', () => {
  it('gives strict UTF-8 text without its byte-order mark, line ends as they are', () => {
    put('repo/project/text.md', '\ufeffa\r\né 😀\r');
    expect(tree.read('text.md')).toBe('a\r\né 😀\r');
    put('repo/project/empty.md', '');
    expect(tree.read('empty.md')).toBe('');
  });

  it('tells apart why a file cannot be read', () => {
    expect(codeOf(() => tree.read('gone.md'))).toBe('no-such-file');
    expect(codeOf(() => tree.read('evals'))).toBe('unreadable-file');
    expect(codeOf(() => tree.read('evals/b.prompt.md/x'))).toBe('no-such-file');
    expect(codeOf(() => tree.read('../../outside/o.prompt.md'))).toBe('outside-root');
    expect(codeOf(() => tree.read('C:\\o.prompt.md'))).toBe('outside-root');
    expect(tree.read('../shared/data.csv')).toBe('id\n1');
  });

  it('reads what is UTF-8 as it is, without a byte-order mark', () => {
    put('repo/project/odd.txt', '\uFEFFnot readable once: \uFFFD\r\n');
    expect(tree.read('odd.txt')).toBe('not readable once: \uFFFD\r\n');
    put('repo/project/marked.txt', '\uFEFF\uFEFFtwice');
    expect(tree.read('marked.txt')).toBe('\uFEFFtwice');
  });

  it.each([
    ['UTF-16 LE', [0xff, 0xfe, 0x61, 0x00], 'it is UTF-16', 1],
    ['UTF-16 BE', [0xfe, 0xff, 0x00, 0x61], 'it is UTF-16', 1],
    ['Latin-1', [0x61, 0x0a, 0xe9, 0x0a], 'line 2 has other bytes', 2],
    ['a character cut off at the end', [0x61, 0x0a, 0x0a, 0xf0, 0x9f], 'line 3 has other bytes', 3],
  ])('refuses %s with the line', async (_, bytes, found, line) => {
    put('repo/project/bad.txt', Uint8Array.from(bytes));
    expect(() => tree.read('bad.txt')).toThrow(`bad.txt is not UTF-8: ${found}`);
    await expect(linesOf('bad.txt')).rejects.toMatchObject({ problems: [{ code: 'not-utf8', place: { line } }] });
    await expect(linesOf('bad.txt')).rejects.toThrow(found);
  });
});

describe('has', () => {
  it('is about files only', () => {
    expect(tree.has('evals/b.prompt.md')).toBe(true);
    expect(tree.has('evals')).toBe(false);
    expect(tree.has('evals/gone')).toBe(false);
    expect(tree.has('../../outside/o.prompt.md')).toBe(false);
    expect(tree.has('a\0b')).toBe(false);
  });
});

describe('lines', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a']],
    ['a\r\n\r\nb', ['a', '', 'b']],
    ['\ufeff{"x":1}\n\n', ['{"x":1}', '']],
    ['a\u2028b\rc\n', ['a\u2028b\rc']],
  ])('of %j', async (content, expected) => {
    put('repo/project/lines.txt', content);
    expect(await linesOf('lines.txt')).toEqual(expected);
  });

  it('are whole over the borders of chunks, of characters too', async () => {
    const rows = Array.from({ length: 20_000 }, (_, n) => `${n} é😀 ${'x'.repeat(n % 40)}`);
    put('repo/project/long.txt', rows.join('\r\n'));
    expect(await linesOf('long.txt')).toEqual(rows);
    const bytes = new TextEncoder().encode('\ufeffé\r\n😀\r\n');
    const single = (async function* () {
      for (const byte of bytes) yield Uint8Array.of(byte);
    })();
    const lines: string[] = [];
    for await (const batch of splitLines(single, 'x')) lines.push(...batch);
    expect(lines).toEqual(['é', '😀']);
  });

  it('tell the line of a bad byte behind a character that two chunks share', async () => {
    const chunks = (async function* () {
      yield Uint8Array.of(0x61, 0x0a, 0xc3);
      yield Uint8Array.of(0xa9, 0x0a, 0x62, 0x0a, 0xff, 0x0a);
    })();
    const reading = (async () => {
      const lines: string[] = [];
      for await (const batch of splitLines(chunks, 'x')) lines.push(...batch);
      return lines;
    })();
    await expect(reading).rejects.toThrow('x is not UTF-8: line 4 has other bytes');
  });

  it('can be left early, and fail as read does', async () => {
    put('repo/project/long.txt', 'a\n'.repeat(200_000));
    for await (const [line] of tree.lines('long.txt')) {
      expect(line).toBe('a');
      break;
    }
    await expect(linesOf('gone')).rejects.toMatchObject({ problems: [{ code: 'no-such-file' }] });
    await expect(linesOf('../../outside/o.prompt.md')).rejects.toMatchObject({ problems: [{ code: 'outside-root' }] });
  });

  it('have a limit', async () => {
    const chunk = new Uint8Array(8 * 1024 * 1024).fill(0x61);
    const endless = (async function* () {
      for (;;) yield chunk;
    })();
    const reading = (async () => {
      for await (const lines of splitLines(endless, 'x'))
        for (const line of lines) expect(line.length).toBeLessThan(LONGEST_LINE);
    })();
    await expect(reading).rejects.toMatchObject({ problems: [{ code: 'line-too-long' }] });
  });

  it('come few at a time, in order, whatever chunks they come in', async () => {
    const text = Array.from({ length: 1000 }, (_, at) => (at % 10 === 0 ? '' : `${at} ${'é'.repeat(at % 70)}`)).join(
      '\r\n',
    );
    const bytes = Buffer.from(text);
    for (const size of [7, 1000, bytes.length]) {
      const found: string[][] = [];
      const chunks = (async function* () {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      })();
      for await (const lines of splitLines(chunks, 'x')) found.push(lines);
      expect(found.flat()).toEqual(text.split('\r\n'));
      expect(Math.max(...found.map((lines) => lines.length))).toBeLessThanOrEqual(PIECE);
    }
  });

  it('are given before one that is too long is told', async () => {
    const chunk = new Uint8Array(LONGEST_LINE + 8).fill(0x61);
    chunk[1] = 0x0a;
    const given: string[] = [];
    const reading = (async () => {
      for await (const lines of splitLines(
        (async function* () {
          yield chunk;
        })(),
        'x',
      ))
        given.push(...lines);
    })();
    await expect(reading).rejects.toMatchObject({ problems: [{ code: 'line-too-long', place: { line: 2 } }] });
    expect(given).toEqual(['a']);
  });
});
