import { describe, expect, it } from 'vitest';
import { compare } from '../../src/gate/compare.js';
import type { BaselineModel, CaseRun, EvalComparison, EvalRun } from '../../src/vocabulary.js';
import { baselineOf, caseRun, casesOf, defaults, errored, evalRun, runOf, skipped, trial } from './build.js';

function compareOne(run: EvalRun, baseline?: BaselineModel): EvalComparison {
  const [only] = compare(runOf([run]), () => baseline).evals;
  if (!only) throw new Error('no eval');
  return only;
}

const reasonsOf = (found: EvalComparison) =>
  Object.fromEntries(found.changes.unpaired.map((each) => [each.case, each.reason]));

/** Forty cases whose metric `m` has these scores, one repeat each. */
const graded = (value: (index: number) => number) =>
  Array.from({ length: 40 }, (_, index) => caseRun(`c${index}`, [trial(1, { scores: { m: value(index) } })]));

/** Metric `m`, where every case goes from one score to another, some of them by `more` and as many by as much less. */
function metricOf(before: number, after: number, { more = 0, tolerance = 0.02 } = {}) {
  const gate = { ...defaults, metrics: { m: { tolerance } } };
  const spread = (index: number) => (index % 4 === 0 ? more : index % 4 === 2 ? -more : 0);
  const now = graded((index) => after + spread(index));
  return compareOne(evalRun(now, { gate }), baselineOf(graded(() => before))).metrics.m;
}

const verdictOf = (...args: Parameters<typeof metricOf>) => metricOf(...args)?.verdict;

const repeated = (passes: (0 | 1)[]) => [
  caseRun(
    'a',
    passes.map((pass) => trial(pass)),
  ),
];

/** One case with these repeats, against these accepted ones. */
const one = (now: (0 | 1)[], before?: (0 | 1)[]) =>
  compareOne(evalRun(repeated(now)), before && baselineOf(repeated(before)));

/** Two cases with metric `tone`; the assertions of the first one's are these. */
const toned = (assert: string) =>
  casesOf([1, 1]).map((each) => ({
    ...each,
    trials: [trial(1, { scores: { tone: 0.5 } })],
    asserts: { ...each.asserts, tone: each.case === 'c0' ? assert : 'assert-tone' },
  }));

const slow = (ms: number) => caseRun(`t${ms}`, [trial(1, { latencyMs: ms })]);

