import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { problems, UserError } from '../errors.js';
import { makeFolders } from './folders.js';
import { isAlive } from './process-alive.js';
import { fileErrorCode, writeTrouble } from './write-trouble.js';

/** Text is handed to the file system in pieces of at least this many characters. */
const PIECE = 1 << 16;
/** After so many more the disk is told to take them. */
const FLUSHED = 1 << 20;

/**
 * Writes a file so that, whatever happens, either the old one or the whole new one is there: into a temporary file beside it,
 * which is flushed to the disk and then takes the name. Missing folders are made. Anything at the path that is no plain file (a
 * link, a device) is refused, never followed or replaced.
 * @param options `stays`: the file has its place in the project, whatever `--out` says
 * @throws UserError `cannot-write`, `not-a-plain-file`; what `chunks` throws
 */
export async function writeFileAtomic(
  path: string,
  chunks: AsyncIterable<string> | string,
  { stays = false }: { stays?: boolean } = {},
): Promise<void> {
  const folder = dirname(path);
  let temporary: string | undefined;
  try {
    await makeFolders(folder);
    const mode = await modeOf(path);
    await sweep(folder, basename(path));
    temporary = join(folder, `${prefixOf(basename(path))}${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
    await fill(temporary, mode, chunks);
    await replace(temporary, path);
    temporary = undefined;
    await flushFolder(folder);
  } catch (error) {
    throw writeTrouble(path, error, { stays });
  } finally {
    if (temporary !== undefined) await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** The mode of the file that stands at a path, which a new one keeps. */
async function modeOf(path: string): Promise<number> {
  const there = await lstat(path).catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  if (there && !there.isFile()) throw new UserError([problems['not-a-plain-file'](path)]);
  return there ? there.mode & 0o777 : 0o666;
}

async function fill(path: string, mode: number, chunks: AsyncIterable<string> | string): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    if (typeof chunks === 'string') await file.writeFile(chunks);
    else await stream(file, chunks);
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Pieces are made while the one before is being written: one at a time, so that two pieces are in memory at most. The disk takes
 * them meanwhile, too, so that little is left to be waited for at the end.
 */
async function stream(file: FileHandle, chunks: AsyncIterable<string>): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  let flushing: Promise<void> | undefined;
  let failed: { error: unknown } | undefined;
  let unflushed = 0;
  let pieces: string[] = [];
  let size = 0;
  const memory = Buffer.allocUnsafeSlow(4 * PIECE);
  const flush = (): void => {
    unflushed = 0;
    flushing = file
      .datasync()
      .catch((error: unknown) => {
        failed ??= { error };
      })
      .finally(() => {
        flushing = undefined;
      });
  };
  const write = async (): Promise<void> => {
    const text = pieces.join('');
    pieces = [];
    unflushed += size;
    size = 0;
    await writing;
    if (unflushed >= FLUSHED && !flushing) flush();
    writing = file.writeFile(encoded(text, memory));
    // Told by whoever waits for it next.
    writing.catch(() => undefined);
  };
  try {
    for await (const chunk of chunks) {
      pieces.push(chunk);
      size += chunk.length;
      if (size >= PIECE) await write();
    }
    await write();
  } finally {
    // The file is closed next, whatever went wrong.
    await writing.finally(() => flushing);
  }
  // A system tells once of what it could not write: a flush at the end may succeed.
  if (failed) throw failed.error;
}

/** A text as UTF-8: in this memory, which need not be got anew for each piece, where there is room for whatever is in it. */
function encoded(text: string, memory: Buffer): Buffer {
  return 3 * text.length <= memory.length ? memory.subarray(0, memory.write(text)) : Buffer.from(text);
}

/** On Windows a scanner may hold a new file for a moment. */
async function replace(from: string, to: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await rename(from, to);
    } catch (error) {
      const held = process.platform === 'win32' && ['EACCES', 'EBUSY', 'EPERM'].includes(fileErrorCode(error) ?? '');
      if (!held || tries === 5) throw error;
      await wait(20 * 2 ** tries);
    }
  }
}

/** Makes the new name itself survive a power cut, where folders can be flushed (not on Windows, nor everywhere else). */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file is whole and in place; only its survival of a power cut in the next seconds is not certain.
  }
}

/** Names of temporary files begin with this. Names may be as long as a file system lets them: theirs are cut short. */
function prefixOf(name: string): string {
  return `.${Buffer.from(name)
    .subarray(0, 60)
    .toString('latin1')
    .replace(/[^\w.-]/g, '_')}.`;
}

/** Removes what processes that are no more left behind. */
async function sweep(folder: string, name: string): Promise<void> {
  const prefix = prefixOf(name);
  for (const each of await readdir(folder)) {
    if (!each.startsWith(prefix)) continue;
    const [, pid] = /^(\d+)\.[0-9a-f]{8}\.tmp$/.exec(each.slice(prefix.length)) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(join(folder, each), { force: true });
  }
}
