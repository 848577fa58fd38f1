import type { XStatic } from 'typebox/schema';
import { date, level, tags, text } from './common.js';

/** One assertion. What `value`, `options` and `threshold` may be depends on the type and is checked by that type's definition. */
export const assertionSchema = {
  type: 'object',
  required: ['type'],
  additionalProperties: false,
  properties: {
    type: { ...text, description: 'What is checked; "not-" before it turns it round.' },
    value: { description: 'What it is checked against. Text is a template over the variables and "expected".' },
    options: { type: 'object', description: 'Settings of this type.' },
    threshold: { type: 'number', description: 'The score from which on it passes.' },
    weight: { type: 'number', exclusiveMinimum: 0, description: 'Its weight in the score of the case (default 1).' },
    metric: { ...text, description: 'The name its scores are aggregated under (default: the type).' },
    path: { ...text, description: 'JSONPath into the output, e.g. $.queue: what it finds is checked.' },
    level,
    transform: { ...text, description: 'A change to the output before it is checked.' },
  },
} as const;

const assertionList = { type: 'array', items: assertionSchema } as const;

const assertions = {
  anyOf: [
    assertionList,
    {
      type: 'object',
      required: ['inherit', 'checks'],
      additionalProperties: false,
      properties: {
        inherit: { type: 'boolean', description: 'false: without the assertions of "defaults".' },
        checks: { ...assertionList, description: 'The assertions of this case.' },
      },
    },
  ],
  description:
    'Checks on the answer, added to those of "defaults". { inherit: false, checks: [...] } opts out of those.',
} as const;

const vars = { type: 'object', description: "Values of the template's variables." } as const;
const expected = { description: 'The right answer: what assertions without a value compare with.' } as const;
const group = { ...text, description: 'Cases of one group are one cluster in statistics.' } as const;

/** One case. */
export const caseSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    id: {
      type: 'string',
      minLength: 1,
      maxLength: 200,
      description: 'Unique among the cases of the prompt; derived from the variables when left out.',
    },
    vars,
    expected,
    assert: assertions,
    tags,
    group,
    quarantine: {
      type: 'object',
      required: ['until', 'why'],
      additionalProperties: false,
      properties: {
        until: { ...date, description: 'The last day of the quarantine, YYYY-MM-DD.' },
        why: { ...text, description: 'Why the case does not decide.' },
      },
      description: 'Keeps the case from deciding until a day.',
    },
  },
} as const;

/** `*.cases.yaml` and `*.cases.json`. */
export const casesSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Cases of a prompt (*.cases.yaml)',
  type: 'object',
  additionalProperties: false,
  properties: {
    defaults: {
      type: 'object',
      additionalProperties: false,
      properties: { vars, expected, assert: assertionList, tags, group },
      description: 'Merged into every case of this file, and into those of .csv and .jsonl files of the same prompt.',
    },
    from: {
      anyOf: [text, { type: 'array', minItems: 1, uniqueItems: true, items: text }],
      description:
        'Data files (.csv .jsonl .json .yaml), relative to this one. Columns id, tags, expected, group; others are variables.',
    },
    cases: { type: 'array', items: caseSchema, description: 'The cases.' },
  },
} as const;

/** A cases file as written. */
export type WrittenCases = XStatic<typeof casesSchema>;
/** One case as written. */
export type WrittenCase = XStatic<typeof caseSchema>;
/** One assertion as written. */
export type WrittenAssertion = XStatic<typeof assertionSchema>;
/** Defaults as written. */
export type WrittenDefaults = NonNullable<WrittenCases['defaults']>;
