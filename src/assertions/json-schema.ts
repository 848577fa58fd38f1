import { canonicalJson } from '../canonical-json.js';
import type { Json } from '../vocabulary.js';
import { type AssertionDefinition, type Declared, type Scorer, type Subject, verdict } from './assertion.js';
import { notHeld } from './inexact.js';
import { jsonOf, readJson } from './json-value.js';
import { cachedSchema } from './schema.js';
import { shown } from './text.js';

const SCHEMA = { type: ['object', 'boolean'] };

/** The output is JSON that follows the value, a JSON Schema; without a value, the prompt's own `output` schema. */
export const jsonSchema: AssertionDefinition = {
  type: 'json-schema',
  summary: "The output is JSON that follows the schema: the value's, else the prompt's own output schema.",
  value: SCHEMA,
  needs: 'optional',
  check(declared) {
    const schema = schemaOf(declared);
    return schema === undefined ? [NO_SCHEMA] : problemsOf(schema);
  },
  prepare(declared) {
    const schema = schemaOf(declared);
    if (schema === undefined) throw new Error(NO_SCHEMA.message);
    return following(schema);
  },
};

/** The whole output is JSON, white space around it apart; with a value, JSON that follows this schema. */
export const isJson: AssertionDefinition = {
  type: 'is-json',
  summary: 'The whole output is JSON; with a schema as value, JSON that follows it.',
  value: SCHEMA,
  needs: 'optional',
  check: ({ value }) => (value === undefined ? [] : problemsOf(value)),
  prepare: ({ value }) => (value === undefined ? anyJson : following(value)),
};

const NO_SCHEMA = {
  message: 'it has no schema, and the prompt has no output schema',
  remedy: 'Give the assertion a schema as value, or the prompt an output schema.',
};

/** What can tell a number beyond 2^53 from one near it: a bound, a constant or a choice of that size, or these keywords. */
const TELLS_LONG_NUMBERS = /"(?:multipleOf|uniqueItems)":|\d{16}|\de\+\d/;

/** A text that a path found is read in its turn: a field that holds JSON as text. Anything else found is JSON already. */
function anyJson(subject: Subject) {
  if (typeof subject.value !== 'string') return verdict(true, 'is JSON');
  return readJson(subject.text).ok ? verdict(true, 'is JSON') : notJson(subject.text);
}

function following(schema: Json): Scorer {
  const compiled = cachedSchema(schema);
  if (!compiled.ok) throw new Error(compiled.message);
  const tellsLongNumbers = TELLS_LONG_NUMBERS.test(canonicalJson(schema));
  return (subject) => {
    const read = jsonOf(subject);
    if (!read.ok) return notJson(subject.text);
    if (read.inexact !== undefined && tellsLongNumbers) return { status: 'unscored', reason: notHeld(read.inexact) };
    const result = compiled.validate(read.value);
    if (result.valid) return verdict(true, 'follows the schema');
    return verdict(false, `does not follow the schema: ${result.errors.join('; ')}`);
  };
}

function notJson(text: string) {
  return verdict(false, text.trim() === '' ? 'is not JSON: it is empty' : `is not JSON: ${shown(text)}`);
}

function problemsOf(schema: Json) {
  const compiled = cachedSchema(schema);
  if (compiled.ok) return [];
  return [{ message: `its schema cannot be used: ${compiled.message}`, remedy: 'Mend the JSON Schema (2020-12).' }];
}

function schemaOf({ value, output }: Declared): Json | undefined {
  return value === undefined ? output : value;
}
