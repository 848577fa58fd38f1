import { expect, it } from 'vitest';
import { compare } from '../../src/gate/compare.js';
import { thinness } from '../../src/gate/thin.js';
import type { BaselineCase, BaselineModel } from '../../src/vocabulary.js';
import { casesOf, defaults, evalRun, runOf } from './build.js';

/** More than a call takes arguments. */
const MANY = 200_000;

const one: BaselineCase = { input: 'in', scores: { pass: { assert: 'assert-pass', repeats: [1] } } };
const large: BaselineModel = {
  version: 'abcabcabcabc',
  date: '2026-11-01',
  cases: Object.fromEntries(Array.from({ length: MANY }, (_, index) => [`old${index}`, one])),
};

it('tells for what a baseline of many cases is too thin', () => {
  expect(thinness(large, defaults, { min: 1, max: 3 })).toMatch(/^thin: 1 repeat per case, where \d+ are wanted: /);
});

it('names every one of many removed cases', () => {
  const [found] = compare(runOf([evalRun(casesOf([1]))]), () => large).evals;
  expect(found?.changes.unpaired).toHaveLength(MANY + 1);
  expect(found?.changes.unpaired.at(-1)).toEqual({ case: `old${MANY - 1}`, reason: 'removed' });
});
