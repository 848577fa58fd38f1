import { availableParallelism, loadavg } from 'node:os';
import { expect } from 'vitest';
import { caseIds, casesFile } from '../cli/echo.js';
import { expectReports } from '../cli/report.js';
import type { Content, Outcome, Project, ResultReport, RunReport } from '../support/project.js';
import { chatAnswer, messagesAnswer } from '../support/replies.js';
import type { Reply, ScriptedServer, Seen } from '../support/scripted-server.js';

/** Keys that must be seen nowhere but in the header they belong to. */
const KEYS = { OPENAI_API_KEY: 'sk-CANARY-openai-4f1d9c', ANTHROPIC_API_KEY: 'sk-ant-CANARY-anthropic-77be02' };

export type Family = 'openai' | 'anthropic';
/** What the faulty provider is for: the trials' own answers, or the judge's, while the answers are sound. */
export type Role = 'model' | 'judge';

/** One request, as a row's script sees it. */
export interface Question {
  family: Family;
  /** The case it is asked for: c01, c02, … */
  id: string;
  /** Which request it is for this case, and which of all, from 0. */
  nth: number;
  index: number;
  seen: Seen;
  /** A right answer, and the same as data with other members in place of its own. */
  right(more?: Record<string, unknown>): Record<string, unknown>;
  server: ScriptedServer;
}

/** What should become of a case. Of a judge's: `passed` it graded, `failed` it did not; the trial itself is completed. */
export type Fate = 'passed' | 'failed' | 'errored' | 'skipped';

/** A row of the matrix: a fault, and what is right to do about it. */
export interface Row {
  id: string;
  fault: string;
  cases?: number;
  flags?: readonly string[];
  /** Takes the place of an answer; nothing: a right answer. */
  reply?(question: Question): Reply | undefined | Promise<Reply | undefined>;
  /** Instead of the server's address. */
  url?: string;
  /** How long the run may take by the bounds that are set, in seconds. */
  within: number;
  /** Of each case, or of some by their id; the others pass. */
  fates: Fate | Record<string, Fate>;
  /** Attempts of every trial, where the fault is the model's. */
  attempts?: number;
  /** The words in which the trouble is told. */
  says?: RegExp;
  /** Most requests that the server may see. */
  requests?: number;
  more?(run: { report: RunReport; server: ScriptedServer; made: Project; role: Role }): void;
}

/** What makes projects and servers that end with the test. */
export interface Tools {
  project(files?: Record<string, Content>): Project;
  startServer(script: (seen: Seen) => Promise<Reply | undefined>): Promise<ScriptedServer>;
}

/** A cell of the matrix, made ready to run. */
export interface Cell {
  made: Project;
  server: ScriptedServer;
  args: string[];
  env: Record<string, string>;
}

/** Makes a project whose model or judge is of this family and behind a server with this fault. */
export async function makeCell(row: Row, family: Family, role: Role, tools: Tools): Promise<Cell> {
  const counts = new Map<string, number>();
  const server: ScriptedServer = await tools.startServer(async (seen) => {
    const id = /\bc\d\d\b/.exec(seen.body)?.[0] ?? '';
    const nth = counts.get(id) ?? 0;
    counts.set(id, nth + 1);
    const right = (more?: Record<string, unknown>) => rightAnswer(family, role, id, more);
    const question = { family, id, nth, index: seen.index, seen, right, server };
    return (await row.reply?.(question)) ?? { json: right() };
  });
  const model = family === 'openai' ? 'openai:gpt-4o-mini' : 'anthropic:claude-haiku-4-5';
  const dated = family === 'openai' ? 'openai:gpt-4o-mini-2024-07-18' : 'anthropic:claude-haiku-4-5-20251001';
  const cases = casesFile(caseIds(row.cases ?? 2));
  const made = tools.project({
    'assay.config.yaml':
      role === 'model' ? [`models: [${model}]`] : ['models: [mock:echo]', `judge: { model: "${dated}" }`],
    'evals/echo.prompt.md': '{{text}}',
    'evals/echo.cases.yaml':
      role === 'model'
        ? cases
        : ['defaults: { assert: [{ type: judge, value: Is polite, metric: polite }] }', ...cases],
  });
  const url = row.url ?? server.url;
  const env = { ...KEYS, OPENAI_BASE_URL: `${url}/v1`, ANTHROPIC_BASE_URL: url };
  return { made, server, args: ['eval', '--mode', 'live', ...(row.flags ?? [])], env };
}

