import { describe, expect, it } from 'vitest';
import { compare } from '../../src/gate/compare.js';
import { decide, refusals } from '../../src/gate/decide.js';
import type { Circumstances } from '../../src/gate/general.js';
import type { BaselineModel, CaseRun, EvalRun, GateSettings, Run, Verdict } from '../../src/vocabulary.js';
import { baselineOf, caseRun, casesOf, defaults, errored, evalRun, runOf, skipped, trial } from './build.js';

function gate(
  cases: CaseRun[],
  baseline?: BaselineModel,
  more: Partial<EvalRun> = {},
  circumstances?: Circumstances,
): Verdict {
  return decide(
    compare(runOf([evalRun(cases, more)]), () => baseline),
    circumstances,
  );
}

const broken = (verdict: Verdict) =>
  verdict.checks
    .filter((each) => each.status !== 'passed' && each.level === 'error')
    .map((each) => `${each.rule} ${each.status}`);
const settings = (more: Partial<GateSettings>): Partial<EvalRun> => ({ gate: { ...defaults, ...more } });
const many = (passes: number, of: number) =>
  casesOf(Array.from({ length: of }, (_, index) => (index < passes ? 1 : 0)));

/** Ten cases whose metric `accuracy` has this score. */
const accurate = (value: number) =>
  Array.from({ length: 10 }, (_, index) => caseRun(`a${index}`, [trial(1, { scores: { accuracy: value } })]));

const quarantine = { until: '2027-01-01', why: 'broken fixture' };
const quarantined = (pass: 0 | 1) => [caseRun('q', [trial(pass)], { tags: ['critical'], quarantine }), ...many(5, 5)];

const critical = (trials: Parameters<typeof caseRun>[1]) => caseRun('a', trials, { tags: ['critical'] });

const rules = (level: 'warn' | 'off') =>
  settings({ rules: { ...defaults.rules, regression: level, 'newly-failing': 'off' } });

function unbalanced(trials: Partial<Run['trials']>): Verdict {
  const run = runOf([evalRun(many(3, 3))]);
  return decide(compare({ ...run, trials: { ...run.trials, ...trials } }, () => baselineOf(many(3, 3))));
}

describe('inconclusive', () => {
  const doubt = (failing: number, of: number, tolerance: number) => {
    const gating = settings({ tolerance, rules: { ...defaults.rules, 'newly-failing': 'off' } });
    const found = gate(many(of - failing, of), baselineOf(many(of, of)), gating).checks;
    return found.find(({ rule }) => rule === 'inconclusive')?.message ?? '';
  };

  it('does not call chance what is none, and names what keeps a drop below the tolerance open', () => {
    expect(doubt(6, 18, 0.5)).toBe(
      'pass is inconclusive: 1 → 0.667 (−0.333), that is no chance, but below the tolerance of 0.5; set gate.detect to that: a smaller drop does not matter',
    );
    expect(doubt(3, 9, 0.5)).toContain('that may be chance and is below the tolerance of 0.5; set gate.detect to that');
    expect(doubt(3, 9, 0.02)).toMatch(/, that may be chance; \d+ cases like these would settle it$/);
  });
});

describe('minimum', () => {
  it('without a baseline every case must pass', () => {
    expect(gate(casesOf([1, 1])).exitCode).toBe(0);
    const verdict = gate(casesOf([1, 0]));
    expect(verdict).toMatchObject({ verdict: 'failed', exitCode: 1 });
    expect(verdict.reasons[0]).toContain('pass is 0.5, below the minimum of 1 (no baseline: every case must pass');
  });

  it('minPassRate is met exactly, and holds with a baseline too where it is set', () => {
    expect(gate(many(9, 10), undefined, settings({ minPassRate: 0.9 })).exitCode).toBe(0);
    expect(broken(gate(many(8, 10), undefined, settings({ minPassRate: 0.9 })))).toEqual(['minimum failed']);
    expect(broken(gate(many(8, 10), baselineOf(many(8, 10)), settings({ minPassRate: 0.9 })))).toEqual([
      'minimum failed',
    ]);
    expect(gate(many(8, 10), baselineOf(many(8, 10))).exitCode).toBe(0);
  });

  it('a metric has a minimum of its own', () => {
    const cases = [caseRun('a', [trial(1, { scores: { tone: 0.6 } })])];
    const verdict = gate(cases, undefined, settings({ metrics: { tone: { minimum: 0.7 } } }));
    expect(verdict.reasons).toEqual(['support/triage [openai:small]: tone is 0.6, below the minimum of 0.7']);
  });

  it('cannot be met by a metric that has no score, however much may be missing', () => {
    const cases = [caseRun('a', [errored()]), caseRun('b', [errored()])];
    expect(broken(gate(cases, undefined, settings({ maxMissing: 1 })))).toContain('minimum unverified');
    expect(broken(gate(cases, baselineOf(casesOf([1, 1])), settings({ maxMissing: 1, minPassRate: 1 })))).toContain(
      'minimum unverified',
    );
  });
});

