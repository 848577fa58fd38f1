import { readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { LINK } from './objects.js';
import { git } from './run.js';

/** A symbolic link, and what it leads to. Both from the top of the repository. */
export interface Link {
  path: string;
  target: string;
}

/**
 * Those of these paths that are links to somewhere in the repository, as they are in the working tree.
 * @param top the top of the repository, resolved
 * @param paths from there
 */
export function linksAmong(top: string, paths: Iterable<string>): Link[] {
  return [...paths].flatMap((path) => {
    const target = targetOf(join(top, path));
    const inside = target === undefined ? undefined : relative(top, target).split(sep).join('/');
    return inside === undefined || inside === '..' || inside.startsWith('../') ? [] : [{ path, target: inside }];
  });
}

/** Undefined for what is no link. Where there is nothing at its end, where that would be. */
function targetOf(link: string): string | undefined {
  try {
    const written = readlinkSync(link);
    try {
      return realpathSync.native(link);
    } catch {
      return resolve(realpathSync.native(dirname(link)), written);
    }
  } catch {
    return undefined;
  }
}

/**
 * All links that git tracks, as they are in the working tree.
 * @throws GitFailure
 */
export async function trackedLinks(root: string, top: string): Promise<Link[]> {
  const index = await git(root, ['ls-files', '--stage', '--full-name', '-z', '--', ':(top)']);
  const records = index.split('\0').filter((record) => record.startsWith(`${LINK} `));
  return linksAmong(
    top,
    records.map((record) => record.slice(record.indexOf('\t') + 1)),
  );
}

/** Files and folders, and behind them what links in them, or around them, lead to, also by other links. */
export function withTargets(paths: readonly string[], links: readonly Link[]): string[] {
  const found = new Set(paths);
  for (const path of found) {
    for (const link of links) {
      const rest = below(path, link.path) ?? (below(link.path, path) === undefined ? undefined : '');
      const end = rest === undefined ? '' : posix.join(link.target, rest);
      // At the top there is all that there is.
      if (end !== '' && end !== '.' && found.size < MOST_NAMES) found.add(end);
    }
  }
  return [...found];
}

/** More names than this make no sense: links that lead to one another have without end. */
const MOST_NAMES = 10_000;

/**
 * The names that files and folders have by links, also by one link behind another, each taken once.
 * @param around whether a link is named, too, that leads to something in one of the folders
 * @returns undefined where there are too many
 */
export function namesByLinks(
  paths: readonly string[],
  links: readonly Link[],
  { around }: { around: boolean },
): string[] | undefined {
  const found = new Set(paths);
  const known = found.size;
  const ways = [...found].map((path) => ({ path, by: new Set<Link>() }));
  for (const { path, by } of ways) {
    for (const link of links) {
      if (by.has(link)) continue;
      const rest = below(path, link.target) ?? (around && below(link.target, path) !== undefined ? '' : undefined);
      if (rest === undefined) continue;
      const name = posix.join(link.path, rest);
      if (found.has(name)) continue;
      if (found.size === known + MOST_NAMES) return undefined;
      found.add(name);
      ways.push({ path: name, by: new Set([...by, link]) });
    }
  }
  return [...found].slice(known);
}

/** The path of a file or folder from a folder that it is in, or is itself; undefined when it is neither. */
function below(path: string, folder: string): string | undefined {
  if (path === folder) return '';
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

/**
 * Follows links as a file system does, where each is known.
 * @param links what links say, by their paths from the top
 * @returns takes a path from the top, gives the one that it leads to; undefined for one that leads outside, or round and round
 */
export function followingLinks(links: ReadonlyMap<string, string>): (path: string) => string | undefined {
  if (links.size === 0) return (path) => path;
  return (path) => {
    const rest = path.split('/');
    let at = '';
    let followed = 0;
    for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
      const here = posix.join(at, name);
      const target = links.get(here);
      if (here === '..' || here.startsWith('../')) return undefined;
      if (target === undefined) at = here;
      else if (posix.isAbsolute(target) || (followed += 1) > MOST_FOLLOWED) return undefined;
      else rest.unshift(...target.split('/').filter((part) => part !== ''));
    }
    return at === '.' ? '' : at;
  };
}

/** As many as Linux follows for one path. */
const MOST_FOLLOWED = 40;
