import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Journal, openJournal, resumeJournal } from '../../src/journal/journal.js';
import { takeLock } from '../../src/journal/lock.js';

let folder = '';
let path = '';
const options = { redact: (text: string) => text };
const header = { fingerprint: {} };
const open = () => openJournal(path, header, options);
const skipped = { prompt: 'p', model: 'm', case: 'a', repeat: 1, status: 'skipped', reason: '' } as const;
const refusal = { problems: [{ code: 'locked' }], exitCode: 2 };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lock-'));
  path = join(folder, 'reports', 'run.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

function leave(content: string): void {
  mkdirSync(dirname(path));
  writeFileSync(`${path}.lock`, content);
}

async function letIn(tries: Promise<Journal>[]): Promise<Journal[]> {
  const settled = await Promise.allSettled(tries);
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

test('two runs never write one journal: the second is refused, and the first goes on', async () => {
  const first = await open();
  await first.append(skipped);
  await expect(open()).rejects.toMatchObject(refusal);
  await expect(resumeJournal(path, header, options)).rejects.toMatchObject(refusal);
  await first.append(skipped);
  await first.close();
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(4);
  expect(readdirSync(dirname(path))).toEqual(['run.jsonl']);
});

test('of many that come at once one is let in', async () => {
  const inside = await letIn(Array.from({ length: 20 }, open));
  expect(inside).toHaveLength(1);
  await inside[0]?.close();
});

const DEAD = 2 ** 30;

test.each([
  ['a process that is no more', { pid: DEAD, host: hostname(), token: 'x' }, true],
  ['a process before us that had our id', { pid: process.pid, host: hostname(), token: 'x' }, true],
  ['a living process', { pid: process.ppid, host: hostname(), token: 'x' }, false],
  ['another machine', { pid: DEAD, host: 'elsewhere', token: 'x' }, false],
])('the lock of %s', async (_, owner, taken) => {
  leave(JSON.stringify(owner));
  const inside = await letIn([open()]);
  expect(inside).toHaveLength(taken ? 1 : 0);
  await inside[0]?.close();
  expect(existsSync(`${path}.lock`)).toBe(!taken);
});

test('a lock without content is being written, until it is old', async () => {
  leave('');
  await expect(open()).rejects.toMatchObject(refusal);
  utimesSync(`${path}.lock`, 1, 1);
  await (await open()).close();
});

test('a stale lock is taken over by one of many', async () => {
  leave(JSON.stringify({ pid: DEAD, host: hostname(), token: 'x' }));
  const inside = await letIn(Array.from({ length: 20 }, open));
  expect(inside).toHaveLength(1);
  await inside[0]?.close();
  expect(readdirSync(dirname(path))).toEqual(['run.jsonl']);
});

test('a take-over that was killed half way blocks nobody for long', async () => {
  leave(JSON.stringify({ pid: DEAD, host: hostname(), token: 'x' }));
  writeFileSync(`${path}.lock.takeover`, '');
  await expect(open()).rejects.toMatchObject(refusal);
  utimesSync(`${path}.lock.takeover`, 1, 1);
  await (await open()).close();
});

test('giving up a lock leaves that of another alone', async () => {
  const lock = await takeLock(join(folder, 'lock'));
  const other = JSON.stringify({ pid: process.ppid, host: hostname(), token: 'other' });
  writeFileSync(join(folder, 'lock'), other);
  await lock.release();
  expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(other);
});
