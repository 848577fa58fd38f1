import { beside, type InputRow, SOUND } from '../mistake.js';

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]'].concat(
  'bcdefghi'.split('').map((name, at) => {
    const before = 'abcdefgh'[at] ?? 'a';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  }),
);

/** How files are written. */
export const NOTATION: readonly InputRow[] = [
  { id: 'I0', fault: 'nothing (control)', tries: [{ files: SOUND, code: 0, says: [/passed/] }] },
  {
    id: 'I1',
    fault: 'broken YAML and JSON: a tab, an open quote, `a: b: c`, two documents, a comma too many',
    tries: [
      {
        files: {
          ...SOUND,
          ...beside('tab', 'cases:\n\t- id: c1\n'),
          ...beside('quote', 'cases: [{ id: "c1 }]\n'),
          ...beside('colons', 'cases: a: b: c\n'),
          ...beside('two', 'cases: []\n---\ncases: []\n'),
          ...beside('comma', '{ "cases": [1,] }', 'json'),
          'evals/front.prompt.md': '---\nowner: [me\n---\n{{text}}\n',
        },
        says: ['tab', 'quote', 'colons', 'two']
          .map((name) => new RegExp(`evals/${name}\\.cases\\.yaml:\\d+:\\d+ `))
          .concat([/evals\/comma\.cases\.json:1:\d+ /, /evals\/front\.prompt\.md:\d+:\d+ /]),
      },
    ],
  },
  {
    id: 'I2',
    fault: 'a key that is given twice, in YAML and in JSON',
    tries: [
      {
        files: {
          ...SOUND,
          ...beside('twice', 'defaults: {}\ncases: []\ndefaults: {}\n'),
          ...beside('json', '{ "cases": [], "cases": [] }', 'json'),
        },
        says: [/twice\.cases\.yaml:3:1 .*is given twice/, /json\.cases\.json:1:\d+ .*is given twice/],
      },
    ],
  },
  {
    id: 'I4',
    fault: 'byte order marks, line ends: UTF-8 and CRLF are read, UTF-16 is refused',
    tries: [
      {
        files: {
          'assay.config.yaml': '\uFEFFmodels: [mock:echo]\r\nmode: live\r\n',
          'evals/a.prompt.md': '\uFEFF---\r\nowner: me\r\n---\r\n{{text}}\r\n',
          'evals/a.cases.json': `\uFEFF{ "cases": [{ "id": "c1", "vars": { "text": "x" }, "assert": [{ "type": "contains", "value": "x" }] }] }`,
        },
        code: 0,
        says: [/passed/],
      },
      {
        // In UTF-8 these two characters are what the mark of UTF-16 is in Latin 1; the bytes below are the mark itself.
        files: { ...SOUND, 'evals/a.cases.yaml': 'UTF-16' },
        says: [/a\.cases\.yaml.*UTF-16/],
      },
    ],
  },
  {
    id: 'I5',
    fault: 'a key that is not known, near one that is',
    tries: [
      {
        files: { ...SOUND, 'evals/a.cases.yaml': ['cases: [{ id: c1, vars: { text: x }, asserts: [] }]'] },
        says: [/a\.cases\.yaml:1:\d+ .*unknown key "asserts"/, /Did you mean "assert"/],
      },
    ],
  },
  {
    id: 'I10',
    fault: 'NUL and control characters: sent as they are in a text, refused in an id',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'cases: [{ id: "c\\u0007", vars: { text: x }, assert: [{ type: contains, value: x }] }]',
          ],
        },
        says: [/a\.cases\.yaml:1:\d+ /],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'cases: [{ id: c1, vars: { text: "x\\0\\e[31m" }, assert: [{ type: contains, value: "nothing" }] }]',
          ],
        },
        code: 1,
        says: [/failed/],
      },
    ],
  },
  {
    id: 'I16',
    fault: 'a bomb of aliases, ten thousand brackets, `__proto__`',
    tries: [
      {
        files: {
          ...SOUND,
          ...beside('bomb', BOMB),
          ...beside('deep', `cases: ${'['.repeat(10_000)}`),
          ...beside('proto', ['cases: [{ id: c1, vars: { text: x, __proto__: { polluted: 1 } }, assert: [] }]']),
        },
        says: [/bomb\.cases\.yaml/, /deep\.cases\.yaml/, /proto\.cases\.yaml:1:\d+ .*__proto__/],
      },
    ],
  },
];
