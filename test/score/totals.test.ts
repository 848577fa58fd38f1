import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { totals, weightedMean } from '../../src/score/totals.js';
import { score } from './builders.js';

describe('the totals of a trial', () => {
  it('pass when no score of level error failed; the score is their weighted mean', () => {
    expect(totals([score({ value: 1, weight: 3 }), score({ value: 0.6 })])).toEqual({ pass: true, score: 0.9 });
    expect(totals([score({ value: 1 }), score({ value: 0 })])).toEqual({ pass: false, score: 0.5 });
  });

  it('are not decided by warnings', () => {
    expect(totals([score({ value: 1 }), score({ value: 0, level: 'warn' })])).toEqual({ pass: true, score: 1 });
    expect(totals([score({ value: 1 }), score({ status: 'unscored', level: 'warn' })])).toEqual({
      pass: true,
      score: 1,
    });
    expect(totals([score({ value: 0, level: 'warn' })])).toEqual({ pass: true });
    expect(totals([score({ status: 'unscored', level: 'warn' })])).toEqual({});
  });

  it('are open where a deciding score is unscored, unless another one failed', () => {
    expect(totals([score({ value: 1 }), score({ status: 'unscored' })])).toEqual({});
    expect(totals([score({ value: 0 }), score({ status: 'unscored' })])).toEqual({ pass: false });
    expect(totals([])).toEqual({});
  });

  it('never turn to a pass by what is missing', () => {
    const any = fc.oneof(
      fc.record({ value: fc.constantFrom(0, 0.4, 1), weight: fc.integer({ min: 1, max: 5 }) }).map(score),
      fc.constant(score({ status: 'unscored' })),
    );
    fc.assert(
      fc.property(fc.array(any, { minLength: 1 }), fc.nat(), (scores, at) => {
        const { pass, score: mean = 0 } = totals(scores);
        const lost = scores.map((each, i) => (i === at % scores.length ? score({ status: 'unscored' }) : each));
        const allPassed = scores.every((each) => each.status === 'scored' && each.pass);
        expect(pass === true).toBe(allPassed);
        expect(mean >= 0 && mean <= 1).toBe(true);
        expect(totals(lost).pass).not.toBe(true);
      }),
    );
  });

  it('have no mean of nothing', () => {
    expect(weightedMean([])).toBeUndefined();
  });
});
