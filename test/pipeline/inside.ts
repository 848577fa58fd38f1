import { readFileSync } from 'node:fs';
import { UserError } from '../../src/errors.js';
import { acceptable, type Acceptance } from '../../src/pipeline/accept.js';
import { evaluate } from '../../src/pipeline/evaluate.js';
import type { EvaluateOptions } from '../../src/pipeline/options.js';
import type { TopUp } from '../../src/pipeline/top-up.js';
import { processWorld, type World } from '../../src/world.js';
import type { RunReport } from '../support/project.js';

/** A world without the settings of the CI system that the tests may run in. */
export function quietWorld(env: Record<string, string> = {}): World {
  return { ...processWorld(), env };
}

/** How a run within this process ended: faster than a command, and otherwise the same. */
export interface Inside {
  code: number;
  report: RunReport;
  notes: string[];
}

/** Evaluates a project within this process. @throws UserError */
export async function evaluateInside(
  { root }: { root: string },
  options: Partial<EvaluateOptions> = {},
  world = quietWorld(),
): Promise<Inside> {
  const conclusion = await evaluate({ cwd: root, ...options }, world);
  conclusion.close();
  const report = JSON.parse(readFileSync(conclusion.files.get('report.json') ?? '', 'utf8')) as RunReport;
  return { code: conclusion.verdict.exitCode, report, notes: report.notes ?? [] };
}

/** Accepts the last run of a project. @throws UserError */
export async function acceptInside(
  { root }: { root: string },
  options: Partial<EvaluateOptions> = {},
): Promise<{ topUp?: TopUp; accepted: Acceptance[] }> {
  const run = await acceptable({ cwd: root, ...options }, quietWorld());
  try {
    const accepted = await run.complete();
    await run.write();
    return { ...(run.topUp && { topUp: run.topUp }), accepted };
  } finally {
    await run.close();
  }
}

/** The mistake that something ends with: its code, what it says, and the exit code. */
export async function mistakeOf(act: Promise<unknown>): Promise<{ code?: string; text: string; exit: number }> {
  try {
    await act;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const [first] = error.problems;
    return { ...(first && { code: first.code }), text: `${error.message}\n${first?.remedy}`, exit: error.exitCode };
  }
  return { text: 'no mistake', exit: 0 };
}
