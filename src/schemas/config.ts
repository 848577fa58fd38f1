import type { XStatic } from 'typebox/schema';
import { gate, level, modelName, models, parameters, repeats, text } from './common.js';
import { promptSettings } from './prompt.js';

const glob = { ...text, description: 'Glob pattern, relative to the project root.' } as const;

const price = { type: 'number', minimum: 0 } as const;

/** `assay.config.yaml`. Settings of a provider beside `type`, `concurrency` and `limits` are checked against that provider's own schema. */
export const configSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'assay.config.yaml',
  type: 'object',
  additionalProperties: false,
  properties: {
    library: {
      type: 'array',
      minItems: 1,
      uniqueItems: true,
      items: text,
      description: 'Folders searched for prompts, relative to this file (default [evals]).',
    },
    providers: {
      type: 'object',
      propertyNames: { pattern: '^[A-Za-z0-9][A-Za-z0-9._-]*$', examples: ['local'] },
      additionalProperties: {
        type: 'object',
        required: ['type'],
        properties: {
          type: { ...text, description: 'The kind of provider.' },
          concurrency: { type: 'integer', minimum: 1, maximum: 4096, description: 'Most calls at a time to it.' },
          limits: {
            type: 'object',
            additionalProperties: false,
            minProperties: 1,
            properties: {
              requestsPerMinute: { type: 'integer', minimum: 1, description: 'Most requests in any minute.' },
              tokensPerMinute: { type: 'integer', minimum: 1, description: 'Most tokens, in and out, in any minute.' },
            },
            description: 'What it may be asked in a minute; limits that a server tells of are kept to as well.',
          },
        },
        additionalProperties: true,
      },
      description: 'Providers under names of your own.',
    },
    prices: {
      type: 'object',
      propertyNames: { examples: ['local:llama-3.3', 'local:*'] },
      additionalProperties: {
        type: 'object',
        required: ['input', 'output'],
        additionalProperties: false,
        properties: {
          input: { ...price, description: 'Of tokens that are sent.' },
          output: { ...price, description: 'Of tokens that are answered; embeddings have none.' },
          cachedInput: { ...price, description: 'Of tokens sent that were cached (default: as "input").' },
        },
      },
      description:
        'Your own prices, in US dollars per million tokens, by provider:name; "*" stands for any characters. They win over built-in ones.',
    },
    models,
    mode: {
      enum: ['replay', 'record', 'live'],
      description: 'replay (default): recordings only; record: calls what is not recorded; live: calls always.',
    },
    repeats,
    concurrency: { type: 'integer', minimum: 1, maximum: 4096, description: 'Most calls at a time (default 16).' },
    judge: {
      type: 'object',
      required: ['model'],
      additionalProperties: false,
      properties: {
        model: { ...modelName, description: 'The model that grades; its name must carry a date.' },
        parameters,
      },
      description: 'The model behind assertions of type "judge".',
    },
    gate,
    policy: {
      type: 'object',
      additionalProperties: false,
      properties: {
        require: {
          type: 'array',
          uniqueItems: true,
          items: { enum: ['owner', 'why', 'tags', 'changelog', 'review', 'input', 'output'] },
          description: 'Keys that every prompt must have.',
        },
        models: { type: 'array', items: text, description: 'Patterns of allowed models, e.g. "openai:*".' },
        minCases: { type: 'integer', minimum: 0, description: 'Fewest cases of a prompt.' },
        maxCostUsd: { type: 'number', minimum: 0, description: 'Largest cost of a full run in US dollars.' },
        whys: {
          anyOf: [{ type: 'boolean' }, { type: 'array', minItems: 1, items: text }],
          description:
            'Every constraint needs a "why:" comment beside it. true: lines with must, never, always, only, do not; or words of your own.',
        },
        rules: {
          type: 'object',
          additionalProperties: false,
          properties: {
            'model-not-allowed': { ...level, description: 'A model that "models" does not allow (default error).' },
            'never-accepted': { ...level, description: 'A prompt without a baseline (default off).' },
            'required-metadata': { ...level, description: 'A key of "require" is missing (default error).' },
            'too-few-cases': { ...level, description: 'Fewer cases than "minCases" (default error).' },
            'unevaluated-prompt': { ...level, description: 'All cases of a prompt are in quarantine (default warn).' },
            'unexplained-constraint': { ...level, description: 'A constraint without a "why:" (default error).' },
            'unknown-owner': { ...level, description: 'An owner who is in no CODEOWNERS file (default error).' },
            'unlogged-version': {
              ...level,
              description:
                'A changed version without a changelog entry (default error where "require" names changelog, else warn).',
            },
            'unused-partial': { ...level, description: 'A partial that no prompt includes (default warn).' },
          },
          description: 'The level of each rule of `assay check`.',
        },
      },
      description: 'Rules about the library itself, checked without a model call.',
    },
    overrides: {
      type: 'array',
      items: {
        type: 'object',
        required: ['files'],
        additionalProperties: false,
        properties: {
          files: { anyOf: [glob, { type: 'array', minItems: 1, items: glob }] },
          ...promptSettings,
        },
      },
      description: 'Settings for the prompts that "files" matches. A later entry wins, front matter wins over all.',
    },
  },
} as const;

/** The config as written. */
export type WrittenConfig = XStatic<typeof configSchema>;
/** The gate's settings as written: a part of them. */
export type WrittenGate = XStatic<typeof gate>;
/** One override as written. */
export type WrittenOverride = NonNullable<WrittenConfig['overrides']>[number];
