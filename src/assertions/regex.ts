import type { ScoreOutcome } from '../vocabulary.js';
import { type AssertionDefinition, type Declared, type Scorer, verdict } from './assertion.js';
import { type Pattern, readPattern } from '../patterns/pattern.js';
import { testInWorker, type WorkerPattern } from './pattern-worker.js';
import { shown } from './text.js';

/** Longest text that the linear engine reads on the main thread: about half a second for the worst of patterns. */
const INLINE_LIMIT = 32_768;
/** Milliseconds a pattern may take in the worker. */
const TIME_LIMIT = 500;
/** So often may a pattern run out of time before it is given up; else a thousand outputs would wait for it one by one. */
const STRIKES = 3;

/** The output has a match of the pattern anywhere. A pattern that takes too long leaves the score unscored. */
export const regex: AssertionDefinition = {
  type: 'regex',
  summary: 'The output has a match of the pattern (JavaScript syntax).',
  value: { type: 'string', minLength: 1 },
  needs: 'required',
  options: {
    type: 'object',
    properties: { flags: { type: 'string', pattern: '^[imsu]*$' } },
    additionalProperties: false,
  },
  check(declared) {
    const pattern = patternOf(declared);
    if (pattern.engine !== 'none') return [];
    return [{ message: pattern.message, remedy: 'Write a JavaScript regular expression, with flags i, m, s or u.' }];
  },
  prepare(declared) {
    const pattern = patternOf(declared);
    if (pattern.engine === 'none') throw new Error(pattern.message);
    const name = `/${declared.value}/${flagsOf(declared)}`;
    return pattern.engine === 'linear' ? mostlyInline(pattern, name) : beside(pattern, name);
  },
};

function mostlyInline(pattern: Extract<Pattern, { engine: 'linear' }>, name: string): Scorer {
  const { engine, source, flags, compiled } = pattern;
  const inWorker = beside({ engine, source, flags }, name);
  return (subject, tools) => {
    if (subject.text.length > INLINE_LIMIT) return inWorker(subject, tools);
    return matching(compiled.test(subject.text), name, subject.text);
  };
}

function beside(pattern: WorkerPattern, name: string): Scorer {
  let strikes = 0;
  return async ({ text }) => {
    if (strikes >= STRIKES) {
      return { status: 'unscored', reason: `${name} was given up after it ran out of time ${STRIKES} times` };
    }
    const outcome = await testInWorker(pattern, text, TIME_LIMIT);
    if (outcome.kind === 'answered') return matching(outcome.answer, name, text);
    if (outcome.kind === 'gave-up') return { status: 'unscored', reason: `${name} could not be run: ${outcome.why}` };
    strikes += 1;
    return { status: 'unscored', reason: `${name} took longer than ${TIME_LIMIT} ms on this output` };
  };
}

function matching(found: boolean, name: string, text: string): ScoreOutcome {
  return verdict(found, found ? `matches ${name}` : `${shown(text)} has no match of ${name}`);
}

function patternOf(declared: Declared): Pattern {
  const { value } = declared;
  const flags = flagsOf(declared);
  if (typeof value !== 'string' || value === '') return { engine: 'none', message: 'its value is no pattern' };
  if (/[^imsu]|(.).*\1/.test(flags))
    return { engine: 'none', message: `its flags "${flags}" are not of i, m, s and u` };
  return readPattern(value, flags);
}

function flagsOf({ options }: Declared): string {
  return typeof options['flags'] === 'string' ? options['flags'] : '';
}
