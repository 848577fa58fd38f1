import { randomBytes } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import { problems, UserError } from '../errors.js';
import { isAlive } from './process-alive.js';
import { fileErrorCode } from './write-trouble.js';

/** An exclusive lock, held by this process. */
export interface Lock {
  release(): Promise<void>;
}

/** A file this old without readable content is not being written any more. */
const WRITTEN_WITHIN_MS = 5_000;

/** Tokens of the locks that this process holds: a lock with our process id and another token is that of a process before us. */
const held = new Set<string>();

/**
 * Takes a lock by making a file that only one process can make. The lock of a process that is no more is taken over; one from
 * another machine cannot be judged and stands.
 * @param path the lock file
 * @throws UserError `locked`
 */
export async function takeLock(path: string): Promise<Lock> {
  const token = randomBytes(8).toString('hex');
  const content = JSON.stringify({ pid: process.pid, host: hostname(), token });
  // Before the file is there: from its first moment on, nobody in this process may take it for a stale one.
  held.add(token);
  for (let tries = 0; tries < 20; tries += 1) {
    if (await make(path, content)) return { release: () => release(path, token) };
    const other = await look(path);
    if (other === undefined) continue;
    if (!(await isStale(path, other))) break;
    await takeAway(path);
  }
  held.delete(token);
  throw new UserError([problems.locked(path)]);
}

async function make(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** The lock's content, or undefined when it is gone meanwhile. */
async function look(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
}

async function isStale(path: string, content: string): Promise<boolean> {
  const owner = ownerOf(content);
  if (!owner) return isOld(path);
  if (owner.host !== hostname()) return false;
  return owner.pid === process.pid ? !held.has(owner.token) : !isAlive(owner.pid);
}

async function isOld(path: string): Promise<boolean> {
  const modified = await stat(path).then(
    (found) => found.mtimeMs,
    () => Number.POSITIVE_INFINITY,
  );
  return Date.now() - modified > WRITTEN_WITHIN_MS;
}

function ownerOf(content: string): { pid: number; host: string; token: string } | undefined {
  try {
    const { pid, host, token } = JSON.parse(content) as Record<string, unknown>;
    if (!Number.isSafeInteger(pid) || typeof host !== 'string' || typeof token !== 'string') return undefined;
    return { pid: Number(pid), host, token };
  } catch {
    return undefined;
  }
}

/**
 * Removes a stale lock. Only who has made the guard beside it removes one, after looking again: else a slow process would remove
 * the lock of one that has taken the stale one's place.
 */
async function takeAway(path: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await make(guard, ''))) {
    // It is there for an instant only, unless its process was killed in that instant.
    if (await isOld(guard)) await rm(guard, { force: true });
    await wait(10);
    return;
  }
  try {
    const content = await look(path);
    if (content !== undefined && (await isStale(path, content))) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

async function release(path: string, token: string): Promise<void> {
  held.delete(token);
  const content = await look(path).catch(() => undefined);
  if (content !== undefined && ownerOf(content)?.token === token) await rm(path, { force: true });
}
