import type { EvalComparison, GateCheck } from '../vocabulary.js';
import { checksOf } from './checks.js';
import type { Meaning } from './ink.js';

/** How an eval stands at the gate, as one character. */
export interface Mark {
  sign: '✓' | '!' | '?' | '✗';
  meaning: Meaning;
}

/** The checks of an eval that did not pass, whatever their level. */
export function openChecks(evaluation: EvalComparison, checks: readonly GateCheck[]): GateCheck[] {
  return checksOf(evaluation, checks).filter((check) => check.status !== 'passed');
}

/**
 * `✗` failed; `?` could not be told; `!` passed, yet with a warning or with a case that was tolerated only: beside that, `✓` would
 * look like more than it is. What was accepted or quarantined on purpose is no such case.
 */
export function markOf({ folded }: EvalComparison, open: readonly GateCheck[]): Mark {
  const decisive = open.filter((check) => check.level === 'error');
  if (decisive.some((check) => check.status === 'failed')) return { sign: '✗', meaning: 'bad' };
  if (decisive.length > 0) return { sign: '?', meaning: 'doubtful' };
  const tolerated = folded.some((each) => each.outcome !== 'passed' && !each.accepted && !each.quarantined);
  return open.length > 0 || tolerated ? { sign: '!', meaning: 'doubtful' } : { sign: '✓', meaning: 'good' };
}
