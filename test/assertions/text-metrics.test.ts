import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cosine } from '../../src/assertions/embedding.js';
import { distance } from '../../src/assertions/levenshtein.js';
import { rouge, words } from '../../src/assertions/rouge-n.js';
import { decimals } from '../../src/assertions/text.js';
import { check, passes, score } from './subjects.js';

const steps = (a: string, b: string) => distance([...a.normalize('NFC')], [...b.normalize('NFC')], 1_000);

describe('levenshtein', () => {
  // Wagner & Fischer's and Jurafsky & Martin's examples; the last two count code points, not UTF-16 units (2 and 6).
  it.each([
    ['kitten', 'sitting', 3],
    ['saturday', 'sunday', 3],
    ['flaw', 'lawn', 2],
    ['abc', 'abc', 0],
    ['gumbo', 'gambol', 2],
    ['a😀b', 'ab', 1],
    ['👨‍👩‍👧', '👨', 4],
    ['é', 'e\u0301', 0],
    ['', 'abc', 3],
  ])('%j to %j: %i', (a, b, expected) => {
    expect(steps(a, b)).toBe(expected);
  });

  it('agrees with the textbook, is symmetric, and obeys the triangle inequality', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\ud800'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const [ab, ba, ac, cb] = [steps(a, b), steps(b, a), steps(a, c), steps(c, b)];
        expect(ab).toBe(textbook([...a.normalize('NFC')], [...b.normalize('NFC')]));
        expect(ab).toBe(ba);
        expect(Number(ab)).toBeLessThanOrEqual(Number(ac) + Number(cb));
      }),
    );
  });

  it('passes up to the threshold, 5 by default, and 0 means equal', async () => {
    expect(await passes('levenshtein', { value: 'abcdef' }, 'f')).toBe(true);
    expect(await passes('levenshtein', { value: 'abcdefg' }, 'x')).toBe(false);
    expect(await passes('levenshtein', { value: 'abc', threshold: 0 }, 'abc')).toBe(true);
    expect(await passes('levenshtein', { value: 'abc', threshold: 0 }, 'abd')).toBe(false);
    expect(await passes('levenshtein', { value: '' }, '')).toBe(true);
  });

  it('does not compare what cannot be near, and says so where it cannot tell', async () => {
    const started = performance.now();
    expect(await score('levenshtein', { value: 'abc' }, 'x'.repeat(1_000_000))).toMatchObject({ pass: false });
    const [a, b] = ['ab'.repeat(500_000), 'ba'.repeat(500_000)];
    expect(await score('levenshtein', { value: a }, `${a}!`)).toMatchObject({ pass: true });
    expect(await score('levenshtein', { value: `x${a}y` }, `y${b}x`)).toMatchObject({ status: 'unscored' });
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});

const overlap = (prediction: string, target: string, options = {}) => rouge(words(prediction), words(target), options);