describe('regression', () => {
  it('names the metric, before, after and by how much', () => {
    const verdict = gate(accurate(0.87), baselineOf(accurate(0.95)), settings({ metrics: { accuracy: {} } }));
    expect(verdict.reasons).toEqual([
      'support/triage [openai:small]: accuracy fell 0.95 → 0.87 (−0.08, tolerance 0.02, adjusted p 0.002)',
    ]);
    expect(verdict.checks.find((each) => each.rule === 'regression' && each.metric === 'accuracy')).toMatchObject({
      prompt: 'support/triage',
      model: 'openai:small',
      level: 'error',
      status: 'failed',
    });
  });

  it('a drop below the tolerance passes, and so does a metric that is not gated', () => {
    expect(gate(accurate(0.94), baselineOf(accurate(0.95)), settings({ metrics: { accuracy: {} } })).exitCode).toBe(0);
    expect(gate(accurate(0.1), baselineOf(accurate(0.95))).exitCode).toBe(0);
  });

  it('a rule or a metric at level warn is a remark; at level off it is silent', () => {
    const [before, now] = [baselineOf(many(10, 10)), many(3, 10)];
    const warned = gate(now, before, rules('warn'));
    expect(warned).toMatchObject({ verdict: 'passed', exitCode: 0 });
    expect(warned.reasons).toEqual([
      'warning: support/triage [openai:small]: pass fell 1 → 0.3 (−0.7, tolerance 0.02, adjusted p 0.016)',
    ]);
    expect(gate(now, before, rules('off')).reasons).toEqual([]);
  });

  it('a gated metric that vanished from the run is not passed over', () => {
    const before = baselineOf([caseRun('a', [trial(1, { scores: { tone: 1 } })])]);
    const verdict = gate([caseRun('a', [trial(1)])], before, settings({ metrics: { tone: {} } }));
    expect(verdict).toMatchObject({ verdict: 'unverified', exitCode: 3 });
    expect(broken(verdict)).toEqual(['paired unverified']);
  });
});

describe('newly failing and critical', () => {
  it('a case that passed and fails now fails the gate, even where the mean holds', () => {
    const before = baselineOf(casesOf([1, 0, 1, 1, 1]));
    const verdict = gate(casesOf([0, 1, 1, 1, 1]), before);
    expect(broken(verdict)).toEqual(['newly-failing failed']);
    expect(verdict.checks.find((each) => each.status === 'failed')?.case).toBe('c0');
  });

  it('many cases share one reason', () => {
    const verdict = gate(many(0, 12), baselineOf(many(12, 12)));
    expect(verdict.reasons).toEqual([
      'support/triage [openai:small]: pass fell 1 → 0 (−1, tolerance 0.02, adjusted p < 0.001)',
      'support/triage [openai:small]: 12 cases that passed in the baseline fail now (unconfirmed: a single reply each): c0, c1, c2, c3, c4 and 7 more',
    ]);
  });

  it('a critical case must pass even where its failure is accepted', () => {
    const cases = [caseRun('a', [trial(0)], { tags: ['critical'] }), ...many(30, 30)];
    expect(broken(gate(cases, baselineOf(cases)))).toEqual(['critical failed']);
  });

  it('a critical case without a score is unverified, within maxMissing too', () => {
    const before = baselineOf([critical([trial(1)]), ...many(99, 99)]);
    for (const missing of [[errored()], [trial(undefined)], [trial(1), errored()]]) {
      expect(broken(gate([critical(missing), ...many(99, 99)], before))).toEqual(['critical unverified']);
    }
  });

  it('says of a critical case how many of its repeats have a score', () => {
    const reasonsOf = (trials: Parameters<typeof critical>[0]) =>
      gate([critical(trials), ...many(99, 99)], undefined).reasons.join('\n');
    expect(reasonsOf([errored()])).toContain('critical: a lacks a score (0 of 1)');
    expect(reasonsOf([trial(1), errored()])).toContain('critical: a lacks a score (1 of 2)');
  });

  it('quarantined cases do not decide', () => {
    expect(gate(quarantined(0), baselineOf(quarantined(1)))).toMatchObject({
      verdict: 'passed',
      exitCode: 0,
      reasons: [],
    });
  });
});

