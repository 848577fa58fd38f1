import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { GitState } from './vocabulary.js';

const run = promisify(execFile);

/**
 * The state of the git repository around a folder: commit, branch (absent when detached), and whether anything that git tracks
 * or would track differs from the commit. Outside a repository, or without git, everything is absent.
 */
export async function gitState(folder: string): Promise<GitState> {
  try {
    // One call for all three: starting a process costs more than what git does in it.
    const { stdout } = await run('git', ['status', '--porcelain=v2', '--branch', '--untracked-files=normal'], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    return parseStatus(stdout);
  } catch {
    return {};
  }
}

/** Reads `git status --porcelain=v2 --branch`: header lines begin with `#`, every other line is a change. */
export function parseStatus(text: string): GitState {
  const lines = text.split('\n').filter((line) => line !== '');
  const header = (name: string) => lines.find((line) => line.startsWith(`# ${name} `))?.slice(name.length + 3);
  const commit = header('branch.oid');
  const branch = header('branch.head');
  return {
    ...(commit && commit !== '(initial)' && { commit }),
    ...(branch && branch !== '(detached)' && { branch }),
    dirty: lines.some((line) => !line.startsWith('#')),
  };
}
