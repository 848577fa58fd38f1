import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { reportSchema } from '../../src/schemas/report.js';
import { readXml, type Element } from '../reports/xml.js';
import type { Outcome, Project, RunReport } from '../support/project.js';

const validate = new Ajv2020({ allowUnionTypes: true, ownProperties: true }).compile(reportSchema);

/** Holds the three reports of a run: valid, and agreeing with each other and with the exit code. @returns report.json */
export function expectReports(made: Project, outcome: Outcome): RunReport {
  const { report } = outcome;
  if (!report) throw new Error(`no report.json\n${outcome.stdout}${outcome.stderr}`);
  validate(report);
  expect(validate.errors ?? []).toEqual([]);
  expect(report.exitCode).toBe(outcome.code);
  const { planned, completed, errored, skipped } = report.trials;
  expect(completed + errored + skipped).toBe(planned);

  const suites = readXml(made.read('reports/junit.xml'));
  expect(suites.name).toBe('testsuites');
  const broken = descendants(suites, ['failure', 'error']);
  if (outcome.code === 0) expect(broken).toEqual([]);
  else expect(broken.length).toBeGreaterThan(0);

  expect(made.read('reports/summary.md')).toContain(report.verdict);
  return report;
}

/** All elements below with one of these names. */
export function descendants(element: Element, names: readonly string[]): Element[] {
  const own = element.children.filter((child) => names.includes(child.name));
  return [...own, ...element.children.flatMap((child) => descendants(child, names))];
}

/** A report without what may differ between two runs of the same inputs: ids and times. */
export function timeless({
  run: { id: _id, startedAt: _began, finishedAt: _ended, ...run },
  ...rest
}: RunReport): object {
  return { ...rest, run };
}
