import type { GuardState } from '../stats/guard.js';
import type { Family } from '../stats/two-stage.js';
import type { BaselineModel, Comparison, EvalComparison, Run } from '../vocabulary.js';
import { familyOf, neededBaseline } from './family.js';
import { type CaseChange, foldCase, pairMetric } from './fold.js';
import { type EvalJudgement, judgeAll } from './judge.js';
import { mapped } from '../lists.js';
import { metricFacts } from './metrics.js';
import { own } from './own.js';
import { reducerOf } from './settings.js';
import { type BaselineOf, type EvalTracks, removedCases, tracksOf } from './tracks.js';
import { usageChanges } from './usage-change.js';
import { usageOf } from './usage.js';

/**
 * Compares a run that is over with the accepted baselines: facts, no rules. Cases are paired by id, and only where input and
 * assertions are the same on both sides; a model that replaces another is compared with that one's baseline.
 */
export function compare(run: Run, baselineOf: BaselineOf): Comparison {
  const evals = tracksOf(run, baselineOf);
  const family = familyOf(evals);
  const judgements = judgeAll(evals, family);
  const replayOnly = run.info.mode === 'replay';
  return {
    run: run.info,
    trials: run.trials,
    evals: evals.flatMap((each, index) => {
      const judgement = judgements[index];
      return judgement ? [{ ...compareEval(each, judgement, family), replayOnly }] : [];
    }),
  };
}

function compareEval(tracks: EvalTracks, judgement: EvalJudgement, family: Family): EvalComparison {
  const { run, baseline, rounds } = tracks;
  const { metrics, coverage } = metricFacts(tracks, judgement);
  const { cases, changes, folded, flakiness } = foldCases(tracks, judgement.guards);
  const pairing = coverage.pass?.pairing;
  const needed = baseline && neededBaseline(tracks, family);
  return {
    prompt: run.prompt,
    model: run.model,
    ...(run.replaces !== undefined && { replaces: run.replaces }),
    ...(baseline && { baseline: originOf(baseline) }),
    ...(run.judge !== undefined && { judge: run.judge }),
    ...(run.judged && { judged: run.judged }),
    gate: run.gate,
    cases,
    ...usageOf(run),
    ...(baseline && { usage: usageChanges(run, baseline, rounds) }),
    metrics,
    coverage,
    changes,
    folded,
    rounds,
    ...(needed !== undefined && { baselineNeeded: needed }),
    ...(flakiness.length > 0 && { flakiness }),
    // A missing answer of this run does not count against the pairing: that is missing data, which has a rule of its own.
    ...(baseline && { pairedShare: pairing ? pairing.same / pairing.cases : 0 }),
    replayed: run.replayed,
    handWritten: run.handWritten,
  };
}

function originOf({ version, commit, date, judge }: BaselineModel): EvalComparison['baseline'] {
  return { version, ...(commit !== undefined && { commit }), date, ...(judge !== undefined && { judge }) };
}

type Folds = Pick<EvalComparison, 'cases' | 'changes' | 'folded'> & {
  flakiness: NonNullable<EvalComparison['flakiness']>;
};

function foldCases({ run, baseline, rounds, guarded }: EvalTracks, guards: readonly GuardState[]): Folds {
  const changes: EvalComparison['changes'] = { newlyFailing: [], newlyPassing: [], flaky: [], unpaired: [] };
  const flakiness: Folds['flakiness'] = [];
  const states = new Map(guarded.map((each, index) => [each.case, guards[index]]));
  const cases = { total: run.cases.length, passed: 0, failed: 0, errored: 0, skipped: 0 };
  const reduce = reducerOf(run.gate);
  const results = mapped(run.cases, (each) => {
    const paired = baseline && pairMetric(each, own(baseline.cases, each.case), 'pass');
    const accepted = paired && 'repeats' in paired ? paired.repeats : undefined;
    const guard = states.get(each.case);
    const result = foldCase(each, { rounds, reduce, ...(accepted && { accepted }), ...(guard && { guard }) });
    const lacking = accepted && result.folded.repeats.scored === 0 ? 'no score' : undefined;
    return { ...result, reason: paired && 'reason' in paired ? paired.reason : lacking };
  });
  for (const result of results) {
    const { folded, reason } = result;
    cases[folded.outcome] += 1;
    note(result, changes, flakiness);
    if (reason) changes.unpaired.push({ case: folded.case, reason });
  }
  if (baseline && !run.partial) {
    for (const id of removedCases(run, baseline)) changes.unpaired.push({ case: id, reason: 'removed' });
  }
  return { cases, changes, flakiness, folded: mapped(results, ({ folded }) => folded) };
}

function note({ folded, change, flaky }: CaseChange, changes: Folds['changes'], flakiness: Folds['flakiness']): void {
  if (change === 'newly-failing' && !folded.quarantined) changes.newlyFailing.push(folded.case);
  if (change === 'newly-passing' && !folded.quarantined) changes.newlyPassing.push(folded.case);
  if (!flaky) return;
  changes.flaky.push(folded.case);
  flakiness.push({ case: folded.case, passed: folded.repeats.passed, trials: folded.repeats.scored, runs: 1 });
}

export type { BaselineOf } from './tracks.js';
