import { SUITE_SHARE } from '../../stats/sequential.js';
import type { GateSettings, MetricComparison } from '../../vocabulary.js';
import { deltaText, plural, scoreText } from '../../words.js';
import { levelOf, toleranceOf } from '../settings.js';
import { lacksTooMuch } from './complete.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** The run could not tell whether a gated metric fell by an amount that matters: never a failure, at level error unverified. */
export const inconclusive: Rule = {
  name: 'inconclusive',
  check(evaluation) {
    const level = evaluation.gate.rules.inconclusive;
    if (level === 'off') return [];
    return gatedMetrics(evaluation).flatMap(({ name, facts }): Finding[] => {
      if (facts?.verdict !== 'inconclusive' || levelOf(evaluation.gate, name, level) === 'off') return [];
      // Where too many scores are missing, rule `complete` says so.
      if (lacksTooMuch(evaluation, name)) return [];
      const message = `${name} is inconclusive${openQuestion(facts, evaluation.gate, toleranceOf(evaluation.gate, name))}`;
      return [{ level, status: 'unverified', message, metric: name }];
    });
  },
};

function openQuestion(
  { baseline, delta, pAdjusted = 1, settles = {} }: MetricComparison,
  { alpha, detect }: GateSettings,
  tolerance: number,
): string {
  if (baseline === undefined || delta === undefined) return ': no score on a case that could be compared';
  const change = `${scoreText(baseline)} → ${scoreText(baseline + delta)} (${deltaText(delta)})`;
  const chance = pAdjusted > SUITE_SHARE * alpha;
  if (delta <= -detect && -delta < tolerance) {
    // More cases or repeats would settle nothing: what lies between the two is neither a regression nor ruled out.
    const doubt = chance ? 'that may be chance and is below' : 'that is no chance, but below';
    return `: ${change}, ${doubt} the tolerance of ${scoreText(tolerance)}; set gate.detect to that: a smaller drop does not matter`;
  }
  const doubt = delta <= -detect ? 'that may be chance' : `a drop of ${scoreText(detect)} is not ruled out`;
  return `: ${change}, ${doubt}; ${wayOut(settles)}`;
}

function wayOut({ repeats, cases }: NonNullable<MetricComparison['settles']>): string {
  const ways = [
    ...(repeats === undefined ? [] : [`${plural(repeats, 'repeat')} of each case`]),
    ...(cases === undefined ? [] : [`${plural(cases, 'case')} like these`]),
  ];
  return ways.length === 0 ? 'add cases or repeats' : `${ways.join(' or ')} would settle it`;
}
