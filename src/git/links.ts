import { readlinkSync, realpathSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';

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
  const ways = paths.map((path) => ({ path, by: new Set<Link>() }));
  for (const { path, by } of ways) {
    for (const link of links) {
      if (by.has(link)) continue;
      const name =
        nameBy(link, path) ?? (around && nameBy({ path: '', target: path }, link.target) ? link.path : undefined);
      if (name === undefined || found.has(name)) continue;
      if (found.size === MOST_NAMES + paths.length) return undefined;
      found.add(name);
      ways.push({ path: name, by: new Set([...by, link]) });
    }
  }
  return [...found].slice(paths.length);
}

/** The name of a file or folder by a link that leads to it, or to a folder around it. */
function nameBy({ path: link, target }: Link, path: string): string | undefined {
  if (path === target) return link;
  if (target === '') return posix.join(link, path);
  return path.startsWith(`${target}/`) ? posix.join(link, path.slice(target.length)) : undefined;
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