describe('means', () => {
  it('fold repeats before cases: a case scored often weighs no more than one scored once', () => {
    const cases = [
      caseRun('often', [trial(1), trial(1), trial(1), trial(0)]),
      caseRun('once', [trial(0), errored(), errored(), errored()]),
    ];
    expect(compareOne(evalRun(cases)).metrics.pass).toMatchObject({ mean: 0.375, n: 2 });
  });

  it.each([
    ['mean', 0.75, 'passed', 0.5, -0.25],
    ['majority', 1, 'passed', 0, -1],
    ['all', 0, 'failed', 0, 0],
    ['any', 1, 'passed', 1, 0],
    ['at-least-3', 1, 'passed', 0, -1],
    ['pass@2', 1, 'passed', 5 / 6, -1 / 6],
  ] as const)(
    'fold by %s: the baseline %d, the outcome then %s, the run %d',
    (reducer, before, outcome, now, delta) => {
      const gate = { ...defaults, reducer };
      const accepted = [1, 1, 0, 1] as (0 | 1)[];
      expect(compareOne(evalRun(repeated(accepted), { gate })).folded.at(0)?.outcome).toBe(outcome);
      const { metrics } = compareOne(evalRun(repeated([1, 0, 1, 0]), { gate }), baselineOf(repeated(accepted)));
      expect(metrics.pass?.baseline).toBeCloseTo(before, 12);
      expect(metrics.pass?.mean).toBeCloseTo(now, 12);
      expect(metrics.pass?.delta).toBeCloseTo(delta, 12);
    },
  );

  it('fold as many accepted repeats as the run has, where they are folded by another than the mean', () => {
    const gate = { ...defaults, reducer: 'all' as const };
    const { metrics } = compareOne(evalRun(repeated([1, 1]), { gate }), baselineOf(repeated([1, 1, 0, 1])));
    expect(metrics.pass).toMatchObject({ baseline: 1, mean: 1, delta: 0 });
  });

  it.each(['majority', 'at-least-2', 'all'] as const)(
    'under %s are not told from what a missing one decides',
    (reducer) => {
      const gate = { ...defaults, reducer, maxMissing: 1 };
      const score = (pass: 0 | 1 | undefined) => trial(pass);
      const open = caseRun('open', [score(1), score(undefined), score(reducer === 'all' ? 1 : 0)]);
      const told = caseRun('told', [score(0), score(undefined), score(0)]);
      const found = compareOne(evalRun([open, told], { gate }));
      expect(found.folded.at(0)?.outcome).toBe('errored');
      expect(found.folded.at(1)?.outcome).toBe('failed');
      expect(found.metrics.pass).toMatchObject({ mean: 0, n: 1 });
    },
  );

  it('leave out a case with too few scores to fold', () => {
    const gate = { ...defaults, reducer: 'at-least-2' as const, maxMissing: 1 };
    const cases = [caseRun('a', [trial(1), errored()]), caseRun('b', [trial(1), trial(1)])];
    const found = compareOne(evalRun(cases, { gate }), baselineOf(cases));
    expect(found.metrics.pass).toMatchObject({ mean: 1, n: 1 });
    expect(found.cases).toMatchObject({ passed: 1, errored: 1 });
  });

  it('take complete rounds only: repeats that only some cases were given never enter', () => {
    const cases = [caseRun('asked-again', [trial(0), trial(1), trial(1), trial(1)]), caseRun('once', [trial(1)])];
    const found = compareOne(evalRun(cases));
    expect(found.metrics.pass?.mean).toBe(0.5);
    expect(found.coverage.pass).toEqual({ planned: 2, missing: 0 });
    expect(found.rounds).toBe(1);
    expect(found.folded.at(0)).toMatchObject({ outcome: 'failed', repeats: { planned: 4, scored: 4, passed: 3 } });
    const cut = [caseRun('a', [trial(1), trial(0)]), caseRun('b', [trial(1), skipped()])];
    expect(compareOne(evalRun(cut)).metrics.pass?.mean).toBe(1);
  });

  it('a score that could not be computed lowers n and is no zero', () => {
    const found = compareOne(
      evalRun([caseRun('a', [trial(1)]), caseRun('b', [trial(undefined)]), caseRun('c', [errored()])]),
    );
    expect(found.metrics.pass).toMatchObject({ mean: 1, n: 1 });
    expect(found.coverage.pass).toEqual({ planned: 3, missing: 2 });
    expect(found.cases).toEqual({ total: 3, passed: 1, failed: 0, errored: 2, skipped: 0 });
  });

  it('a metric without any score has coverage only, never NaN', () => {
    const found = compareOne(evalRun([caseRun('a', [errored()]), caseRun('b', [skipped()])]));
    expect(found.metrics).toEqual({});
    expect(found.coverage.pass).toEqual({ planned: 2, missing: 2 });
    expect(found.cases).toMatchObject({ errored: 1, skipped: 1 });
  });

  it('a case without any trial is missing its score', () => {
    expect(compareOne(evalRun([caseRun('a', [])])).coverage.pass).toEqual({ planned: 1, missing: 1 });
  });

  it('a metric counts over the cases that have it', () => {
    const cases = [caseRun('a', [trial(1, { scores: { accuracy: 0.5 } })]), caseRun('b', [trial(1)])];
    expect(compareOne(evalRun(cases)).metrics.accuracy).toMatchObject({ mean: 0.5, n: 1, gated: false });
  });

  it('has intervals around the mean, within 0..1, Wilson for passes and fails', () => {
    const [low, high] = compareOne(evalRun(casesOf([1, 1, 1, 1, 1, 1, 1, 1, 1, 0]))).metrics.pass?.ci ?? [0, 0];
    expect(low).toBeCloseTo(0.5958, 4);
    expect(high).toBeCloseTo(0.9821, 4);
  });

  it('gates pass and the metrics that the settings name, unless their level is off', () => {
    const cases = [caseRun('a', [trial(1, { scores: { tone: 1, style: 1, length: 1 } })])];
    const gate = { ...defaults, metrics: { tone: {}, style: { level: 'off' as const } } };
    const { metrics } = compareOne(evalRun(cases, { gate }));
    const gated = Object.keys(metrics).filter((name) => metrics[name]?.gated);
    expect(gated).toEqual(['pass', 'tone']);
  });

  it('metrics and cases may be called like what every object inherits', () => {
    const cases = ['constructor', '__proto__', 'toString'].map((id) =>
      caseRun(id, [trial(1, { scores: Object.fromEntries([['__proto__', 0.5]]) })]),
    );
    const found = compareOne(evalRun(cases), baselineOf([]));
    expect(Object.keys(found.metrics)).toEqual(['pass', 'score', '__proto__']);
    expect(found.changes.unpaired.map((each) => each.reason)).toEqual(['added', 'added', 'added']);
  });
});

