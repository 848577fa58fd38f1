import type { Json } from '../vocabulary.js';
import { type AssertionDefinition, type Subject, verdict } from './assertion.js';
import { notHeld } from './inexact.js';
import { jsonOf, sameJson } from './json-value.js';
import { clipped, clippedJson, given, NO_VALUE, shown } from './text.js';

/**
 * Equality. A text is compared as text, to the letter. A number, boolean, null, list or object is compared as JSON with what
 * `path` found, else with the output read as JSON: 3 and "3" differ, the order of keys does not count.
 */
export const equals: AssertionDefinition = {
  type: 'equals',
  summary: 'The output equals the value: a text to the letter, anything else as JSON.',
  value: true,
  needs: 'expected',
  check: (declared) => (given(declared) === undefined ? [NO_VALUE] : []),
  prepare(declared) {
    const expected = given(declared);
    if (expected === undefined) throw new Error(NO_VALUE.message);
    return (subject) => (typeof expected === 'string' ? asText(subject, expected) : asJson(subject, expected));
  },
};

function asText(subject: Subject, expected: string) {
  const isText = !subject.fromPath || typeof subject.value === 'string';
  if (!isText) return differ(expected, subject.value);
  if (subject.text === expected) return verdict(true, `equals ${shown(expected)}`);
  return verdict(false, `is ${shown(subject.text)}, not ${shown(expected)}`, {
    expected: clipped(expected),
    actual: clipped(subject.text),
  });
}

function asJson(subject: Subject, expected: Json) {
  const read = jsonOf(subject);
  if (!read.ok) {
    const detail = { expected: clippedJson(expected), actual: clipped(subject.text) };
    return verdict(false, `is not JSON, and ${shown(expected)} was expected`, detail);
  }
  // Numbers that differ as they are held differ as they were written; the other way round does not hold.
  if (!sameJson(read.value, expected)) return differ(expected, read.value);
  if (read.inexact !== undefined) return { status: 'unscored', reason: notHeld(read.inexact) } as const;
  return verdict(true, `equals ${shown(expected)}`);
}

function differ(expected: Json, actual: Json) {
  const detail = { expected: clippedJson(expected), actual: clippedJson(actual) };
  return verdict(false, `is ${shown(actual)}${kind(actual)}, not ${shown(expected)}${kind(expected)}`, detail);
}

/** Names the type where the two could be mistaken for each other. */
function kind(value: Json): string {
  return typeof value === 'string' ? ' (text)' : typeof value === 'number' ? ' (number)' : '';
}
