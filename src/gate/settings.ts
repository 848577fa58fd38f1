import { meanOfKnown, type Reducer, reducerNamed } from '../stats/reduce.js';
import type { GateSettings, Level } from '../vocabulary.js';
import { own } from './own.js';

/** Whether rules look at a metric: `pass`, and those that the gate's settings name; a metric at level off informs only. */
export function isGated(gate: GateSettings, metric: string): boolean {
  const settings = own(gate.metrics, metric);
  return (metric === 'pass' || settings !== undefined) && settings?.level !== 'off';
}

/** The smallest drop of a metric that matters. */
export function toleranceOf(gate: GateSettings, metric: string): number {
  return own(gate.metrics, metric)?.tolerance ?? gate.tolerance;
}

/** How the repeats of a case are folded. */
export function reducerOf({ reducer }: Pick<GateSettings, 'reducer'>): Reducer {
  return reducerNamed(reducer) ?? meanOfKnown;
}

/** The same where it is not the mean: folding comes then before all statistics, which else take every trial. */
export function foldOf(gate: Pick<GateSettings, 'reducer'>): Reducer | undefined {
  return gate.reducer === 'mean' ? undefined : reducerOf(gate);
}

/**
 * How much a rule weighs for a metric: the metric's own level, else the rule's.
 * @param fallback the level where the metric has none of its own
 */
export function levelOf(gate: GateSettings, metric: string, fallback: Level): Level {
  return own(gate.metrics, metric)?.level ?? fallback;
}
