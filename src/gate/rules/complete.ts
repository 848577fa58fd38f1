import type { EvalComparison, MetricCoverage } from '../../vocabulary.js';
import { own } from '../own.js';
import { countText, percentText, plural } from '../../words.js';
import { levelOf } from '../settings.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** Missing scores: beyond `gate.maxMissing` nobody can tell, and the verdict is unverified. A missing score is never a zero. */
export const complete: Rule = {
  name: 'complete',
  check(evaluation) {
    const { maxMissing } = evaluation.gate;
    if (evaluation.folded.length === 0) return [{ level: 'error', status: 'unverified', message: 'no case was run' }];
    const broken = gatedMetrics(evaluation).filter(({ name }) => lacksTooMuch(evaluation, name));
    if (broken.length === 0) return [{ level: 'error', status: 'passed', message: inOrder(evaluation) }];
    const findings = broken.map(({ name }): Finding => {
      const { planned, missing } = coverageOf(evaluation, name);
      const level = levelOf(evaluation.gate, name, 'error');
      const bounds = `${percentText(missing / planned)}, allowed ${percentText(maxMissing)}`;
      const message = `${countText(missing)} of ${plural(planned, 'score')} of ${name} ${missing === 1 ? 'is' : 'are'} missing (${bounds})${because(evaluation)}`;
      return { level, status: 'unverified', message, metric: name };
    });
    return findings.filter((each, index) => index === 0 || !impliedBy(findings[0], each, evaluation));
  },
};

/** Whether more scores of a metric are missing than is allowed. */
export function lacksTooMuch(evaluation: EvalComparison, metric: string): boolean {
  const { planned, missing } = coverageOf(evaluation, metric);
  return missing > 0 && missing / planned > evaluation.gate.maxMissing;
}

/** A metric that lacks no larger a share than `pass` lacks it for the same reason: said once. */
function impliedBy(first: Finding | undefined, each: Finding, evaluation: EvalComparison): boolean {
  if (first?.metric !== 'pass' || first.level !== 'error') return false;
  const share = ({ metric = '' }: Finding) => {
    const { planned, missing } = coverageOf(evaluation, metric);
    return missing / planned;
  };
  return share(each) <= share(first);
}

function coverageOf({ coverage }: EvalComparison, metric: string): MetricCoverage {
  return own(coverage, metric) ?? { planned: 0, missing: 0 };
}

function inOrder(evaluation: EvalComparison): string {
  const missing = gatedMetrics(evaluation).reduce(
    (most, { name }) => Math.max(most, coverageOf(evaluation, name).missing),
    0,
  );
  return missing === 0
    ? 'no score is missing'
    : `${missing} missing, within the ${percentText(evaluation.gate.maxMissing)} allowed`;
}

function because({ trouble }: EvalComparison): string {
  const [commonest] = trouble;
  if (!commonest) return ': answers came, but could not be scored';
  return `; most often ${commonest.kind} (${commonest.count}×): ${commonest.message}`;
}