describe('what could not be told', () => {
  it('more scores missing than allowed', () => {
    const cases = (missing: number) => [
      ...many(100 - missing, 100 - missing),
      ...Array.from({ length: missing }, (_, index) =>
        caseRun(`e${index}`, [errored('rate-limited', 'asked to wait 60 s')]),
      ),
    ];
    const before = baselineOf([
      ...many(98, 98),
      ...Array.from({ length: 5 }, (_, index) => caseRun(`e${index}`, [trial(1)])),
    ]);
    expect(gate(cases(2), before)).toMatchObject({ verdict: 'passed', exitCode: 0 });
    const verdict = gate(cases(3), before);
    expect(verdict).toMatchObject({ verdict: 'unverified', exitCode: 3 });
    expect(verdict.reasons[0]).toContain(
      '3 of 100 scores of pass are missing (3 %, allowed 2 %); most often rate-limited (3×): asked to wait 60 s',
    );
  });

  it('answers that a judge could not score', () => {
    const verdict = gate([caseRun('a', [trial(undefined)]), caseRun('b', [trial(1)])]);
    expect(verdict.exitCode).toBe(3);
    expect(verdict.reasons[0]).toContain('answers came, but could not be scored');
  });

  it('fewer than 80 % of the cases paired', () => {
    const changed = many(10, 10).map((each, index) => (index < 3 ? { ...each, input: 'other' } : each));
    const verdict = gate(changed, baselineOf(many(10, 10)));
    expect(verdict.exitCode).toBe(3);
    expect(verdict.reasons[0]).toContain(
      'only 7 of 10 cases can be compared with the baseline (70 %, at least 80 %): 3 input changed',
    );
    const two = changed.map((each, index) => (index === 2 ? { ...each, input: 'in-c2' } : each));
    expect(gate(two, baselineOf(many(10, 10))).exitCode).toBe(0);
  });

  it('all cases in quarantine: accepting would not mend that, and is not advised', () => {
    const all = many(4, 6).map((each) => ({ ...each, quarantine }));
    const verdict = gate(all, baselineOf(many(6, 6)));
    expect(verdict.exitCode).toBe(3);
    expect(verdict.reasons).toEqual([
      'support/triage [openai:small]: pass: nothing is compared with the baseline, since all 6 cases are in quarantine; end it for the cases that are mended',
    ]);
    const some = all.map((each, at) => (at === 0 ? caseRun(each.case, [trial(1)]) : each));
    expect(gate(some, baselineOf(many(6, 6))).exitCode).toBe(0);
  });

  it('a different judge, where a gated metric hangs on it', () => {
    const before = baselineOf(many(3, 3), { judge: 'x:judge-2025-01-01' });
    const now = (judged?: string[]) =>
      gate(many(3, 3), before, { judge: 'x:judge-2026-01-01', ...(judged && { judged }) });
    expect(broken(now(['pass', 'tone']))).toEqual(['judge unverified']);
    expect(broken(now())).toEqual(['judge unverified']);
    expect(now(['tone'])).toMatchObject({ verdict: 'passed' });
    expect(now(['tone']).reasons[0]).toContain(
      'the judge changed from x:judge-2025-01-01 to x:judge-2026-01-01: tone cannot',
    );
    expect(now([]).reasons).toEqual([]);
  });

  it('no trial at all', () => {
    expect(decide(compare(runOf([]), () => undefined))).toMatchObject({
      verdict: 'unverified',
      exitCode: 3,
      incomplete: false,
    });
    expect(gate([])).toMatchObject({ verdict: 'unverified', exitCode: 3 });
  });

  it('no trial answered: the commonest reason is said first', () => {
    const verdict = gate([
      caseRun('a', [errored()]),
      caseRun('b', [errored('not-recorded', 'no recording'), errored('not-recorded')]),
    ]);
    expect(verdict.exitCode).toBe(3);
    expect(verdict.reasons[0]).toBe('none of 3 trials was answered; most often not-recorded (2×): no recording');
  });

  it('one cause is said once: metrics that lack what pass lacks, an eval that lacks everything', () => {
    const toned = trial(1, { scores: { tone: 1 } });
    const more = settings({ metrics: { tone: { minimum: 0.5 } } });
    const before = baselineOf([caseRun('a', [toned]), caseRun('b', [toned])]);
    const asserts = { pass: 'assert-pass', score: 'assert-score', tone: 'assert-tone' };
    const half = [caseRun('a', [toned]), caseRun('b', [errored()], { asserts })];
    expect(gate(half, before, more).reasons).toHaveLength(1);
    const unsure = [caseRun('a', [toned]), caseRun('b', [trial(1)], { asserts })];
    expect(gate(unsure, before, more).reasons).toEqual([
      'support/triage [openai:small]: 1 of 2 scores of tone is missing (50 %, allowed 2 %): answers came, but could not be scored',
    ]);
    const both = [caseRun('a', [trial(1)], { asserts }), caseRun('b', [errored()], { asserts })];
    expect(gate(both, before, more).reasons.map((each) => each.match(/scores of \w+/)?.[0])).toEqual([
      'scores of pass',
      'scores of tone',
    ]);
    const none = ['a', 'b'].map((id) => caseRun(id, [errored()], { asserts, tags: ['critical'] }));
    expect(gate(none, before, more)).toMatchObject({
      exitCode: 3,
      reasons: ['none of 2 trials was answered; most often server (2×): status 500'],
    });
  });
});

