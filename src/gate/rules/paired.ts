import type { EvalComparison } from '../../vocabulary.js';
import { own } from '../own.js';
import { countText, percentText, plural } from '../../words.js';
import { levelOf } from '../settings.js';
import { type Finding, gatedMetrics, type Rule } from './rule.js';

/** Below this share of paired cases the baseline says too little about the run. */
export const LEAST_PAIRED = 0.8;

/** Cases that cannot be paired are not compared: with too few left the verdict is unverified. */
export const paired: Rule = {
  name: 'paired',
  check(evaluation) {
    if (!evaluation.baseline) return [];
    const findings = gatedMetrics(evaluation).flatMap(({ name }): Finding[] => {
      const pairing = own(evaluation.coverage, name)?.pairing;
      // A metric that the baseline never had is new; `pass` is missing from a baseline only where nothing could be paired.
      if (!pairing && name !== 'pass') return [];
      return [look(evaluation, name, pairing ?? { same: 0, cases: evaluation.cases.total })];
    });
    const [first] = findings;
    // Too few cases for `pass` are too few for all: said once.
    const enough = first?.metric === 'pass' && first.status === 'unverified' && first.level === 'error';
    return enough ? [first] : findings;
  },
};

function look(evaluation: EvalComparison, name: string, { same, cases }: { same: number; cases: number }): Finding {
  const share = cases === 0 ? 0 : same / cases;
  const level = levelOf(evaluation.gate, name, 'error');
  if (share >= LEAST_PAIRED) {
    return {
      level,
      status: 'passed',
      message: `${name}: ${countText(same)} of ${plural(cases, 'case')} paired`,
      metric: name,
    };
  }
  if (evaluation.cases.total > 0 && !evaluation.folded.some(({ quarantined }) => !quarantined)) {
    const message = `${name}: nothing is compared with the baseline, since ${all(evaluation)} in quarantine; end it for the cases that are mended`;
    return { level, status: 'unverified', message, metric: name };
  }
  const count = `only ${countText(same)} of ${plural(cases, 'case')} can be compared with the baseline`;
  const bounds = `(${percentText(share)}, at least ${percentText(LEAST_PAIRED)})`;
  const message = `${name}: ${count} ${bounds}${reasons(evaluation)}; once the change is right, run \`assay accept\``;
  return { level, status: 'unverified', message, metric: name };
}

function all({ cases: { total } }: EvalComparison): string {
  return total === 1 ? 'its only case is' : `all ${countText(total)} cases are`;
}

function reasons({ changes }: EvalComparison): string {
  const counts = new Map<string, number>();
  for (const { reason } of changes.unpaired) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return counts.size === 0 ? '' : `: ${[...counts].map(([reason, count]) => `${count} ${reason}`).join(', ')}`;
}
