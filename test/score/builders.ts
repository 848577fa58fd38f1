import type { Ask } from '../../src/ask/ask.js';
import type { AssertionDefinition, Scorer } from '../../src/assertions/assertion.js';
import { assertionTypes } from '../../src/assertions/map.js';
import { createScorer, type ScoringParts, type TrialScorer } from '../../src/score/scorer.js';
import type { Answer, Assertion, Case, Completion, Prompt, Score, TrialResult } from '../../src/vocabulary.js';

export const PLACE = { file: 'a.cases.yaml', line: 1, column: 1 };
export const TRIAL = { prompt: 'p', model: 'mock:echo', case: 'c', repeat: 1 };

export function assertion(more: Partial<Assertion> & { type: string }): Assertion {
  const metric = more.negated ? `not-${more.type}` : more.type;
  return { negated: false, options: {}, weight: 1, metric, level: 'error', place: PLACE, ...more };
}

export function testCase(assert: Assertion[], more: Partial<Case> = {}): Case {
  return { id: 'c', vars: {}, assert, tags: [], place: PLACE, input: 'hash', ...more };
}

export function prompt(more: Partial<Prompt> = {}): Prompt {
  return {
    id: 'p',
    path: 'evals/p.prompt.md',
    version: '0123456789ab',
    tags: [],
    models: [],
    parameters: {},
    structured: 'auto',
    tools: [],
    repeats: { min: 1, max: 1 },
    gate: {
      alpha: 0.05,
      tolerance: 0,
      detect: 0.1,
      confirm: 16,
      reducer: 'mean',
      increase: 0.2,
      maxMissing: 0,
      rules: {
        regression: 'error',
        minimum: 'error',
        critical: 'error',
        'newly-failing': 'error',
        inconclusive: 'warn',
        cost: 'warn',
        latency: 'off',
        tokens: 'off',
      },
      metrics: {},
    },
    changelog: [],
    template: [],
    partials: [],
    constraints: [],
    caseFiles: [],
    ...more,
  };
}

export function answer(output: string, more: Partial<Completion> = {}): Extract<Answer, { ok: true }> {
  return { ok: true, completion: { output, finishReason: 'stop', ...more }, attempts: 1, source: 'call' };
}

const silent: Ask = async () => {
  throw new Error('nothing should be asked');
};

export function scorerWith(more: Partial<ScoringParts> = {}): TrialScorer {
  return createScorer({ assertions: assertionTypes, ask: silent, root: '/nowhere', ...more });
}

type Completed = Extract<TrialResult, { status: 'completed' }>;

/** Scores one answer of one case, and insists that it was completed. */
export async function scored(
  assert: Assertion[],
  output: string | Extract<Answer, { ok: true }>,
  more: Partial<ScoringParts> = {},
  about: { case?: Partial<Case>; prompt?: Partial<Prompt> } = {},
): Promise<Completed> {
  const result = await scorerWith(more).score({
    trial: TRIAL,
    case: testCase(assert, about.case),
    prompt: prompt(about.prompt),
    answer: typeof output === 'string' ? answer(output) : output,
  });
  if (result.status !== 'completed') throw new Error(result.status);
  return result;
}

/** The types there are, and one more that a test makes up. */
export function typesWith(
  type: string,
  prepare: AssertionDefinition['prepare'],
): ReadonlyMap<string, AssertionDefinition> {
  const own: AssertionDefinition = { type, summary: 'A test.', value: true, needs: 'optional', prepare };
  return new Map([...assertionTypes, [type, own]]);
}

/** A made-up type whose scorer is the given one. */
export function typesOf(scorer: Scorer): ReadonlyMap<string, AssertionDefinition> {
  return typesWith('own', () => scorer);
}

export function score(more: Partial<Score> & { value?: number; pass?: boolean }): Score {
  const { value = 1, pass = value >= 0.5, ...rest } = more;
  const common = { type: 't', metric: 'm', weight: 1, level: 'error' as const, reason: 'r', ...rest };
  return more.status === 'unscored' ? { ...common, status: 'unscored' } : { ...common, status: 'scored', value, pass };
}
