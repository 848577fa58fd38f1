import { isGated } from '../settings.js';
import type { Rule } from './rule.js';

/** Scores of different judges are not comparable: where the judge changed, what it grades is unverified. */
export const judge: Rule = {
  name: 'judge',
  check({ baseline, judge: now, judged, gate }) {
    if (!baseline || baseline.judge === now || judged?.length === 0) return [];
    const level = !judged || judged.some((metric) => isGated(gate, metric)) ? 'error' : 'warn';
    const what = judged ? judged.join(', ') : 'what it grades';
    const change = `the judge changed from ${baseline.judge ?? 'none'} to ${now ?? 'none'}`;
    const message = `${change}: ${what} cannot be compared; take the old judge, or run \`assay accept\``;
    return [{ level, status: 'unverified', message }];
  },
};
