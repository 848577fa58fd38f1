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

/**
 * How much a rule weighs for a metric: the metric's own level, else the rule's.
 * @param fallback the level where the metric has none of its own
 */
export function levelOf(gate: GateSettings, metric: string, fallback: Level): Level {
  return own(gate.metrics, metric)?.level ?? fallback;
}
