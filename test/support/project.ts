import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  lstatSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The package itself. */
export const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
/** `ASSAY_CLI` names another build, e.g. that of an installed package. */
const CLI = process.env.ASSAY_CLI ?? join(PACKAGE, 'dist/cli/main.js');

/** The folder of that build. */
export const BUILD = dirname(dirname(CLI));

/** A command that takes longer than this hangs. */
const HANGS_AFTER_MS = 60_000;

/** A text, or lines that are joined by LF. */
export type Content = string | readonly string[];

/** A project in a temporary folder, removed when its test ends. Paths are relative to its root, `/` on every system. */
export interface Project {
  root: string;
  /** The folder of the build that it runs. */
  build: string;
  write(path: string, content: Content): void;
  read(path: string): string;
  has(path: string): boolean;
  remove(path: string): void;
  /** Paths of all files in a folder, sorted; those of git and links are left out. */
  files(folder?: string): string[];
  /** Copies a file or folder of the package, to the same path or another. */
  copy(path: string, to?: string): void;
  /** Makes it a git repository with everything committed, or commits what changed. */
  commit(message: string): void;
  /** Runs `assay` with the project as its working folder. */
  assay(args: readonly string[], options?: AssayOptions): Promise<Outcome>;
  /** Starts `assay` and hands over the running process. */
  start(args: readonly string[], options?: AssayOptions): Running;
}

/** What a command is run with. */
export interface AssayOptions {
  /** Below the project's root. */
  cwd?: string;
  env?: Record<string, string>;
  /** The folder of another build. */
  build?: string;
  /** Ends it as one that hangs after so long, in milliseconds; a minute unless told otherwise. */
  hangsAfterMs?: number;
}

/** How a command ended. */
export interface Outcome {
  /** -1 when a signal ended it. */
  code: number;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  ms: number;
  /** reports/report.json, if there is one. */
  report?: RunReport;
}

/** A running command. */
export interface Running {
  /** The id of its process. */
  pid: number;
  kill(signal: NodeJS.Signals): void;
  ended: Promise<Outcome>;
}

/** What tests read of report.json; test/cli/report.ts holds it to its schema. */
export interface RunReport {
  verdict: string;
  exitCode: number;
  incomplete: boolean;
  reasons: string[];
  run: { id: string; startedAt: string; finishedAt?: string; mode: string; configHash: string };
  trials: { planned: number; completed: number; errored: number; skipped: number };
  evals: EvalReport[];
  gate: { checks: CheckReport[] };
  notes?: string[];
}

/** One eval of a report. */
export interface EvalReport {
  prompt: { id: string; version: string; path: string };
  model: string;
  cases: { total: number; passed: number; failed: number; errored: number; skipped: number };
  cost: { usd: number; known: boolean };
  tokens: { input: number; output: number; known: boolean };
  metrics: Record<string, { mean: number; n: number; delta?: number; baseline?: number; verdict: string }>;
  changes: { newlyFailing: string[]; newlyPassing: string[]; accepted: string[]; unpaired: unknown[] };
  results: ResultReport[];
}

/** One trial of a report. */
export interface ResultReport {
  case: string;
  repeat: number;
  status: string;
  pass?: boolean;
  output?: string;
  attempts?: number;
  source?: string;
  failure?: { kind: string; message: string; status?: number };
  scores?: { status: string; type: string; metric: string; reason: string }[];
  [fact: string]: unknown;
}

/** One check of a report. */
export interface CheckReport {
  rule: string;
  level: string;
  status: string;
  message: string;
  metric?: string;
  case?: string;
}

/** Does something when a test ends. Tests that run at a time hand over their own; others need not. */
export type AtEnd = (act: () => void | Promise<void>) => void;

/**
 * Writes a project into a temporary folder.
 * @param ownBuild the folder of the build that it runs unless told otherwise
 */
export function project(files: Record<string, Content> = {}, atEnd: AtEnd = onTestFinished, ownBuild = BUILD): Project {
  const root = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
  atEnd(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }));
  const at = (path: string): string => join(root, path);
  const git = (...args: string[]): void => {
    const settings = ['user.name=Test', 'user.email=test@example.com', 'commit.gpgsign=false', 'core.autocrlf=false'];
    execFileSync('git', [...settings.flatMap((each) => ['-c', each]), ...args], { cwd: root, stdio: 'pipe' });
  };
  const made: Project = {
    root,
    build: ownBuild,
    write(path, content) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), typeof content === 'string' ? content : `${content.join('\n')}\n`);
    },
    read: (path) => readFileSync(at(path), 'utf8'),
    has: (path) => existsSync(at(path)),
    remove: (path) => rmSync(at(path), { recursive: true }),
    files: (folder = '.') => filesIn(at(folder)).map((file) => (folder === '.' ? file : `${folder}/${file}`)),
    copy: (path, to = path) => cpSync(join(PACKAGE, path), at(to), { recursive: true }),
    commit(message) {
      if (!existsSync(at('.git'))) git('init', '-q', '-b', 'main');
      git('add', '-A');
      git('commit', '-q', '--allow-empty', '-m', message);
    },
    assay: (args, options) => made.start(args, options).ended,
    start: (args, { cwd = '.', env, build = ownBuild, hangsAfterMs = HANGS_AFTER_MS } = {}) =>
      start([join(build, 'cli/main.js'), ...args], at(cwd), { ...cleanEnv(root), ...env }, root, hangsAfterMs),
  };
  for (const [path, content] of Object.entries(files)) made.write(path, content);
  return made;
}

/** The environment of a command: none of the keys, proxies and settings of whoever runs the tests. */
function cleanEnv(home: string): Record<string, string> {
  const kept = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMP', 'NODE_V8_COVERAGE'];
  const known = kept.map((name): [string, string | undefined] => [name, process.env[name]]);
  const given = known.filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(given), HOME: home, USERPROFILE: home };
}

function start(
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  root: string,
  hangsAfterMs: number,
): Running {
  const began = performance.now();
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
  const ended = new Promise<Outcome>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`${args.join(' ')} did not end by itself\n${texts.stdout}${texts.stderr}`));
    }, hangsAfterMs);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const report = readReport(join(root, 'reports/report.json'));
      resolve({ code: code ?? -1, signal, ...texts, ms: performance.now() - began, ...(report && { report }) });
    });
  });
  return { pid: child.pid ?? -1, kill: (signal) => child.kill(signal), ended };
}

function readReport(file: string): RunReport | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunReport) : undefined;
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => lstatSync(join(folder, file)).isFile())
    .map((file) => file.split(sep).join('/'))
    .filter((file) => !file.startsWith('.git/'))
    .toSorted();
}