function rightAnswer(
  family: Family,
  role: Role,
  id: string,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  const text = role === 'model' ? `you said ${id}` : JSON.stringify({ reason: `${id} is polite`, score: 1 });
  return family === 'openai' ? chatAnswer(text, more) : messagesAnswer(text, more);
}

/** Holds a run to all that its row says, and to what holds for every run. */
export function expectCell(row: Row, role: Role, { made, server }: Cell, outcome: Outcome): void {
  const report = expectReports(made, outcome);
  const fates = Object.fromEntries(
    caseIds(row.cases ?? 2).map((id) => [id, typeof row.fates === 'string' ? row.fates : (row.fates[id] ?? 'passed')]),
  );
  const results = report.evals[0]?.results ?? [];
  expect(Object.fromEntries(results.map((result) => [result.case, fateOf(result, role)]))).toEqual(
    role === 'model' ? fates : graded(fates),
  );
  expect(outcome.code).toBe(exitOf(Object.values(fates), role));
  const { attempts } = row;
  if (attempts !== undefined && role === 'model') {
    expect(results.map((each) => each.attempts)).toEqual(results.map(() => attempts));
  }
  if (row.says) expect(results.map(words).join('\n')).toMatch(row.says);
  if (row.requests !== undefined) expect(server.requests.length).toBeLessThanOrEqual(row.requests);
  expect(outcome.ms / 1000).toBeLessThan((row.within + 2) * slowness());
  expectNoKeys(made, outcome);
  row.more?.({ report, server, made, role });
}

/** How much longer things take because others keep the machine busy. */
function slowness(): number {
  return Math.max(1, (2 * (loadavg()[0] ?? 0)) / availableParallelism());
}

/** The judge's trouble is never the trial's: its score is missing, whatever the reason. */
function graded(fates: Record<string, Fate>): Record<string, Fate> {
  return Object.fromEntries(Object.entries(fates).map(([id, fate]) => [id, fate === 'passed' ? 'passed' : 'failed']));
}

function fateOf(result: ResultReport, role: Role): Fate {
  const score = result.scores?.find(({ metric }) => metric === (role === 'judge' ? 'polite' : 'contains'));
  if (role === 'judge') return result.status === 'completed' && score?.status === 'scored' ? 'passed' : 'failed';
  if (result.status !== 'completed') return result.status === 'skipped' ? 'skipped' : 'errored';
  return result.pass === true ? 'passed' : 'failed';
}

function exitOf(fates: readonly Fate[], role: Role): number {
  if (fates.every((fate) => fate === 'passed')) return 0;
  return role === 'model' && fates.includes('failed') ? 1 : 3;
}

function words({ failure, reason, scores }: ResultReport): string {
  return [
    failure && `${failure.kind}: ${failure.message}`,
    reason,
    ...(scores ?? []).map((score) => score.reason),
  ].join('\n');
}

/** No key in any file or stream, as it is or encoded. */
function expectNoKeys(made: Project, { stdout, stderr }: Outcome): void {
  const texts = [stdout, stderr, ...made.files().map((file) => made.read(file))].join('\n');
  for (const key of Object.values(KEYS)) {
    const encoded = Buffer.from(key).toString('base64').replace(/=+$/, '');
    for (const form of [key, encoded, encodeURIComponent(key)]) expect(texts.includes(form)).toBe(false);
  }
}
