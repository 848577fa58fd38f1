import { fraction, level, text } from './common.js';

const count = { type: 'integer', minimum: 0 } as const;
const amount = { type: 'number', minimum: 0 } as const;
const interval = { type: 'array', items: { type: 'number' }, minItems: 2, maxItems: 2 } as const;
const strings = { type: 'array', items: { type: 'string' } } as const;
const nullableNumber = { type: ['number', 'null'] } as const;

const metric = {
  type: 'object',
  required: ['mean', 'ci', 'n', 'gated', 'verdict'],
  properties: {
    mean: { type: 'number', description: 'Mean over the cases, 0..1.' },
    ci: { ...interval, description: '95 % confidence interval of the mean.' },
    n: { ...count, description: 'Cases with this metric.' },
    gated: { type: 'boolean', description: 'Whether the gate looks at it.' },
    baseline: { type: 'number', description: 'Mean of the baseline over the paired cases.' },
    delta: { type: 'number', description: 'Run minus baseline over the paired cases.' },
    deltaCi: interval,
    p: { ...fraction, description: 'One-sided p-value of a drop.' },
    pAdjusted: { ...fraction, description: 'The same, adjusted for the number of metrics tested.' },
    mde: { type: 'number', description: 'The smallest drop that this run could have seen.' },
    paired: { ...count, description: 'Cases paired with the baseline.' },
    settles: {
      type: 'object',
      properties: { repeats: count, cases: count },
      description: 'Of an inconclusive metric: so many repeats in all, or so many cases like these, would settle it.',
    },
    verdict: { enum: ['improved', 'unchanged', 'within-noise', 'regressed', 'inconclusive', 'new'] },
  },
} as const;

const score = {
  type: 'object',
  required: ['status', 'type', 'metric', 'reason'],
  properties: {
    status: { enum: ['scored', 'unscored'] },
    type: text,
    metric: text,
    level,
    weight: { type: 'number', exclusiveMinimum: 0 },
    value: { ...fraction, description: 'Only when scored.' },
    pass: { type: 'boolean', description: 'Only when scored.' },
    reason: { type: 'string' },
  },
} as const;

const result = {
  type: 'object',
  required: ['case', 'repeat', 'status'],
  properties: {
    case: text,
    repeat: { type: 'integer', minimum: 1 },
    status: { enum: ['completed', 'errored', 'skipped'] },
    content: {
      type: 'object',
      required: ['input', 'asserts'],
      properties: {
        input: { ...text, description: "Hash of the case's variables." },
        asserts: { type: 'object', additionalProperties: text, description: 'Hashes of the assertions by metric.' },
        group: text,
        quarantine: {
          type: 'object',
          required: ['until', 'why'],
          properties: { until: text, why: text },
        },
      },
    },
    pass: { type: ['boolean', 'null'], description: 'Absent or null where it could not be told.' },
    score: nullableNumber,
    scores: { type: 'array', items: score },
    output: { type: ['string', 'null'] },
    graders: {
      type: 'object',
      required: ['calls'],
      properties: { calls: count, costUsd: amount, inputTokens: count, outputTokens: count },
      description: 'What judges and embeddings took to grade it; a sum is absent where a call does not state its part.',
    },
  },
} as const;

const cost = {
  type: 'object',
  required: ['usd', 'known'],
  properties: {
    usd: amount,
    known: { type: 'boolean', description: 'false: some calls have no known price; usd is the sum of the others.' },
  },
} as const;

const tokens = {
  type: 'object',
  required: ['input', 'output'],
  properties: { input: count, output: count },
} as const;

const flakiness = {
  type: 'object',
  description: 'A case that both passed and failed though nothing changed; runs: how many its trials come from.',
  required: ['case', 'passed', 'trials', 'runs'],
  properties: { case: text, passed: count, trials: count, runs: count },
} as const;

const usageChange = {
  type: 'object',
  required: ['baseline', 'now', 'cases'],
  properties: {
    baseline: { type: 'number', minimum: 0 },
    now: { type: 'number', minimum: 0 },
    cases: { ...count, description: 'Cases of which both are known.' },
    increase: { type: 'number', description: 'now / baseline − 1; absent where the baseline is 0.' },
    atLeast: { type: 'number', description: 'The increase is at least this, with a confidence of 1 − alpha.' },
  },
} as const;

