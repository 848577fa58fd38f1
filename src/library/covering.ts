import { posix } from 'node:path';

/**
 * Finds what a file lies in.
 * @param paths files and folders, relative to the project root as git writes them; folders outside begin with `../`
 * @returns of a path the one of these that it is, or lies in; undefined for none
 */
export function covering(paths: Iterable<string>): (path: string) => string | undefined {
  const all = new Set(paths);
  const around = [...all].find((path) => /^(?:\.|\.\.(?:\/\.\.)*)?$/.test(path));
  return (path) => {
    if (around !== undefined) return around;
    for (let at = path; ; at = posix.dirname(at)) {
      if (all.has(at)) return at;
      if (at === posix.dirname(at) || /^\.\.?$/.test(at)) return undefined;
    }
  };
}
