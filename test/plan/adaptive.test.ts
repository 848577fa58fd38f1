import { describe, expect, it } from 'vitest';
import { adaptivePlan, type Need } from '../../src/plan/planner.js';
import type { Eval, Run } from '../../src/vocabulary.js';
import { caseRun, evalRun, runOf, trial } from '../gate/build.js';

const evals = ['a', 'b'].map((id) => ({
  prompt: { id, repeats: { min: 2, max: 8 } },
  model: { model: 'x:y' },
})) as unknown as Eval[];

/** Both evals, each of their two cases with so many trials. */
function facts(trials: Record<string, [number, number]>): Run {
  const times = (count: number) => Array.from({ length: count }, () => trial(1));
  return runOf(
    Object.entries(trials).map(([id, [first, second]]) =>
      evalRun([caseRun('one', times(first)), caseRun('two', times(second))], {
        prompt: { id, path: id, version: '1' },
        model: 'x:y',
      }),
    ),
  );
}

const plan = (needs: readonly Need[]) => adaptivePlan(evals, () => needs);
const of = (prompt: string) => ({ prompt, model: 'x:y' });

describe('an adaptive plan', () => {
  it('begins with the rounds that every case gets, evals taking turns within a round', () => {
    const asked = plan([{ ...of('a'), rounds: 4, repeats: [] }]).next(facts({ a: [0, 0], b: [0, 0] }));
    expect(asked).toEqual([
      { ...of('a'), repeat: 1 },
      { ...of('b'), repeat: 1 },
      { ...of('a'), repeat: 2 },
      { ...of('b'), repeat: 2 },
    ]);
  });

  it('goes on with the rounds that are needed, evals taking turns again; a round that is there is not asked for', () => {
    const needs = [
      { ...of('a'), rounds: 4, repeats: [] },
      { ...of('b'), rounds: 4, repeats: [] },
    ];
    expect(plan(needs).next(facts({ a: [2, 2], b: [3, 3] }))).toEqual([
      { ...of('a'), repeat: 3 },
      { ...of('a'), repeat: 4 },
      { ...of('b'), repeat: 4 },
    ]);
  });

  it('asks for a whole round where a case has that repeat already from the guard', () => {
    const needs = [{ ...of('a'), rounds: 3, repeats: [] }];
    expect(plan(needs).next(facts({ a: [5, 2], b: [2, 2] }))).toEqual([{ ...of('a'), repeat: 3 }]);
  });

  it('puts single repeats of cases together, repeat by repeat', () => {
    const repeats = [
      { case: 'one', repeat: 3 },
      { case: 'one', repeat: 4 },
      { case: 'two', repeat: 3 },
    ];
    expect(plan([{ ...of('a'), repeats }]).next(facts({ a: [2, 2], b: [2, 2] }))).toEqual([
      { ...of('a'), repeat: 3, cases: ['one', 'two'] },
      { ...of('a'), repeat: 4, cases: ['one'] },
    ]);
  });

  it('ends when nothing is needed', () => {
    expect(plan([]).next(facts({ a: [2, 2], b: [2, 2] }))).toEqual([]);
  });
});
