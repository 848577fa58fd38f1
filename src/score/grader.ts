import type { AssertionDefinition } from '../assertions/assertion.js';
import { findAssertion } from '../assertions/map.js';
import type { Assertion, Config } from '../vocabulary.js';

/** The model that an assertion has an answer graded by, and how it is asked. */
export interface Grader {
  asks: NonNullable<AssertionDefinition['asks']>;
  model: string;
}

type Assertions = ReadonlyMap<string, AssertionDefinition>;

/** What an assertion asks a model for; undefined for a check that asks none, and for one that is off. */
export function asksOf(
  { type, level }: Pick<Assertion, 'type' | 'level'>,
  assertions: Assertions,
): Grader['asks'] | undefined {
  return level === 'off' ? undefined : assertions.get(type)?.asks;
}

/** Whether a judge grades for an assertion: the config's, or one that it names itself. */
export function isJudged(assertion: Pick<Assertion, 'type' | 'level'>, assertions: Assertions): boolean {
  return asksOf(assertion, assertions) === 'judge';
}

/** Whether the config's judge grades for an assertion. */
export function hasCommonJudge(
  assertion: Pick<Assertion, 'type' | 'level' | 'options'>,
  assertions: Assertions,
): boolean {
  return isJudged(assertion, assertions) && typeof assertion.options.model !== 'string';
}

/** Whether a judge graded a score, by its type as it is stored, with `not-`; undefined for a user's own type, which files do not tell of. */
export function wasJudged(type: string): boolean | undefined {
  const found = findAssertion(type);
  return found && found.definition.asks === 'judge';
}

/** Who grades for an assertion; undefined for a check that asks no model: a similarity does only where it names one. */
export function graderOf(
  assertion: Assertion,
  { assertions, judge }: { assertions: Assertions; judge?: Config['judge'] },
): Grader | undefined {
  const asks = asksOf(assertion, assertions);
  const { model: own } = assertion.options;
  const model = typeof own === 'string' ? own : asks === 'judge' ? judge?.model : undefined;
  return asks && model !== undefined ? { asks, model } : undefined;
}
