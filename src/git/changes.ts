import { type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { problems, UserError } from '../errors.js';
import { inRepository } from './place.js';
import { resolveRef } from './refs.js';
import { git, GitFailure } from './run.js';

/** What differs between a commit and the working tree. Paths are relative to the root, those elsewhere in the repository with `../`. */
export interface Difference {
  /** Changed, added, removed, or not tracked yet, sorted; a renamed file under both names, a submodule by its folder. */
  files: string[];
  /** Files that git was told to take for unchanged, where they are there. */
  unchecked: string[];
  /** Files and folders that git does not look into: ignored ones, submodules that changed, other repositories. */
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
  const here = (path: string): string => place.fromGit(path.replace(/\/$/, ''));
  try {
    const [changed, ignored, index] = await Promise.all([
      changedInGit(root, commit, []),
      git(root, [...OTHERS, '--ignored', '--directory', '--', ':(top)']),
      git(root, ['ls-files', '--stage', '-v', '--full-name', '-z', '--', ':(top)']),
    ]);
    const files = changed.map(here).toSorted();
    return {
      files,
      unchecked: uncheckedIn(index)
        .map(here)
        .filter((path) => statOf(root, path)),
      unseen: [...fieldsOf(ignored).map(here), ...files.filter((path) => statOf(root, path)?.isDirectory())],
    };
  } catch (error) {
    throw error instanceof GitFailure ? error.asUserError('what changed') : error;
  }
}

/** Files that are not tracked. */
const OTHERS = ['ls-files', '--others', '--exclude-standard', '--full-name', '-z'];

function statOf(root: string, path: string): Stats | undefined {
  try {
    return statSync(join(root, path), { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function fieldsOf(text: string): string[] {
  return text.split('\0').filter((field) => field !== '');
}

/** Reads `git ls-files --stage -v`: a small letter stands for `--assume-unchanged`, `S` for `--skip-worktree`. */
function uncheckedIn(index: string): string[] {
  return fieldsOf(index).flatMap((record) => (/^[a-zS]/.test(record) ? [record.slice(record.indexOf('\t') + 1)] : []));
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
 * The files of `differenceTo`, with all paths from the top of the repository.
 * @param patterns git's own: only files that match one of them; none: all
 * @throws GitFailure
 */
export async function changedInGit(root: string, commit: string, patterns: readonly string[]): Promise<string[]> {
  const top = patterns.length > 0 ? patterns : [':(top)'];
  const [tracked, untracked] = await Promise.all([
    git(root, [
      'diff',
      '--name-only',
      '-z',
      '--no-renames',
      '--no-ext-diff',
      '--no-textconv',
      '--no-relative',
      '--ignore-submodules=none',
      commit,
      '--',
      ...top,
    ]),
    git(root, [...OTHERS, '--', ...top]),
  ]);
  return [...new Set([...fieldsOf(tracked), ...fieldsOf(untracked)])];
}
