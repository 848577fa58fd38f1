import type { AssertionDefinition } from '../assertions/assertion.js';
import type { Assertion, Config } from '../vocabulary.js';

/** The model that an assertion has an answer graded by, and how it is asked. */
export interface Grader {
  asks: NonNullable<AssertionDefinition['asks']>;
  model: string;
}

/** Who grades for an assertion; undefined for a check that asks no model: a similarity does only where it names one. */
export function graderOf(
  { type, level, options }: Assertion,
  { assertions, judge }: { assertions: ReadonlyMap<string, AssertionDefinition>; judge?: Config['judge'] },
): Grader | undefined {
  const asks = level === 'off' ? undefined : assertions.get(type)?.asks;
  const model = typeof options.model === 'string' ? options.model : asks === 'judge' ? judge?.model : undefined;
  return asks && model !== undefined ? { asks, model } : undefined;
}
