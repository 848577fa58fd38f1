import type { XStatic } from 'typebox/schema';
import { date, gate, models, parameters, repeats, tags, text, tools } from './common.js';

/** What a prompt's front matter and an override in the config may both say. */
export const promptSettings = {
  owner: { ...text, description: 'Who answers for it: a person or team, e.g. "@support-platform".' },
  why: { ...text, description: 'Why this prompt exists and what a mistake costs.' },
  tags,
  models,
  parameters,
  structured: {
    enum: ['auto', 'off'],
    description: "auto (default): use the provider's strict mode where the output schema qualifies; off: never.",
  },
  repeats,
  gate,
  review: { description: 'Notes of the review process; not used by the gate.' },
} as const;

/** Front matter of `*.prompt.md`. */
export const promptSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Front matter of a prompt (*.prompt.md)',
  type: 'object',
  additionalProperties: false,
  properties: {
    ...promptSettings,
    input: { type: 'object', description: 'JSON Schema of the variables: every case is checked against it.' },
    output: { type: 'object', description: 'JSON Schema the answer should follow.' },
    tools,
    changelog: {
      type: 'array',
      items: {
        type: 'object',
        required: ['date', 'why'],
        additionalProperties: false,
        properties: {
          date: { ...date, description: 'Day of the change, YYYY-MM-DD.' },
          why: { ...text, description: 'Why it was changed.' },
          version: { ...text, description: 'The version that the change made.' },
        },
      },
      description: 'Why the prompt was changed, the newest first or last.',
    },
  },
} as const;

/** A prompt's front matter as written. */
export type WrittenPrompt = XStatic<typeof promptSchema>;
