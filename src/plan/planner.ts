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
  const known = facts.evals.find((each) => each.prompt.id === prompt && each.model === model);
  return known === undefined || known.cases.every((each) => each.trials.some((trial) => trial.repeat === repeat));
}
