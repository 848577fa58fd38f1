import { problems, UserError } from '../errors.js';
import { inRepository } from './place.js';
import { resolveRef } from './refs.js';
import { git, GitFailure } from './run.js';

/**
 * The files that differ between a commit and the working tree: changed, added, removed, or not tracked yet (but for those that
 * git ignores). A renamed file counts under both names.
 * @returns paths relative to the root, those elsewhere in the repository with `../`, sorted
 * @throws UserError `unknown-ref`, `no-repository`, …
 */
export async function changedFiles(root: string, ref: string): Promise<string[]> {
  const commit = await resolveRef(root, ref);
  const place = inRepository(root);
  if (!place) throw new UserError([problems['no-repository'](root)]);
  const inGit = await changedInGit(root, commit, []).catch((error: unknown) => {
    throw error instanceof GitFailure ? error.asUserError('what changed') : error;
  });
  return inGit.map((path) => place.fromGit(path)).toSorted();
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
 * As `changedFiles`, with all paths from the top of the repository.
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
      commit,
      '--',
      ...top,
    ]),
    git(root, ['ls-files', '--others', '--exclude-standard', '--full-name', '-z', '--', ...top]),
  ]);
  return [...new Set([...tracked.split('\0'), ...untracked.split('\0')])].filter((path) => path !== '');
}
