import { evalIn, evalKey, keyOf } from '../eval-key.js';
import type { Ended } from '../gate/advice.js';
import { hasRound, type Planner } from '../plan/planner.js';
import type { Eval, Run, Work } from '../vocabulary.js';

/** An eval and the one that runs beside it. */
export interface Pair {
  now: Eval;
  old: Eval;
}

/**
 * A plan for new sides that has the old ones run beside them: each complete round of a new side is one of its old side, too, trial
 * by trial in turn. Repeats of single cases are not mirrored: they were asked for because of what the new side answered, and an
 * old side that is repeated where the new one failed is no fair measure any more.
 * @param ended whether no further rounds of an eval can be had
 */
export function beside(planner: Planner, pairs: readonly Pair[], ended: Ended): Planner {
  const olds = new Set(pairs.map(({ old }) => keyOf(old)));
  return {
    next(facts) {
      const news = facts.evals.filter((each) => !olds.has(keyOf(each)));
      const work = planner.next({ ...facts, evals: news });
      const lacks = (old: Eval, repeat: number) =>
        !ended(old.prompt.id, old.model.model) && !hasRound(facts, ...nameOf(old), repeat);
      return [...overdue(pairs, facts, lacks), ...mirrored(work, pairs, lacks)];
    },
  };
}

/** Whether an old side is to have a round that it has not. */
type Lacks = (old: Eval, repeat: number) => boolean;

/** Rounds of old sides that their new ones have had already: after a run that was resumed. */
function overdue(pairs: readonly Pair[], facts: Run, lacks: Lacks): Work[] {
  const work = new Map<string, Work>();
  for (const { now, old } of pairs) {
    for (let repeat = 1; isBegun(facts, now, repeat) && hasRound(facts, ...nameOf(now), repeat); repeat += 1) {
      if (lacks(old, repeat)) work.set(`${repeat} ${keyOf(old)}`, workOf(old, repeat));
    }
  }
  return [...work.values()].toSorted((a, b) => a.repeat - b.repeat);
}

/** New sides with a common old one stand together, the old one after the first of them. */
function mirrored(work: readonly Work[], pairs: readonly Pair[], lacks: Lacks): Work[] {
  const olds = new Map(pairs.map(({ now, old }) => [keyOf(now), old]));
  const groups = new Map<string, Work[]>();
  for (const [index, each] of work.entries()) {
    const old = olds.get(evalKey(each.prompt, each.model));
    const key = old && !each.cases ? `${each.repeat} ${keyOf(old)}` : `alone ${index}`;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, old && !each.cases && lacks(old, each.repeat) ? [each, workOf(old, each.repeat)] : [each]);
  }
  return [...groups.values()].flatMap((group) =>
    group.map((each, index) => (index === 0 ? each : { ...each, beside: true })),
  );
}

function isBegun(facts: Run, { prompt, model }: Eval, repeat: number): boolean {
  const run = evalIn(facts.evals, prompt.id, model.model);
  return run?.cases.some((each) => each.trials.some((trial) => trial.repeat === repeat)) ?? false;
}

function workOf({ prompt, model }: Eval, repeat: number): Work {
  return { prompt: prompt.id, model: model.model, repeat };
}

function nameOf({ prompt, model }: Eval): [string, string] {
  return [prompt.id, model.model];
}
