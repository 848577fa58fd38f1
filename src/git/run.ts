import { execFile, execFileSync, spawn } from 'node:child_process';
import { problems, UserError } from '../errors.js';
import { gitRootOf } from '../trust/paths.js';
import { findGit } from './program.js';

/** The most that any answer of git may fill of the memory, in bytes. */
const MOST_BYTES = 1024 * 1024 * 1024;

/**
 * Settings that stand before those of any user and repository: no program is run for us, neither a watcher of files, nor a hook, nor
 * a pager for signatures; and what looks like a bare repository among the files of a pull request is not taken for one (git 2.38).
 */
const SAFELY = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'log.showSignature=false',
  'safe.bareRepository=explicit',
];

/**
 * Settings by which git would tell less than it is asked for, or in other bytes: as they are where nobody has set them. As settings
 * and not as flags, since a git that does not know one passes over it.
 */
const WHOLE = [
  'diff.renameLimit=1000',
  'i18n.logOutputEncoding=UTF-8',
  'log.diffMerges=separate',
  'log.follow=false',
  'log.showRoot=true',
];
const SETTINGS = [...SAFELY, ...WHOLE].flatMap((setting) => ['-c', setting]);

/** Why git gave no answer. */
export class GitFailure extends Error {
  /**
   * @param missing there is no program `git`
   * @param exitCode what git ended with; absent when it did not start, or was stopped
   */
  constructor(
    message: string,
    readonly missing: boolean,
    readonly exitCode?: number,
  ) {
    super(message);
    this.name = 'GitFailure';
  }

  /** The failure as trouble for the user to mend. */
  asUserError(what: string): UserError {
    return new UserError([this.missing ? problems['no-git'](what) : problems['git-failed'](what, this.message)]);
  }
}

/**
 * Runs git, at the top of the repository around a folder, and gives what it prints. Arguments reach git as they are: there is no
 * shell, and whoever passes a text of the user's sees to it that it cannot be taken for a flag.
 * @throws GitFailure
 */
export function git(folder: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const { file, options } = start(folder);
    execFile(file, [...SETTINGS, ...args], { ...options, maxBuffer: MOST_BYTES }, (error, stdout, stderr) => {
      if (error) reject(failureOf(error, stderr));
      else resolve(stdout);
    });
  });
}

/** As `git`, for answers that are no text. @param input what git reads */
export function gitBytes(folder: string, args: readonly string[], input: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const { file, options } = start(folder);
    const limits = { maxBuffer: MOST_BYTES, encoding: 'buffer' } as const;
    const child = execFile(file, [...SETTINGS, ...args], { ...options, ...limits }, (error, stdout, stderr) => {
      if (error) reject(failureOf(error, stderr.toString('utf8')));
      else resolve(stdout);
    });
    // Of git that ends before it has read all, its own message is the one to tell.
    child.stdin?.on('error', () => {}).end(input);
  });
}

/** As `git`, waiting for it: a library is read synchronously. @param input what git reads */
export function gitSync(folder: string, args: readonly string[], input = ''): Buffer {
  const { file, options } = start(folder);
  try {
    return execFileSync(file, [...SETTINGS, ...args], { ...options, input, maxBuffer: MOST_BYTES, stdio: 'pipe' });
  } catch (error) {
    const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw failureOf(error, stderr);
  }
}

/** What git prints, as it comes. Git is stopped when nobody reads on. @throws GitFailure */
export async function* gitStream(
  folder: string,
  args: readonly string[],
  signal?: AbortSignal,
): AsyncGenerator<Buffer> {
  const { file, options } = start(folder);
  const child = spawn(file, [...SETTINGS, ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(signal && { signal }),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  // Its outcome is asked for below; until then a failure is no unhandled one.
  ended.catch(() => undefined);
  try {
    yield* child.stdout;
    const code = await ended.catch((error: unknown) => {
      throw failureOf(error, stderr);
    });
    if (code !== 0) throw new GitFailure(firstLine(stderr), false, code ?? undefined);
  } finally {
    child.kill();
  }
}

/**
 * How git is started: at the top of the repository, where it finds that one itself, and none that a pull request has made up of files
 * on the way there.
 * @throws GitFailure when there is no git
 */
function start(folder: string) {
  const cwd = gitRootOf(folder) ?? folder;
  const path = process.env.PATH ?? '';
  const search = `${cwd}\n${path}`;
  const file = found.get(search) ?? findGit({ path, windows: process.platform === 'win32', not: cwd });
  if (file === undefined) throw new GitFailure('git is not installed', true);
  found.set(search, file);
  return { file, options: { cwd, env: environment(), windowsHide: true } };
}

/** Where git was found, by what was looked through. */
const found = new Map<string, string>();

/**
 * Variables of git that are handed on: settings, and how what a partial clone lacks is fetched. All others could have it answer
 * another question than it was asked: a hook that runs us sets which repository, and how names of files are taken (`git
 * --literal-pathspecs`).
 */
const HANDED_ON = /^GIT_(?:CONFIG_|EXEC_PATH$|SSH|SSL_|HTTP_|PROXY_|ASKPASS$|ALLOW_PROTOCOL$|PROTOCOL|NO_LAZY_FETCH$)/;

/** The environment for git: it finds the repository from the folder, asks nobody for a password, takes no lock, speaks English. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => {
    const upper = name.toUpperCase();
    return !upper.startsWith('GIT_') || HANDED_ON.test(upper);
  });
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: '0', GIT_OPTIONAL_LOCKS: '0', LC_ALL: 'C' };
}

function failureOf(error: unknown, stderr: string): GitFailure {
  const { code, status, message } = facts(error);
  const exit = typeof code === 'number' ? code : typeof status === 'number' ? status : undefined;
  return new GitFailure(firstLine(stderr) || firstLine(message), code === 'ENOENT', exit);
}

function facts(error: unknown): { code?: unknown; status?: unknown; message: string } {
  if (!(error instanceof Error)) return { message: String(error) };
  return {
    message: error.message,
    ...('code' in error && { code: error.code }),
    ...('status' in error && { status: error.status }),
  };
}

function firstLine(text: string): string {
  return (text.split('\n').find((line) => line.trim() !== '') ?? '').replace(/^(?:fatal|error): /, '').slice(0, 300);
}
