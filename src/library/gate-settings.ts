import type { WrittenGate } from '../schemas/config.js';
import type { GateSettings, ReducerName, Repeats } from '../vocabulary.js';

/** The gate without any configuration. */
export const DEFAULT_GATE: GateSettings = {
  alpha: 0.05,
  tolerance: 0.02,
  detect: 0.1,
  confirm: 16,
  reducer: 'mean',
  increase: 0.2,
  maxMissing: 0.02,
  rules: {
    regression: 'error',
    minimum: 'error',
    critical: 'error',
    'newly-failing': 'error',
    inconclusive: 'warn',
    cost: 'warn',
    latency: 'off',
    tokens: 'off',
  },
  metrics: {},
};

/** Settings with those of `written` over them: rules and metrics one by one, the rest key by key. */
export function mergeGate(base: GateSettings, written: WrittenGate | undefined): GateSettings {
  if (!written) return base;
  const metrics = { ...base.metrics };
  for (const [name, settings] of Object.entries(written.metrics ?? {}))
    metrics[name] = { ...metrics[name], ...settings };
  // The schema has been held to the name's pattern.
  const reducer = (written.reducer ?? base.reducer) as ReducerName;
  return { ...base, ...written, reducer, rules: { ...base.rules, ...written.rules }, metrics };
}

/** The fewest repeats that a reducer can fold: the k of `at-least-<k>` and `pass@<k>`. */
export function leastRepeats(reducer: ReducerName): number {
  return Number(/\d+$/.exec(reducer)?.[0] ?? 1);
}

/** A number of repeats is a range of one. */
export function normaliseRepeats(written: number | { min: number; max: number }): Repeats {
  return typeof written === 'number' ? { min: written, max: written } : written;
}