describe('pairing', () => {
  const before = casesOf([1, 1, 1, 1]);

  it('compares cases whose input and assertions are the same, and lists the others with the reason', () => {
    const [same, input, assert] = before as [CaseRun, CaseRun, CaseRun];
    const now = [
      { ...same, trials: [trial(0)] },
      { ...input, input: 'other' },
      { ...assert, asserts: { ...assert.asserts, pass: 'other' } },
      caseRun('new', [trial(1)]),
      caseRun('silent', [errored()]),
    ];
    const found = compareOne(evalRun(now), baselineOf([...before, caseRun('silent', [trial(1)])]));
    expect(reasonsOf(found)).toEqual({
      c1: 'input changed',
      c2: 'assertions changed',
      c3: 'removed',
      new: 'added',
      silent: 'no score',
    });
    expect(found.metrics.pass).toMatchObject({ baseline: 1, delta: -1, paired: 1 });
    expect(found.coverage.pass?.pairing).toEqual({ cases: 6, same: 2 });
    expect(found.pairedShare).toBeCloseTo(2 / 6);
  });

  it('a changed assertion of one metric takes the case out of that metric only', () => {
    const found = compareOne(evalRun(toned('new')), baselineOf(toned('old')));
    expect(found.metrics.tone?.paired).toBe(1);
    expect(found.metrics.pass?.paired).toBe(2);
    expect(found.changes.unpaired).toEqual([]);
  });

  it('does not call a case removed that a filter left out', () => {
    const found = compareOne(evalRun(before.slice(0, 1), { partial: true }), baselineOf(before));
    expect(found.changes.unpaired).toEqual([]);
    expect(found.pairedShare).toBe(1);
  });

  it('compares a model that replaces another with the baseline of that one', () => {
    const asked: string[] = [];
    const run = runOf([
      evalRun(before, { model: 'openai:next', replaces: 'openai:small' }),
      evalRun(before, { model: 'x:y' }),
    ]);
    const found = compare(run, (_, model) => {
      asked.push(model);
      return model === 'openai:small' ? baselineOf(before) : undefined;
    });
    expect(asked).toEqual(['openai:small', 'x:y']);
    expect(found.evals.map((each) => each.metrics.pass?.verdict)).toEqual(['unchanged', 'new']);
  });

  it('a metric that the baseline does not have is new; one that only the baseline has keeps its place in the coverage', () => {
    const now = [caseRun('a', [trial(1, { scores: { fresh: 1 } })])];
    const found = compareOne(evalRun(now), baselineOf([caseRun('a', [trial(1, { scores: { gone: 1 } })])]));
    expect(found.metrics.fresh?.verdict).toBe('new');
    expect(found.metrics.gone).toBeUndefined();
    expect(found.coverage.gone).toEqual({ planned: 0, missing: 0, pairing: { cases: 1, same: 0 } });
  });
});

