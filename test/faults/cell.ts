import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { caseIds, casesFile } from '../cli/echo.js';
import { expectReports } from '../cli/report.js';
import { junitFaults, readXml } from '../reports/xml.js';
import { expectNoSecret } from '../support/canary.js';
import { openaiFaults } from '../support/openai-spec.js';
import {
  type AssayOptions,
  type Content,
  type EvalReport,
  type Outcome,
  PACKAGE,
  type Project,
  type ResultReport,
  type RunReport,
} from '../support/project.js';
import type { Reply, ScriptedServer, Seen } from '../support/scripted-server.js';
import { FAMILIES, type Family, NAMES, rightAnswer } from './families.js';
import type { Fate, Role, Row } from './row.js';
import { endedWithin, startTimed } from './timing.js';

/** What makes projects and servers that end with the test. */
export interface Tools {
  project(files?: Record<string, Content>): Project;
  startServer(script: (seen: Seen) => Promise<Reply | undefined>): Promise<ScriptedServer>;
}

/** A run of both families with one fault, made ready. */
export interface Cell {
  row: Row;
  role: Role;
  made: Project;
  servers: Readonly<Record<Family, ScriptedServer>>;
  args: string[];
  options: AssayOptions;
  /** Ends the fault. */
  recover(): void;
}

/** Makes a project whose models, or judges, are one of each family, each behind a server with this fault. */
export async function makeCell(row: Row, role: Role, { project, startServer }: Tools): Promise<Cell> {
  const state = { faulty: true };
  const started = await Promise.all(FAMILIES.map((family) => startFaulty(row, family, role, state, startServer)));
  const servers = Object.fromEntries(FAMILIES.map((family, at) => [family, started[at]])) as Cell['servers'];
  const made = project(role === 'model' ? modelProject(row) : judgeProject(row));
  const env = FAMILIES.map((family): [string, string][] => {
    const { keyVariable, key, urlVariable, urlPath } = NAMES[family];
    return [
      [keyVariable, key],
      [urlVariable, `${row.url ?? servers[family].url}${urlPath}`],
    ];
  });
  return {
    row,
    role,
    made,
    servers,
    args: ['eval', '--mode', 'live', ...(row.flags ?? [])],
    options: { env: Object.fromEntries(env.flat()) },
    recover() {
      state.faulty = false;
      for (const server of started) server.forget();
    },
  };
}

async function startFaulty(
  row: Row,
  family: Family,
  role: Role,
  state: { faulty: boolean },
  startServer: Tools['startServer'],
) {
  const counts = new Map<string, number>();
  const server: ScriptedServer = await startServer(async (seen) => {
    const id = caseOf(seen);
    const nth = counts.get(id) ?? 0;
    counts.set(id, nth + 1);
    const text = role === 'model' ? `you said ${id}` : JSON.stringify({ reason: `${id} is polite`, score: 1 });
    const right = (more?: Record<string, unknown>) => rightAnswer(family, text, more);
    const sound = !state.faulty || seen.body.includes(modelName(NAMES[family].other));
    const reply = sound ? undefined : await row.reply?.({ family, id, nth, index: seen.index, seen, right, server });
    return reply ?? { json: right() };
  });
  return server;
}

function caseOf({ body }: Seen): string {
  return /\bc\d\d\b/.exec(body)?.[0] ?? '';
}

function modelProject(row: Row): Record<string, Content> {
  return {
    'assay.config.yaml': [`models: [${asked(row, 'model').join(', ')}]`],
    'evals/echo.prompt.md': [...(row.stream ? ['---', 'parameters: { stream: true }', '---'] : []), '{{text}}'],
    'evals/echo.cases.yaml': casesFile(caseIds(row.cases ?? 2)),
  };
}

/** A prompt for each judge, named like its metric: where one cannot be asked, the answers of the others are none of its business. */
function judgeProject(row: Row): Record<string, Content> {
  const judges = asked(row, 'judge').map((model, at) => {
    const metric = FAMILIES[at] ?? modelName(model);
    return { metric, check: `{ type: judge, value: Is polite, metric: ${metric}, options: { model: "${model}" } }` };
  });
  const prompts = row.together
    ? [{ name: TOGETHER, checks: judges.map(({ check }) => check) }]
    : judges.map(({ metric, check }) => ({ name: metric, checks: [check] }));
  const files = prompts.flatMap(({ name, checks }): [string, Content][] => [
    [`evals/${name}.prompt.md`, '{{text}}'],
    [
      `evals/${name}.cases.yaml`,
      [`defaults: { assert: [${checks.join(', ')}] }`, ...casesFile(caseIds(row.cases ?? 2))],
    ],
  ]);
  return { 'assay.config.yaml': ['models: [mock:echo]'], ...Object.fromEntries(files) };
}

/** The prompt whose answers all judges grade. */
const TOGETHER = 'together';

/** The models that a row asks: one of each family in its order, and the others behind them. */
function asked({ others = false }: Row, role: Role): string[] {
  const names = FAMILIES.map((family) => NAMES[family]);
  return [...names.map((each) => each[role]), ...(others ? names.map(({ other }) => other) : [])];
}

