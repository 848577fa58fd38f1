import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accept } from '../../src/gate/baseline.js';
import { compare } from '../../src/gate/compare.js';
import { decide } from '../../src/gate/decide.js';
import { describeAccept } from '../../src/gate/describe-accept.js';
import { formatBaseline } from '../../src/gate/format-baseline.js';
import { reducerNamed } from '../../src/stats/reduce.js';
import type { Baseline, CaseRun, EvalRun, Mode, Run } from '../../src/vocabulary.js';
import { caseRun, casesOf, defaults, errored, evalRun, info, runOf, trial } from './build.js';

const when = { date: '2026-11-22' };

let made = 0;

/** A run of its own. */
function run(cases: CaseRun[], more: Partial<EvalRun> = {}, mode: Mode = 'replay'): Run {
  made += 1;
  return runOf([evalRun(cases, more)], { info: { ...info, id: `run-${made}`, mode } });
}

function acceptAll(runs: readonly Run[], previous?: Baseline): Baseline {
  return (
    runs.reduce<Baseline | undefined>((baseline, each) => accept(each, 'support/triage', baseline, when), previous) ?? {
      schemaVersion: 1,
      models: {},
    }
  );
}

const repeats = (baseline: Baseline, id = 'c0') => baseline.models['openai:small']?.cases[id]?.scores.pass?.repeats;