describe('verdict of a metric', () => {
  it.each([
    [0.9, 0.9, 0, 'unchanged'],
    [0.9, 0.9 + 1e-12, 0, 'unchanged'],
    [0.9, 0.89, 0, 'unchanged'],
    [0.9, 0.88, 0, 'regressed'],
    [0.95, 0.93, 0, 'regressed'],
    [0.9, 0.5, 0, 'regressed'],
    [0.9, 0.92, 0, 'improved'],
    [0.8, 0.8, 0.15, 'within-noise'],
    [0.8, 0.79, 0.15, 'within-noise'],
    [0.6, 0.6, 0.4, 'within-noise'],
    [0.6, 0.55, 0.4, 'inconclusive'],
  ] as const)('%d → %d with a spread of %d is %s', (before, after, more, expected) => {
    expect(verdictOf(before, after, { more })).toBe(expected);
  });

  it('a tolerance of 0 makes every proven drop one that matters', () => {
    expect(verdictOf(0.9, 0.8999, { tolerance: 0 })).toBe('regressed');
    expect(verdictOf(0.9, 0.9, { tolerance: 0 })).toBe('unchanged');
  });

  it('comes with effect, interval, p, adjusted p and the smallest drop that could have been seen', () => {
    const found = metricOf(0.8, 0.78, { more: 0.1 });
    expect(found).toMatchObject({ baseline: expect.closeTo(0.8, 9), delta: expect.closeTo(-0.02, 9), paired: 40 });
    const [low, high] = found?.deltaCi ?? [0, 0];
    expect(low).toBeLessThan(-0.02);
    expect(high).toBeGreaterThan(-0.02);
    expect(found?.p).toBeGreaterThan(0.01);
    expect(found?.pAdjusted).toBeGreaterThanOrEqual(found?.p ?? 1);
    expect(found?.mde).toBeGreaterThan(0.02);
  });

  it('an interval has a width even where no score varies', () => {
    const now = casesOf(Array.from({ length: 40 }, () => 1));
    const found = compareOne(evalRun(now, { called: true }), baselineOf(now)).metrics.pass;
    expect(found).toMatchObject({ delta: 0, verdict: 'unchanged' });
    expect(found?.deltaCi?.[0]).toBeCloseTo(-0.0876, 4);
    expect(found?.deltaCi?.[1]).toBeCloseTo(0.0876, 4);
  });

  it('without a pair nothing can be told', () => {
    const now = [caseRun('a', [trial(1)], { input: 'other' })];
    const pass = compareOne(evalRun(now), baselineOf([caseRun('a', [trial(1)])])).metrics.pass;
    expect(pass).toMatchObject({ verdict: 'inconclusive', paired: 0 });
    expect(pass).not.toHaveProperty('delta');
  });
});

