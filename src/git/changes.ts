import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { problems, UserError } from '../errors.js';
import { linksAmong, namesByLinks } from './links.js';
import { LINK } from './objects.js';
import { inRepository } from './place.js';
import { resolveRef } from './refs.js';
import { git, GitFailure } from './run.js';

/** What differs between a commit and the working tree. Paths are relative to the root, those elsewhere in the repository with `../`. */
export interface Difference {
  /** Changed, added, removed, or not tracked yet, sorted; a renamed file under both names, a submodule by its folder. */
  files: string[];
  /** Others that may differ: files that git was told to take for unchanged, and names by which links lead to one that differs. */
  others: string[];
  /** Files and folders that git does not look into: ignored ones, submodules that changed, other repositories, links to these. */
  unseen: string[];
}

/**
 * What differs between a commit and the working tree.
 * @throws UserError `unknown-ref`, `no-repository`, …
 */
export async function differenceTo(root: string, ref: string): Promise<Difference> {
  const commit = await resolveRef(root, ref);
  const place = inRepository(root);
  if (!place) throw new UserError([problems['no-repository'](root)]);
  try {
    const [tracked, ignored, listed] = await Promise.all([
      git(root, [...DIFF, commit, '--', TOP]),
      git(root, [...LIST, '--others', '--ignored', '--directory', '--', TOP]),
      git(root, [...LIST, '--others', '--cached', '--stage', '-v', '--', TOP]),
    ]);
    const entries = fieldsOf(listed).map(entryOf);
    const untracked = entries.filter(({ tag }) => tag === UNTRACKED).map(({ path }) => path);
    const changed = [...new Set([...fieldsOf(tracked), ...untracked.map(named)])];
    const { files, others, unseen } = withLinks(place.top, changed, fieldsOf(ignored).map(named), entries);
    const here = (paths: readonly string[]): string[] => paths.map((path) => place.fromGit(path));
    return { files: here(files).toSorted(), others: here(others), unseen: here(unseen) };
  } catch (error) {
    throw error instanceof GitFailure ? error.asUserError('what changed') : error;
  }
}

/** A line of `git ls-files --stage -v`. */
interface Entry {
  /** A small letter stands for `--assume-unchanged`, `S` for `--skip-worktree`. */
  tag: string;
  path: string;
  link: boolean;
}

const UNTRACKED = '?';

/** Reads `<tag> <mode> <object> <stage>`, a tab and the path; of what is not tracked, the tag and the path alone. */
function entryOf(record: string): Entry {
  const tag = record[0] ?? '';
  if (tag === UNTRACKED) return { tag, path: record.slice(2), link: false };
  return { tag, path: record.slice(record.indexOf('\t') + 1), link: record.startsWith(LINK, 2) };
}

function withLinks(
  top: string,
  files: readonly string[],
  ignored: readonly string[],
  entries: readonly Entry[],
): Difference {
  const folders = files.filter((path) => statOf(top, path)?.isDirectory());
  const unseen = [...ignored, ...folders];
  const unchecked = entries.flatMap(({ tag, path }) => (/[a-zS]/.test(tag) && statOf(top, path) ? [path] : []));
  const tracked = entries.flatMap(({ link, path }) => (link ? [path] : []));
  const links = linksAmong(top, new Set([...tracked, ...files]));
  const linked = namesByLinks([...files, ...unchecked], links, { around: false });
  const blind = namesByLinks(unseen, links, { around: true });
  // Too many to tell: nothing is known of any file.
  if (!linked || !blind) return { files: [...files], others: [], unseen: [''] };
  return { files: [...files], others: [...unchecked, ...linked], unseen: [...unseen, ...blind] };
}

/** Folders end with a slash. */
function named(path: string): string {
  return path.replace(/\/$/, '');
}

const TOP = ':(top)';
const LIST = ['ls-files', '--exclude-standard', '--full-name', '-z'];
const DIFF = [
  'diff',
  '--name-only',
  '-z',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--no-relative',
  '--ignore-submodules=none',
];

function statOf(top: string, path: string): Stats | undefined {
  try {
    return statSync(join(top, path), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function fieldsOf(text: string): string[] {
  return text.split('\0').filter((field) => field !== '');
}

/**
 * The prompt files of the working tree that had other names at a commit, as far as git recognises them. Those that it does not
 * track yet are none.
 * @returns new names to old ones, all relative to the root
 * @throws UserError
 */
export async function formerNames(root: string, commit: string): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  const place = inRepository(root);
  if (!place) return names;
  const flags = ['--name-status', '-z', '--find-renames', '--diff-filter=R', '--no-ext-diff', '--no-relative'];
  const text = await git(root, ['diff', ...flags, commit, '--', ':(top,glob)**/*.prompt.md']).catch(
    (error: unknown) => {
      throw error instanceof GitFailure ? error.asUserError('what was renamed') : error;
    },
  );
  const fields = text.split('\0');
  // Of each renamed file three: how alike they are, the old name, the new one.
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [, from = '', to = ''] = fields.slice(at, at + 3);
    names.set(place.fromGit(to), place.fromGit(from));
  }
  return names;
}

/**
 * The files of `differenceTo` that match, with all paths from the top of the repository.
 * @param patterns git's own: only files that match one of them
 * @throws GitFailure
 */
export async function changedInGit(root: string, commit: string, patterns: readonly string[]): Promise<string[]> {
  const [tracked, untracked] = await Promise.all([
    git(root, [...DIFF, commit, '--', ...patterns]),
    git(root, [...LIST, '--others', '--', ...patterns]),
  ]);
  return [...new Set([...fieldsOf(tracked), ...fieldsOf(untracked)])];
}
