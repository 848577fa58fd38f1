import type { EvalComparison, GateCheck } from '../vocabulary.js';
import type { CaseResults } from './by-case.js';
import { checksOf, generalChecks } from './checks.js';
import { type Finding, findingsOf, sentence } from './findings.js';

/** What a testcase says. `message` fits a line, `body` says all. */
export type Outcome = { milliseconds?: number } & (
  | { kind: 'passed' }
  | { kind: 'skipped'; message: string }
  | { kind: 'failure' | 'error'; message: string; type: string; body?: string }
);

/** A testcase as it will be written. */
export interface Placed {
  classname: string;
  name: string;
  outcome: Outcome;
}

/** What a testsuite says of itself: it stands before its testcases, so that it must be known before these are written. */
export interface Suite {
  name: string;
  properties: [string, string][];
  /** Seconds; absent for the gate, which takes none. */
  seconds?: number;
  counts: Record<Outcome['kind'], number>;
}

/** Whether a check of level error about an eval, or about the whole run, failed or could not be told. */
export interface Open {
  failed: boolean;
  unverified: boolean;
}

/** What is open for an eval. */
export function openFor(evaluation: EvalComparison, checks: readonly GateCheck[]): Open {
  const whole = openOf(generalChecks(checks));
  const own = openOf(checksOf(evaluation, checks));
  return { failed: whole.failed || own.failed, unverified: whole.unverified || own.unverified };
}

function openOf(checks: readonly GateCheck[]): Open {
  const decisive = checks.filter((check) => check.level === 'error');
  return {
    failed: decisive.some((check) => check.status === 'failed'),
    unverified: decisive.some((check) => check.status === 'unverified'),
  };
}

/**
 * What the testcase of a case says, its repeats folded in. A failure that the baseline has too is skipped as accepted, a quarantined
 * one as such. What did not pass although no check of the gate is open for its kind was tolerated: a CI system that counts failures
 * must come to the gate's verdict.
 */
export function outcomeOf({ folded, trials }: CaseResults, open: Open): Outcome {
  const milliseconds = folded.latencyMs ?? 0;
  if (folded.outcome === 'passed') return { kind: 'passed', milliseconds };
  if (folded.quarantine) {
    const { until, why } = folded.quarantine;
    return { kind: 'skipped', message: `quarantined until ${until}: ${why}`, milliseconds };
  }
  const findings = findingsOf(trials());
  const message = findings[0] ? sentence(findings[0]) : 'no answer';
  if (folded.outcome === 'skipped') return { kind: 'skipped', message: `not run: ${findings[0]?.why ?? 'no trial'}` };
  if (folded.accepted) return { kind: 'skipped', message: 'accepted failure', milliseconds };
  const failed = folded.outcome === 'failed';
  if (!(failed ? open.failed : open.unverified)) {
    return { kind: 'skipped', message: `tolerated ${failed ? 'failure' : 'trouble'}: ${message}`, milliseconds };
  }
  const type = failed ? 'assertion' : (findings[0]?.kind ?? 'errored');
  return { kind: failed ? 'failure' : 'error', message, type, body: bodyOf(findings), milliseconds };
}

function bodyOf(findings: readonly Finding[]): string {
  return findings.map((finding) => [sentence(finding), ...detailOf(finding)].join('\n')).join('\n\n');
}

function detailOf({ detail, output }: Finding): string[] {
  if (detail) return [`expected: ${detail.expected}`, `actual: ${detail.actual}`];
  return output === undefined ? [] : [`output: ${output}`];
}
