import { execFileSync } from 'node:child_process';
import { type Content, type Project, project } from './project.js';

/** A project that is a git repository. */
export interface Repository extends Project {
  /** Runs git in it. @returns what it prints, without the last line end */
  git(...args: string[]): string;
  /** Commits everything as somebody. @returns the commit */
  commitAs(author: string, message?: string): string;
}

const SETTINGS = ['user.name=Test', 'user.email=test@example.com', 'commit.gpgsign=false', 'core.autocrlf=false'];

/** Runs git in a folder, without any settings of whoever runs the tests. */
export function gitIn(folder: string, ...args: string[]): string {
  const { GIT_DIR: _dir, GIT_INDEX_FILE: _index, GIT_WORK_TREE: _tree, ...env } = process.env;
  const settings = SETTINGS.flatMap((each) => ['-c', each]);
  return execFileSync('git', [...settings, ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...env, GIT_CONFIG_GLOBAL: '', GIT_CONFIG_NOSYSTEM: '1' },
  }).trimEnd();
}

/** Makes a repository in a temporary folder, with all files committed. */
export function repository(files: Record<string, Content> = {}): Repository {
  const made = project(files);
  return asRepository(made);
}

/** Makes a project a repository, with all files committed. */
export function asRepository<P extends Project>(made: P): P & Repository {
  const git = (...args: string[]) => gitIn(made.root, ...args);
  git('init', '-q', '-b', 'main');
  const commitAs = (author: string, message = 'change') => {
    git('add', '-A');
    const address = `${author.toLowerCase().replaceAll(/[^a-z]/g, '')}@example.com`;
    git('-c', `user.name=${author}`, '-c', `user.email=${address}`, 'commit', '-q', '--allow-empty', '-m', message);
    return git('rev-parse', 'HEAD');
  };
  commitAs('Test', 'first');
  return { ...made, git, commitAs };
}
