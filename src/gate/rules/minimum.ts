import type { EvalComparison } from '../../vocabulary.js';
import { own } from '../own.js';
import { scoreText } from '../../words.js';
import { levelOf } from '../settings.js';
import { lacksTooMuch } from './complete.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** Rounding of a mean must not break a minimum that is met exactly. */
const SLACK = 1e-9;

/**
 * A gated metric lies below its minimum. For `pass` that is `minPassRate`; where it is not set: 1 without a baseline, none with
 * one. Other metrics have a minimum where their settings name one.
 */
export const minimum: Rule = {
  name: 'minimum',
  check(evaluation) {
    return gatedMetrics(evaluation).flatMap(({ name, facts }): Finding[] => {
      const level = levelOf(evaluation.gate, name, evaluation.gate.rules.minimum);
      const least = minimumOf(evaluation, name);
      if (level === 'off' || least === undefined) return [];
      if (!facts && lacksTooMuch(evaluation, name)) return [];
      if (!facts)
        return [
          { level, status: 'unverified', message: `${name} has no score to hold to ${scoreText(least)}`, metric: name },
        ];
      const held = facts.mean >= least - SLACK;
      const message = `${name} is ${scoreText(facts.mean)}, ${held ? 'at least' : 'below the minimum of'} ${scoreText(least)}`;
      return [{ level, status: held ? 'passed' : 'failed', message: message + why(evaluation, name), metric: name }];
    });
  },
};

function minimumOf({ gate, baseline }: EvalComparison, metric: string): number | undefined {
  const least = own(gate.metrics, metric)?.minimum;
  if (metric !== 'pass') return least;
  return least ?? gate.minPassRate ?? (baseline ? undefined : 1);
}

function why({ gate, baseline }: EvalComparison, metric: string): string {
  const byDefault =
    metric === 'pass' &&
    !baseline &&
    gate.minPassRate === undefined &&
    own(gate.metrics, 'pass')?.minimum === undefined;
  return byDefault ? ' (no baseline: every case must pass; set gate.minPassRate, or run `assay accept`)' : '';
}
