import { problems as make } from '../errors.js';
import type { WrittenGate } from '../schemas/config.js';
import type { Assertion, Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import { nearest } from './nearest.js';
import type { Source } from './source.js';

/** Every eval has them, whatever its cases assert. */
const ALWAYS = ['pass', 'score'];

/** A metric that settings of the gate name, and where. */
export interface NamedMetric {
  name: string;
  place: Place;
  /** It is held to a minimum. */
  held: boolean;
}

/** The metrics that settings name. @param place of the members of what `gate` is a key of */
export function namedMetrics(gate: WrittenGate | undefined, place: Source['place']): NamedMetric[] {
  return Object.entries(gate?.metrics ?? {}).map(([name, { minimum }]) => ({
    name,
    place: place(['gate', 'metrics', name], 'key'),
    held: minimum !== undefined,
  }));
}

/** Gathers the metrics of cases, most of which share their list of assertions. Those at level off have one, too. */
export class MetricNames {
  readonly names = new Set<string>();
  #last: readonly Assertion[] = [];

  add(assert: readonly Assertion[]): void {
    if (assert === this.#last) return;
    this.#last = assert;
    for (const { metric } of assert) this.names.add(metric);
  }
}

/**
 * Reports metrics that no case has: the gate would look at nothing, and pass.
 * @param governed the metrics of each prompt that the settings hold for; undefined where they are not all known: then nothing can be
 * told
 * @param note given for settings that prompts share, those to come among them: there a metric that is held to nothing, and is no slip
 * of another's name, is only remarked on
 */
export function checkNamed(
  named: readonly NamedMetric[],
  governed: readonly (ReadonlySet<string> | undefined)[],
  report: Report,
  note?: (text: string) => void,
): void {
  if (named.length === 0 || governed.length === 0 || governed.includes(undefined)) return;
  const known = new Set([...ALWAYS, ...governed.flatMap((names) => [...(names ?? [])])]);
  for (const { name, place, held } of named) {
    if (known.has(name)) continue;
    const near = nearest(name, known);
    const problem = make['no-such-metric'](name, [...known], near, place);
    if (note && !held && near === undefined)
      note(`${place.file}:${place.line}: ${problem.message}, which gate.metrics names`);
    else report(problem);
  }
}
