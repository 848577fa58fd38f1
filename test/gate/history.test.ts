import { describe, expect, it } from 'vitest';
import { compare } from '../../src/gate/compare.js';
import { type HistoryEntry, historyLines, withHistory } from '../../src/gate/history.js';
import type { CaseRun, Comparison, Mode } from '../../src/vocabulary.js';
import { caseRun, casesOf, errored, evalRun, info, runOf, trial } from './build.js';

const suite = () => 'suite';

/** A run named like this, of these cases. */
function ran(id: string, cases: CaseRun[], mode: Mode = 'live', version = 'abcabcabcabc'): Comparison {
  const prompt = { id: 'p', path: 'evals/p.prompt.md', version };
  return compare(runOf([evalRun(cases, { prompt })], { info: { ...info, id, mode } }), () => undefined);
}

const entriesOf = (...runs: Comparison[]): HistoryEntry[] =>
  runs.flatMap((each) => historyLines(each, 'passed', suite).map((line) => JSON.parse(line) as HistoryEntry));
const flaky = (now: Comparison, before: readonly HistoryEntry[], of = suite) =>
  withHistory(now, before, of).evals[0]?.flakiness;

describe('the history', () => {
  it('holds a line per eval: version, metrics, and only the cases that did not pass', () => {
    const [entry, ...others] = entriesOf(ran('r1', [...casesOf([1, 0]), caseRun('lost', [errored()])]));
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      run: 'r1',
      commit: '0123456789abcdef',
      version: 'abcabcabcabc',
      verdict: 'passed',
      trials: 1,
      cases: { c1: [0, 1], lost: [0, 0] },
    });
    expect(entry?.metrics.pass).toBe(0.5);
  });

  it('holds any number of cases, whatever they are named', () => {
    const names = [...Array.from({ length: 2500 }, (_, at) => `c${at}`), '__proto__', '"', '7', '1'];
    const [entry] = entriesOf(
      ran(
        'r1',
        names.map((name) => caseRun(name, [trial(0)])),
      ),
    );
    expect(Object.keys(entry?.cases ?? {}).toSorted()).toEqual(names.toSorted());
    expect(Object.values(entry?.cases ?? {}).every(([passed, scored]) => passed === 0 && scored === 1)).toBe(true);
  });

  it('names cases that flip between runs of one version, with their rate', () => {
    const before = entriesOf(ran('r1', casesOf([1, 0, 0])), ran('r2', casesOf([1, 1, 0])));
    expect(flaky(ran('r3', casesOf([1, 1, 0])), before)).toEqual([{ case: 'c1', passed: 2, trials: 3, runs: 3 }]);
    const marked = withHistory(ran('r3', casesOf([1, 1, 0])), before, suite);
    expect(marked.evals[0]?.changes.flaky).toEqual(['c1']);
  });

  it('does not call flaky what is proven to have broken', () => {
    const before = entriesOf(ran('r1', casesOf([1, 1])));
    const now = ran('r2', casesOf([1, 0]));
    const guard = { status: 'confirmed', failures: 9, trials: 9, needed: 9 } as const;
    const proven = {
      ...now,
      evals: now.evals.map((each) => ({
        ...each,
        folded: each.folded.map((one) => (one.case === 'c1' ? { ...one, guard } : one)),
      })),
    };
    expect(withHistory(now, before, suite).evals[0]?.changes.flaky).toEqual(['c1']);
    expect(withHistory(proven, before, suite).evals[0]?.changes.flaky).toEqual([]);
  });

  it('says nothing of another version, other cases, another model, or the run itself', () => {
    const now = ran('r2', casesOf([1, 1]));
    expect(flaky(now, entriesOf(ran('r1', casesOf([0, 1]), 'live', 'other')))).toBeUndefined();
    expect(flaky(now, entriesOf(ran('r1', casesOf([0, 1]))), () => 'another')).toBeUndefined();
    expect(flaky(now, entriesOf(ran('r2', casesOf([0, 1]))))).toBeUndefined();
    const other = entriesOf(ran('r1', casesOf([0, 1]))).map((each) => ({ ...each, model: 'x:y' }));
    expect(flaky(now, other)).toBeUndefined();
  });

  it('counts the answers of a replay once, however often they are replayed', () => {
    const live = entriesOf(ran('r1', casesOf([0])));
    const replays = ['r2', 'r3', 'r4'].flatMap((id) => entriesOf(ran(id, casesOf([1]), 'replay')));
    const now = ran('r5', casesOf([1]), 'replay');
    expect(flaky(now, [...live, ...replays])).toEqual([{ case: 'c0', passed: 1, trials: 2, runs: 2 }]);
  });

  it('counts them once where more or fewer repeats are replayed, too', () => {
    const repeated = (id: string, passes: (0 | 1)[], mode: Mode) =>
      ran(
        id,
        [
          caseRun(
            'c',
            passes.map((pass, at) => trial(pass, { repeat: at + 1 })),
          ),
        ],
        mode,
      );
    const recorded = entriesOf(repeated('r1', [0, 1], 'record'));
    const once = [{ case: 'c', passed: 1, trials: 2, runs: 1 }];
    const one = repeated('r2', [0], 'replay');
    expect(flaky(one, recorded)).toEqual(once);
    const both = [...recorded, ...entriesOf(one)];
    expect(flaky(repeated('r3', [0, 1], 'replay'), both)).toEqual(once);
    expect(flaky(repeated('r3', [0, 1], 'replay'), entriesOf(one))).toEqual(once);
    expect(flaky(repeated('r3', [1], 'live'), both)).toEqual([{ case: 'c', passed: 2, trials: 3, runs: 2 }]);
    expect(flaky(repeated('r3', [0, 0], 'replay'), both)).toEqual([{ case: 'c', passed: 1, trials: 4, runs: 2 }]);
  });

  it('takes no score for neither a pass nor a failure', () => {
    const before = entriesOf(ran('r1', [caseRun('a', [errored()])]));
    expect(flaky(ran('r2', [caseRun('a', [trial(1)])]), before)).toBeUndefined();
    expect(flaky(ran('r2', [caseRun('a', [trial(0)])]), before)).toBeUndefined();
  });

  it('finds cases called like what every object inherits', () => {
    const names = ['constructor', '__proto__'];
    const before = entriesOf(
      ran(
        'r1',
        names.map((id) => caseRun(id, [trial(0)])),
      ),
    );
    const found = flaky(
      ran(
        'r2',
        names.map((id) => caseRun(id, [trial(1)])),
      ),
      before,
    );
    expect(found?.map((each) => each.case)).toEqual(names);
  });
});
