import type { EvalComparison, RuleName } from '../../vocabulary.js';
import type { Rule } from './rule.js';

/**
 * A rule about something that should not rise. Baselines hold scores and nothing else, so there is nothing to compare with: it
 * says what this run used, and at level error that it could not be checked, rather than passing unseen.
 * @param stated what the run used, in words; undefined where that is not known
 */
export function increaseRule(
  name: Extract<RuleName, 'cost' | 'latency' | 'tokens'>,
  stated: (evaluation: EvalComparison) => string | undefined,
): Rule {
  return {
    name,
    check(evaluation) {
      const level = evaluation.gate.rules[name];
      if (level === 'off') return [];
      const message = `${name}: ${stated(evaluation) ?? 'not known'}; not compared: the baseline holds no ${name}`;
      return [{ level, status: level === 'error' ? 'unverified' : 'passed', message }];
    },
  };
}
