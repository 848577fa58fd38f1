import { describe, expect, it } from 'vitest';
import type { Layout } from '../../src/library/layout.js';
import { select } from '../../src/library/select.js';
import { counted } from '../support/counted.js';

const MANY = 200;

const layout: Layout = {
  prompts: Array.from({ length: MANY }, (_, at) => {
    const stem = `evals/f${at % 7}/p${at}`;
    return { id: `f${at % 7}/p${at}`, path: `${stem}.prompt.md`, stem, cases: [`${stem}.cases.yaml`, 'evals/all.csv'] };
  }),
  problems: [],
};

function chosen(paths: string[], prompts = layout.prompts): string[] {
  const unknown: string[] = [];
  const servants = ({ id }: { id: string }) => (id === 'f0/p7' ? ['evals/_partials/tone.md'] : []);
  const found = select(
    { ...layout, prompts },
    paths,
    () => [],
    servants,
    ({ message }) => unknown.push(message),
  );
  return [...found.prompts.map(({ id }) => id), ...unknown.map(() => 'unknown')];
}

describe('a selection by paths', () => {
  it('names prompts by file, id, folder, cases and what they read, in order of the library', () => {
    expect(chosen(['evals/f0/p7.prompt.md', 'f3/p3'])).toEqual(['f3/p3', 'f0/p7']);
    expect(chosen(['evals/f1/p8.cases.yaml'])).toEqual(['f1/p8']);
    expect(chosen(['evals/_partials/tone.md'])).toEqual(['f0/p7']);
    expect(chosen(['evals/f6/'])).toHaveLength(Math.floor(MANY / 7));
    for (const all of ['.', 'evals', 'evals/all.csv', './evals/../evals']) expect(chosen([all])).toHaveLength(MANY);
    for (const none of ['evals/f', 'evals/f1/p', 'f1', '/', '..']) expect(chosen([none])).toEqual(['unknown']);
  });

  it('goes through the prompts a few times, however many paths there are', () => {
    const { list, looks } = counted(layout.prompts);
    expect(
      chosen(
        layout.prompts.map(({ path }) => path),
        list,
      ),
    ).toHaveLength(MANY);
    expect(looks()).toBeLessThan(5 * MANY);
  });
});
