import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep, win32 } from 'node:path';
import { fileProblems as problems } from '../errors/files.js';
import { UserError } from '../errors/user-error.js';
import type { Place } from '../vocabulary.js';

/**
 * What no file of a project may name, though it lies inside: what git keeps for itself, among it the token that a CI system checked
 * the code out with, and files in which tools keep keys. Names as Windows and macOS see them, without regard to case.
 */
const PRIVATE = /^(?:\.git|\.env(?:\..*)?|\.npmrc|\.netrc)$/i;

/** Names that are nothing but names on every system, and none of the private ones. */
const HARMLESS = /^[A-Za-z0-9_-][A-Za-z0-9_. -]*$/;

/**
 * The absolute form of a path, proved to stay inside a folder after every link is resolved, and to lead to nothing private there
 * (`.git`, `.env`). A file that does not exist yet is judged by its nearest existing folder. Nothing is decoded: `%2e%2e` is a
 * name like any other.
 * @param root absolute path of an existing folder
 * @param path absolute, or relative to `root`
 * @param place where the user wrote the path, for the message
 * @throws UserError `outside-root`
 */
export function insideRoot(root: string, path: string, place?: Place): string {
  return insideOf(root)(path, place).path;
}

/** Where a path leads. */
export interface Inside {
  /** The absolute path. */
  path: string;
  /** Whether it is known to be a file, and no link. */
  plain: boolean;
}

/**
 * `insideRoot` for many paths of one folder: what it and the folders in it are in truth is found once.
 * @returns takes also whether a list of its folder has just told that the path is a file, and no link
 */
export function insideOf(root: string): (path: string, place?: Place, listed?: boolean) => Inside {
  let realRoot: string | undefined;
  /** Folders in which a file was proved to lie, as they are written: another one with a harmless name lies there, too. */
  const proved = new Set<string>();
  const folders = new Map<string, Resolved>();
  /** A file that is no link lies where its folder lies, of which a library has few. */
  const resolved = (absolute: string): Resolved => {
    const folder = dirname(absolute);
    const real = folders.get(folder) ?? realOrNearest(folder);
    folders.set(folder, real);
    return real.ok ? { ok: true, path: join(real.path, basename(absolute)) } : real;
  };
  return (path, place, listed = false) => {
    const end = path.lastIndexOf(sep);
    const folder = path.slice(0, end);
    const known = proved.has(folder) && HARMLESS.test(path.slice(end + 1));
    if (known && (listed || isPlainFile(path))) return { path, plain: true };
    const refuse = (why: string): UserError => new UserError([problems['outside-root'](path, why, place)]);
    if (path.includes('\0')) throw refuse('it holds a NUL character');
    if (foreignEscape(root, path)) throw refuse('it leads outside');
    const absolute = resolve(root, path);
    const plain = listed || isPlainFile(absolute);
    const real = plain ? resolved(absolute) : realOrNearest(absolute);
    if (!real.ok) throw refuse(real.why);
    realRoot ??= realpathSync.native(root);
    if (!within(realRoot, real.path)) throw refuse('it leads outside');
    const secret = relative(realRoot, real.path)
      .split(sep)
      .find((name) => name.startsWith('.') && PRIVATE.test(name));
    if (secret !== undefined) throw refuse(`it leads to ${secret}, which may hold keys`);
    if (plain && absolute === path) proved.add(folder);
    return { path: absolute, plain };
  };
}

/**
 * The nearest folder upward, the given one included, that holds `.git` (a folder, or a file in worktrees and submodules).
 * @returns its absolute path, or undefined outside any repository
 */
export function gitRootOf(folder: string): string | undefined {
  let current = resolve(folder);
  for (;;) {
    if (existsSync(join(current, '.git'))) return current;
    const parent = dirname(current);
    if (parent === current) return undefined;
    current = parent;
  }
}

/** Whether an absolute path is a folder, or lies in it; links are not looked at. */
export function within(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Whether a path that is harmless here would escape on Windows: a library is checked out on both, so it is refused on both.
 * On Windows itself `resolve` sees these for what they are.
 */
function foreignEscape(root: string, path: string): boolean {
  if (sep === '\\') return false;
  if (win32.isAbsolute(path) && !posix.isAbsolute(path)) return true;
  if (!path.includes('\\')) return false;
  const way = posix.normalize(relative(root, resolve(root, path)).replaceAll('\\', '/'));
  return way === '..' || way.startsWith('../');
}

type Resolved = { ok: true; path: string } | { ok: false; why: string };

/** The path after links; where its end does not exist yet, that of the nearest existing folder with the rest behind it. */
function realOrNearest(absolute: string): Resolved {
  let current = absolute;
  const rest: string[] = [];
  for (;;) {
    try {
      return { ok: true, path: join(realpathSync.native(current), ...rest) };
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return { ok: false, why: `it cannot be resolved (${code})` };
      // Writing through a link whose target is missing would create that target, wherever it is.
      if (code === 'ENOENT' && isLink(current)) return { ok: false, why: 'it is a link to nowhere' };
    }
    const parent = dirname(current);
    if (parent === current) return { ok: false, why: 'its drive does not exist' };
    rest.unshift(basename(current));
    current = parent;
  }
}

function isPlainFile(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
  } catch {
    return false;
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
