import type { GuardState } from '../stats/guard.js';
import type { Reducer } from '../stats/reduce.js';
import type { BaselineCase, CaseGuard, CaseRun, FoldedCase, Unpaired } from '../vocabulary.js';
import { own } from './own.js';

/** What became of a case, and what that is against its baseline. */
export interface CaseChange {
  folded: FoldedCase;
  change?: 'newly-failing' | 'newly-passing';
  flaky: boolean;
}

/** What is known of a case beside its trials. */
export interface CaseContext {
  /** Complete rounds: later repeats were given to some cases only, and decide no outcome. */
  rounds: number;
  reduce: Reducer;
  /** The baseline's `pass` of the same case, where it is paired. */
  accepted?: readonly number[];
  guard?: GuardState;
}

/**
 * Folds the repeats of a case into one outcome: it passes when its reduced `pass` is above one half; by the mean, when more than
 * half of the repeats that are scored do. Where one that is missing could decide, it is errored, or skipped where none was begun. A failure is never retried to green: repeats that only a failing
 * case was given do not enter.
 *
 * Against the baseline: *newly failing* = every accepted repeat passed, and now the case fails each time it is asked (or was
 * confirmed as broken before it passed again); *newly passing* = every accepted repeat failed, and now it passes; an *accepted*
 * failure fails now and failed at least once then. *Flaky* = its repeats in this run do not agree.
 */
export function foldCase(run: CaseRun, { rounds, reduce, accepted, guard }: CaseContext): CaseChange {
  let scored = 0;
  let passed = 0;
  for (const { metrics } of run.trials) {
    const pass = own(metrics, 'pass');
    scored += Number(pass !== undefined);
    passed += Number(pass === 1);
  }
  const outcome = outcomeOf(run, rounds, reduce);
  const before = accepted && accepted.length > 0 ? accepted : undefined;
  const found = guard && guardOf(guard, scored);
  const folded: FoldedCase = {
    case: run.case,
    outcome,
    accepted: outcome === 'failed' && (before?.some((value) => value < 1) ?? false),
    critical: run.tags.includes('critical'),
    quarantined: run.quarantine !== undefined,
    repeats: { planned: run.trials.length, scored, passed },
    ...latencyOf(run),
    ...(run.quarantine && { quarantine: run.quarantine }),
    ...(found && { guard: found }),
  };
  const change = before && changeOf(folded, before);
  return { folded, flaky: passed > 0 && passed < scored, ...(change && { change }) };
}

function outcomeOf(run: CaseRun, rounds: number, reduce: Reducer): FoldedCase['outcome'] {
  const passes: (number | undefined)[] = [];
  let asked = false;
  for (const { repeat, metrics, status } of run.trials) {
    if (repeat > rounds) continue;
    asked ||= status !== 'skipped';
    passes.push(own(metrics, 'pass'));
  }
  const reduced = reduce(passes);
  if (reduced !== undefined) return reduced > 0.5 ? 'passed' : 'failed';
  return asked ? 'errored' : 'skipped';
}

function latencyOf({ trials }: CaseRun): { latencyMs?: number } {
  let latencyMs: number | undefined;
  for (const trial of trials) {
    if (trial.latencyMs !== undefined) latencyMs = (latencyMs ?? 0) + trial.latencyMs;
  }
  return latencyMs === undefined ? {} : { latencyMs };
}

function guardOf(state: GuardState, trials: number): CaseGuard | undefined {
  if (state.status === 'quiet' || state.status === 'open') return undefined;
  const needed = 'needed' in state ? state.needed : undefined;
  return { status: state.status, failures: state.failures, trials, ...(needed !== undefined && { needed }) };
}

function changeOf({ outcome, guard }: FoldedCase, before: readonly number[]): CaseChange['change'] {
  if (guard && guard.status !== 'flaky') return 'newly-failing';
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
