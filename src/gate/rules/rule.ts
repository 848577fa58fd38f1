import type { EvalComparison, GateCheck, MetricComparison } from '../../vocabulary.js';
import { own } from '../own.js';
import { isGated } from '../settings.js';

/** What a rule finds; where it was found is added by `applyRules`. */
export type Finding = Pick<GateCheck, 'level' | 'status' | 'message' | 'metric' | 'case'>;

/** A rule of the gate: one look at one eval. */
export interface Rule {
  name: GateCheck['rule'];
  /** At level `off` there are no findings. */
  check(evaluation: EvalComparison): Finding[];
  /**
   * One sentence for several cases that broke the rule in the same way; absent: the rule does not speak of single cases.
   * @param first the message of the first of them
   */
  many?(cases: readonly string[], status: GateCheck['status'], first: string): string;
}

/** The gated metrics of an eval, in order; without a `facts` there was no score at all. */
export function gatedMetrics(evaluation: EvalComparison): { name: string; facts: MetricComparison | undefined }[] {
  return Object.keys(evaluation.coverage)
    .filter((name) => isGated(evaluation.gate, name))
    .map((name) => ({ name, facts: own(evaluation.metrics, name) }));
}

/** A finding for each case. */
export function findingsPerCase(
  cases: readonly string[],
  finding: Pick<Finding, 'level' | 'status'>,
  message: (name: string) => string,
): Finding[] {
  return cases.map((name) => ({ ...finding, message: message(name), case: name }));
}