describe('accept', () => {
  it('stores every repeat of every metric with version, commit, date and judge', () => {
    const a = caseRun('a', [trial(1, { scores: { tone: 0.5 } }), trial(1, { scores: { tone: 1 } })]);
    const cases = [caseRun('b', [trial(1), trial(0)]), a];
    const judged = run(cases, { judge: 'x:judge-2026-01-01' });
    expect(acceptAll([judged])).toEqual({
      schemaVersion: 1,
      models: {
        'openai:small': {
          version: 'abcabcabcabc',
          commit: '0123456789abcdef',
          dirty: false,
          date: '2026-11-22',
          runs: [judged.info.id],
          judge: 'x:judge-2026-01-01',
          cases: {
            a: {
              input: 'in-a',
              scores: {
                pass: { assert: 'assert-pass', repeats: [1, 1] },
                score: { assert: 'assert-score', repeats: [1, 1] },
                tone: { assert: 'assert-tone', repeats: [0.5, 1] },
              },
            },
            b: {
              input: 'in-b',
              scores: {
                pass: { assert: 'assert-pass', repeats: [1, 0] },
                score: { assert: 'assert-score', repeats: [1, 0] },
              },
            },
          },
        },
      },
    });
  });

  it('takes only the evals of its prompt, and keeps models that did not run', () => {
    const other = evalRun(casesOf([1]), {
      prompt: { id: 'other', path: 'evals/other.prompt.md', version: '1' },
      model: 'x:other',
    });
    const first = acceptAll([run(casesOf([1]), { model: 'x:old' })]);
    const next = accept(runOf([other, evalRun(casesOf([1]))]), 'support/triage', first, when);
    expect(Object.keys(next.models)).toEqual(['openai:small', 'x:old']);
  });

  it('stores no judge where no metric hangs on one', () => {
    const next = acceptAll([run(casesOf([1]), { judge: 'x:judge-2026-01-01', judged: [] })]);
    expect(next.models['openai:small']).not.toHaveProperty('judge');
  });

  it('never stores a score that could not be computed', () => {
    const next = acceptAll([run([caseRun('c0', [trial(1), errored(), trial(undefined)]), caseRun('c1', [errored()])])]);
    expect(repeats(next)).toEqual([1]);
    expect(Object.keys(next.models['openai:small']?.cases ?? {})).toEqual(['c0']);
  });

  it('stores complete rounds only, and no more than the prompt asks for: nothing of what only failing cases were given', () => {
    const guarded = [caseRun('c0', [trial(0), trial(0), trial(1), trial(0)]), caseRun('c1', [trial(1)])];
    expect(repeats(acceptAll([run(guarded)]))).toEqual([0]);
    const topped = [
      caseRun(
        'c0',
        Array.from({ length: 5 }, () => trial(0)),
      ),
      caseRun('c1', [trial(1), trial(1), trial(1)]),
    ];
    expect(repeats(acceptAll([run(topped, { repeats: { min: 1, max: 2 } })]))).toEqual([0, 0]);
    expect(repeats(acceptAll([run(topped, { repeats: { min: 1, max: 8 } })]))).toEqual([0, 0, 0]);
  });

  it('replaces the scores of another version, and drops cases that are no longer planned', () => {
    const next = acceptAll([
      run(casesOf([0, 0])),
      run(casesOf([1]), { prompt: { id: 'support/triage', path: 'p', version: 'new' } }),
    ]);
    expect(next.models['openai:small']?.version).toBe('new');
    expect(repeats(next)).toEqual([1]);
    expect(Object.keys(next.models['openai:small']?.cases ?? {})).toEqual(['c0']);
  });

  it('keeps the cases that a filter left out', () => {
    const next = acceptAll([run(casesOf([1, 1, 1])), run(casesOf([1]), { partial: true })]);
    expect(Object.keys(next.models['openai:small']?.cases ?? {})).toEqual(['c0', 'c1', 'c2']);
  });

  it('adds the trials of an unchanged version instead of picking the better ones', () => {
    expect(repeats(acceptAll([run(casesOf([0]), {}, 'live'), run(casesOf([1]), {}, 'live')]))).toEqual([0, 1]);
    expect(repeats(acceptAll([run(casesOf([1]), {}, 'live'), run(casesOf([1]), {}, 'live')]))).toEqual([1, 1]);
    expect(repeats(acceptAll([run(casesOf([0]), {}, 'record'), run(casesOf([1]), {}, 'record')]))).toEqual([0, 1]);
  });

  it('does not count recordings twice, and takes repeats that were recorded since', () => {
    const once = run([caseRun('c0', [trial(1)])]);
    const more = run([caseRun('c0', [trial(1), trial(0)])]);
    expect(repeats(acceptAll([once, once]))).toEqual([1]);
    expect(repeats(acceptAll([once, more]))).toEqual([1, 0]);
    expect(repeats(acceptAll([more, once]))).toEqual([1, 0]);
  });

  it('does not count a run twice, however often it is accepted', () => {
    const [first, second] = [run(casesOf([1]), {}, 'live'), run(casesOf([0]), {}, 'live')];
    const accepted = acceptAll([first, second]);
    expect(acceptAll([first, second, first], accepted)).toEqual(accepted);
    expect(repeats(accepted)).toEqual([1, 0]);
  });

  it('gives all cases as many trials, whatever they scored: else only those that differ would get more', () => {
    const called = { called: true };
    const accepted = acceptAll([run(casesOf([1, 1]), called, 'record'), run(casesOf([1, 0]), called, 'record')]);
    expect([repeats(accepted, 'c0'), repeats(accepted, 'c1')]).toEqual([
      [1, 1],
      [1, 0],
    ]);
    const recordedAnew = acceptAll([run(casesOf([1, 1])), run(casesOf([1, 0]))]);
    expect([repeats(recordedAnew, 'c0'), repeats(recordedAnew, 'c1')]).toEqual([
      [1, 1],
      [1, 0],
    ]);
  });

  it('adds up what the answers took, as far as all of them say', () => {
    const usage = { costUsd: 0.1, inputTokens: 10, outputTokens: 5, latencyMs: 200 };
    const { inputTokens: _in, ...less } = usage;
    const of = (baseline: Baseline) => baseline.models['openai:small']?.cases.c0?.usage;
    const first = acceptAll([run([caseRun('c0', [trial(1, usage), trial(0, usage), errored()])], {}, 'live')]);
    expect(of(first)).toEqual({ trials: 2, costUsd: 0.2, inputTokens: 20, outputTokens: 10, latencyMs: 400 });
    const more = acceptAll([run([caseRun('c0', [trial(1, less)])], {}, 'live')], first);
    expect(of(more)).toEqual({ trials: 3, costUsd: 0.3, outputTokens: 15, latencyMs: 600 });
    expect(formatBaseline(more)).toContain('"usage": { "trials": 3, "costUsd": 0.3, "outputTokens": 15');
    expect(of(acceptAll([run([caseRun('c0', [trial(1)])])]))).toBeUndefined();
    const [known, anew] = [[caseRun('c0', [trial(1, usage)])], [caseRun('c0', [trial(1)])]];
    expect(of(acceptAll([run(anew), run(known)]))).toMatchObject({ trials: 1, costUsd: 0.1 });
    expect(of(acceptAll([run(known), run(known)]))).toMatchObject({ trials: 1, costUsd: 0.1 });
  });

  it('starts anew where the case or its assertions changed', () => {
    const changed = casesOf([1]).map((each) => ({ ...each, input: 'other' }));
    expect(repeats(acceptAll([run(casesOf([0]), {}, 'live'), run(changed, {}, 'live')]))).toEqual([1]);
    const asserts = { pass: 'other', score: 'other' };
    const asserted = casesOf([1]).map((each) => ({ ...each, asserts }));
    expect(repeats(acceptAll([run(casesOf([0]), {}, 'live'), run(asserted, {}, 'live')]))).toEqual([1]);
  });

  it('keeps what was accepted of a case that has no score this time', () => {
    expect(repeats(acceptAll([run(casesOf([1, 1])), run([caseRun('c0', [errored()])])]))).toEqual([1]);
  });
});

