import { expect, test } from 'vitest';
import type { Case } from '../../src/vocabulary.js';
import type { Tree } from '../../src/library/tree.js';
import { find, memoryTree, problemsOf, project } from './project.js';
import { oneByOne } from '../../src/lists.js';

const ROWS = 100_000;
const FRONT = { 'evals/a.prompt.md': ['---', 'models: [mock:echo]', '---', '{{ticket}}'] };

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
    const started = process.cpuUsage();
    const library = await find(root);
    const [prompt] = library.prompts;
    if (!prompt) throw new Error('no prompt');
    let count = 0;
    let last: Case | undefined;
    for await (const one of oneByOne(library.cases(prompt))) {
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
    // Two passes over 25 MB take about 4 s. Time of the processor, so that a busy machine matters less.
    const { user, system } = process.cpuUsage(started);
    expect((user + system) / 1e6).toBeLessThan(20);
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

test.each([
  ['jsonl', (index: number) => `{"id": "r${index}", "ticket": "x"}`],
  ['csv', (index: number) => (index === 0 ? 'id,ticket' : `r${index},x`)],
])('a case of a large .%s is given before the rest of its file is read: it is never held whole', async (ext, row) => {
  let given = 0;
  const files = memoryTree({
    'evals/a.prompt.md': FRONT['evals/a.prompt.md'].join('\n'),
    'evals/a.cases.yaml': `{ defaults: { assert: [{ type: equals, value: x }] }, from: a.${ext} }`,
    [`evals/a.${ext}`]: '',
  });
  const tree: Tree = {
    ...files,
    async *lines() {
      for (let index = 0; index < 20_000; index++) {
        given++;
        yield [row(index)];
      }
    },
  };
  const library = await find(tree);
  const [prompt] = library.prompts;
  if (!prompt) throw new Error('no prompt');
  given = 0;
  for await (const one of oneByOne(library.cases(prompt))) {
    expect(one.vars).toEqual({ ticket: 'x' });
    break;
  }
  expect(given).toBeGreaterThan(0);
  expect(given).toBeLessThan(5000);
});

test('a mistake in a long list of rows is told at its line', async () => {
  const rows = Array.from(
    { length: 1200 },
    (_, index) => `{ "id": "r${index}", "ticket": "x"${index === 1100 ? ', "tags": [5]' : ''} }`,
  );
  const files = memoryTree({
    'evals/a.prompt.md': FRONT['evals/a.prompt.md'].join('\n'),
    'evals/a.cases.yaml': '{ defaults: { assert: [{ type: equals, value: x }] }, from: a.json }',
    'evals/a.json': `[\n${rows.join(',\n')}\n]`,
  });
  const problems = await problemsOf(files);
  expect(problems.map(({ place }) => place)).toMatchObject([{ file: 'evals/a.json', line: 1102 }]);
});
