import { levelOf } from '../settings.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** The run could not tell whether a gated metric fell by an amount that matters: never a failure, at level error unverified. */
export const inconclusive: Rule = {
  name: 'inconclusive',
  check(evaluation) {
    const level = evaluation.gate.rules.inconclusive;
    if (level === 'off') return [];
    return gatedMetrics(evaluation).flatMap(({ name, facts }): Finding[] => {
      if (facts?.verdict !== 'inconclusive' || levelOf(evaluation.gate, name, level) === 'off') return [];
      const message = `${name} is inconclusive: too few paired scores to tell; add cases or repeats`;
      return [{ level, status: 'unverified', message, metric: name }];
    });
  },
};
