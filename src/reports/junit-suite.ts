import type { EvalComparison, Verdict } from '../vocabulary.js';
import { byCase } from './by-case.js';
import { openFor, type Outcome, outcomeOf, type Placed, type Suite } from './junit-outcome.js';
import type { Room } from './junit-room.js';
import { nameFor } from './junit-xml.js';
import type { ReportInput } from './report.js';
import { evalName } from './words.js';

/** A suite before its testcases were looked at. */
function emptySuite(name: string, properties: [string, string][]): Suite {
  return { name, properties, counts: { passed: 0, skipped: 0, failure: 0, error: 0 } };
}

/** The testcases of an eval that find room, one at a time. */
export function* evalCases(input: ReportInput, evaluation: EvalComparison, room: Room): Generator<Placed> {
  const names = new Set<string>();
  for (const { classname, name, outcome, fits } of casesIn(input, evaluation, room)) {
    if (fits) yield { classname, name: unique(name, names), outcome };
  }
}

/** The suite of an eval, filled in by going through its testcases. */
export function evalSuite(input: ReportInput, evaluation: EvalComparison, room: Room): Suite {
  const { prompt, baseline } = evaluation;
  const suite = emptySuite(nameFor(evalName(evaluation)), [
    ['version', nameFor(prompt.version)],
    ['path', nameFor(prompt.path)],
  ]);
  if (prompt.owner) suite.properties.push(['owner', nameFor(prompt.owner)]);
  if (baseline) suite.properties.push(['baseline', nameFor(baseline.version)]);
  let omitted = 0;
  let milliseconds = 0;
  for (const { outcome, fits } of casesIn(input, evaluation, room)) {
    milliseconds += outcome.milliseconds ?? 0;
    if (fits) suite.counts[outcome.kind] += 1;
    else omitted += 1;
  }
  noteOmitted(suite, omitted);
  suite.seconds = Math.round(milliseconds) / 1000;
  return suite;
}

/**
 * All testcases of an eval, and whether they find room. Other cases may have the same name.
 * @param room its decisions are the same each time the same testcases are put to one
 */
function* casesIn(input: ReportInput, evaluation: EvalComparison, room: Room): Generator<Placed & { fits: boolean }> {
  const classname = nameFor(evalName(evaluation));
  const open = openFor(evaluation, input.verdict.checks);
  for (const results of byCase(input, evaluation)) {
    const outcome = outcomeOf(results, open);
    const name = nameFor(results.folded.case);
    yield { classname, name, outcome, fits: room.take(classname, name, outcome, false) };
  }
}

/** The testcases of the gate: one per check. Without them the file would not agree with the verdict. */
export function gateCases({ checks }: Verdict): Placed[] {
  const names = new Map<string, Set<string>>();
  return checks.map((check) => {
    const of =
      check.prompt === undefined ? '' : ` ${evalName({ prompt: { id: check.prompt }, model: check.model ?? '' })}`;
    const classname = nameFor(`gate${of}`);
    const about = check.case ?? check.metric;
    const name = nameFor(about === undefined ? check.rule : `${check.rule}: ${about}`);
    const taken = names.get(classname) ?? new Set<string>();
    names.set(classname, taken);
    return { classname, name: unique(name, taken), outcome: gateOutcome(check) };
  });
}

/** The gate's suite. @param kept of these cases, the ones that found room */
export function gateSuite({ verdict, exitCode }: Verdict, kept: readonly Placed[], all: number): Suite {
  const suite = emptySuite('gate', [
    ['verdict', verdict],
    ['exitCode', String(exitCode)],
  ]);
  noteOmitted(suite, all - kept.length);
  for (const { outcome } of kept) suite.counts[outcome.kind] += 1;
  return suite;
}

function gateOutcome({ status, level, message, rule }: Verdict['checks'][number]): Outcome {
  if (status === 'passed') return { kind: 'passed' };
  if (level !== 'error') return { kind: 'skipped', message: `warning: ${message}` };
  return { kind: status === 'failed' ? 'failure' : 'error', message, type: rule };
}

function noteOmitted({ properties }: Suite, omitted: number): void {
  if (omitted > 0) properties.push(['omitted', `${omitted} testcases for want of room: see report.json`]);
}

/** GitLab counts only the first of several testcases with the same classname and name. */
function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let count = 2; taken.has(candidate); count += 1) candidate = `${name} (${count})`;
  taken.add(candidate);
  return candidate;
}
