import { plural } from '../say.js';
import { findingsPerCase, type Rule } from './rule.js';

/** A case that passed in every accepted repeat and fails now. */
export const newlyFailing: Rule = {
  name: 'newly-failing',
  check(evaluation) {
    const level = evaluation.gate.rules['newly-failing'];
    if (level === 'off' || !evaluation.baseline) return [];
    const cases = evaluation.changes.newlyFailing;
    if (cases.length === 0) return [{ level, status: 'passed', message: 'no case is newly failing' }];
    return findingsPerCase(cases, { level, status: 'failed' }, describe);
  },
  many(cases) {
    return `${plural(cases.length, 'case')} that passed in the baseline ${cases.length === 1 ? 'fails' : 'fail'} now`;
  },
};

function describe(name: string): string {
  return `newly failing: ${name} passed in the baseline`;
}
