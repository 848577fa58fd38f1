import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { writeFileAtomic } from '../../src/journal/atomic-write.js';

const windows = process.platform === 'win32';
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'atomic-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* pieces(count: number, failure?: Error): AsyncGenerator<string> {
  for (let index = 0; index < count; index += 1) yield `é${index}\n`;
  if (failure) throw failure;
}

test('writes text and streams, making missing folders, and leaves nothing beside', async () => {
  const path = join(folder, 'a', 'b', 'report.json');
  await writeFileAtomic(path, 'one');
  expect(readFileSync(path, 'utf8')).toBe('one');
  await writeFileAtomic(path, pieces(50_000));
  expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 50_000 }, (_, index) => `é${index}\n`).join(''));
  await writeFileAtomic(path, pieces(0));
  expect(readFileSync(path, 'utf8')).toBe('');
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['report.json']);
});

test('a stream that fails leaves the old file as it was, and nothing beside', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, 'old');
  const failure = new Error('no more');
  await expect(writeFileAtomic(path, pieces(50_000, failure))).rejects.toBe(failure);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('large pieces of whatever characters are written as they are, one after the other', async () => {
  const path = join(folder, 'report.json');
  const texts = Array.from('a€😀é', (character, at) => `${at}${character.repeat(70_000 + at)}\n`);
  const all = Array.from({ length: 40 }, (_, at) => texts[at % texts.length] ?? '');
  await writeFileAtomic(
    path,
    (async function* () {
      yield* all;
    })(),
  );
  expect(readFileSync(path, 'utf8') === all.join('')).toBe(true);
});

test('what the disk could not take on the way is told, though it takes what comes last', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, 'old');
  const handle = await open(path);
  const datasync = vi
    .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'datasync')
    .mockRejectedValueOnce(Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'fsync' }));
  try {
    const text = 'x'.repeat(100_000);
    const chunks = (async function* () {
      for (let at = 0; at < 50; at += 1) yield text;
    })();
    await expect(writeFileAtomic(path, chunks)).rejects.toMatchObject({ problems: [{ code: 'cannot-write' }] });
    expect(datasync).toHaveBeenCalled();
  } finally {
    datasync.mockRestore();
    await handle.close();
  }
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test('while it is written, readers see the old file', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, 'old');
  async function* looking(): AsyncGenerator<string> {
    yield 'x'.repeat(1e6);
    expect(readFileSync(path, 'utf8')).toBe('old');
    yield 'y';
  }
  await writeFileAtomic(path, looking());
  expect(statSync(path).size).toBe(1e6 + 1);
});

test('two writers at once leave one whole file', async () => {
  const path = join(folder, 'report.json');
  await Promise.all(['a', 'b', 'c'].map((letter) => writeFileAtomic(path, letter.repeat(1e6))));
  expect(readFileSync(path, 'utf8')).toMatch(/^(a{1000000}|b{1000000}|c{1000000})$/);
  expect(readdirSync(folder)).toEqual(['report.json']);
});

test.skipIf(windows)('a link is neither followed nor replaced', async () => {
  const important = join(folder, 'important');
  writeFileSync(important, 'keep me');
  const path = join(folder, 'report.json');
  symlinkSync(important, path);
  await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({ problems: [{ code: 'not-a-plain-file' }] });
  expect(readFileSync(important, 'utf8')).toBe('keep me');
  expect(readdirSync(folder).toSorted()).toEqual(['important', 'report.json']);
});

test('a folder of that name, and a file in the place of a folder, are told in words', async () => {
  mkdirSync(join(folder, 'report.json'));
  const refusal = { exitCode: 2, problems: [{ code: 'not-a-plain-file' }] };
  await expect(writeFileAtomic(join(folder, 'report.json'), 'x')).rejects.toMatchObject(refusal);
  writeFileSync(join(folder, 'file'), '');
  await expect(writeFileAtomic(join(folder, 'file', 'report.json'), 'x')).rejects.toMatchObject({
    exitCode: 3,
    problems: [{ code: 'cannot-write', message: expect.stringContaining('report.json') }],
  });
});

test('a name may be as long as the file system allows', async () => {
  const path = join(folder, 'x'.repeat(255));
  await writeFileAtomic(path, 'x');
  expect(readFileSync(path, 'utf8')).toBe('x');
});

test.skipIf(windows)('a file keeps its permissions', async () => {
  const path = join(folder, 'report.json');
  writeFileSync(path, '');
  chmodSync(path, 0o600);
  await writeFileAtomic(path, 'x');
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('what a killed writer left beside is removed; what a living one is writing is not', async () => {
  const dead = `.report.json.${2 ** 30}.0123abcd.tmp`;
  const living = `.report.json.${process.ppid}.0123abcd.tmp`;
  for (const name of [dead, living, '.report.json.notes.tmp']) writeFileSync(join(folder, name), '');
  await writeFileAtomic(join(folder, 'report.json'), 'x');
  expect(readdirSync(folder).toSorted()).toEqual([living, '.report.json.notes.tmp', 'report.json'].toSorted());
});
