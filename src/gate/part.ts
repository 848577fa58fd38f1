import { guardCase } from '../stats/guard.js';
import type { Run } from '../vocabulary.js';
import type { Ended, Wanted } from './advice.js';
import { type BaselineOf, type EvalTracks, isAlone, tracksOf } from './tracks.js';

/**
 * Says what a part of a run gathers for the gate of the whole run, which it cannot see: every round up to the last planned one, and
 * as many repeats of a newly failing case as the guard could ever ask for. Whoever has all parts then finds there whatever the
 * stages ask for, and comes to the verdict of one process. The guard goes first, as there.
 *
 * Answers that are those of the baseline need no more of them. Only a replay, where answers cost nothing, goes on even then: another
 * part may have found others.
 */
export function partAdviser(baselineOf: BaselineOf, ended: Ended): (run: Run) => Wanted[] {
  return (run) => {
    if (isAlone(run, baselineOf)) return [];
    return tracksOf(run, baselineOf).flatMap((each): Wanted[] => {
      if (each.relation === 'alone' || (each.relation === 'same' && run.info.mode !== 'replay')) return [];
      const { prompt, model } = each.run;
      const name = { prompt: prompt.id, model };
      const repeats = guardRepeats(each, ended);
      if (repeats.length > 0) return [{ ...name, repeats }];
      const rounds = each.schedule.at(-1) ?? 0;
      return each.rounds < rounds && !ended(prompt.id, model) ? [{ ...name, rounds, repeats: [] }] : [];
    });
  };
}

/** In steps as the guard takes them when it waits for the most failures: those with fewer lie within. */
function guardRepeats({ run, guarded }: EvalTracks, ended: Ended): Wanted['repeats'] {
  const { confirm, rules } = run.gate;
  if (rules['newly-failing'] === 'off') return [];
  return guarded.flatMap(({ case: id, trials }) => {
    const state = guardCase(trials, confirm, ended(run.prompt.id, run.model, id));
    if (state.status !== 'open') return [];
    const count = Math.max(1, Math.min(state.needed - state.failures, state.failures));
    return Array.from({ length: count }, (_, more) => ({ case: id, repeat: state.next + more }));
  });
}
