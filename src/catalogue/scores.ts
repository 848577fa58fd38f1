import { reducerOf } from '../gate/settings.js';
import { mean } from '../stats/mean.js';
import type { Baseline, GateSettings } from '../vocabulary.js';

/** The accepted scores of one model: means over cases of a case's repeats, folded as the gate folds them, 0..1, `pass` and `score` first. */
export interface AcceptedScores {
  model: string;
  /** The version they were accepted for. */
  version: string;
  /** When they were accepted, ISO 8601. */
  date: string;
  commit?: string;
  /** Files were changed beside that commit. */
  dirty?: boolean;
  judge?: string;
  cases: number;
  metrics: Record<string, number>;
}

/** Folds a baseline into one number per model and metric, models by name. @param gate names the reducer of a case's repeats */
export function acceptedScores(baseline: Baseline, gate: Pick<GateSettings, 'reducer'>): AcceptedScores[] {
  const fold = reducerOf(gate);
  const models = Object.entries(baseline.models).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return models.map(([model, { cases, ...accepted }]) => {
    const means = new Map<string, number[]>();
    for (const { scores } of Object.values(cases)) {
      for (const [metric, { repeats }] of Object.entries(scores)) {
        const folded = fold(repeats);
        // What could not be scored, or not often enough to be folded, is missing, not zero.
        if (folded === undefined) continue;
        const values = means.get(metric) ?? [];
        values.push(folded);
        means.set(metric, values);
      }
    }
    const metrics = [...means].toSorted(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
    return {
      model,
      ...accepted,
      cases: Object.keys(cases).length,
      // Of one value or more there is a mean.
      metrics: Object.fromEntries(metrics.map(([metric, values]) => [metric, mean(values) as number])),
    };
  });
}

function rank(metric: string): number {
  const first = ['pass', 'score'].indexOf(metric);
  return first < 0 ? 2 : first;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Whole days from a date to another; never negative, as clocks of two machines differ. */
export function daysSince(date: string, now: Date): number {
  return Math.max(0, Math.floor((now.getTime() - Date.parse(date)) / DAY_MS));
}
