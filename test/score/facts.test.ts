import { describe, expect, it } from 'vitest';
import { assertHashes, trialFacts } from '../../src/score/facts.js';
import type { Assertion, Case, Json, JudgeSettings, Prompt, TrialResult } from '../../src/vocabulary.js';
import { assertion, prompt, score, scored, TRIAL, testCase } from './builders.js';

const completed = (more: object): TrialResult => ({
  ...TRIAL,
  status: 'completed',
  completion: { output: 'a', finishReason: 'stop' },
  source: 'call',
  attempts: 1,
  scores: [],
  ...more,
});

describe('the facts of a trial', () => {
  it('are its totals, the weighted mean of each metric, and what it used', () => {
    const completion = {
      output: 'a',
      finishReason: 'stop',
      costUsd: 0.01,
      latencyMs: 12,
      usage: { inputTokens: 3, outputTokens: 4 },
    };
    const scores = [
      score({ metric: 'style', value: 1, weight: 3 }),
      score({ metric: 'style', value: 0, level: 'warn' }),
      score({ metric: 'fact', value: 0.5 }),
    ];
    expect(trialFacts(completed({ completion, scores, pass: true, score: 0.8 }))).toEqual({
      repeat: 1,
      status: 'completed',
      metrics: { pass: 1, score: 0.8, style: 0.75, fact: 0.5 },
      costUsd: 0.01,
      latencyMs: 12,
      inputTokens: 3,
      outputTokens: 4,
    });
  });

  it('tell what its graders took apart from what it took itself', () => {
    const graders = { calls: 2, costUsd: 0.5, inputTokens: 40, outputTokens: 10 };
    expect(trialFacts(completed({ graders }))).toEqual({
      repeat: 1,
      status: 'completed',
      metrics: {},
      graderCalls: 2,
      graderCostUsd: 0.5,
      graderInputTokens: 40,
      graderOutputTokens: 10,
    });
    expect(trialFacts(completed({ graders: { calls: 1 } }))).toMatchObject({ graderCalls: 1 });
  });

  it('leave out what is unknown: totals, a metric with an unscored part, numbers', () => {
    const scores = [
      score({ metric: 'm', value: 1 }),
      score({ metric: 'm', status: 'unscored' }),
      score({ metric: 'n', value: 0 }),
    ];
    expect(trialFacts(completed({ scores }))).toEqual({ repeat: 1, status: 'completed', metrics: { n: 0 } });
    expect(trialFacts(completed({ scores: [], pass: false })).metrics).toEqual({ pass: 0 });
  });

  it('hold no metrics for a trial without an answer, but why there is none', () => {
    const failure = { kind: 'server' as const, message: 'down', status: 500 };
    expect(trialFacts({ ...TRIAL, status: 'errored', failure, attempts: 3 })).toEqual({
      repeat: 1,
      status: 'errored',
      metrics: {},
      trouble: { kind: 'server', message: 'down' },
    });
    expect(trialFacts({ ...TRIAL, status: 'skipped', reason: 'r' })).toEqual({
      repeat: 1,
      status: 'skipped',
      metrics: {},
      trouble: { kind: 'skipped', message: 'r' },
    });
  });

  it('do not let a metric of hostile name change objects, nor the finish rule count as a metric', async () => {
    const metrics = trialFacts(completed({ scores: [score({ metric: '__proto__', value: 1 })] })).metrics;
    expect(Object.keys(metrics)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(metrics)).toBe(Object.prototype);
    const cut = await scored([assertion({ type: 'equals', value: 'a' })], {
      ok: true,
      completion: { output: 'a', finishReason: 'length' },
      attempts: 1,
      source: 'call',
    });
    expect(trialFacts(cut).metrics).toEqual({ pass: 0, score: 0.5, equals: 1 });
  });
});

const hashes = (
  assert: Assertion[],
  about: { case?: Partial<Case>; prompt?: Partial<Prompt>; judge?: JudgeSettings } = {},
) => assertHashes(testCase(assert, about.case), prompt(about.prompt), about.judge);

