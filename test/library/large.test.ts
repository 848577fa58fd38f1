import { expect, test } from 'vitest';
import type { Case } from '../../src/vocabulary.js';
import { find, problemsOf, project } from './project.js';

const ROWS = 100_000;
const FRONT = { 'evals/a.prompt.md': ['---', 'models: [mock:echo]', '---', '{{ticket}}'] };

/** Megabytes in use after a collection, where the runtime allows one. */
function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1e6;
}

test.each([
  [
    'jsonl',
    (index: number) =>
      JSON.stringify({ id: `r${index}`, ticket: `${index} ${'x'.repeat(200)}`, expected: `e${index}`, more: 1 }),
  ],
  ['csv', (index: number) => `r${index},"${index} ${'x'.repeat(200)}",e${index},1`],
])(
  '100,000 rows of .%s are checked and read again in bounded time, one at a time',
  async (ext, row) => {
    const lines = Array.from({ length: ROWS }, (_, index) => row(index));
    const root = project({
      ...FRONT,
      'evals/a.cases.yaml': [
        'defaults: { assert: [{ type: equals }, { type: contains, value: "{{ticket}}" }] }',
        `from: a.${ext}`,
      ],
      [`evals/a.${ext}`]: ext === 'csv' ? ['id,ticket,expected,more', ...lines] : lines,
    });
    lines.length = 0;
    const before = heap();
    const started = process.cpuUsage();
    const library = await find(root);
    const [prompt] = library.prompts;
    if (!prompt) throw new Error('no prompt');
    let count = 0;
    let last: Case | undefined;
    for await (const one of library.cases(prompt)) {
      count++;
      last = one;
    }
    expect(count).toBe(ROWS);
    expect(last).toMatchObject({
      id: `r${ROWS - 1}`,
      expected: `e${ROWS - 1}`,
      place: { line: ext === 'csv' ? ROWS + 1 : ROWS },
    });
    expect(last?.assert.map(({ value }) => value)).toEqual([`e${ROWS - 1}`, last?.vars.ticket]);
    // Two passes over 25 MB take about 4 s; held whole, the cases alone would be over 150 MB. Time of the processor, so that a
    // busy machine does not matter.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(20);
    if (globalThis.gc) expect(heap() - before).toBeLessThan(60);
  },
  120_000,
);

test('a mistake in every row does not fill the screen', async () => {
  const root = project({
    ...FRONT,
    'evals/a.cases.yaml': ['defaults: { assert: [{ type: equals }] }', 'from: a.jsonl'],
    'evals/a.jsonl': Array.from({ length: 5000 }, (_, index) => `{"id": "r${index}", "tikcet": "x"}`),
  });
  const found = await problemsOf(root);
  expect(found).toHaveLength(101);
  expect(found.at(-1)).toMatchObject({ code: 'too-many-problems', place: { file: 'evals/a.jsonl' } });
  expect(found.at(-1)?.message).toMatch(/^\d+ more problems/);
});
