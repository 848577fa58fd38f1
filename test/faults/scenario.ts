import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { OpenEcho, OpenProject } from '../cli/test.js';
import { expectReports } from '../cli/report.js';
import { CANARY } from '../support/canary.js';
import { type Outcome, type Project, type RunReport } from '../support/project.js';

/** A row of the matrix that has a story of its own. */
export interface Scenario {
  id: string;
  fault: string;
  /** Whether it needs what Windows lacks: signals, limits of a shell, device files. */
  posix?: boolean;
  /** Why it cannot be run on this machine, if so. */
  unmet?(): string | undefined;
  /** How long one of its commands may take by the bounds that are set, in seconds; 5 unless told otherwise. */
  within?: number;
  /** Throws at what is wrong. @returns what the matrix shows of it */
  run(tools: { project: OpenProject; echoProject: OpenEcho }): Promise<string>;
}

/** The environment variable that holds the key of an echo project's provider. */
export const KEY = 'LOCAL_KEY';
export const LIVE = ['--mode', 'live'];
export const REPORT = 'reports/report.json';

/** Runs a line of bash in a project, in which `$assay` stands for the command. */
export function shell(made: Project, line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const assay = `"${process.execPath}" "${join(made.build, 'cli/main.js')}"`;
  const { PATH = '' } = process.env;
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', line.replaceAll('$assay', assay)],
      { cwd: made.root, env: { PATH, HOME: made.root, [KEY]: CANARY }, timeout: 60_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, stdout, stderr }),
    );
  });
}

/** Holds a run to its exit code and to what holds for all reports. */
export function expectRun(made: Project, outcome: Outcome, code: number): RunReport {
  expect(outcome, outcome.stderr).toMatchObject({ code });
  return expectReports(made, outcome);
}

/** Holds a command to having done nothing: exit code 2, its words, and no report but the `earlier` one. */
export function expectRefused(
  made: Project,
  { code, stderr }: { code: number; stderr: string },
  words: RegExp,
  earlier?: string,
): void {
  expect(stderr).toMatch(words);
  expect(code, stderr).toBe(2);
  expect(made.has(REPORT) ? made.read(REPORT) : undefined).toBe(earlier);
}
