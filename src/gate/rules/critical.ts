import { plural } from '../../words.js';
import { type Finding, findingsPerCase, type Rule } from './rule.js';

/** A case tagged `critical` must pass, whatever the baseline; one that could not be scored in full is unverified. */
export const critical: Rule = {
  name: 'critical',
  check(evaluation) {
    const level = evaluation.gate.rules.critical;
    const cases = evaluation.folded.filter((each) => each.critical && !each.quarantined);
    if (level === 'off' || cases.length === 0) return [];
    const failed = cases.filter((each) => each.outcome === 'failed').map((each) => each.case);
    const unscored = cases.filter(
      (each) => each.outcome !== 'failed' && (each.repeats.scored === 0 || each.repeats.scored < each.repeats.planned),
    );
    if (failed.length + unscored.length === 0) {
      return [{ level, status: 'passed', message: `${plural(cases.length, 'critical case')}: all pass` }];
    }
    return [
      ...findingsPerCase(failed, { level, status: 'failed' }, (name) => `critical: ${name} fails`),
      ...unscored.map(({ case: name, repeats }): Finding => {
        const message = `critical: ${name} lacks a score (${repeats.scored} of ${repeats.planned})`;
        return { level, status: 'unverified', message, case: name };
      }),
    ];
  },
  many(cases, status) {
    return `${plural(cases.length, 'critical case')} ${status === 'failed' ? 'failed' : 'lacking a score'}`;
  },
};
