import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { appender, type GrowingFile, growing } from '../../src/journal/appender.js';

let folder = '';
let file: FileHandle;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'appender-'));
  file = await open(join(folder, 'x'), 'a');
});
afterEach(async () => {
  await file.close();
  rmSync(folder, { recursive: true });
});

const text = () => readFileSync(join(folder, 'x'), 'utf8');

/** A disk with room for so many bytes: takes what fits, in small steps, and then fails. */
function disk(room: number, truncate: GrowingFile['truncate'] = (size) => file.truncate(size)) {
  const state = { left: room };
  const write = (bytes: Buffer, from: number) => {
    const step = Math.min(7, bytes.length - from, state.left);
    if (step === 0) throw Object.assign(new Error('full'), { code: 'ENOSPC', syscall: 'write' });
    state.left -= step;
    return writeSync(file.fd, bytes, from, step);
  };
  return { state, handle: { write, truncate } };
}

test('a write that the system does in part is gone on with', async () => {
  const lines = appender(disk(1000).handle, 0);
  const places = await Promise.all(['one', 'é'.repeat(30), ''].map((line) => lines.append(line)));
  expect(text()).toBe(`one\n${'é'.repeat(30)}\n\n`);
  expect(places).toEqual([
    { offset: 0, length: 3 },
    { offset: 4, length: 60 },
    { offset: 65, length: 0 },
  ]);
});

test('lines that come in the same turn share a write', async () => {
  const own = growing(file);
  let writes = 0;
  const write: GrowingFile['write'] = (bytes, from) => {
    writes += 1;
    return own.write(bytes, from);
  };
  const lines = appender({ ...own, write }, 0);
  await Promise.all(Array.from({ length: 1000 }, (_, id) => lines.append(String(id))));
  expect(writes).toBe(1);
  await lines.append('later');
  expect(writes).toBe(2);
  expect(text().split('\n')).toHaveLength(1002);
});

test('a full disk fails the lines that did not fit and leaves no half line; later ones go on after whole lines', async () => {
  const { state, handle } = disk(10);
  const lines = appender(handle, 0);
  await lines.append('first');
  await expect(lines.append('too long for this disk')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(text()).toBe('first\n');
  state.left = 100;
  expect(await lines.append('third')).toEqual({ offset: 6, length: 5 });
  expect(text()).toBe('first\nthird\n');
});

test('a half line that cannot be taken back ends the file', async () => {
  const { state, handle } = disk(10, () => Promise.reject(new Error('no')));
  const lines = appender(handle, 0);
  await expect(lines.append('too long for this disk')).rejects.toMatchObject({ code: 'ENOSPC' });
  state.left = 100;
  await expect(lines.append('next')).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(text()).toBe('too long f');
});

test('is idle when all that was appended is written', async () => {
  const lines = appender(growing(file), 0);
  void lines.append('a');
  void lines.append('b');
  await lines.idle();
  expect(text()).toBe('a\nb\n');
});
