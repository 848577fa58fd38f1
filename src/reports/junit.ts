import { createRequire } from 'node:module';
import type { Builder, TestSuite } from 'junit-report-builder';
import type { EvalComparison, GateCheck } from '../vocabulary.js';
import { byCase } from './by-case.js';
import { openFor, type Outcome, outcomeOf } from './junit-outcome.js';
import { Room } from './junit-room.js';
import { nameFor, put, withoutRootSkipped } from './junit-xml.js';
import type { Report, ReportInput } from './report.js';
import { evalName } from './words.js';

/**
 * `junit.xml`, for CI systems: a testsuite per eval with a testcase per case, and the testsuite `gate` with one per check. Valid
 * against junit-10.xsd of Jenkins' xUnit plugin (not against the Ant task's schema), whatever the model wrote. It agrees with the
 * verdict: a failure or an error stands where a check of level error is failed or unverified, and nowhere else.
 */
export const junit: Report = {
  file: 'junit.xml',
  async *render(input) {
    const report = newBuilder().name('promptassay');
    const room = new Room(input);
    // The gate's part comes last, but its room is taken first: without it the file would not agree with the verdict.
    const gate = gateOutcomes(input.verdict.checks);
    const kept = gate.filter((check) => room.take(check.classname, check.name, check.outcome, true));
    for (const evaluation of input.comparison.evals) await evalSuite(report.testSuite(), input, evaluation, room);
    const suite = report.testSuite().name('gate');
    suite.property('verdict', input.verdict.verdict).property('exitCode', String(input.verdict.exitCode));
    noteOmitted(suite, gate.length - kept.length);
    for (const check of kept) put(suite, check);
    yield withoutRootSkipped(report.build());
  },
};

/** As an import it would be searched for its exports first, which takes twice as long as running it. */
function newBuilder(): Builder {
  const exported: unknown = createRequire(import.meta.url)('junit-report-builder');
  if (!isBuilder(exported)) throw new TypeError('junit-report-builder exports no builder');
  return exported.newBuilder();
}

function isBuilder(value: unknown): value is Builder {
  return typeof value === 'object' && value !== null && 'newBuilder' in value;
}

async function evalSuite(suite: TestSuite, input: ReportInput, evaluation: EvalComparison, room: Room): Promise<void> {
  const classname = nameFor(evalName(evaluation));
  suite.name(classname);
  suite.property('version', nameFor(evaluation.prompt.version));
  suite.property('path', nameFor(evaluation.prompt.path));
  if (evaluation.prompt.owner) suite.property('owner', nameFor(evaluation.prompt.owner));
  if (evaluation.baseline) suite.property('baseline', nameFor(evaluation.baseline.version));
  const names = new Set<string>();
  const open = openFor(evaluation, input.verdict.checks);
  let omitted = 0;
  let milliseconds = 0;
  for await (const results of byCase(input, evaluation)) {
    const outcome = outcomeOf(results, open);
    milliseconds += outcome.milliseconds ?? 0;
    const name = unique(nameFor(results.folded.case), names);
    if (room.take(classname, name, outcome, false)) put(suite, { classname, name, outcome });
    else omitted += 1;
  }
  noteOmitted(suite, omitted);
  suite.time(Math.round(milliseconds) / 1000);
}

function noteOmitted(suite: TestSuite, omitted: number): void {
  if (omitted > 0) suite.property('omitted', `${omitted} testcases for want of room: see report.json`);
}

interface Placed {
  classname: string;
  name: string;
  outcome: Outcome;
}

function gateOutcomes(checks: readonly GateCheck[]): Placed[] {
  const names = new Set<string>();
  return checks.map((check) => {
    const of =
      check.prompt === undefined ? '' : ` ${evalName({ prompt: { id: check.prompt }, model: check.model ?? '' })}`;
    const classname = nameFor(`gate${of}`);
    const about = check.case ?? check.metric;
    const name = nameFor(about === undefined ? check.rule : `${check.rule}: ${about}`);
    return { classname, name: unique(name, names, classname), outcome: gateOutcome(check) };
  });
}

function gateOutcome({ status, level, message, rule }: GateCheck): Outcome {
  if (status === 'passed') return { kind: 'passed' };
  if (level !== 'error') return { kind: 'skipped', message: `warning: ${message}` };
  return { kind: status === 'failed' ? 'failure' : 'error', message, type: rule };
}

/** GitLab counts only the first of several testcases with the same classname and name. */
function unique(name: string, taken: Set<string>, classname = ''): string {
  let candidate = name;
  for (let count = 2; taken.has(`${classname}\n${candidate}`); count += 1) candidate = `${name} (${count})`;
  taken.add(`${classname}\n${candidate}`);
  return candidate;
}
