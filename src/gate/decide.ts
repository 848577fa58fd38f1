import { EXIT, EXIT_OF, strongest } from '../exit-codes.js';
import type { Comparison, GateCheck, Verdict } from '../vocabulary.js';
import { type Circumstances, general } from './general.js';
import { reasonsOf } from './reasons.js';
import { applyRules } from './rules/map.js';

/**
 * The one verdict function. It fails closed: a run without trials, with trials that do not add up, or with scores missing is
 * unverified. A broken rule of level error is a failure, and outweighs what could not be told; both are stated.
 * @returns `exitCode` by the precedence 130/143/129, 1, 3, 0
 */
export function decide(comparison: Comparison, circumstances: Circumstances = {}): Verdict {
  const checks: GateCheck[] = [
    ...general(comparison, circumstances),
    ...(circumstances.noGate === undefined ? comparison.evals.flatMap(applyRules) : []),
  ];
  const decisive = checks.filter((check) => check.level === 'error');
  const failed = decisive.some((check) => check.status === 'failed');
  const unverified = decisive.some((check) => check.status === 'unverified');
  const codes: number[] = [EXIT.passed];
  if (failed) codes.push(EXIT.failed);
  if (unverified) codes.push(EXIT.unverified);
  if (circumstances.interrupted) codes.push(EXIT_OF[circumstances.interrupted]);
  return {
    verdict: failed ? 'failed' : unverified ? 'unverified' : 'passed',
    exitCode: strongest(codes),
    incomplete: circumstances.incomplete === true || circumstances.interrupted !== undefined,
    reasons: [
      ...reasonsOf(tellable(comparison, checks)),
      ...(circumstances.noGate === undefined ? [] : [circumstances.noGate]),
    ],
    checks,
  };
}

/** Where nothing at all was answered, the reason for the whole run says what every eval would say again. */
function tellable({ trials }: Comparison, checks: readonly GateCheck[]): readonly GateCheck[] {
  if (trials.completed > 0 || trials.planned === 0) return checks;
  return checks.filter((check) => check.prompt === undefined || check.status !== 'unverified');
}

/** Rules that are unverified because the baseline is out of date: accepting anew is what mends them. */
const MENDED_BY_ACCEPTING = new Set<GateCheck['rule']>(['paired', 'judge', 'cost', 'latency', 'tokens']);

/**
 * Why a run must not be accepted as a baseline: it is incomplete, or it could not be told how good it is. A run that failed may be
 * accepted, and so may one that only its outdated baseline leaves unverified.
 * @returns the reasons; none: it may be accepted
 */
export function refusals({ checks, incomplete }: Pick<Verdict, 'checks' | 'incomplete'>): string[] {
  const open = checks.filter(
    (check) => check.level === 'error' && check.status === 'unverified' && !MENDED_BY_ACCEPTING.has(check.rule),
  );
  const reasons = reasonsOf(open);
  return incomplete && reasons.length === 0 ? ['the run is incomplete'] : reasons;
}
