/**
 * Parts that several files have in common, as JSON Schema 2020-12 literals. A literal is the one source of a file's validation,
 * of its TypeScript type (XStatic) and of what an editor shows on hover.
 */

export const level = {
  enum: ['error', 'warn', 'off'],
  description: 'error: decides; warn: is reported; off: does nothing.',
} as const;

export const fraction = { type: 'number', minimum: 0, maximum: 1 } as const;

export const text = { type: 'string', minLength: 1 } as const;

export const date = {
  type: 'string',
  pattern: '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])$',
  examples: ['2026-11-22'],
} as const;

export const tags = {
  type: 'array',
  items: text,
  uniqueItems: true,
  description: 'Words to filter by. Cases tagged "critical" must pass.',
} as const;

/** Its form is checked together with its provider, where a mistake can be named better than by a pattern. */
export const modelName = {
  type: 'string',
  examples: ['openai:gpt-5-mini'],
  description: 'A model as provider:name; the provider is a name under "providers" or a provider type.',
} as const;

export const models = {
  type: 'array',
  minItems: 1,
  items: {
    anyOf: [
      modelName,
      {
        type: 'object',
        required: ['model'],
        additionalProperties: false,
        properties: {
          model: modelName,
          replaces: { ...modelName, description: 'The model whose baseline this one is compared with.' },
        },
      },
    ],
  },
  description: 'Models to run. A model that "replaces" another is compared with the baseline of that one.',
} as const;

export const repeats = {
  anyOf: [
    { type: 'integer', minimum: 1, maximum: 1000 },
    {
      type: 'object',
      required: ['min', 'max'],
      additionalProperties: false,
      properties: {
        min: { type: 'integer', minimum: 1, maximum: 1000 },
        max: { type: 'integer', minimum: 1, maximum: 1000 },
      },
    },
  ],
  description: 'How often each case is asked: a number, or { min, max } to repeat until the result is clear.',
} as const;

export const parameters = {
  type: 'object',
  properties: {
    maxTokens: { type: 'integer', minimum: 1, description: 'Largest number of tokens in the answer.' },
    temperature: { type: 'number', minimum: 0, maximum: 2, description: 'Sampling temperature; absent: not sent.' },
    topP: { type: 'number', exclusiveMinimum: 0, maximum: 1, description: 'Nucleus sampling; absent: not sent.' },
    stop: { type: 'array', items: text, description: 'Texts that end the answer.' },
    seed: { type: 'integer', description: 'Seed, for providers that take one.' },
    stream: { type: 'boolean', description: 'Ask for the answer as a stream. It changes no version and no recording.' },
  },
  additionalProperties: true,
  description:
    "Sampling parameters under neutral names. A provider's type or name as key passes its object to that provider unchecked.",
} as const;

export const gate = {
  type: 'object',
  additionalProperties: false,
  properties: {
    alpha: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 0.5,
      description: 'Share of runs of an unchanged prompt that may fail by chance (default 0.05).',
    },
    tolerance: { ...fraction, description: 'A drop smaller than this does not matter (default 0.02).' },
    detect: {
      type: 'number',
      exclusiveMinimum: 0,
      maximum: 1,
      description: 'The drop that a run should be able to see (default 0.10).',
    },
    confirm: {
      type: 'integer',
      minimum: 1,
      maximum: 1000,
      description: 'The most trials a newly failing case is given to prove that it is broken (default 16).',
    },
    reducer: {
      type: 'string',
      pattern: '^(mean|majority|all|any|at-least-[1-9]\\d{0,3}|pass@[1-9]\\d{0,3})$',
      examples: ['mean', 'majority', 'all', 'any', 'at-least-2', 'pass@2'],
      description: 'How the repeats of a case are folded into one (default mean).',
    },
    increase: {
      type: 'number',
      minimum: 0,
      description: 'Share by which the cost, latency or tokens of an answer may rise (default 0.20).',
    },
    minPassRate: {
      ...fraction,
      description: 'Smallest share of passing cases. Without a baseline the default is 1; with one there is none.',
    },
    maxMissing: {
      ...fraction,
      description: 'Share of scores that may be missing before the verdict is "unverified" (default 0.02).',
    },
    rules: {
      type: 'object',
      additionalProperties: false,
      properties: {
        regression: { ...level, description: 'A gated metric regressed (default error).' },
        minimum: { ...level, description: 'The pass rate is below its minimum (default error).' },
        critical: { ...level, description: 'A case tagged "critical" does not pass (default error).' },
        'newly-failing': { ...level, description: 'A case that used to pass fails now (default error).' },
        inconclusive: { ...level, description: 'The run could not tell (default warn).' },
        cost: { ...level, description: 'The cost of an answer rose (default warn).' },
        latency: { ...level, description: 'The latency of an answer rose (default off).' },
        tokens: { ...level, description: 'The tokens of an answer rose (default off).' },
      },
      description: 'The level of each rule.',
    },
    metrics: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: {
          tolerance: { ...fraction, description: 'A drop of this metric smaller than this does not matter.' },
          minimum: { ...fraction, description: 'Smallest mean of this metric.' },
          level: { ...level, description: 'off: not gated.' },
        },
      },
      description: 'Metrics gated beside "pass", each with settings of its own.',
    },
  },
  description: 'When a run fails.',
} as const;

export const tools = {
  type: 'array',
  items: {
    type: 'object',
    required: ['name', 'parameters'],
    additionalProperties: false,
    properties: {
      name: text,
      description: { type: 'string', description: 'Tells the model when to call it.' },
      parameters: { type: 'object', description: 'JSON Schema of the arguments.' },
    },
  },
  description: 'Functions the model may call.',
} as const;
