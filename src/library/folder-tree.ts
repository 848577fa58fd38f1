import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import type fastGlob from 'fast-glob';
import { problems, UserError } from '../errors.js';
import { gitRootOf, insideRoot } from '../trust/paths.js';
import { decodeText, splitLines } from './text-file.js';
import type { Tree } from './tree.js';

/** Dot-folders are left out by fast-glob itself unless a pattern names one. */
const IGNORED = ['**/node_modules/**'];

/**
 * The files of a project as they are on disk.
 * @param root absolute path of the project root; reads may reach as far as the git repository around it
 */
export function folderTree(root: string): Tree {
  const border = gitRootOf(root) ?? root;
  const locate = (path: string): string => insideRoot(border, resolve(root, checkedName(path)));

  return {
    name: 'working tree',

    glob(patterns, ignore = []) {
      const glob = loadGlob();
      const options = { cwd: root, ignore: [...IGNORED, ...ignore], followSymbolicLinks: false, onlyFiles: false };
      // The folder that a pattern starts from is entered even when it is a link, so it is proved to be inside before.
      for (const task of glob.generateTasks([...patterns], options)) locate(task.base);
      const entries = glob.sync([...patterns], { ...options, objectMode: true, absolute: false });
      return entries
        .filter((entry) => isFile(entry, locate))
        .map((entry) => fromRoot(root, entry.path))
        .toSorted();
    },

    has(path) {
      try {
        return statSync(locate(path), { throwIfNoEntry: false })?.isFile() === true;
      } catch {
        return false;
      }
    },

    read(path) {
      const absolute = locateFile(path, locate);
      return decodeText(
        attempt(path, () => readFileSync(absolute)),
        path,
      );
    },

    async *lines(path) {
      const stream = createReadStream(locateFile(path, locate));
      try {
        yield* splitLines(stream, path);
      } catch (error) {
        throw error instanceof UserError ? error : unreadable(path, error);
      } finally {
        stream.destroy();
      }
    },
  };
}

/** fast-glob takes some 30 ms to load: only commands that look for files pay. */
let loaded: typeof fastGlob | undefined;
function loadGlob(): typeof fastGlob {
  loaded ??= createRequire(import.meta.url)('fast-glob') as typeof fastGlob;
  return loaded;
}

/** A link is a file when what it leads to is one; leading outside is an error, not a file less. */
function isFile(entry: fastGlob.Entry, locate: (path: string) => string): boolean {
  if (entry.dirent.isFile()) return true;
  if (!entry.dirent.isSymbolicLink()) return false;
  return statSync(locate(entry.path), { throwIfNoEntry: false })?.isFile() === true;
}

function fromRoot(root: string, path: string): string {
  return isAbsolute(path) ? relative(root, path).split(sep).join('/') : path;
}

/** `resolve` would hide these from the check of the joined path. */
function checkedName(path: string): string {
  if (/^[A-Za-z]:|^\\\\/.test(path) && !isAbsolute(path))
    throw new UserError([problems['outside-root'](path, 'it leads outside')]);
  return path;
}

function locateFile(path: string, locate: (path: string) => string): string {
  const absolute = locate(path);
  // A file that is asked for like a folder is told as missing, too.
  if (!existsSync(absolute)) throw new UserError([problems['no-such-file'](path)]);
  if (!attempt(path, () => statSync(absolute)).isFile())
    throw new UserError([problems['unreadable-file'](path, 'it is not a file')]);
  return absolute;
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