describe('the hashes of assertions', () => {
  const JUDGE: JudgeSettings = { model: 'mock:judge-2026-01-01' };
  const base = assertion({ type: 'equals', value: 'a', metric: 'm' });

  it('are given for pass, score and each metric', () => {
    const both = hashes([base, assertion({ type: 'contains', value: 'b', metric: 'n', level: 'warn' })]);
    expect(Object.keys(both).toSorted()).toEqual(['m', 'n', 'pass', 'score']);
    for (const hash of Object.values(both)) expect(hash).toMatch(/^[0-9a-f]{12}$/);
    expect(both['pass']).toBe(hashes([base])['pass']);
  });

  it.each<[string, Partial<Assertion>]>([
    ['type', { type: 'contains' }],
    ['not-', { negated: true }],
    ['value', { value: 'b' }],
    ['value type', { value: ['a'] }],
    ['options', { options: { x: 1 } }],
    ['threshold', { threshold: 0.5 }],
    ['weight', { weight: 2 }],
    ['path', { path: '$.a' }],
    ['transform', { transform: 'trim' }],
  ])('change with the %s', (_, change) => {
    const changed = hashes([{ ...base, ...change }]);
    expect(changed['m']).not.toBe(hashes([base])['m']);
    expect(changed['pass']).not.toBe(hashes([base])['pass']);
  });

  it('do not change with the place, the order, an assertion of level off, or the expected value of a check with its own', () => {
    const other = assertion({ type: 'contains', value: 'b', metric: 'm' });
    const moved = { ...base, place: { file: 'b', line: 9, column: 9 } };
    expect(hashes([moved, other])).toEqual(hashes([other, base]));
    expect(hashes([base, { ...other, level: 'off' }])).toEqual(hashes([base]));
    expect(hashes([base], { case: { expected: 'x' } })).toEqual(hashes([base]));
  });

  it('of one metric do not change with another metric, but those of pass and score do', () => {
    const alone = hashes([base]);
    const more = hashes([base, assertion({ type: 'contains', value: 'b', metric: 'n' })]);
    expect(more['m']).toBe(alone['m']);
    expect(more['pass']).not.toBe(alone['pass']);
    expect(more['score']).not.toBe(alone['score']);
  });

  it('see another expected value or judge behind the very same assertions', () => {
    const { value: _, ...without } = base;
    const judged = assertion({ type: 'judge', value: 'Is it polite?', metric: 'polite' });
    const same = prompt();
    const of = (expected: Json, judge = JUDGE) => assertHashes(testCase([without, judged], { expected }), same, judge);
    const first = of('a');
    expect(of('b')['m']).not.toBe(first['m']);
    expect(of('b', { model: 'mock:judge-2026-02-02' })['polite']).not.toBe(first['polite']);
    expect(of({ a: 1 })['m']).not.toBe(of({ a: 2 })['m']);
    expect(of('a')).toEqual(first);
  });

  it('see what stands in for a missing value', () => {
    const { value: _, ...without } = base;
    expect(hashes([without], { case: { expected: 'a' } })).toEqual(hashes([base]));
    expect(hashes([without], { case: { expected: 'b' } })).not.toEqual(hashes([base]));
    const schema = assertion({ type: 'json-schema' });
    const of = (type: string) => hashes([schema], { prompt: { output: { type } } })['json-schema'];
    expect(of('object')).not.toBe(of('array'));
    expect(hashes([base], { prompt: { output: { type: 'object' } } })).toEqual(hashes([base]));
  });

  it('see another judge, for what is judged only', () => {
    const judged = assertion({ type: 'judge', value: 'Is it kind?' });
    const by = (judge: JudgeSettings) => hashes([judged, base], { judge });
    const other = by({ ...JUDGE, parameters: { temperature: 0 } });
    expect(other['judge']).not.toBe(by(JUDGE)['judge']);
    expect(other['pass']).not.toBe(by(JUDGE)['pass']);
    expect(other['m']).toBe(by(JUDGE)['m']);
  });

  it('see no other judge of the config where a check names its own', () => {
    const own = assertion({ type: 'judge', value: 'Is it kind?', options: { model: 'mock:own-2026-01-01' } });
    const by = (judge: JudgeSettings) => hashes([own], { judge });
    expect(by({ model: 'mock:judge-2026-02-02' })).toEqual(by(JUDGE));
  });

  it('take a default threshold for the same as the one written out', () => {
    const plain = assertion({ type: 'rouge-n', value: 'a' });
    expect(hashes([plain])).toEqual(hashes([{ ...plain, threshold: 0.75 }]));
  });
});