describe('cost, latency and tokens', () => {
  /** Six cases whose answers took so much; `spread`: every second one that share more, the others as much less. */
  const costing = (costUsd: number | undefined, { spread = 0, count = 6 } = {}) =>
    Array.from({ length: count }, (_, index) => {
      const share = 1 + (index % 2 === 0 ? spread : -spread);
      return caseRun(`c${index}`, [trial(1, costUsd === undefined ? {} : { costUsd: costUsd * share })]);
    });
  const judged = (now: CaseRun[], before: CaseRun[], level: 'error' | 'warn' | 'off' = 'error', increase = 0.2) => {
    const more = settings({ increase, rules: { ...defaults.rules, cost: level } });
    const { checks, exitCode } = decide(compare(runOf([evalRun(now, more)]), () => baselineOf(before)));
    const { status, message } = checks.find(({ rule }) => rule === 'cost') ?? {};
    return { status, message, exitCode };
  };

  it('may rise by less than gate.increase', () => {
    expect(judged(costing(0.0119), costing(0.01))).toEqual({
      status: 'passed',
      message: 'cost rose 19 %: $0.01 → $0.0119 per answer',
      exitCode: 0,
    });
    expect(judged(costing(0.012), costing(0.01))).toEqual({
      status: 'failed',
      message: 'cost rose 20 %: $0.01 → $0.012 per answer; 20 % is allowed',
      exitCode: 1,
    });
    expect(judged(costing(0.012), costing(0.01), 'error', 0.5).status).toBe('passed');
    expect(judged(costing(0.005), costing(0.01)).message).toBe('cost fell 50 %: $0.01 → $0.005 per answer');
    expect(judged(costing(0.01), costing(0.01), 'error', 0).status).toBe('passed');
  });

  it('at warn a rise is a remark, at off nothing is looked at', () => {
    expect(judged(costing(0.02), costing(0.01), 'warn')).toMatchObject({ status: 'failed', exitCode: 0 });
    expect(judged(costing(0.02), costing(0.01), 'off').status).toBeUndefined();
  });

  it('a rise that may be chance breaks nothing', () => {
    expect(judged(costing(0.0125, { spread: 0.9 }), costing(0.01)).message).toMatch(/rose 25 %.*perhaps by chance/);
    expect(judged(costing(0.0125, { spread: 0.9 }), costing(0.01)).exitCode).toBe(0);
  });

  it('what is not known is never passed at level error', () => {
    const lacking = judged(costing(0.01), costing(undefined));
    expect(lacking).toMatchObject({ status: 'unverified', exitCode: 3 });
    expect(lacking.message).toContain('run `assay accept`');
    expect(judged(costing(undefined), costing(0.01)).message).toContain('this run does not state it');
    const half = costing(0.01).map((each, index) => costing(index < 3 ? 0.01 : undefined)[index] ?? each);
    expect(judged(half, costing(0.01)).status).toBe('unverified');
    expect(judged(costing(0.02, { count: 1 }), costing(0.01, { count: 1 })).status).toBe('unverified');
  });

  it('what was free and is not any more rose, whatever may rise', () => {
    expect(judged(costing(0), costing(0)).status).toBe('passed');
    expect(judged(costing(0.001), costing(0))).toMatchObject({ status: 'failed', exitCode: 1 });
  });

  it('repeats that only failing cases were given do not count', () => {
    const often = costing(0.01).map((each, index) =>
      index === 0 ? caseRun('c0', [trial(0, { costUsd: 0.01 }), trial(0, { costUsd: 9 })]) : each,
    );
    const rule = compare(runOf([evalRun(often)]), () => baselineOf(costing(0.01))).evals[0]?.usage?.cost;
    expect(rule?.increase).toBeCloseTo(0, 9);
  });
});

