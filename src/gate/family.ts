import { baselineNeeded } from '../stats/guard.js';
import type { Track } from '../stats/sequential.js';
import { GUARD_SHARE } from '../stats/sequential.js';
import type { Family, Guarded } from '../stats/two-stage.js';
import { foldOf, isGated, levelOf, toleranceOf } from './settings.js';
import type { EvalTracks, MetricTrack } from './tracks.js';

/** Whether a metric's regression fails the gate by itself: it then shares the alpha of the family. */
export function decides({ run: { gate } }: EvalTracks, metric: string): boolean {
  return isGated(gate, metric) && levelOf(gate, metric, gate.rules.regression) === 'error';
}

/**
 * The family that shares one alpha, over all evals of a run: those that were not merely replayed. Where some requests got other
 * answers than those accepted, recordings were made anew, and each eval that is replayed may have been.
 */
export function familyOf(evals: readonly EvalTracks[]): Family {
  const anew = evals.some(({ relation }) => relation === 'anew');
  const family = { tests: 0, cases: 0 };
  for (const each of evals) {
    if (each.relation === 'alone' || (each.relation === 'same' && each.allPaired && !anew)) continue;
    family.tests += each.metrics.filter(({ name, pairing }) => pairing && decides(each, name)).length;
    if (each.run.gate.rules['newly-failing'] !== 'off') family.cases += each.guarded.length;
  }
  return family;
}

/** A metric as the sequential test takes it. */
export function trackOf(evaluation: EvalTracks, metric: MetricTrack, final: boolean): Track {
  const { run, rounds, schedule } = evaluation;
  const { alpha, detect } = run.gate;
  const fold = foldOf(run.gate);
  const grouped = metric.groups.some((group) => group !== undefined);
  return {
    baseline: metric.baseline,
    run: metric.run,
    ...(grouped && { groups: metric.groups }),
    ...(fold && { fold }),
    rounds,
    schedule,
    final,
    alpha,
    tolerance: toleranceOf(run.gate, metric.name),
    detect,
    seed: `${run.prompt.id} ${run.model} ${metric.name}`,
  };
}

/** The cases of an eval as the guard takes them. */
export function guardedOf({ run, guarded }: EvalTracks): Guarded {
  const { alpha, confirm } = run.gate;
  return { cases: guarded.map(({ trials }) => trials), alpha, confirm };
}

/** Whether a break that the guard confirms fails the gate by itself. */
export function confirmedFails({ run }: EvalTracks): boolean {
  return run.gate.rules['newly-failing'] === 'error';
}

/** Trials that the baseline must have, all passed, for the guard to be able to prove a break. */
export function neededBaseline({ run: { gate } }: EvalTracks, family: Family): number | undefined {
  return baselineNeeded(family.cases, GUARD_SHARE * gate.alpha, gate.confirm);
}
