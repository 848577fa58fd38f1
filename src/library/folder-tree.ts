import { createReadStream, readFileSync, type Stats, statSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type fastGlob from 'fast-glob';
import { fileProblems as problems } from '../errors/files.js';
import { UserError } from '../errors/user-error.js';
import { gitRootOf, type Inside, insideOf } from '../trust/paths.js';
import { globOptions, globTasks, loadGlob } from './glob.js';
import { decodeText, splitLines } from './text-file.js';
import type { Tree } from './tree.js';

/**
 * The files of a project as they are on disk.
 * @param root absolute path of the project root; reads may reach as far as the git repository around it
 */
export function folderTree(root: string): Tree {
  const inside = insideOf(gitRootOf(root) ?? root);
  /** Files that were found by patterns, and are no links. */
  const listed = new Set<string>();
  const look = (path: string): Inside => inside(resolve(root, checkedName(path)), undefined, listed.has(path));
  const locate = (path: string): string => look(path).path;

  const bytes = async function* (path: string): AsyncGenerator<Uint8Array> {
    const absolute = locate(path);
    mustBeFile(path, absolute);
    const stream = createReadStream(absolute);
    try {
      yield* stream;
    } catch (error) {
      throw unreadable(path, error);
    } finally {
      stream.destroy();
    }
  };

  return {
    name: 'working tree',

    glob(patterns, ignore = []) {
      const found = new Set<string>();
      for (const { base, groups, negative } of globTasks(root, patterns, ignore)) {
        // The folder that a pattern starts from is entered even when it is a link, so it is proved to be inside before.
        locate(base);
        for (const entry of groups.flatMap((group) => entriesOf(root, group, negative))) {
          if (!isFile(entry, locate)) continue;
          const path = fromRoot(root, entry.path);
          found.add(path);
          if (entry.dirent.isFile()) listed.add(path);
        }
      }
      return [...found].toSorted();
    },

    has(path) {
      try {
        // Most of what is asked for is not there, which is told at once; what is there must lie inside.
        const there = statSync(resolve(root, checkedName(path)), { throwIfNoEntry: false });
        if (there?.isFile() !== true) return false;
        locate(path);
        return true;
      } catch {
        return false;
      }
    },

    hasFolder(path) {
      return statOf(resolve(root, path))?.isDirectory() === true;
    },

    read(path) {
      const { path: absolute, plain } = look(path);
      const text = plain ? plainText(absolute) : undefined;
      if (text !== undefined) return text;
      mustBeFile(path, absolute);
      return decodeText(
        attempt(path, () => readFileSync(absolute)),
        path,
      );
    },

    lines: (path) => splitLines(bytes(path), path),
    bytes,
  };
}

/** What matches on disk. Behind a file there is nothing: fast-glob would fail there. */
function entriesOf(root: string, patterns: readonly string[], ignore: readonly string[]): fastGlob.Entry[] {
  try {
    return loadGlob(patterns).sync([...patterns], { ...globOptions(root, []), ignore: [...ignore], objectMode: true });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR') return [];
    throw error;
  }
}

/** A link is a file when what it leads to is one; leading outside is an error, not a file less. */
function isFile(entry: fastGlob.Entry, locate: (path: string) => string): boolean {
  if (entry.dirent.isFile()) return true;
  if (!entry.dirent.isSymbolicLink()) return false;
  return statSync(locate(entry.path), { throwIfNoEntry: false })?.isFile() === true;
}

function fromRoot(root: string, path: string): string {
  return isAbsolute(path) ? relative(root, path).split(sep).join('/') : path.replace(/^\.\//, '');
}

/** `resolve` would hide these from the check of the joined path. */
function checkedName(path: string): string {
  if (/^[A-Za-z]:|^\\\\/.test(path) && !isAbsolute(path))
    throw new UserError([problems['outside-root'](path, 'it leads outside')]);
  return path;
}

/** What stands for bytes that are no UTF-8 in a text that was read nevertheless. */
const REPLACEMENT = '\uFFFD';

/**
 * The text of a file as most are, at half of the price; undefined for one that needs a closer look: it has other bytes, or that very
 * character, or cannot be read.
 */
function plainText(absolute: string): string | undefined {
  try {
    const text = readFileSync(absolute, 'utf8');
    if (text.includes(REPLACEMENT)) return undefined;
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch {
    return undefined;
  }
}

function mustBeFile(path: string, absolute: string): void {
  // A file that is asked for like a folder is told as missing, too.
  const found = statOf(absolute);
  if (!found) throw new UserError([problems['no-such-file'](path)]);
  if (!found.isFile()) throw new UserError([problems['unreadable-file'](path, 'it is not a file')]);
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): UserError {
  const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new UserError([problems['unreadable-file'](path, why)]);
}