describe('the books', () => {
  it('a trial that vanished is never passed over', () => {
    expect(unbalanced({})).toMatchObject({ verdict: 'passed', exitCode: 0 });
    expect(unbalanced({ planned: 4 })).toMatchObject({ verdict: 'unverified', exitCode: 3 });
    expect(unbalanced({ planned: 4 }).reasons[0]).toContain('the trials do not add up: 4 planned');
    expect(unbalanced({ planned: 4, completed: 4 }).reasons[0]).toContain('4 planned, but the cases hold 3');
  });
});

describe('precedence', () => {
  const failing = casesOf([0]);

  it('interrupted outweighs failed, failed outweighs unverified, and all are stated', () => {
    const halted = gate([...failing, caseRun('s', [skipped()])], undefined, {}, { interrupted: 'SIGINT' });
    expect(halted).toMatchObject({ verdict: 'failed', exitCode: 130, incomplete: true });
    expect(halted.reasons[0]).toBe('interrupted by SIGINT: 1 of 2 trials was not run');
    const two = gate([caseRun('s', [skipped()]), caseRun('t', [skipped()])], undefined, {}, { interrupted: 'SIGINT' });
    expect(two.reasons[0]).toBe('interrupted by SIGINT: 2 of 2 trials were not run');
    const only = gate([caseRun('s', [skipped()])], undefined, {}, { interrupted: 'SIGTERM' });
    expect(only.reasons[0]).toBe('interrupted by SIGTERM: 1 of 1 trial was not run');
    expect(halted.reasons.join('\n')).toMatch(/below the minimum[\s\S]*scores of pass is missing/);
    expect(gate(casesOf([1]), undefined, {}, { interrupted: 'SIGTERM' })).toMatchObject({
      verdict: 'unverified',
      exitCode: 143,
    });
    expect(gate(failing, undefined, {}, { reasons: ['the budget is spent'] })).toMatchObject({
      verdict: 'failed',
      exitCode: 1,
    });
  });

  it('an incomplete run that broke no rule is unverified', () => {
    const verdict = gate(casesOf([1]), undefined, {}, { incomplete: true });
    expect(verdict).toMatchObject({ verdict: 'unverified', exitCode: 3, incomplete: true });
    expect(gate(casesOf([1]), undefined, {}, { incomplete: true, reasons: ['the budget is spent'] }).reasons).toEqual([
      'the budget is spent',
    ]);
  });

  it('nothing to do passes with its reason, unless it was interrupted', () => {
    const nothing = decide(
      compare(runOf([]), () => undefined),
      { noGate: '--since reaches nothing' },
    );
    expect(nothing).toEqual({
      verdict: 'passed',
      exitCode: 0,
      incomplete: false,
      reasons: ['--since reaches nothing'],
      checks: [],
    });
    expect(gate(failing, undefined, {}, { noGate: 'shard 1/2: merge gates' }).exitCode).toBe(0);
    expect(gate(failing, undefined, {}, { noGate: 'shard 1/2', interrupted: 'SIGINT' }).exitCode).toBe(130);
  });

  it('passed without remark has no reasons', () => {
    expect(gate(casesOf([1, 1]), baselineOf(casesOf([1, 1]))).reasons).toEqual([]);
  });
});

describe('accepting', () => {
  it('is refused while it cannot be told how good the run is, not for a failure', () => {
    expect(refusals(gate(casesOf([0])))).toEqual([]);
    expect(refusals(gate([caseRun('a', [errored()])]))[0]).toContain('none of 1 trial was answered');
    expect(refusals(gate(casesOf([1]), undefined, {}, { incomplete: true }))).toHaveLength(1);
  });

  it('is how an outdated baseline is mended, so it is not refused for that', () => {
    const now = many(3, 3).map((each) => ({ ...each, input: 'other' }));
    const verdict = gate(now, baselineOf(many(3, 3)));
    expect(verdict.exitCode).toBe(3);
    expect(refusals(verdict)).toEqual([]);
  });
});
