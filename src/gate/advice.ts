import { isOpen, isProven, type Standing, standingOf, type Track } from '../stats/sequential.js';
import { type EvalStep, type Family, nextStep } from '../stats/two-stage.js';
import type { Run } from '../vocabulary.js';
import { decides, familyOf, progressOf, trackOf } from './family.js';
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
  const known = new Map<string, Looked[]>();
  return (run) => {
    if (isAlone(run, baselineOf)) return [];
    const evals = tracksOf(run, baselineOf);
    const family = familyOf(evals);
    return evals.flatMap((each): Wanted[] => {
      if (each.relation === 'alone' || each.relation === 'same') return [];
      const { prompt, model } = each.run;
      const final = ended(prompt.id, model);
      const key = JSON.stringify([prompt.id, model, each.rounds, final, family]);
      const looked = known.get(key) ?? look(each, final, family);
      known.set(key, looked);
      return wanted(each, looked, guarding(each, family, ended), final);
    });
  };
}

/** A metric that can fail the gate, as its looks so far have it. */
interface Looked {
  track: Track;
  open: boolean;
  proven: boolean;
}

function look(evaluation: EvalTracks, final: boolean, family: Family): Looked[] {
  return evaluation.metrics
    .filter(({ name, baseline }) => baseline.length > 0 && decides(evaluation, name))
    .map((metric) => {
      const track = trackOf(evaluation, metric, final);
      const standing: Standing | undefined = standingOf(track, family.tests);
      return {
        track,
        open: isOpen(track, standing, family.tests),
        proven: standing !== undefined && isProven(track, standing, family.tests),
      };
    });
}

/** The guard by itself: it costs nothing to ask. Where its rule is off there is nothing to guard. */
function guarding(evaluation: EvalTracks, family: Family, ended: Ended): EvalStep {
  const { run } = evaluation;
  const progress = progressOf(evaluation, [], false);
  const cases = evaluation.guarded.map((each) => ({
    ...each.trials,
    ended: run.gate.rules['newly-failing'] === 'off' || ended(run.prompt.id, run.model, each.case),
  }));
  return nextStep({ ...progress, cases }, family);
}

function wanted({ run, guarded }: EvalTracks, looked: readonly Looked[], step: EvalStep, final: boolean): Wanted[] {
  const name = { prompt: run.prompt.id, model: run.model };
  const settles = run.gate.rules['newly-failing'] === 'error';
  const failed =
    looked.some(({ proven }) => proven) || (settles && step.guards.some(({ status }) => status === 'confirmed'));
  // The guard goes first: it is a handful of calls, and what it finds may settle the verdict. Where the suite failed, it is settled.
  const repeats = failed ? [] : guardRepeats(guarded, step);
  if (repeats.length > 0) return [{ ...name, repeats }];
  if (final || (settles && step.guards.some(({ status }) => status === 'confirmed'))) return [];
  const [rounds] = looked.flatMap(({ track, open }) =>
    open ? (track.schedule.find((each) => each > track.rounds) ?? []) : [],
  );
  return rounds === undefined ? [] : [{ ...name, rounds, repeats: [] }];
}

/** As many repeats again as have failed so far: few calls for a case that is only flaky, few steps for one that is broken. */
function guardRepeats(guarded: EvalTracks['guarded'], { guards }: EvalStep): Wanted['repeats'] {
  return guards.flatMap((state, index) => {
    const id = guarded[index]?.case;
    if (state.status !== 'open' || id === undefined) return [];
    const count = Math.min(state.needed - state.failures, state.failures);
    return Array.from({ length: Math.max(1, count) }, (_, more) => ({ case: id, repeat: state.next + more }));
  });
}
