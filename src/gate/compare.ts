import type { BaselineModel, Comparison, EvalComparison, EvalRun, Run, Unpaired } from '../vocabulary.js';
import { type CaseChange, foldCase, pairMetric } from './fold.js';
import { metricFacts, removedCases } from './metrics.js';
import { own } from './own.js';
import { usageOf } from './usage.js';

/** Finds the accepted scores of a prompt's model; undefined where nothing was accepted. */
export type BaselineOf = (prompt: string, model: string) => BaselineModel | undefined;

/**
 * Compares a run with the accepted baselines: facts, no rules. Cases are paired by id, and only where input and assertions are
 * the same on both sides; a model that replaces another is compared with that one's baseline.
 */
export function compare(run: Run, baselineOf: BaselineOf): Comparison {
  return {
    run: run.info,
    trials: run.trials,
    evals: run.evals.map((each) => compareEval(each, baselineOf(each.prompt.id, each.replaces ?? each.model))),
  };
}

function compareEval(run: EvalRun, baseline: BaselineModel | undefined): EvalComparison {
  const { metrics, coverage } = metricFacts(run, baseline);
  const { changes, folded } = foldCases(run, baseline);
  const pairing = coverage.pass?.pairing;
  return {
    prompt: run.prompt,
    model: run.model,
    ...(run.replaces !== undefined && { replaces: run.replaces }),
    ...(baseline && { baseline: originOf(baseline) }),
    ...(run.judge !== undefined && { judge: run.judge }),
    ...(run.judged && { judged: run.judged }),
    gate: run.gate,
    cases: count(folded),
    ...usageOf(run),
    metrics,
    coverage,
    changes,
    folded,
    // A missing answer of this run does not count against the pairing: that is missing data, which has a rule of its own.
    ...(baseline && { pairedShare: pairing ? pairing.same / pairing.cases : 0 }),
    replayed: run.replayed,
    handWritten: run.handWritten,
  };
}

function originOf({ version, commit, date, judge }: BaselineModel): EvalComparison['baseline'] {
  return { version, ...(commit !== undefined && { commit }), date, ...(judge !== undefined && { judge }) };
}

function foldCases(run: EvalRun, baseline: BaselineModel | undefined): Pick<EvalComparison, 'changes' | 'folded'> {
  const changes: EvalComparison['changes'] = { newlyFailing: [], newlyPassing: [], flaky: [], unpaired: [] };
  const folded = run.cases.map((each) => {
    const paired = baseline && pairMetric(each, own(baseline.cases, each.case), 'pass');
    const result = foldCase(each, paired && 'repeats' in paired ? paired.repeats : undefined);
    note(result, changes);
    const reason = paired && ('reason' in paired ? paired.reason : result.folded.repeats.scored === 0 && 'no score');
    if (reason) changes.unpaired.push({ case: each.case, reason });
    return result.folded;
  });
  if (baseline && !run.partial) {
    changes.unpaired.push(...removedCases(run, baseline).map((id): Unpaired => ({ case: id, reason: 'removed' })));
  }
  return { changes, folded };
}

function note({ folded, change, flaky }: CaseChange, changes: EvalComparison['changes']): void {
  if (change === 'newly-failing' && !folded.quarantined) changes.newlyFailing.push(folded.case);
  if (change === 'newly-passing' && !folded.quarantined) changes.newlyPassing.push(folded.case);
  if (flaky) changes.flaky.push(folded.case);
}

function count(folded: EvalComparison['folded']): EvalComparison['cases'] {
  const cases = { total: folded.length, passed: 0, failed: 0, errored: 0, skipped: 0 };
  for (const each of folded) cases[each.outcome] += 1;
  return cases;
}