describe('rouge-n', () => {
  // google-research rouge_scorer_test, whose numbers equal those of ROUGE-1.5.5.
  it.each([
    ['testing', { n: 1 }, [1, 1 / 3, 0.5]],
    ['testing one', { n: 1 }, [1, 2 / 3, 0.8]],
    ['testing one', { n: 2 }, [1, 0.5, 2 / 3]],
    ['testing one', { n: 'l' }, [1, 2 / 3, 0.8]],
    ['testing two', { n: 'l' }, [1, 2 / 3, 0.8]],
    ['', { n: 1 }, [0, 0, 0]],
  ])('%j %j has precision, recall and F1 %j', (prediction, options, [precision, recall, f1]) => {
    const target = 'testing one two';
    expect(overlap(prediction, target, { ...options, measure: 'precision' })).toBeCloseTo(precision ?? -1, 9);
    expect(overlap(prediction, target, { ...options, measure: 'recall' })).toBeCloseTo(recall ?? -1, 9);
    expect(overlap(prediction, target, options)).toBeCloseTo(f1 ?? -1, 9);
  });

  it('splits into words: lower case, letters with their marks, digits, Han by character', () => {
    expect(words("Don't STOP, route-42!")).toEqual(['don', 't', 'stop', 'route', '42']);
    expect(words('Café CAFE\u0301')).toEqual(['café', 'café']);
    expect(words('नमस्ते दुनिया')).toEqual(['नमस्ते', 'दुनिया']);
    expect(words('今日は晴れ A1')).toEqual(['今', '日', 'は', '晴', 'れ', 'a1']);
    expect(words('😀 …')).toEqual([]);
  });

  it('scores an output without words 0, and refuses a value without words', async () => {
    for (const output of ['', ' \n', '😀'])
      expect(await score('rouge-n', { value: 'a b' }, output)).toMatchObject({ value: 0 });
    expect(check('rouge-n', { value: '…' })).toHaveLength(1);
    expect(check('rouge-n', { value: '' })).toHaveLength(1);
    expect(check('rouge-n', { value: 'a' })).toEqual([]);
  });

  it('passes from .75 by default and handles long texts', async () => {
    expect(await passes('rouge-n', { value: 'testing one two' }, 'testing one')).toBe(true);
    expect(await passes('rouge-n', { value: 'testing one two' }, 'testing')).toBe(false);
    const long = 'lorem ipsum dolor '.repeat(60_000);
    expect(await passes('rouge-n', { value: long }, long)).toBe(true);
    const both = { value: long, options: { n: 'l' } };
    expect(await score('rouge-n', both, long)).toMatchObject({ status: 'unscored' });
  });

  it('is 1 for equal words, 0 for none shared, and between for all others', () => {
    const list = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(
        list,
        list,
        fc.constantFrom(1, 'l'),
        fc.constantFrom('f1', 'precision', 'recall'),
        (a, b, n, measure) => {
          const value = rouge(a, b, { n, measure });
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(1);
          expect(rouge(a, a, { n, measure })).toBe(1);
          expect(value === 0).toBe(!a.some((word) => b.includes(word)));
        },
      ),
    );
  });
});

describe('a score near its threshold', () => {
  it.each([
    [0.74996, 0.75, '0.74996'],
    [0.75, 0.75, '0.750'],
    [0.7504, 0.75, '0.7504'],
    [0.1 + 0.2, 0.3, '0.30000000000000004'],
    [0.5, 0.75, '0.500'],
    [0, 0, '0.000'],
    [1, 1, '1.000'],
  ])('%d at %d is shown on its side: %s', (value, threshold, shown) => {
    expect(decimals(value, threshold)).toBe(shown);
  });

  it('does not contradict the outcome', async () => {
    const wanted = 'a b c d e f g h i j k l m n o p q r s t u v w';
    const outcome = await score('rouge-n', { value: wanted, threshold: 0.9777 }, wanted.slice(0, -2));
    expect(outcome).toMatchObject({ pass: true, reason: 'ROUGE-1 f1 is 0.978 (threshold 0.9777)' });
    const near = await score('rouge-n', { value: wanted, threshold: 0.978 }, wanted.slice(0, -2));
    expect(near).toMatchObject({ pass: false, reason: 'ROUGE-1 f1 is 0.9778 (threshold 0.978)' });
  });
});

describe('cosine', () => {
  it('is that of the definition, and nothing where there is none', () => {
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosine([1, 2], [-1, -2])).toBe(-1);
    expect(cosine([0, 0], [1, 1])).toBeUndefined();
    expect(cosine([1], [1, 1])).toBeUndefined();
    expect(cosine([], [])).toBeUndefined();
    expect(cosine([Number.NaN, 1], [1, 1])).toBeUndefined();
  });
});

/** Wagner & Fischer 1974, without any shortcut. */
function textbook(a: string[], b: string[]): number {
  let row = b.map((_, j) => j + 1);
  let above = 0;
  for (const [i, x] of a.entries()) {
    let diagonal = i;
    let left = i + 1;
    row = b.map((y, j) => {
      above = row[j] ?? 0;
      left = Math.min(above + 1, left + 1, diagonal + (x === y ? 0 : 1));
      diagonal = above;
      return left;
    });
  }
  return row.at(-1) ?? a.length;
}