describe('the file', () => {
  it('has one line per case, sorted, and is the JSON of the baseline', () => {
    const baseline = acceptAll([run([caseRun('b', [trial(1), trial(1)]), caseRun('a', [trial(0), trial(1)])])]);
    const text = formatBaseline(baseline);
    expect(text.split('\n').filter((line) => line.includes('"input"'))).toEqual([
      '        "a": { "input": "in-a", "scores": { "pass": { "assert": "assert-pass", "repeats": [0,1] }, "score": { "assert": "assert-score", "repeats": [0,1] } } },',
      '        "b": { "input": "in-b", "scores": { "pass": { "assert": "assert-pass", "repeats": [1,1] }, "score": { "assert": "assert-score", "repeats": [1,1] } } }',
    ]);
    expect(JSON.parse(text)).toEqual(baseline);
  });

  it('is stable: neither the order of cases nor of keys shows', () => {
    const cases = casesOf([1, 0, 1]);
    const [one, other] = [run(cases), run(cases.toReversed())];
    other.info.id = one.info.id;
    expect(formatBaseline(acceptAll([other]))).toBe(formatBaseline(acceptAll([one])));
  });

  it('holds whatever cases and metrics are called', () => {
    const name = fc.string({ minLength: 1, unit: 'binary' });
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 5 }), name, (ids, metric) => {
        const scores = Object.fromEntries([[metric, 0.25]]);
        const baseline = acceptAll([run(ids.map((id) => caseRun(id, [trial(1, { scores })])))]);
        expect(JSON.parse(formatBaseline(baseline))).toEqual(baseline);
      }),
    );
  });
});

describe('describeAccept', () => {
  it('says what changes, and nothing where nothing does', () => {
    const before = acceptAll([run([...casesOf([1, 1, 1, 1]), caseRun('gone', [trial(1)])])]);
    const changed = casesOf([1, 1, 0, 1]).map((each) => (each.case === 'c3' ? { ...each, input: 'other' } : each));
    const now = [...changed, caseRun('n1', [trial(1)]), caseRun('n2', [trial(0)])];
    const after = acceptAll(
      [run(now, { prompt: { id: 'support/triage', path: 'p', version: 'ffffffffffff' } })],
      before,
    );
    expect(describeAccept(before, after)).toEqual([
      'openai:small: version abcabcabcabc → ffffffffffff',
      'openai:small: pass 1 → 0.667',
      'openai:small: score 1 → 0.667',
      'openai:small: +2 cases',
      'openai:small: −1 case',
      'openai:small: 1 case with other input or assertions',
    ]);
    expect(describeAccept(after, after)).toEqual([]);
    expect(describeAccept(undefined, before)[0]).toBe('openai:small: first baseline: 5 cases');
  });

  it('gives no figure for a metric that the repeats do not tell of', () => {
    const once = acceptAll([run([caseRun('c1', [trial(1, { scores: { tone: 1 } })])])]);
    const told = (reducer: string) => describeAccept(undefined, once, reducerNamed(reducer)).join(', ');
    expect(told('mean')).toContain('tone 1');
    expect(told('pass@2')).not.toContain('tone');
  });

  it('says that trials were added where no score moved', () => {
    const before = acceptAll([run(casesOf([1, 1]), {}, 'live')]);
    expect(describeAccept(before, acceptAll([run(casesOf([1, 1]), {}, 'live')], before))).toEqual([
      'openai:small: +2 trials, same scores',
    ]);
  });
});

