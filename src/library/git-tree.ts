import { posix } from 'node:path';
import picomatch from 'picomatch';
import { problems, UserError } from '../errors.js';
import { type Blobs, blobsOf, type CommittedFile, filesOf } from '../git/objects.js';
import { followingLinks } from '../git/links.js';
import { type InRepository, inRepository } from '../git/place.js';
import { resolveRef } from '../git/refs.js';
import { GitFailure } from '../git/run.js';
import { type GlobTask, globTasks } from './glob.js';
import { decodeText, splitLines } from './text-file.js';
import type { Tree } from './tree.js';

/** A tree that is a commit. */
export interface GitTree extends Tree {
  /** Its full hash. */
  readonly commit: string;
}

/**
 * The files of a project as they were in a commit. Links are followed to what they lead to in the commit.
 * @param root absolute path of the project root, which may lie anywhere in its repository
 * @param ref a branch, tag, hash, …
 * @param blobs contents that trees share: give the same ones to read several commits of a repository
 * @param ahead paths of files that are about to be read; those that the commit lacks do not matter
 * @throws UserError `unknown-ref`, `no-repository`, …
 */
export async function gitTree(
  root: string,
  ref: string,
  blobs: Blobs = blobsOf(root),
  ahead: readonly string[] = [],
): Promise<GitTree> {
  const commit = await resolveRef(root, ref);
  const place = inRepository(root);
  if (!place) throw new UserError([problems['no-repository'](root)]);
  const listed = await told(async () => filesOf(root, commit));
  const soon = new Set(ahead.map((path) => place.toGit(path)));
  await told(() => blobs.loadAhead(listed.filter((file) => file.link || soon.has(file.path)).map(({ blob }) => blob)));
  const name = `commit ${commit.slice(0, 7)}${commit.startsWith(ref) ? '' : ` (${ref})`}`;
  return { ...treeOfFiles(listed, { name, root, place, blobs }), commit };
}

/** Where files that git keeps belong. */
export interface Whereabouts {
  /** Names the tree in messages. */
  name: string;
  /** Absolute path of the project root, and where that lies in its repository. */
  root: string;
  place: InRepository;
  /** Their contents. */
  blobs: Blobs;
}

