import { date, fraction, text } from './common.js';

const repeatScores = {
  type: 'array',
  items: fraction,
  minItems: 1,
  description: 'The score of every repeat.',
} as const;

const sum = { type: 'number', minimum: 0 } as const;

const usage = {
  type: 'object',
  required: ['trials'],
  additionalProperties: false,
  properties: { trials: sum, costUsd: sum, inputTokens: sum, outputTokens: sum, latencyMs: sum },
  description: 'What the answers took, added up; a sum is absent where one of them does not state it.',
} as const;

/** `*.baseline.json`. */
export const baselineSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Accepted scores of a prompt (*.baseline.json), written by `assay accept`',
  type: 'object',
  required: ['schemaVersion', 'models'],
  additionalProperties: false,
  properties: {
    schemaVersion: { const: 1 },
    models: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['version', 'date', 'cases'],
        additionalProperties: false,
        properties: {
          version: { ...text, description: 'Version of the prompt that was accepted.' },
          commit: { ...text, description: 'Commit that was checked out.' },
          dirty: { type: 'boolean', description: 'Whether there were changes that were not committed.' },
          date: { ...date, description: 'When it was accepted.' },
          runs: { type: 'array', items: text, description: 'Runs that its trials come from: none counts twice.' },
          judge: { ...text, description: 'The model that graded.' },
          cases: {
            type: 'object',
            additionalProperties: {
              type: 'object',
              required: ['input', 'scores'],
              additionalProperties: false,
              properties: {
                input: { ...text, description: "Hash of the case's variables." },
                scores: {
                  type: 'object',
                  additionalProperties: {
                    type: 'object',
                    required: ['assert', 'repeats'],
                    additionalProperties: false,
                    properties: {
                      assert: { ...text, description: 'Hash of the assertions behind the metric.' },
                      repeats: repeatScores,
                    },
                  },
                },
                usage,
              },
            },
          },
        },
      },
    },
  },
} as const;
