import { beside, CASE, CONFIG, type InputRow, type Mistake, SOUND } from '../mistake.js';

/** What only some file systems can hold. */
const LINKS: readonly Mistake[] = [
  { files: SOUND, links: { 'evals/round': '.', 'evals/self': 'self' }, code: 0, says: [/1 of 1 trial/] },
  {
    files: { ...SOUND, 'evals/b.prompt.md': '{{text}}' },
    links: { 'evals/b.cases.yaml': 'b.cases.yaml' },
    says: [/b\.cases\.yaml/],
  },
  { files: { ...SOUND, 'evals/b\nc.prompt.md': '{{text}}' }, says: [/b.+c/] },
  ...(process.platform === 'darwin'
    ? []
    : [
        {
          files: { ...SOUND, 'evals/A.prompt.md': '{{text}}' },
          says: [/evals\/A\.prompt\.md/, /evals\/a\.prompt\.md/],
        },
      ]),
];

/** Where files lie, and how large they are. */
export const PLACES: readonly InputRow[] = [
  {
    id: 'I11',
    fault: 'a cases file of 10 MB, 100,000 cases in rows, a variable of 1 MB',
    tries: [
      {
        files: { ...SOUND, ...beside('large', `cases: []\n# ${'x'.repeat(10_000_000)}`) },
        says: [/large\.cases\.yaml.*more than 4000000 characters/],
      },
      {
        files: {
          ...CONFIG,
          'evals/many.prompt.md': '{{text}}',
          'evals/many.cases.yaml': ['from: rows.jsonl', 'defaults: { assert: [{ type: contains, value: x }] }'],
          'evals/rows.jsonl': Array.from({ length: 100_000 }, (_, at) => `{"text":"x${at}"}`),
        },
        flags: ['--dry-run'],
        code: 0,
        within: 2,
        says: [/100,?000/],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            `cases: [{ id: c1, vars: { text: ${'x'.repeat(1_000_000)} }, assert: [{ type: contains, value: x }] }]`,
          ],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
  {
    id: 'I17',
    fault:
      'a path with a blank, `#`, `%`, a line end; a folder in the place of a file; links in circles; names in other letters',
    tries: [
      {
        files: {
          ...CONFIG,
          'evals/a b#c%d/e f.prompt.md': '{{text}}',
          'evals/a b#c%d/e f.cases.yaml': [`cases: [${CASE}]`],
        },
        code: 0,
        says: [/passed/],
      },
      { files: { ...SOUND, 'evals/b.prompt.md': '{{text}}', 'evals/b.cases.yaml/x': '' }, says: [/"b" has no cases/] },
      ...(process.platform === 'win32' ? [] : LINKS),
    ],
  },
];
