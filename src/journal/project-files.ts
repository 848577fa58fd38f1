import { closeSync, openSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Appender, appender, growing } from './appender.js';
import { writeFileAtomic } from './atomic-write.js';
import { makeFolders } from './folders.js';
import { type Line, type LinePlace, readLines } from './lines.js';
import { type Lock, takeLock } from './lock.js';
import { refuseLink } from './plain-file.js';
import { readAt } from './reader.js';
import { fileErrorCode, readTrouble, writeTrouble } from './write-trouble.js';

/** Files of a project that are read by place and written safely: what recordings are kept in. */
export interface ProjectFiles {
  lines(path: string): AsyncIterable<Line>;
  at(path: string, place: LinePlace): Promise<string>;
  /** Keeps a file for this process until it is removed or all is closed. @throws UserError `locked` */
  claim(path: string): Promise<void>;
  /** Adds a line to a file; resolves with its place when the operating system has it. */
  append(path: string, line: string): Promise<LinePlace>;
  replace(path: string, chunks: AsyncIterable<string>): Promise<void>;
  remove(path: string): Promise<void>;
  /** Lets go of all open files and locks. Where one cannot be, the others are, before it is said. */
  close(): Promise<void>;
}

/**
 * The real files of a project.
 * @param resolve turns a path relative to the root into an absolute one; throws a UserError when it leads outside
 * @param stays whether they have their place in the project, whatever `--out` says
 */
export function projectFiles(resolve: (path: string) => string, stays = true): ProjectFiles {
  const readers = new Map<string, number>();
  const writers = new Map<string, Promise<{ file: FileHandle; lines: Appender }>>();

  const locks = new Map<string, Promise<Lock>>();

  /** Open files cannot be renamed or removed on Windows, and their places are those of the old file. */
  async function letGo(path: string): Promise<void> {
    const reader = readers.get(path);
    readers.delete(path);
    if (reader !== undefined) closeSync(reader);
    const opened = writers.get(path);
    writers.delete(path);
    if (!opened) return;
    const { file, lines } = await opened;
    await lines.idle();
    await file.close();
  }

  async function giveUp(path: string): Promise<void> {
    const lock = locks.get(path);
    locks.delete(path);
    await (await lock)?.release();
  }

  function writerOf(path: string) {
    const known = writers.get(path);
    if (known) return known;
    const opened = openWriter(path);
    writers.set(path, opened);
    opened.catch(() => writers.delete(path));
    return opened;
  }

  return {
    lines: (path) => linesOrNone(resolve(path)),
    async at(path, place) {
      const absolute = resolve(path);
      const file = readers.get(absolute) ?? openSync(absolute, 'r');
      readers.set(absolute, file);
      return readAt(file, place);
    },
    async claim(path) {
      const absolute = resolve(path);
      const known = locks.get(absolute) ?? claimed(absolute, `${path}.lock`);
      locks.set(absolute, known);
      try {
        await known;
      } catch (error) {
        locks.delete(absolute);
        throw writeTrouble(path, error, { stays });
      }
    },
    async append(path, line) {
      const absolute = resolve(path);
      try {
        const { lines } = await writerOf(absolute);
        return await lines.append(line);
      } catch (error) {
        throw writeTrouble(path, error, { stays });
      }
    },
    async replace(path, chunks) {
      const absolute = resolve(path);
      await writeFileAtomic(
        absolute,
        thenDo(chunks, () => letGo(absolute)),
        { stays },
      );
    },
    async remove(path) {
      const absolute = resolve(path);
      await letGo(absolute);
      await rm(absolute, { force: true });
      await giveUp(absolute);
    },
    async close() {
      // One that cannot be let go of keeps no other: a lock that stays would be another run's trouble.
      const files = await Promise.allSettled([...new Set([...readers.keys(), ...writers.keys()])].map(letGo));
      const others = await Promise.allSettled([...locks.keys()].map(giveUp));
      for (const each of [...files, ...others]) if (each.status === 'rejected') throw each.reason;
    },
  };
}

/** @param name of the lock, for messages */
async function claimed(path: string, name: string): Promise<Lock> {
  await makeFolders(dirname(path));
  await refuseLink(path);
  return takeLock(`${path}.lock`).catch((error: unknown) => {
    throw writeTrouble(name, error, { stays: true });
  });
}

async function openWriter(path: string): Promise<{ file: FileHandle; lines: Appender }> {
  await makeFolders(dirname(path));
  await refuseLink(path);
  const file = await open(path, 'a');
  return { file, lines: appender(growing(file), (await file.stat()).size) };
}

async function* linesOrNone(path: string): AsyncGenerator<Line> {
  try {
    yield* readLines(path);
  } catch (error) {
    const code = fileErrorCode(error);
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw readTrouble(path, error);
  }
}

/** The chunks, and something done once the last one has been taken. */
async function* thenDo(chunks: AsyncIterable<string>, act: () => Promise<void>): AsyncGenerator<string> {
  yield* chunks;
  await act();
}
