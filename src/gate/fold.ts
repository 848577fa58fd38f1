import type { BaselineCase, CaseRun, FoldedCase, Unpaired } from '../vocabulary.js';
import { own } from './own.js';

/** What became of a case, and what that is against its baseline. */
export interface CaseChange {
  folded: FoldedCase;
  change?: 'newly-failing' | 'newly-passing';
  flaky: boolean;
}

/**
 * Folds the repeats of a case into one outcome: it passes when more than half of the repeats that have a `pass` do. Without any
 * such repeat it is errored, or skipped where none was begun.
 *
 * Against the baseline: *newly failing* = every accepted repeat passed, and now the case fails; *newly passing* = every accepted
 * repeat failed, and now it passes; an *accepted* failure fails now and failed at least once then.
 * @param accepted the baseline's `pass` of the same case, where it is paired
 */
export function foldCase(run: CaseRun, accepted: readonly number[] | undefined): CaseChange {
  const passes = run.trials.map((trial) => own(trial.metrics, 'pass')).filter((value) => value !== undefined);
  const passed = passes.filter((value) => value === 1).length;
  const outcome = outcomeOf(run, passes.length, passed);
  const before = accepted && accepted.length > 0 ? accepted : undefined;
  const folded: FoldedCase = {
    case: run.case,
    outcome,
    accepted: outcome === 'failed' && (before?.some((value) => value < 1) ?? false),
    critical: run.tags.includes('critical'),
    quarantined: run.quarantine !== undefined,
    repeats: { planned: run.trials.length, scored: passes.length, passed },
    ...(run.quarantine && { quarantine: run.quarantine }),
  };
  const change = before && changeOf(outcome, before);
  return { folded, flaky: passed > 0 && passed < passes.length, ...(change && { change }) };
}

function outcomeOf(run: CaseRun, scored: number, passed: number): FoldedCase['outcome'] {
  if (scored > 0) return passed * 2 > scored ? 'passed' : 'failed';
  return run.trials.some((trial) => trial.status !== 'skipped') ? 'errored' : 'skipped';
}

function changeOf(outcome: FoldedCase['outcome'], before: readonly number[]): CaseChange['change'] {
  if (outcome === 'failed' && before.every((value) => value === 1)) return 'newly-failing';
  if (outcome === 'passed' && before.every((value) => value === 0)) return 'newly-passing';
  return undefined;
}

/**
 * The baseline's repeats of one metric of a case, where the case puts in the same and checks it the same way; else the reason
 * why the two cannot be compared.
 */
export function pairMetric(
  run: CaseRun,
  baseline: BaselineCase | undefined,
  metric: string,
): { repeats: readonly number[] } | Pick<Unpaired, 'reason'> {
  if (!baseline) return { reason: 'added' };
  if (baseline.input !== run.input) return { reason: 'input changed' };
  const accepted = own(baseline.scores, metric);
  if (!accepted || accepted.repeats.length === 0) return { reason: 'no score' };
  return accepted.assert === own(run.asserts, metric) ? accepted : { reason: 'assertions changed' };
}
