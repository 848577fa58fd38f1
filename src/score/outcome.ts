import type { Redact } from '../trust/redact.js';
import type { ScoreOutcome } from '../vocabulary.js';

const LONGEST_REASON = 2_000;

/** Makes an outcome that could not be scored. */
export function unscored(reason: string): ScoreOutcome {
  return { status: 'unscored', reason: reason.slice(0, LONGEST_REASON) };
}

/**
 * Takes in what a scorer gave. Anything but a well-formed outcome (no value from 0 to 1, no boolean `pass`, no outcome at all)
 * is unscored: a broken scorer says nothing about the answer. Values are kept to six decimals: baselines stay readable, and
 * equal on every machine.
 * @param redact takes keys out of its words, before they are cut
 */
export function admitted(given: unknown, redact: Redact): ScoreOutcome {
  if (given === null || typeof given !== 'object' || !('status' in given))
    return unscored('the scorer gave no outcome');
  const { status, value, pass, reason, detail } = given as Record<string, unknown>;
  const why = typeof reason === 'string' ? redact(reason) : '';
  if (status === 'unscored') return unscored(why || 'the scorer gave no reason');
  if (status !== 'scored') return unscored('the scorer gave no outcome');
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) {
    return unscored(`the scorer gave the value ${String(value)}, which is not a number from 0 to 1`);
  }
  if (typeof pass !== 'boolean') return unscored('the scorer did not say whether it passed');
  const texts = detailOf(detail, redact);
  const outcome: ScoreOutcome = { status, value: rounded(value), pass, reason: why.slice(0, LONGEST_REASON) };
  if (texts) outcome.detail = texts;
  return outcome;
}

function detailOf(detail: unknown, redact: Redact): { expected: string; actual: string } | undefined {
  if (detail === null || typeof detail !== 'object' || !('expected' in detail) || !('actual' in detail))
    return undefined;
  const { expected, actual } = detail;
  return typeof expected === 'string' && typeof actual === 'string'
    ? { expected: redact(expected), actual: redact(actual) }
    : undefined;
}

/**
 * The outcome of `not-…`: fails where the other passes, and scores 1 minus its score. What could not be scored stays so. The
 * reason states the fact, which is the same either way; a difference would show two equal texts and is left out.
 */
export function inverted(outcome: ScoreOutcome): ScoreOutcome {
  if (outcome.status === 'unscored') return outcome;
  const { value, pass, reason } = outcome;
  return { status: 'scored', value: rounded(1 - value), pass: !pass, reason };
}

/** What a scorer threw, in words: it may be anything. */
export function trouble(thrown: unknown): string {
  if (thrown !== null && typeof thrown === 'object' && 'message' in thrown && thrown.message) {
    const message = String(thrown.message);
    return /call stack/i.test(message) ? 'the output is nested too deeply' : message;
  }
  return typeof thrown === 'string' && thrown ? thrown : 'the scorer failed without saying why';
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
