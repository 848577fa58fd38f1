import type { GuardState } from '../stats/guard.js';
import { type Family, guardStates, type Look, lookAt, nextStep, type Step } from '../stats/two-stage.js';
import type { Run } from '../vocabulary.js';
import { confirmedFails, decides, familyOf, guardedOf, trackOf } from './family.js';
import { type BaselineOf, type EvalTracks, isAlone, tracksOf } from './tracks.js';

/** What an eval still needs for its verdict: complete rounds up to a number, or single repeats of single cases. */
export interface Wanted {
  prompt: string;
  model: string;
  /** Every case up to so many repeats. */
  rounds?: number;
  repeats: { case: string; repeat: number }[];
}

/** Whether no further rounds of an eval can be had; of a case, no further repeats. */
export type Ended = (prompt: string, model: string, testCase?: string) => boolean;

/**
 * Says what each eval of a run still needs, by the two stages: looks at the whole suite, and the guard of single cases. Only evals
 * with a baseline and with new answers need more than their first rounds.
 *
 * What was worked out for an eval's complete rounds is kept: it is asked for again each time another eval has gone on.
 */
export function adviser(baselineOf: BaselineOf, ended: Ended): (run: Run) => Wanted[] {
  const known = new Map<string, Look[]>();
  return (run) => {
    if (isAlone(run, baselineOf)) return [];
    const evals = tracksOf(run, baselineOf);
    const family = familyOf(evals);
    return evals.flatMap((each): Wanted[] => {
      if (each.relation === 'alone' || each.relation === 'same') return [];
      const { prompt, model } = each.run;
      const final = ended(prompt.id, model);
      const key = JSON.stringify([prompt.id, model, each.rounds, final, family]);
      const looks = known.get(key) ?? lookAll(each, final, family);
      known.set(key, looks);
      const confirmedSettles = confirmedFails(each);
      return wanted(each, nextStep(looks, guarding(each, family, ended), { confirmedSettles, final }));
    });
  };
}

function lookAll(evaluation: EvalTracks, final: boolean, family: Family): Look[] {
  return evaluation.metrics
    .filter(({ name, baseline }) => baseline.length > 0 && decides(evaluation, name))
    .map((metric) => lookAt(trackOf(evaluation, metric, final), family));
}

/** The guard by itself: it costs nothing to ask. Where its rule is off there is nothing to guard. */
function guarding(evaluation: EvalTracks, family: Family, ended: Ended): GuardState[] {
  const { run, guarded } = evaluation;
  const off = run.gate.rules['newly-failing'] === 'off';
  const cases = guarded.map(({ case: id, trials }) => ({
    ...trials,
    ended: off || ended(run.prompt.id, run.model, id),
  }));
  return guardStates({ ...guardedOf(evaluation), cases }, family, false);
}

function wanted({ run, guarded }: EvalTracks, { rounds, repeats }: Step): Wanted[] {
  if (rounds === undefined && repeats.length === 0) return [];
  const named = repeats.flatMap(({ case: index, repeat }) => {
    const id = guarded[index]?.case;
    return id === undefined ? [] : [{ case: id, repeat }];
  });
  return [{ prompt: run.prompt.id, model: run.model, ...(rounds !== undefined && { rounds }), repeats: named }];
}