const passes = fc.array(fc.constantFrom<0 | 1 | undefined>(0, 1, undefined), { minLength: 1, maxLength: 4 });
const graded = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });

/** Evals with any mix of passes, graded scores and missing ones. */
const anyCases = fc
  .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), passes, graded, fc.boolean()), {
    selector: ([id]) => id,
    maxLength: 12,
  })
  .map((rows) =>
    rows.map(([id, values, scores, critical]) =>
      caseRun(
        id,
        values.map((value, index) => trial(value, { scores: { tone: scores[index] ?? 0 } })),
        { tags: critical ? ['critical'] : [] },
      ),
    ),
  );

describe('laws', () => {
  const gate = {
    ...defaults,
    maxMissing: 1,
    metrics: { tone: {} },
    rules: { ...defaults.rules, critical: 'off' as const },
  };

  it('a run compared with the baseline accepted from it has delta 0 everywhere and fails no rule', () => {
    fc.assert(
      fc.property(anyCases, (cases) => {
        const ran = run(cases, { gate });
        const baseline = acceptAll([ran]);
        const comparison = compare(ran, (_, model) => baseline.models[model]);
        const found = comparison.evals[0];
        for (const [name, metric] of Object.entries(found?.metrics ?? {})) {
          expect([name, metric.delta, metric.verdict]).toEqual([name, 0, 'unchanged']);
        }
        expect(found?.changes.newlyFailing).toEqual([]);
        expect(found?.folded.filter((each) => each.outcome === 'failed' && !each.accepted)).toEqual([]);
        expect(decide(comparison).checks.filter((each) => each.status === 'failed')).toEqual([]);
      }),
    );
  });

  it('counts add up, means and intervals lie within 0..1, nothing is NaN', () => {
    fc.assert(
      fc.property(anyCases, anyCases, (before, now) => {
        const baseline = acceptAll([run(before, { gate })]);
        const [found] = compare(run(now, { gate }), (_, model) => baseline.models[model]).evals;
        const {
          total,
          passed,
          failed,
          errored: broken,
          skipped,
        } = found?.cases ?? { total: -1, passed: 0, failed: 0, errored: 0, skipped: 0 };
        expect(total).toBe(passed + failed + broken + skipped);
        expect(total).toBe(now.length);
        for (const metric of Object.values(found?.metrics ?? {})) {
          const [low, high] = metric.ci;
          expect(low).toBeGreaterThanOrEqual(0);
          expect(low).toBeLessThanOrEqual(metric.mean + 1e-9);
          expect(high).toBeGreaterThanOrEqual(metric.mean - 1e-9);
          expect(high).toBeLessThanOrEqual(1);
        }
        expect(JSON.stringify(found)).not.toContain('null');
      }),
    );
  });

  it('swapping run and baseline turns the sign of every delta', () => {
    fc.assert(
      fc.property(anyCases, (cases) => {
        const other = cases.map((each) => ({ ...each, trials: each.trials.map((one) => flip(one)) }));
        expect(deltaOf(cases, other)).toBeCloseTo(-deltaOf(other, cases), 9);
      }),
    );
  });
});

/** The change of `pass` from one side to the other. */
function deltaOf(from: CaseRun[], to: CaseRun[]): number {
  const baseline = acceptAll([run(from)]);
  return compare(run(to), (_, model) => baseline.models[model]).evals[0]?.metrics.pass?.delta ?? 0;
}

function flip(each: ReturnType<typeof trial>): ReturnType<typeof trial> {
  const pass = each.metrics.pass;
  return pass === undefined ? each : { ...each, metrics: { ...each.metrics, pass: 1 - pass } };
}
