import { plural } from '../../words.js';
import { findingsPerCase, type Rule } from './rule.js';

/** A case tagged `critical` must pass, whatever the baseline; one that could not be scored in full is unverified. */
export const critical: Rule = {
  name: 'critical',
  check(evaluation) {
    const level = evaluation.gate.rules.critical;
    const cases = evaluation.folded.filter((each) => each.critical && !each.quarantined);
    if (level === 'off' || cases.length === 0) return [];
    const failed = cases.filter((each) => each.outcome === 'failed').map((each) => each.case);
    const unknown = cases
      .filter(
        (each) =>
          each.outcome !== 'failed' && (each.repeats.scored === 0 || each.repeats.scored < each.repeats.planned),
      )
      .map((each) => each.case);
    if (failed.length + unknown.length === 0) {
      return [{ level, status: 'passed', message: `${plural(cases.length, 'critical case')}: all pass` }];
    }
    return [
      ...findingsPerCase(failed, { level, status: 'failed' }, (name) => `critical: ${name} fails`),
      ...findingsPerCase(unknown, { level, status: 'unverified' }, (name) => `critical: ${name} has no score`),
    ];
  },
  many(cases, status) {
    return `${plural(cases.length, 'critical case')} ${status === 'failed' ? 'failed' : 'without a score'}`;
  },
};
