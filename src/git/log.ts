import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { git, GitFailure } from './run.js';

/** A commit of a simplified history. */
export interface LoggedCommit {
  /** Its full hash. */
  commit: string;
  /** The nearest commits before it that are in the history, too; several of a merge. */
  parents: string[];
  author: string;
  /** When it was written, ISO 8601 with the author's offset. */
  date: string;
  /** The first line of its message. */
  subject: string;
}

/**
 * The commits that changed some files, every commit after those that follow it. Of a merge that agrees with one of its parents,
 * only that parent's side is walked, as `git log` does: what was merged and thrown away is no part of how the files came to be.
 * @param tips full hashes to walk from
 * @param paths files and folders, from the top of the repository
 * @throws GitFailure
 */
export async function commitsTouching(
  root: string,
  tips: readonly string[],
  paths: readonly string[],
): Promise<LoggedCommit[]> {
  const format = '--format=%H%x00%P%x00%aN%x00%aI%x00%s';
  const log = ['log', '-z', '--topo-order', '--parents', '--no-show-signature', format];
  const fields = (await git(root, [...log, ...tips, '--', ...literal(paths)])).split('\0');
  const commits: LoggedCommit[] = [];
  for (let at = 0; at + 4 < fields.length; at += 5) {
    const [commit = '', parents = '', author = '', date = '', subject = ''] = fields.slice(at, at + 5);
    commits.push({ commit, parents: parents.split(' ').filter((each) => each !== ''), author, date, subject });
  }
  return commits;
}

/**
 * The commits between two that changed some files, none left out.
 * @returns their hashes: those that `to` has and `from` has not
 * @throws GitFailure
 */
export async function commitsBetween(
  root: string,
  from: string,
  to: string,
  paths: readonly string[],
): Promise<Set<string>> {
  const text = await git(root, ['rev-list', '--full-history', to, `^${from}`, '--', ...literal(paths)]);
  return new Set(text.split('\n').filter((line) => line !== ''));
}

/** The last commit up to a given one that changed some files; undefined when none did. @throws GitFailure */
export async function lastTouching(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<string | undefined> {
  return (await git(root, ['rev-list', '-1', commit, '--', ...literal(paths)])).trim() || undefined;
}

function literal(paths: readonly string[]): string[] {
  return paths.map((path) => `:(top,literal)${path}`);
}

/**
 * The files that a commit renamed, however much of them it rewrote meanwhile: git calls two files one when half of it is left.
 * @param pattern which files are looked at, as git's glob from the top of the repository
 * @returns new names to old ones
 * @throws GitFailure
 */
export async function renamesIn(root: string, commit: string, pattern: string): Promise<Map<string, string>> {
  const show = ['show', '-z', '-m', '-M', '--format=', '--diff-filter=R', '--name-status', '--no-show-signature'];
  const fields = (await git(root, [...show, commit, '--', `:(top,glob)${pattern}`])).split('\0');
  const renames = new Map<string, string>();
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [, from = '', to = ''] = fields.slice(at, at + 3);
    renames.set(to, from);
  }
  return renames;
}

/** Whether a commit is the other one, or comes before it. @throws GitFailure */
export async function isAncestor(root: string, commit: string, of: string): Promise<boolean> {
  try {
    await git(root, ['merge-base', '--is-ancestor', commit, of]);
    return true;
  } catch (error) {
    if (error instanceof GitFailure && error.exitCode === 1) return false;
    throw error;
  }
}

/** The oldest commits of a shallow clone: they look as if they had made everything. None where the history is whole. */
export async function shallowCommits(root: string): Promise<Set<string>> {
  const path = (await git(root, ['rev-parse', '--git-path', 'shallow'])).trim();
  try {
    return new Set(
      readFileSync(resolve(root, path), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    );
  } catch {
    return new Set();
  }
}
