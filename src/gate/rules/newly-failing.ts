import type { CaseGuard, EvalComparison, FoldedCase, Level } from '../../vocabulary.js';
import { plural } from '../../words.js';
import type { Finding, Rule } from './rule.js';

/** Why a break that is not proven fails the gate all the same: a replay has no more to give. */
const SINGLE = 'unconfirmed: a single reply';
const SINGLE_RECORDED = 'unconfirmed: a single recorded reply';

/**
 * A case that passed in every accepted repeat and fails now. Confirmed by enough failures it breaks the rule; so does one of which a
 * replay has a single reply, since no more can be known of it. One that is not confirmed otherwise is a warning.
 */
export const newlyFailing: Rule = {
  name: 'newly-failing',
  check(evaluation) {
    const level = evaluation.gate.rules['newly-failing'];
    if (level === 'off' || !evaluation.baseline) return [];
    const findings = evaluation.folded.flatMap((each) => (each.quarantined ? [] : look(each, evaluation, level)));
    if (findings.length > 0) return findings;
    return [{ level, status: 'passed', message: 'no case is newly failing' }];
  },
  many(cases, status, first) {
    const what = `${plural(cases.length, 'case')} that passed in the baseline ${cases.length === 1 ? 'fails' : 'fail'} now`;
    if (status === 'failed') {
      const why = [SINGLE, SINGLE_RECORDED].find((each) => first.endsWith(`(${each})`));
      return why === undefined ? what : `${what} (${why} each)`;
    }
    return `${what}, unconfirmed${first.slice(first.indexOf(REMEDY))}`;
  },
};

/** What parts the facts of an unconfirmed case from what would confirm it. */
const REMEDY = '; ';

function look({ case: name, guard }: FoldedCase, evaluation: EvalComparison, level: Level): Finding[] {
  if (!guard || guard.status === 'flaky') return [];
  const known = `newly failing: ${name} passed in the baseline`;
  if (guard.status === 'confirmed') {
    const proof = guard.needed === 1 ? '' : ` and failed ${guard.failures} times in a row now`;
    return [{ level, status: 'failed', message: known + proof, case: name }];
  }
  if (evaluation.replayOnly && guard.trials === 1) {
    return [
      { level, status: 'failed', message: `${known} (${evaluation.replayed ? SINGLE_RECORDED : SINGLE})`, case: name },
    ];
  }
  const message = `${known} and failed ${guard.failures} of ${guard.failures} now, unconfirmed${REMEDY}${remedy(guard, evaluation)}`;
  return [{ level: 'warn', status: 'unverified', message, case: name }];
}

function remedy({ needed, failures }: CaseGuard, { baselineNeeded, beside, gate, replayOnly }: EvalComparison): string {
  if (needed !== undefined) {
    const end = replayOnly ? 'no more repeats are recorded (--mode record)' : 'the run ended before that';
    return `${plural(needed - failures, 'more failure')} would prove a break, and ${end}`;
  }
  if (baselineNeeded === undefined) {
    return `no baseline is long enough for ${gate.confirm} failures to prove a break: raise gate.confirm`;
  }
  if (beside)
    return `proving a break takes ${plural(baselineNeeded, 'repeat')} of the other version, too: raise --repeats`;
  return `proving a break takes a baseline of ${plural(baselineNeeded, 'repeat')} per case: accept one, or raise repeats`;
}
