import { evalIn } from '../eval-key.js';
import { grouped } from '../lists.js';
import type { Eval, Run, Work } from '../vocabulary.js';

/**
 * Planning is a conversation: it is asked for work with the facts so far until it has none left. A speaker holds no state of its
 * own; all it knows is in the facts. A fixed plan answers once, adaptive repeats and confirmations answer again.
 */
export interface Planner {
  /**
   * @param facts every eval that has cases to run, with the trials that have ended
   * @returns the work to do now, rounds in order; empty when there is none left
   */
  next(facts: Run): Work[];
}

/**
 * The same number of repeats for every case. Rounds come first, evals within them: a run that is cut short has complete rounds.
 * @param evals in the order they shall run; each has its own number of repeats in `prompt.repeats.min`
 */
export function fixedPlan(evals: readonly Eval[]): Planner {
  return {
    next(facts) {
      const most = Math.max(0, ...evals.map((each) => each.prompt.repeats.min));
      const work: Work[] = [];
      for (let repeat = 1; repeat <= most; repeat += 1) {
        for (const { prompt, model } of evals) {
          if (repeat <= prompt.repeats.min && !hasRound(facts, prompt.id, model.model, repeat)) {
            work.push({ prompt: prompt.id, model: model.model, repeat });
          }
        }
      }
      return work;
    },
  };
}

/** Whether every case of an eval has its trial number `repeat`; so it is for an eval of which a filter left no case. */
export function hasRound(facts: Run, prompt: string, model: string, repeat: number): boolean {
  const known = evalIn(facts.evals, prompt, model);
  return known === undefined || !known.cases.some((each) => !each.trials.some((trial) => trial.repeat === repeat));
}

/** What an eval still needs after its first rounds. */
export interface Need {
  prompt: string;
  model: string;
  /** Every case up to so many repeats. */
  rounds?: number;
  /** Single repeats of single cases. */
  repeats: readonly { case: string; repeat: number }[];
}

/**
 * First the rounds that every case gets whatever happens, `prompt.repeats.min` of them; then what the verdicts still need, as long
 * as they need something. Evals take turns within a round, so that a drift of the model over time meets all of them alike.
 * @param needs what each eval still needs, told from the facts so far
 */
export function adaptivePlan(evals: readonly Eval[], needs: (facts: Run) => readonly Need[]): Planner {
  const first = fixedPlan(evals);
  return {
    next(facts) {
      const rounds = first.next(facts);
      return rounds.length > 0
        ? rounds
        : needs(facts)
            .flatMap((need) => workFor(need, facts))
            .toSorted(byRepeat);
    },
  };
}

function workFor({ prompt, model, rounds = 0, repeats }: Need, facts: Run): Work[] {
  const work: Work[] = [];
  for (let repeat = 1; repeat <= rounds; repeat += 1) {
    if (!hasRound(facts, prompt, model, repeat)) work.push({ prompt, model, repeat });
  }
  for (const [repeat, its] of grouped(repeats, (each) => each.repeat)) {
    work.push({ prompt, model, repeat, cases: its.map((each) => each.case) });
  }
  return work;
}

/** Stable: within a repeat evals keep their order. */
function byRepeat(a: Work, b: Work): number {
  return a.repeat - b.repeat;
}