describe('cases', () => {
  it.each([
    [[1], 'passed'],
    [[0], 'failed'],
    [[1, 1, 0], 'passed'],
    [[1, 0], 'failed'],
    [[0, 0, 1], 'failed'],
  ] as [(0 | 1)[], string][])('%j folds to %s', (now, outcome) => {
    expect(one(now).folded.at(0)?.outcome).toBe(outcome);
  });

  it('newly failing: every accepted repeat passed, and none does now', () => {
    expect(one([0, 1], [1, 1]).changes).toMatchObject({ newlyFailing: [], flaky: ['a'] });
    expect(one([0, 0], [1, 1]).changes).toMatchObject({ newlyFailing: ['a'], flaky: [] });
    expect(one([0], [1, 1]).changes.newlyFailing).toEqual(['a']);
    expect(one([0], [1, 0]).changes.newlyFailing).toEqual([]);
    expect(one([1], [1, 1]).changes.newlyFailing).toEqual([]);
  });

  it('a failure is either newly failing or accepted, never both', () => {
    expect(one([0], [1, 0]).folded.at(0)?.accepted).toBe(true);
    expect(one([0], [0]).folded.at(0)?.accepted).toBe(true);
    expect(one([0], [1]).folded.at(0)?.accepted).toBe(false);
    expect(one([0]).folded.at(0)?.accepted).toBe(false);
  });

  it('newly passing and flaky', () => {
    expect(one([1], [0, 0]).changes.newlyPassing).toEqual(['a']);
    expect(one([1], [0, 1]).changes.newlyPassing).toEqual([]);
    expect(one([1, 0, 1]).changes.flaky).toEqual(['a']);
    expect(one([1, 1]).changes.flaky).toEqual([]);
  });

  it('quarantined cases are left out of the metrics and kept in the list', () => {
    const quarantine = { until: '2027-01-01', why: 'the fixture is wrong' };
    const found = compareOne(evalRun([caseRun('a', [trial(1)]), caseRun('b', [trial(0)], { quarantine })]));
    expect(found.metrics.pass).toMatchObject({ mean: 1, n: 1 });
    expect(found.folded.at(1)).toMatchObject({ case: 'b', outcome: 'failed', quarantined: true, quarantine });
  });
});

describe('usage', () => {
  it('a sum is known only where every trial states its part', () => {
    const priced = trial(1, { costUsd: 0.25, inputTokens: 10, outputTokens: 2, latencyMs: 100 });
    const known = compareOne(evalRun([caseRun('a', [priced, priced])]));
    expect(known.cost).toEqual({ usd: 0.5, known: true });
    expect(known.tokens).toEqual({ input: 20, output: 4, known: true });
    const unknown = compareOne(evalRun([caseRun('a', [priced, trial(1), errored()])]));
    expect(unknown.cost).toEqual({ usd: 0.25, known: false });
    expect(unknown.tokens.known).toBe(false);
  });

  it('graders are added up apart, over the trials that were graded by one', () => {
    const graders = { graderCalls: 2, graderCostUsd: 0.1, graderInputTokens: 7, graderOutputTokens: 1 };
    const judged = trial(1, { costUsd: 1, ...graders });
    const plain = trial(1, { costUsd: 1 });
    const { cost, graders: found } = compareOne(evalRun([caseRun('a', [judged, plain]), caseRun('b', [judged])]));
    expect(cost).toEqual({ usd: 3, known: true });
    expect(found).toEqual({
      calls: 4,
      cost: { usd: 0.2, known: true },
      tokens: { input: 14, output: 2, known: true },
    });
    const silent = compareOne(evalRun([caseRun('a', [judged, trial(1, { graderCalls: 1 })])]));
    expect(silent.graders).toMatchObject({ calls: 3, cost: { usd: 0.1, known: false }, tokens: { known: false } });
    expect(compareOne(evalRun([caseRun('a', [judged])], { cutOff: true })).graders?.cost.known).toBe(false);
    expect(compareOne(evalRun([caseRun('a', [plain])]))).not.toHaveProperty('graders');
  });

  it('latency: nearest rank, absent where none was measured', () => {
    expect(compareOne(evalRun(Array.from({ length: 20 }, (_, index) => slow(20 - index)))).latency).toEqual({
      p50: 10,
      p95: 19,
    });
    expect(compareOne(evalRun(casesOf([1]))).latency).toEqual({});
  });

  it('counts trouble by kind, the commonest first', () => {
    const cases = [errored('server', 'a'), errored('rate-limited', 'b'), errored('rate-limited', 'c')];
    expect(compareOne(evalRun([caseRun('a', cases)])).trouble).toEqual([
      { kind: 'rate-limited', message: 'b', count: 2 },
      { kind: 'server', message: 'a', count: 1 },
    ]);
  });
});
