import { describe, expect, it } from 'vitest';
import { evalIn, evalKey, evalsOfPrompt, keyOf, placeIn } from '../src/eval-key.js';
import { withHistory } from '../src/gate/history.js';
import { fixedPlan } from '../src/plan/planner.js';
import { openFor } from '../src/reports/junit-outcome.js';
import { openChecks } from '../src/reports/mark.js';
import type { Comparison, Eval, EvalComparison, GateCheck, Run } from '../src/vocabulary.js';
import { counted } from './support/counted.js';

const MANY = 200;

const runs = (count: number) => Array.from({ length: count }, (_, at) => ({ prompt: { id: `p${at}` }, model: 'm:x' }));

describe('the key of an eval', () => {
  it('is the same for an eval and its run, and no other’s', () => {
    expect(keyOf({ prompt: { id: 'p' }, model: { model: 'm:x' } })).toBe(keyOf({ prompt: { id: 'p' }, model: 'm:x' }));
    expect(evalKey('a b', 'c')).not.toBe(evalKey('a', 'b c'));
    expect(evalKey('1 a', 'c')).not.toBe(evalKey('1', 'a c'));
  });

  it('finds the first of an eval and all of a prompt, of a list that grows, too', () => {
    const list = [...runs(3), { prompt: { id: 'p1' }, model: 'm:y' }, { prompt: { id: 'p1' }, model: 'm:x' }];
    expect(evalIn(list, 'p1', 'm:x')).toBe(list[1]);
    expect(evalsOfPrompt(list, 'p1')).toEqual([list[1], list[3], list[4]]);
    expect([placeIn(list, 'p1', 'm:z'), evalIn(list, 'p7', 'm:x'), ...evalsOfPrompt(list, 'p7')]).toEqual([
      undefined,
      undefined,
    ]);
    list.push({ prompt: { id: 'p7' }, model: 'm:x' });
    expect(placeIn(list, 'p7', 'm:x')).toBe(5);
  });
});

describe('a list of many evals', () => {
  it('is gone through a few times, however many are looked up in it', () => {
    const { list, looks } = counted(runs(MANY));
    for (let at = 0; at < MANY; at += 1) expect(evalIn(list, `p${at}`, 'm:x')?.prompt.id).toBe(`p${at}`);
    expect(looks()).toBeLessThan(5 * MANY);
  });

  it('is so by the plan', () => {
    const { list, looks } = counted(runs(MANY).map((each) => ({ ...each, cases: [] })));
    const evals = runs(MANY).map(({ prompt, model }) => {
      return { prompt: { ...prompt, repeats: { min: 3, max: 3 } }, model: { model } } as Eval;
    });
    expect(fixedPlan(evals).next({ evals: list } as unknown as Run)).toEqual([]);
    expect(looks()).toBeLessThan(10 * MANY);
  });

  it('is so by its history', () => {
    const evals = runs(MANY).map((each) => ({ ...each, changes: {}, folded: [] }));
    const { list, looks } = counted(runs(MANY).map(({ prompt, model }) => ({ prompt: prompt.id, model })));
    const comparison = { run: { id: 'now', mode: 'live' }, evals } as unknown as Comparison;
    withHistory(comparison, list as unknown as Parameters<typeof withHistory>[1], () => 'suite');
    expect(looks()).toBeLessThan(5 * MANY);
  });

  it('has its checks found so by reports: its own and those of the whole run', () => {
    const each = runs(MANY).map(({ prompt, model }): GateCheck => {
      return { rule: 'minimum', level: 'error', status: 'failed', message: '', prompt: prompt.id, model };
    });
    const whole: GateCheck = { rule: 'complete', level: 'error', status: 'unverified', message: '' };
    const { list, looks } = counted([...each, whole]);
    for (const evaluation of runs(MANY)) {
      expect(openFor(evaluation as EvalComparison, list)).toEqual({ failed: true, unverified: true });
      expect(openChecks(evaluation as EvalComparison, list)).toHaveLength(1);
    }
    expect(looks()).toBeLessThan(5 * MANY);
  });
});
