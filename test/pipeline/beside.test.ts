import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beside, type Pair } from '../../src/pipeline/beside.js';
import { fixedPlan, type Planner } from '../../src/plan/planner.js';
import type { CaseRun, Eval, EvalRun, Run, Work } from '../../src/vocabulary.js';

const CASES = ['a', 'b', 'c'];

function evalOf(id: string, model: string, min: number): Eval {
  return { prompt: { id, repeats: { min, max: min } }, model: { model } } as Eval;
}

function runOf(evals: readonly Eval[]): Run {
  const runs = evals.map(({ prompt, model }) => {
    const cases = CASES.map((id): CaseRun => ({ case: id, input: '', tags: [], trials: [], asserts: {} }));
    return { prompt: { id: prompt.id }, model: model.model, cases } as unknown as EvalRun;
  });
  return { info: {} as Run['info'], evals: runs, trials: { planned: 0, completed: 0, errored: 0, skipped: 0 } };
}

function casesOf(run: Run, { prompt, model }: Pick<Work, 'prompt' | 'model'>): CaseRun[] {
  const found = run.evals.find((each) => each.prompt.id === prompt && each.model === model);
  return [...(found?.cases ?? [])];
}

/** Does work, or as much of it as `reaches` says. */
function does(run: Run, work: readonly Work[], reaches: (trial: string) => boolean = () => true): void {
  for (const each of work) {
    for (const testCase of casesOf(run, each)) {
      if (each.cases && !each.cases.includes(testCase.case)) continue;
      if (testCase.trials.some(({ repeat }) => repeat === each.repeat)) continue;
      if (!reaches(`${each.prompt} ${each.model} ${testCase.case} ${each.repeat}`)) continue;
      testCase.trials.push({ repeat: each.repeat, status: 'completed', metrics: {} });
    }
  }
}

const never = () => false;

describe('a plan with old sides', () => {
  it('has each round of a new side with that of its old one beside it', () => {
    const pairs: Pair[] = [{ now: evalOf('p', 'm', 2), old: evalOf('p@main', 'm', 2) }];
    const all = pairs.flatMap(({ now, old }) => [now, old]);
    const plan = beside(fixedPlan(pairs.map(({ now }) => now)), pairs, never);
    expect(plan.next(runOf(all))).toEqual([
      { prompt: 'p', model: 'm', repeat: 1 },
      { prompt: 'p@main', model: 'm', repeat: 1, beside: true },
      { prompt: 'p', model: 'm', repeat: 2 },
      { prompt: 'p@main', model: 'm', repeat: 2, beside: true },
    ]);
  });

  it('runs an old side once for two new ones', () => {
    const old = evalOf('p@main', 'm', 1);
    const pairs: Pair[] = [
      { now: evalOf('p', 'm', 1), old },
      { now: evalOf('p', 'next', 1), old },
    ];
    const news = pairs.map(({ now }) => now);
    const work = beside(fixedPlan(news), pairs, never).next(runOf([...news, old]));
    expect(work.map(({ prompt, model, beside: turn }) => [prompt, model, turn ?? false])).toEqual([
      ['p', 'm', false],
      ['p@main', 'm', true],
      ['p', 'next', true],
    ]);
  });

  it('does not repeat single cases of the old side, nor tell the new plan of it', () => {
    const pairs: Pair[] = [{ now: evalOf('p', 'm', 1), old: evalOf('p@main', 'm', 1) }];
    const seen: string[][] = [];
    const guard: Planner = {
      next(facts) {
        seen.push(facts.evals.map(({ prompt }) => prompt.id));
        return [{ prompt: 'p', model: 'm', repeat: 2, cases: ['b'] }];
      },
    };
    const run = runOf(pairs.flatMap(({ now, old }) => [now, old]));
    does(run, [
      { prompt: 'p', model: 'm', repeat: 1 },
      { prompt: 'p@main', model: 'm', repeat: 1 },
    ]);
    expect(beside(guard, pairs, never).next(run)).toEqual([{ prompt: 'p', model: 'm', repeat: 2, cases: ['b'] }]);
    expect(seen).toEqual([['p']]);
  });

  it('ends, with as many rounds of both, wherever a run was cut off before', () => {
    const settings = fc.record({ min: fc.integer({ min: 1, max: 3 }), cut: fc.func(fc.boolean()) });
    fc.assert(
      fc.property(fc.array(settings, { minLength: 1, maxLength: 3 }), (list) => {
        const pairs = list.map(({ min }, index): Pair => {
          return { now: evalOf(`p${index}`, 'm', min), old: evalOf(`p${index}@main`, 'm', min) };
        });
        const all = pairs.flatMap(({ now, old }) => [now, old]);
        const run = runOf(all);
        const plan = beside(fixedPlan(pairs.map(({ now }) => now)), pairs, never);
        does(run, plan.next(run), list[0]?.cut);
        let asked = 0;
        for (let work = plan.next(run); work.length > 0; work = plan.next(run)) {
          does(run, work);
          asked += 1;
          expect(asked).toBeLessThan(5);
        }
        for (const { prompt, model } of all) {
          for (const testCase of casesOf(run, { prompt: prompt.id, model: model.model })) {
            expect(testCase.trials.map(({ repeat }) => repeat).toSorted()).toEqual(
              Array.from({ length: prompt.repeats.min }, (_, index) => index + 1),
            );
          }
        }
      }),
    );
  });

  it('asks for no more of an old side of which no more can be had', () => {
    const pairs: Pair[] = [{ now: evalOf('p', 'm', 1), old: evalOf('p@main', 'm', 1) }];
    const run = runOf(pairs.flatMap(({ now, old }) => [now, old]));
    does(run, [{ prompt: 'p', model: 'm', repeat: 1 }]);
    const plan = beside(fixedPlan(pairs.map(({ now }) => now)), pairs, (prompt) => prompt === 'p@main');
    expect(plan.next(run)).toEqual([]);
  });
});
