import { describe, expect, it } from 'vitest';
import { trialsOf } from '../../src/run/trials.js';
import type { Case, Eval, Work } from '../../src/vocabulary.js';

const CASES = ['a', 'b', 'c'];

async function* casesOf(): AsyncGenerator<Case[]> {
  const cases = CASES.map((id) => ({ id }) as Case);
  yield cases.slice(0, 2);
  yield cases.slice(2);
}

const evals = ['new', 'old', 'other'].map((id) => ({ prompt: { id }, model: { model: 'm:x' } }) as Eval);
const source = { library: { cases: casesOf }, evals, includes: () => true };

function work(prompt: string, more: Partial<Work> = {}): Work {
  return { prompt, model: 'm:x', repeat: 1, ...more };
}

async function order(list: readonly Work[]): Promise<string> {
  const names: string[] = [];
  for await (const { id } of trialsOf(list, source))
    names.push(`${id.prompt[0]}${id.prompt[1]}-${id.case}${id.repeat}`);
  return names.join(' ');
}

describe('trials', () => {
  it('come work by work, in the order of cases', async () => {
    expect(await order([work('new'), work('old', { repeat: 2 })])).toBe('ne-a1 ne-b1 ne-c1 ol-a2 ol-b2 ol-c2');
    expect(await order([])).toBe('');
  });

  it('of work beside other work take turns, neither always first', async () => {
    expect(await order([work('new'), work('old', { beside: true }), work('other')])).toBe(
      'ne-a1 ol-a1 ol-b1 ne-b1 ne-c1 ol-c1 ot-a1 ot-b1 ot-c1',
    );
    expect(await order([work('new'), work('old', { beside: true }), work('other', { beside: true })])).toBe(
      'ne-a1 ol-a1 ot-a1 ot-b1 ol-b1 ne-b1 ne-c1 ol-c1 ot-c1',
    );
  });

  it('go on alone where the other work has fewer', async () => {
    expect(await order([work('new', { cases: ['b'] }), work('old', { beside: true })])).toBe('ne-b1 ol-a1 ol-b1 ol-c1');
    expect(await order([work('old', { beside: true })])).toBe('ol-a1 ol-b1 ol-c1');
  });

  it('may be left early', async () => {
    const stream = trialsOf([work('new'), work('old', { beside: true })], source);
    await stream.next();
    await stream.return(undefined);
    expect((await stream.next()).done).toBe(true);
  });
});
