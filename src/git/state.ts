import type { GitState } from '../vocabulary.js';
import { git } from './run.js';

/** What git says about a folder. */
export interface GitStatus {
  state: GitState;
  /** Whether a file, by its path from the top of the repository, differs from the commit, or is not in it. */
  changed(path: string): boolean;
}

/**
 * The state of the git repository around a folder: commit, branch (absent when detached), and whether anything that git tracks
 * or would track differs from the commit. Outside a repository, or without git, everything is absent.
 */
export async function gitStatus(folder: string): Promise<GitStatus> {
  try {
    // One call for all: starting a process costs more than what git does in it.
    return parseStatus(await git(folder, ['status', '--porcelain=v2', '--branch', '--untracked-files=normal', '-z']));
  } catch {
    return { state: {}, changed: () => false };
  }
}

/** Reads `git status --porcelain=v2 --branch -z`: headers begin with `#`, every other record is a change. */
export function parseStatus(text: string): GitStatus {
  const records = text.split('\0').filter((record) => record !== '');
  const header = (name: string) => records.find((record) => record.startsWith(`# ${name} `))?.slice(name.length + 3);
  const commit = header('branch.oid');
  const branch = header('branch.head');
  const paths = pathsOf(records.filter((record) => !record.startsWith('#')));
  return {
    state: {
      ...(commit && commit !== '(initial)' && { commit }),
      ...(branch && branch !== '(detached)' && { branch }),
      dirty: paths.length > 0,
    },
    // A folder without any tracked file stands for all files in it.
    changed: (path) => paths.some((each) => each === path || (each.endsWith('/') && path.startsWith(each))),
  };
}

/** Fields before the path, by the record's first character; a rename (`2`) is followed by a record of its old path. */
const FIELDS: Readonly<Record<string, number>> = { '1': 8, '2': 9, u: 10, '?': 1, '!': 1 };

function pathsOf(records: readonly string[]): string[] {
  const paths: string[] = [];
  let renamed = false;
  for (const record of records) {
    if (renamed) {
      paths.push(record);
      renamed = false;
      continue;
    }
    const kind = record[0] ?? '';
    paths.push(
      record
        .split(' ')
        .slice(FIELDS[kind] ?? 1)
        .join(' '),
    );
    renamed = kind === '2';
  }
  return paths;
}
