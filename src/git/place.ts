import { realpathSync } from 'node:fs';
import { posix, relative, sep } from 'node:path';
import { gitRootOf } from '../trust/paths.js';

/** Where a folder lies in its git repository. Paths in git are counted from the top of the repository, with `/`. */
export interface InRepository {
  /** The absolute path of the top, without links in it. */
  top: string;
  /** A path relative to the folder as git names it; undefined for one outside the repository. */
  toGit(path: string): string | undefined;
  /** A path as git names it, relative to the folder. */
  fromGit(path: string): string;
}

/** Finds a folder in its repository; undefined outside of any. @param folder absolute path of an existing folder */
export function inRepository(folder: string): InRepository | undefined {
  const real = realpathSync.native(folder);
  const top = gitRootOf(real);
  if (top === undefined) return undefined;
  const prefix = relative(top, real).split(sep).join('/');
  return {
    top,
    toGit(path) {
      const joined = posix.join(prefix, path);
      const outside = joined === '..' || joined.startsWith('../') || posix.isAbsolute(path);
      return outside ? undefined : joined.replace(/\/$/, '');
    },
    fromGit(path) {
      if (prefix === '') return path;
      return path.startsWith(`${prefix}/`) ? path.slice(prefix.length + 1) : posix.relative(`/${prefix}`, `/${path}`);
    },
  };
}