/** Runs a cell, and holds it to all that its row says and to what holds for every run. @returns what the matrix shows of it */
export async function expectCell({ row, role, made, servers, args, options, recover }: Cell): Promise<string> {
  const timing = startTimed(made, args, options);
  const outcome = await endedWithin(timing, row.within);
  const report = expectReports(made, outcome);
  await expectJunit(made);
  const fates = Object.fromEntries(
    caseIds(row.cases ?? 2).map((id) => [id, typeof row.fates === 'string' ? row.fates : (row.fates[id] ?? 'passed')]),
  );
  expect(outcome.code).toBe(exitOf(Object.values(fates), role));
  const peakMb = timing.peakMb();
  for (const family of FAMILIES) {
    const server = servers[family];
    const its = evalOf(report, role, NAMES[family].model, family);
    const results = its?.results ?? [];
    const wanted = role === 'model' ? fates : graded(fates);
    expect(results).toHaveLength(row.cases ?? 2);
    const met = results.map((result): [string, Fate] => {
      const fate = fateOf(result, family, role);
      const lost = fate === 'errored' || fate === 'skipped';
      return [result.case, lost && wanted[result.case] === 'unanswered' ? 'unanswered' : fate];
    });
    expect(Object.fromEntries(met), family).toEqual(wanted);
    if (row.attempts !== undefined && role === 'model') {
      expect(results.map((each) => each.attempts)).toEqual(results.map(() => row.attempts));
    }
    if (row.says) expect(results.map((result) => words(result, family, role)).join('\n')).toMatch(row.says);
    if (row.requests !== undefined) expect(server.requests.length, family).toBeLessThanOrEqual(row.requests);
    if (row.others) expectOthers(report, family, role, row.cases ?? 2);
    row.more?.({ family, role, its, results, server, made, peakMb });
  }
  expectConformant(servers.openai);
  for (const family of FAMILIES) expectNoSecret(made, outcome, NAMES[family].key);
  if (row.recovers) {
    recover();
    await expectRecovered(made, await made.assay([...args, '--resume'], options), servers);
  }
  const over = Math.round(timing.ownMs() - row.within * 1000);
  return `exit ${outcome.code} ${over < 0 ? '' : '+'}${over} ms`;
}

/** The eval of a model, or of the prompt that a judge grades. */
function evalOf({ evals }: RunReport, role: Role, model: string, metric: string): EvalReport | undefined {
  return evals.find((each) => (role === 'model' ? each.model === model : [metric, TOGETHER].includes(each.prompt.id)));
}

/** All is answered and graded, each case by one more question at most. */
async function expectRecovered(made: Project, outcome: Outcome, servers: Cell['servers']): Promise<void> {
  expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
  const report = expectReports(made, outcome);
  expect(report.trials.completed).toBe(report.trials.planned);
  expect(report.evals.flatMap(({ results }) => results.filter(({ pass }) => pass !== true))).toEqual([]);
  for (const family of FAMILIES) {
    const ids = servers[family].requests.map(caseOf);
    expect(ids).toHaveLength(new Set(ids).size);
  }
}

/** The other model of the provider did all that it was to do. */
function expectOthers(report: RunReport, family: Family, role: Role, cases: number): void {
  const { other } = NAMES[family];
  const its = evalOf(report, role, other, modelName(other));
  const fates = (its?.results ?? []).map((result) => fateOf(result, modelName(other), role));
  expect(fates, other).toEqual(Array.from({ length: cases }, () => 'passed'));
}

/** A model's name without its provider. */
function modelName(model: string): string {
  return model.slice(model.indexOf(':') + 1);
}

/** The judge's trouble is never the trial's: its score is missing, whatever the reason. */
function graded(fates: Record<string, Fate>): Record<string, Fate> {
  return Object.fromEntries(Object.entries(fates).map(([id, fate]) => [id, fate === 'passed' ? 'passed' : 'failed']));
}

/** @param metric of a judge: what it scores */
function fateOf(result: ResultReport, metric: string, role: Role): Fate {
  if (role === 'judge') {
    const score = result.scores?.find((each) => each.metric === metric);
    return result.status === 'completed' && score?.status === 'scored' ? 'passed' : 'failed';
  }
  if (result.status !== 'completed') return result.status === 'skipped' ? 'skipped' : 'errored';
  return result.pass === true ? 'passed' : 'failed';
}

function exitOf(fates: readonly Fate[], role: Role): number {
  if (fates.every((fate) => fate === 'passed')) return 0;
  return role === 'model' && fates.includes('failed') ? 1 : 3;
}

function words({ failure, reason, scores }: ResultReport, family: Family, role: Role): string {
  const told = (scores ?? []).filter(({ metric }) => role === 'model' || metric === family);
  return [failure && `${failure.kind}: ${failure.message}`, reason, ...told.map((score) => score.reason)].join('\n');
}

/** Jenkins' schema: by its rules stated anew, and by xmllint where that and the schema are. */
async function expectJunit(made: Project): Promise<void> {
  expect(junitFaults(readXml(made.read('reports/junit.xml')))).toEqual([]);
  if (!existsSync(JUNIT_XSD)) return;
  const args = ['--noout', '--schema', JUNIT_XSD, join(made.root, 'reports/junit.xml')];
  await promisify(execFile)('xmllint', args).catch((trouble: NodeJS.ErrnoException) => {
    if (trouble.code !== 'ENOENT') throw trouble;
  });
}

const JUNIT_XSD = join(PACKAGE, '../shared/specs/junit-10.xsd');

/** Every request keeps to OpenAI's published description, where that is there. */
function expectConformant({ requests }: ScriptedServer): void {
  for (const { path, json } of requests) expect(openaiFaults(path, json)).toEqual([]);
}