/** A tree of these files, all or some of a commit's. A link is the file that it leads to, if that is among these. */
export function treeOfFiles(listed: readonly CommittedFile[], { name, root, place, blobs }: Whereabouts): Tree {
  const files = new Map(listed.map((file) => [file.path, file]));
  const folders = foldersOf(listed);
  const links = listed.filter((file) => file.link);
  const known = listed.filter((file) => !file.link);
  /** Files that were looked for, and are likely to be read next. */
  const expected = new Set<string>();

  const locate = (path: string): string => {
    // What would lead outside on some system leads outside on all.
    const foreign = /\0|^[A-Za-z]:|^\\\\/.test(path) || place.toGit(path.replaceAll('\\', '/')) === undefined;
    const inGit = foreign ? undefined : place.toGit(path);
    if (inGit === undefined) throw new UserError([problems['outside-root'](path, 'it leads outside')]);
    return inGit;
  };
  let following: ReturnType<typeof followingLinks> | undefined;
  /** Where a path from the top leads after all links; undefined for what leads outside. */
  const follow = (inGit: string): string | undefined => {
    following ??= toldSync(() => {
      blobs.load(links.map(({ blob }) => blob));
      return followingLinks(new Map(links.map(({ path, blob }) => [path, blobs.read(blob).toString('utf8')])));
    });
    return following(inGit);
  };
  const fileAt = (inGit: string): CommittedFile | undefined => {
    const end = follow(inGit);
    return end === undefined ? undefined : files.get(end);
  };
  const isFolder = (inGit: string): boolean => {
    const end = follow(inGit);
    return end !== undefined && folders.has(end);
  };
  const find = (path: string): CommittedFile => {
    const inGit = locate(path);
    const file = fileAt(inGit);
    if (file) return file;
    if (isFolder(inGit)) throw new UserError([problems['unreadable-file'](path, 'it is not a file')]);
    if (!files.has(inGit)) throw new UserError([problems['no-such-file'](path)]);
    throw new UserError([problems['unreadable-file'](path, 'it is a link to no file of the commit')]);
  };
  /** Git is asked once for all that is likely to be read: what was looked for, or the neighbours of a file that was not. */
  const loadAround = (file: CommittedFile): void => {
    if (blobs.has(file.blob)) return;
    if (expected.has(file.blob)) {
      blobs.load([...expected]);
      expected.clear();
      return;
    }
    const folder = posix.dirname(file.path);
    blobs.load(known.filter(({ path }) => posix.dirname(path) === folder).map(({ blob }) => blob));
  };

  const bytes = async function* (path: string): AsyncGenerator<Uint8Array> {
    const { blob } = find(path);
    try {
      yield* blobs.stream(blob);
    } catch (error) {
      throw error instanceof GitFailure ? error.asUserError(path) : error;
    }
  };

  return {
    name,

    glob(patterns, ignore = []) {
      const found = new Map<string, CommittedFile>();
      for (const task of globTasks(root, patterns, ignore)) {
        const { base } = task;
        const from = follow(locate(base));
        if (from === undefined) continue;
        const matches = matcher(task);
        // As on disk, a link to a folder is not entered.
        for (const { path: inGit } of listed) {
          const rest = from === '' || from === '.' ? inGit : below(inGit, from);
          if (rest === undefined) continue;
          const path = base === '.' ? rest : posix.join(base, rest);
          const file = matches(path) ? fileAt(inGit) : undefined;
          if (file) found.set(path, file);
        }
      }
      for (const { blob } of found.values()) expected.add(blob);
      return [...found.keys()].toSorted();
    },

    has(path) {
      try {
        return fileAt(locate(path)) !== undefined;
      } catch {
        return false;
      }
    },

    hasFolder: (path) => isFolder(place.toGit(path) ?? path),

    expect(paths) {
      const wanted = paths.flatMap((path) => fileAt(locate(path)) ?? []);
      toldSync(() => blobs.load(wanted.map(({ blob }) => blob)));
    },

    read(path) {
      const file = find(path);
      return toldSync(() => {
        loadAround(file);
        return decodeText(blobs.read(file.blob), path);
      });
    },

    lines: (path) => splitLines(bytes(path), path),
    bytes,
  };
}

/** The path behind a folder; undefined when it is not in it. */
function below(path: string, folder: string): string | undefined {
  return path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : undefined;
}

function foldersOf(files: readonly CommittedFile[]): Set<string> {
  const folders = new Set<string>(['', '.']);
  for (const { path } of files) {
    for (let folder = posix.dirname(path); !folders.has(folder); folder = posix.dirname(folder)) folders.add(folder);
  }
  return folders;
}

/** Matches as fast-glob does: a folder that is ignored as such is not entered, and nothing below it is found. */
function matcher({ base, positive, negative, closing }: GlobTask): (path: string) => boolean {
  const wanted = picomatch(positive);
  const ignored = anyOf(negative, { dot: true });
  const closes = anyOf(closing, {});
  const closed = new Map([posix.normalize(base), '.', '..', '/'].map((folder): [string, boolean] => [folder, false]));
  const isClosed = (folder: string): boolean => {
    let known = closed.get(folder);
    if (known === undefined) {
      known = closes(folder) || isClosed(posix.dirname(folder));
      closed.set(folder, known);
    }
    return known;
  };
  return (path) => wanted(path) && !ignored(path) && !isClosed(posix.dirname(path));
}

function anyOf(patterns: readonly string[], options: { dot?: boolean }): (path: string) => boolean {
  return patterns.length === 0 ? () => false : picomatch([...patterns], options);
}

async function told<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof GitFailure ? error.asUserError('the commit') : error;
  }
}

function toldSync<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof GitFailure ? error.asUserError('a committed file') : error;
  }
}
