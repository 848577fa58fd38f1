import type {
  Case,
  CaseRun,
  Eval,
  EvalRun,
  Library,
  Run,
  RunInfo,
  TrialFacts,
  TrialId,
  TrialResult,
  Work,
} from '../vocabulary.js';

/** What the ledger needs to know about scoring: handed in, so that keeping books and scoring stay apart. */
export interface Scoring {
  facts(result: TrialResult): TrialFacts;
  asserts(testCase: Case, evaluation: Eval): Record<string, string>;
  /** The metrics of a case that a judge grades. */
  judged(testCase: Case): string[];
  judge?: string;
}

/** The facts of a run so far, in the order of the library whatever the order in which trials ended. */
export interface Ledger {
  /** A live view: its evals and cases grow trials as they are entered. */
  readonly run: Run;
  /** Adds the trials of this work to the plan, but for those that have a result already. */
  plan(work: readonly Work[]): void;
  /** Enters a trial that was planned; a second result for the same trial replaces the first. */
  enter(result: TrialResult): void;
  /** Enters a trial of an earlier session of the same run: planned and ended at once. */
  restore(result: TrialResult): void;
  /** Whether the trial has a completion already. */
  completed(trial: TrialId): boolean;
}

/**
 * Opens the books: every eval with its cases, no trials yet.
 * @param includes whether a case of a prompt takes part (`--filter`)
 */
export async function openLedger(
  library: Library,
  evals: readonly Eval[],
  info: RunInfo,
  scoring: Scoring,
  includes: (prompt: string, testCase: Case) => boolean,
): Promise<Ledger> {
  const run: Run = { info, evals: [], trials: { planned: 0, completed: 0, errored: 0, skipped: 0 } };
  const books = new Map<string, { evalRun: EvalRun; cases: Map<string, CaseRun> }>();
  for (const evaluation of evals) {
    const evalRun = emptyEvalRun(evaluation);
    const judged = new Set<string>();
    for await (const testCase of library.cases(evaluation.prompt)) {
      if (includes(evaluation.prompt.id, testCase)) {
        evalRun.cases.push(emptyCaseRun(testCase, evaluation, scoring));
        for (const metric of scoring.judged(testCase)) judged.add(metric);
      } else {
        evalRun.partial = true;
      }
    }
    if (evalRun.cases.length === 0) continue;
    evalRun.judged = [...judged].toSorted();
    if (judged.size > 0 && scoring.judge) evalRun.judge = scoring.judge;
    run.evals.push(evalRun);
    const cases = new Map(evalRun.cases.map((each) => [each.case, each]));
    books.set(evalKey(evalRun.prompt.id, evalRun.model), { evalRun, cases });
  }

  const caseOf = (trial: TrialId) => books.get(evalKey(trial.prompt, trial.model))?.cases.get(trial.case);
  const enter = (result: TrialResult) => {
    const evalRun = books.get(evalKey(result.prompt, result.model))?.evalRun;
    const caseRun = caseOf(result);
    if (!evalRun || !caseRun) return;
    const replaced = putTrial(caseRun.trials, scoring.facts(result));
    if (replaced) run.trials[replaced.status] -= 1;
    run.trials[result.status] += 1;
    if (result.status === 'completed') {
      if (result.source === 'recording') evalRun.replayed = true;
      if (result.source === 'call') evalRun.called = true;
      if (result.handWritten) evalRun.handWritten = true;
    }
  };
  return {
    run,
    plan(work) {
      for (const { prompt, model, repeat, cases } of work) {
        const book = books.get(evalKey(prompt, model));
        const named = cases?.map((id) => book?.cases.get(id)) ?? book?.evalRun.cases ?? [];
        run.trials.planned += named.filter(
          (each) => each && !each.trials.some((trial) => trial.repeat === repeat),
        ).length;
      }
    },
    enter,
    restore(result) {
      if (!caseOf(result)) return;
      run.trials.planned += 1;
      enter(result);
    },
    completed(trial) {
      const found = caseOf(trial)?.trials.find((each) => each.repeat === trial.repeat);
      return found?.status === 'completed';
    },
  };
}

/** Names an eval in maps. A space cannot stand in a model string, so it cannot be mistaken. */
export function evalKey(prompt: string, model: string): string {
  return `${model} ${prompt}`;
}

function emptyEvalRun({ prompt, model }: Eval): EvalRun {
  return {
    prompt: { id: prompt.id, path: prompt.path, version: prompt.version, ...(prompt.owner && { owner: prompt.owner }) },
    model: model.model,
    ...(model.replaces && { replaces: model.replaces }),
    gate: prompt.gate,
    repeats: prompt.repeats,
    cases: [],
    replayed: false,
    handWritten: false,
  };
}

function emptyCaseRun(testCase: Case, evaluation: Eval, scoring: Scoring): CaseRun {
  return {
    case: testCase.id,
    input: testCase.input,
    tags: testCase.tags,
    ...(testCase.group && { group: testCase.group }),
    ...(testCase.quarantine && { quarantine: testCase.quarantine }),
    trials: [],
    asserts: scoring.asserts(testCase, evaluation),
  };
}

/** Keeps trials in order of repeat. @returns the trial that was replaced, if any */
function putTrial(trials: TrialFacts[], trial: TrialFacts): TrialFacts | undefined {
  const at = trials.findIndex((each) => each.repeat >= trial.repeat);
  if (at === -1) {
    trials.push(trial);
    return undefined;
  }
  const there = trials[at];
  if (there?.repeat === trial.repeat) {
    trials[at] = trial;
    return there;
  }
  trials.splice(at, 0, trial);
  return undefined;
}
