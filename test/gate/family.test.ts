import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adviser, type Ended, type Wanted } from '../../src/gate/advice.js';
import { compare } from '../../src/gate/compare.js';
import { familyOf } from '../../src/gate/family.js';
import { tracksOf } from '../../src/gate/tracks.js';
import type { BaselineModel, CaseRun, EvalRun, Mode, Run, TrialFacts } from '../../src/vocabulary.js';
import { baselineOf, caseRun, defaults, evalRun, info, runOf, trial } from './build.js';

const OLD = { id: 'p', path: 'evals/p.prompt.md', version: 'abcabcabcabc' };
const NEW = { ...OLD, version: 'new' };

/** Cases c0, c1, … with so many repeats each. */
function cases(count: number, repeats: number, pass: (index: number, repeat: number) => 0 | 1 = () => 1): CaseRun[] {
  return Array.from({ length: count }, (_, index) =>
    caseRun(
      `c${index}`,
      Array.from({ length: repeats }, (__, at) => trial(pass(index, at + 1))),
    ),
  );
}

const accepted = baselineOf(cases(30, 8));

function liveRun(evals: EvalRun[], mode: Mode = 'live'): Run {
  return runOf(evals, { info: { ...info, mode } });
}

const family = (run: Run, baseline: BaselineModel = accepted) => familyOf(tracksOf(run, () => baseline));

describe('the family', () => {
  const one = (more: Partial<EvalRun> = {}) => evalRun(cases(30, 1), more);

  it('counts what was called live, in all evals, gated metrics of level error and cases', () => {
    expect(family(liveRun([one(), one({ model: 'x:y' })]))).toEqual({ tests: 2, cases: 60 });
    const gate = { ...defaults, metrics: { equals: {}, tone: {}, other: { level: 'warn' as const } } };
    const scored = cases(30, 1).map((each) => ({
      ...each,
      trials: [trial(1, { scores: { tone: 1, other: 1, free: 1 } })],
      asserts: { ...each.asserts, tone: 't', other: 'o', free: 'f' },
    }));
    expect(family(liveRun([evalRun(scored, { gate })]), baselineOf(scored))).toEqual({ tests: 2, cases: 30 });
  });

  it('leaves out what is only replayed, and what has no baseline', () => {
    expect(family(liveRun([one()], 'replay'))).toEqual({ tests: 0, cases: 0 });
    expect(familyOf(tracksOf(liveRun([one()]), () => undefined))).toEqual({ tests: 0, cases: 0 });
    expect(family(liveRun([one()], 'record'))).toEqual({ tests: 0, cases: 0 });
  });

  it.each([
    ['a new version', { prompt: NEW }],
    ['a replaced model', { replaces: 'openai:old' }],
    ['another judge', { judge: 'x:judge-2026-01-01' }],
    ['answers called for in this run', { called: true }],
    ['other assertions', { cases: cases(30, 1).map((each) => ({ ...each, asserts: { ...each.asserts, pass: 'x' } })) }],
    ['a new case', { cases: cases(31, 1) }],
  ] as [string, Partial<EvalRun>][])('counts %s in a replay', (_, more) => {
    expect(family(liveRun([one(more), one({ model: 'x:same' })], 'replay')).tests).toBe(1);
  });

  it('counts every replayed eval once some requests got other answers: each may have been recorded anew', () => {
    const anew = evalRun(cases(30, 1, (index) => (index === 0 ? 0 : 1)));
    expect(family(liveRun([anew, one({ model: 'x:same' })], 'replay'))).toEqual({ tests: 2, cases: 60 });
  });

  it('counts no cases where newly failing ones break no rule', () => {
    const gate = { ...defaults, rules: { ...defaults.rules, 'newly-failing': 'off' as const } };
    expect(family(liveRun([one({ gate })]))).toEqual({ tests: 1, cases: 0 });
  });

  it('makes proof harder for each, and metrics that only inform cost it nothing', () => {
    const drop = (index: number) => (index < 3 ? 0 : 1);
    const worse = evalRun(cases(30, 1, drop), { prompt: NEW });
    const alone = compare(liveRun([worse]), () => accepted).evals[0]?.metrics;
    const many = [worse, ...Array.from({ length: 59 }, (_, index) => one({ model: `x:m${index}` }))];
    const among = compare(liveRun(many), () => accepted).evals[0]?.metrics;
    expect(alone?.pass).toMatchObject({ verdict: 'regressed' });
    expect(alone?.pass?.pAdjusted).toBeCloseTo(alone?.pass?.p ?? 1, 12);
    expect(among?.pass?.pAdjusted).toBeCloseTo(60 * (alone?.pass?.p ?? 1), 9);
    expect(among?.pass?.verdict).not.toBe('regressed');
  });
});

const never: Ended = () => false;