const evaluation = {
  type: 'object',
  required: ['prompt', 'model', 'cases', 'cost', 'tokens', 'latency', 'metrics', 'changes', 'results'],
  properties: {
    prompt: {
      type: 'object',
      required: ['id', 'version', 'path'],
      properties: { id: text, version: text, path: text, owner: { type: 'string' } },
    },
    model: text,
    replaces: text,
    cases: {
      type: 'object',
      required: ['total', 'passed', 'failed', 'errored', 'skipped'],
      properties: { total: count, passed: count, failed: count, errored: count, skipped: count },
    },
    cost,
    tokens,
    latency: { type: 'object', properties: { p50: nullableNumber, p95: nullableNumber } },
    graders: {
      type: 'object',
      required: ['calls', 'cost', 'tokens'],
      properties: { calls: count, cost, tokens },
      description: 'What judges and embeddings took to grade the answers: no part of cost and tokens above.',
    },
    usage: {
      type: 'object',
      properties: { cost: usageChange, latency: usageChange, tokens: usageChange },
      description: 'What an answer takes against the baseline: US dollars, milliseconds, tokens in and out.',
    },
    metrics: { type: 'object', additionalProperties: metric },
    changes: {
      type: 'object',
      required: ['newlyFailing', 'newlyPassing', 'flaky', 'unpaired'],
      properties: {
        newlyFailing: { ...strings, description: 'Passed in all of the baseline, and fail each time now.' },
        newlyPassing: strings,
        flaky: strings,
        unpaired: { type: 'array' },
        confirmed: { ...strings, description: 'Newly failing cases that failed often enough to be proof.' },
        flakiness: { type: 'array', items: flakiness },
      },
    },
    results: { type: 'array', items: result },
  },
} as const;

/** `report.json`. Readers must accept keys that are not named here: later versions may add some. */
export const reportSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'report.json of `assay eval`',
  type: 'object',
  required: ['schemaVersion', 'tool', 'verdict', 'exitCode', 'incomplete', 'reasons', 'run', 'trials', 'evals', 'gate'],
  properties: {
    schemaVersion: { const: 1 },
    tool: { type: 'object', required: ['name', 'version'], properties: { name: text, version: text } },
    verdict: { enum: ['passed', 'failed', 'unverified'] },
    exitCode: { enum: [0, 1, 2, 3, 129, 130, 143] },
    incomplete: { type: 'boolean', description: 'true: the run was interrupted, or its time or budget was spent.' },
    reasons: { ...strings, description: 'Why, in words, the weightiest first.' },
    run: {
      type: 'object',
      required: ['id', 'startedAt', 'mode', 'git', 'configHash'],
      properties: {
        id: text,
        startedAt: text,
        finishedAt: text,
        mode: { enum: ['replay', 'record', 'live'] },
        git: {
          type: 'object',
          properties: {
            commit: { type: ['string', 'null'] },
            branch: { type: ['string', 'null'] },
            dirty: { type: ['boolean', 'null'] },
          },
        },
        configHash: text,
        shard: { type: 'object', required: ['index', 'count'], properties: { index: count, count } },
      },
    },
    trials: {
      type: 'object',
      required: ['planned', 'completed', 'errored', 'skipped'],
      properties: { planned: count, completed: count, errored: count, skipped: count },
    },
    evals: { type: 'array', items: evaluation },
    gate: {
      type: 'object',
      required: ['checks'],
      properties: {
        checks: {
          type: 'array',
          items: {
            type: 'object',
            required: ['rule', 'level', 'status', 'message'],
            properties: {
              rule: text,
              level,
              status: { enum: ['passed', 'failed', 'unverified'] },
              message: { type: 'string' },
              prompt: text,
              model: text,
              metric: text,
              case: text,
            },
          },
        },
      },
    },
    notes: { ...strings, description: 'Remarks that are no part of the decision.' },
  },
} as const;
