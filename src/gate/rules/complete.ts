import type { EvalComparison } from '../../vocabulary.js';
import { percent, plural } from '../say.js';
import { levelOf } from '../settings.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** Missing scores: beyond `gate.maxMissing` nobody can tell, and the verdict is unverified. A missing score is never a zero. */
export const complete: Rule = {
  name: 'complete',
  check(evaluation) {
    const { maxMissing } = evaluation.gate;
    if (evaluation.folded.length === 0) return [{ level: 'error', status: 'unverified', message: 'no case was run' }];
    const broken: Finding[] = [];
    for (const { name } of gatedMetrics(evaluation)) {
      const { planned, missing } = evaluation.coverage[name] ?? { planned: 0, missing: 0 };
      const level = levelOf(evaluation.gate, name, 'error');
      if (missing === 0 || missing / planned <= maxMissing) continue;
      const share = `${percent(missing / planned)}, allowed ${percent(maxMissing)}`;
      const message = `${missing} of ${plural(planned, 'score')} of ${name} are missing (${share})${because(evaluation)}`;
      broken.push({ level, status: 'unverified', message, metric: name });
    }
    return broken.length > 0 ? broken : [{ level: 'error', status: 'passed', message: inOrder(evaluation) }];
  },
};

function inOrder(evaluation: EvalComparison): string {
  const missing = gatedMetrics(evaluation).reduce(
    (most, { name }) => Math.max(most, evaluation.coverage[name]?.missing ?? 0),
    0,
  );
  return missing === 0
    ? 'no score is missing'
    : `${missing} missing, within the ${percent(evaluation.gate.maxMissing)} allowed`;
}

function because({ trouble }: EvalComparison): string {
  const [commonest] = trouble;
  if (!commonest) return ': answers came, but could not be scored';
  return `; most often ${commonest.kind} (${commonest.count}×): ${commonest.message}`;
}
