import { describe, expect, it } from 'vitest';
import { localModelMissing } from '../../src/assertions/embedding.js';
import { answering, check, score, tools } from './subjects.js';

const MODEL = { options: { model: 'mock:embed' } };

describe('similar, with the embeddings of a provider', () => {
  it('is the cosine with the nearest text, asked for in one request', async () => {
    const { ask, asked } = answering({
      embeddings: [
        [1, 0],
        [0, 1],
        [1, 1],
      ],
    });
    const outcome = await score('similar', { ...MODEL, value: ['a', 'b'] }, 'text', tools(ask));
    expect(outcome).toMatchObject({
      status: 'scored',
      pass: false,
      reason: 'similarity with "b" is 0.707 (threshold 0.75)',
    });
    expect(outcome).toHaveProperty('value', expect.closeTo(Math.SQRT1_2, 9));
    expect(asked).toEqual([
      { model: 'mock:embed', messages: [], parameters: {}, tools: [], texts: ['text', 'a', 'b'] },
    ]);
  });

  it('counts an opposite as 0', async () => {
    const { ask } = answering({
      embeddings: [
        [1, 0],
        [-1, 0],
      ],
    });
    expect(await score('similar', { ...MODEL, value: 'a' }, 'text', tools(ask))).toMatchObject({
      value: 0,
      pass: false,
    });
  });

  it('takes a text and itself to be the same, also at threshold 1', async () => {
    const vector = [0.1, 0.2, 0.3, 0.7];
    const { ask } = answering({ embeddings: [vector, vector] });
    expect(await score('similar', { ...MODEL, value: 'a', threshold: 1 }, 'a', tools(ask))).toMatchObject({
      pass: true,
    });
  });

  it.each([
    [
      'a zero vector',
      {
        embeddings: [
          [0, 0],
          [1, 1],
        ],
      },
    ],
    ['two lengths', { embeddings: [[1], [1, 1]] }],
    ['too few', { embeddings: [[1, 1]] }],
    ['none', {}],
    [
      'no numbers',
      {
        embeddings: [
          [Number.NaN, 1],
          [1, 1],
        ],
      },
    ],
    ['trouble', { ok: false as const, failure: { kind: 'server' as const, message: 'down' }, attempts: 1 }],
  ])('is unscored for %s', async (_, answer) => {
    expect(await score('similar', { ...MODEL, value: 'a' }, 'text', tools(answering(answer).ask))).toMatchObject({
      status: 'unscored',
    });
  });

  it('scores an answer of white space 0 without asking', async () => {
    expect(await score('similar', { ...MODEL, value: 'a' }, ' \n')).toMatchObject({
      status: 'scored',
      value: 0,
      pass: false,
    });
  });

  it('refuses a value without text', () => {
    for (const value of ['', ' ', [], ['a', ''], { a: 1 }]) expect(check('similar', { value })).toHaveLength(1);
    expect(check('similar', {})).toHaveLength(1);
    expect(check('similar', { value: ['a'] })).toEqual([]);
  });
});

describe.skipIf(localModelMissing() !== undefined)(
  'similar, with the local model (skipped where it is not installed)',
  () => {
    it('finds the same meaning, not another, and is the same each time', async () => {
      const value = 'The parcel will arrive on Monday.';
      const near = await score('similar', { value }, 'Your package is going to be delivered on Monday.');
      const far = await score('similar', { value }, 'Photosynthesis turns light into sugar.');
      expect(near).toMatchObject({ status: 'scored', pass: true });
      expect(far).toMatchObject({ status: 'scored', pass: false });
      expect(await score('similar', { value }, 'Your package is going to be delivered on Monday.')).toEqual(near);
      expect(await score('similar', { value }, value)).toMatchObject({ value: 1 });
    });
  },
);
