import type { EvalComparison, MetricComparison } from '../../vocabulary.js';
import { own } from '../own.js';
import { deltaText, scoreText } from '../../words.js';
import { levelOf, toleranceOf } from '../settings.js';
import { lacksTooMuch } from './complete.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** A gated metric fell, by its tolerance or more, and by more than chance explains. */
export const regression: Rule = {
  name: 'regression',
  check(evaluation) {
    if (!evaluation.baseline) return [];
    return gatedMetrics(evaluation).flatMap(({ name, facts }) => {
      const level = levelOf(evaluation.gate, name, evaluation.gate.rules.regression);
      const finding = level === 'off' ? undefined : look(evaluation, name, facts);
      return finding ? [{ level, metric: name, ...finding }] : [];
    });
  },
};

function look(
  evaluation: EvalComparison,
  name: string,
  facts: MetricComparison | undefined,
): Pick<Finding, 'status' | 'message'> | undefined {
  const pairing = own(evaluation.coverage, name)?.pairing;
  if (!pairing) return { status: 'passed', message: `${name} is new: the baseline has nothing to compare it with` };
  // Where no case is the same on both sides, rule `paired` says so, and what to do.
  if (pairing.same === 0) return undefined;
  // Where too many scores are missing, rule `complete` says so.
  if (!facts && lacksTooMuch(evaluation, name)) return undefined;
  if (!facts || facts.baseline === undefined || facts.delta === undefined) {
    return { status: 'unverified', message: `${name} has no score on a case that could be compared` };
  }
  const change = `${scoreText(facts.baseline)} → ${scoreText(facts.baseline + facts.delta)}`;
  const size = `${deltaText(facts.delta)}, tolerance ${scoreText(toleranceOf(evaluation.gate, name))}${chance(facts)}`;
  const regressed = facts.verdict === 'regressed';
  return { status: regressed ? 'failed' : 'passed', message: `${name} ${verb(facts)} ${change} (${size})` };
}

function chance({ pAdjusted }: MetricComparison): string {
  if (pAdjusted === undefined) return '';
  return `, adjusted p ${pAdjusted < 0.001 ? '< 0.001' : scoreText(pAdjusted)}`;
}

function verb({ verdict, delta = 0 }: MetricComparison): string {
  if (verdict === 'regressed') return 'fell';
  if (verdict === 'improved') return 'rose';
  if (Math.abs(delta) < 1e-9) return 'did not change:';
  const way = delta < 0 ? 'fell' : 'rose';
  if (verdict === 'unchanged') return `${way} by less than matters:`;
  return `${way}, perhaps by chance:`;
}