/** Asks for advice with so many trials of each case, and more of some. */
function advice(
  trials: (index: number) => (0 | 1)[],
  more: Partial<EvalRun> & { baseline?: BaselineModel; ended?: Ended; mode?: Mode } = {},
): Wanted[] {
  const { baseline = accepted, ended = never, mode, ...rest } = more;
  const rows = Array.from({ length: 30 }, (_, index) =>
    caseRun(
      `c${index}`,
      trials(index).map((pass) => trial(pass)),
    ),
  );
  const run = liveRun([evalRun(rows, { prompt: NEW, repeats: { min: 1, max: 8 }, ...rest })], mode);
  return adviser(() => baseline, ended)(run);
}

const name = { prompt: 'p', model: 'openai:small' };
/** A baseline in which a fifth of the trials failed. */
const noisy = baselineOf(cases(30, 8, (index, repeat) => ((index + repeat) % 5 === 0 ? 0 : 1)));

describe('advice', () => {
  it('wants nothing more where nothing is open', () => {
    expect(advice(() => [1])).toEqual([]);
    expect(advice((index) => [index < 15 ? 0 : 1])).toEqual([]);
  });

  it('wants the rounds up to the next look while a verdict is open', () => {
    const few = (index: number): (0 | 1)[] => [index % 4 === 0 ? 0 : 1];
    expect(advice(few, { baseline: noisy })).toEqual([{ ...name, rounds: 2, repeats: [] }]);
    expect(advice((index) => [...few(index), ...few(index + 1)], { baseline: noisy })).toEqual([
      { ...name, rounds: 4, repeats: [] },
    ]);
    expect(advice(few, { baseline: noisy, repeats: { min: 1, max: 1 } })).toEqual([]);
    expect(advice(few, { baseline: noisy, ended: (_, __, id) => id === undefined })).toEqual([]);
  });

  it('wants repeats of the case that newly fails first, as many again as have failed, up to proof', () => {
    const failing =
      (times: number) =>
      (index: number): (0 | 1)[] =>
        index === 7 ? Array.from({ length: times }, () => 0) : [1];
    expect(advice(failing(1))).toEqual([{ ...name, repeats: [{ case: 'c7', repeat: 2 }] }]);
    expect(advice(failing(2))).toEqual([{ ...name, repeats: [3, 4].map((repeat) => ({ case: 'c7', repeat })) }]);
    expect(advice(failing(4))).toEqual([{ ...name, repeats: [{ case: 'c7', repeat: 5 }] }]);
    expect(advice(failing(5))).toEqual([]);
    expect(advice((index) => (index === 7 ? [0, 1] : [1]))).toEqual([]);
    expect(advice(failing(1), { ended: (_, __, id) => id === 'c7' })).toEqual([]);
  });

  it('wants nothing without a baseline, and nothing of answers that were accepted', () => {
    const one = evalRun(cases(30, 1), { repeats: { min: 1, max: 8 } });
    expect(adviser(() => undefined, never)(liveRun([one]))).toEqual([]);
    expect(
      adviser(() => noisy, never)(liveRun([evalRun(rowsOf(noisy), { repeats: { min: 1, max: 8 } })], 'replay')),
    ).toEqual([]);
  });

  it('comes to an end, whatever the answers', () => {
    const pass = fc.constantFrom<0 | 1>(0, 1);
    const table = fc.array(fc.array(pass, { minLength: 16, maxLength: 16 }), { minLength: 4, maxLength: 8 });
    fc.assert(
      fc.property(table, table, (before, after) => {
        const asked = after.map(() => 1);
        const baseline = baselineOf(
          before.map((row, index) =>
            caseRun(
              `c${index}`,
              row.slice(0, 8).map((each) => trial(each)),
            ),
          ),
        );
        const advise = adviser(() => baseline, never);
        for (let step = 0; ; step += 1) {
          expect(step).toBeLessThan(200);
          const rows = after.map((row, index) =>
            caseRun(
              `c${index}`,
              row.slice(0, asked[index]).map((each): TrialFacts => trial(each)),
            ),
          );
          const [want] = advise(liveRun([evalRun(rows, { prompt: NEW, repeats: { min: 1, max: 8 } })]));
          if (!want) break;
          after.forEach((_, index) => {
            const single = want.repeats.filter(({ case: id }) => id === `c${index}`).map(({ repeat }) => repeat);
            asked[index] = Math.max(asked[index] ?? 0, want.rounds ?? 0, ...single);
          });
        }
        expect(Math.max(...asked)).toBeLessThanOrEqual(16);
      }),
      { numRuns: 30 },
    );
  });
});

/** The first trial of each accepted case, as a replay gives it again. */
function rowsOf(baseline: BaselineModel): CaseRun[] {
  return Object.entries(baseline.cases).map(([id, { scores }]) =>
    caseRun(id, [trial(scores.pass?.repeats[0] === 1 ? 1 : 0)]),
  );
}
