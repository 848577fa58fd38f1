import type { Content } from '../../support/project.js';

/** One project with a mistake of input, and what should be told of it. */
export interface Mistake {
  files: Record<string, Content>;
  /** Symbolic links, by their path: what they lead to. */
  links?: Record<string, string>;
  flags?: readonly string[];
  /** Right exit code; 2 unless told otherwise. */
  code?: number;
  /** Seconds that it may take beside the usual two; none unless told otherwise. */
  within?: number;
  /** All of this is said, on either stream or in a note of the report. */
  says: readonly RegExp[];
}

/** A row: mistakes of one kind. What needs no project of its own stands in one: all mistakes are told at once. */
export interface InputRow {
  id: string;
  fault: string;
  posix?: boolean;
  tries: readonly Mistake[];
}

const PROMPT = { 'evals/a.prompt.md': '{{text}}' };
const CASE = '{ id: c1, vars: { text: x }, assert: [{ type: contains, value: x }] }';
const CASES = { 'evals/a.cases.yaml': [`cases: [${CASE}]`] };
const CONFIG = { 'assay.config.yaml': ['models: [mock:echo]', 'mode: live'] };
const SOUND: Record<string, Content> = { ...CONFIG, ...PROMPT, ...CASES };

/** A prompt beside the sound one, with this cases file. */
function beside(name: string, cases: Content, extension = 'yaml'): Record<string, Content> {
  return { [`evals/${name}.prompt.md`]: '{{text}}', [`evals/${name}.cases.${extension}`]: cases };
}

function cased(assert: string, more = ''): Content {
  return [`cases: [{ id: c1, vars: { text: x }, assert: [${assert}]${more} }]`];
}

/** A case whose answer makes a pattern try for ever. */
function hostile(assert: string): Record<string, Content> {
  return { 'evals/a.cases.yaml': [`cases: [{ id: c1, vars: { text: '"${'a'.repeat(40)}!"' }, assert: [${assert}] }]`] };
}

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

const BOMB = ['a: &a [x, x, x, x, x, x, x, x, x]'].concat(
  'bcdefghi'.split('').map((name, at) => {
    const before = 'abcdefgh'[at] ?? 'a';
    return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
  }),
);

const gate = (lines: string): Mistake['files'] => ({
  ...SOUND,
  'assay.config.yaml': ['models: [mock:echo]', `gate: ${lines}`],
});

/** Input that is wrong. */
export const INPUT: readonly InputRow[] = [
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
    id: 'I3',
    fault: 'ids that are equal, or in other letters, or composed otherwise',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'defaults: { vars: { text: x }, assert: [{ type: contains, value: x }] }',
            'cases: [{ id: one }, { id: one }, { id: Two }, { id: two }, { id: "caf\u00e9" }, { id: "cafe\u0301" }]',
          ],
        },
        says: [
          /"one" is given twice, first at evals\/a\.cases\.yaml:2:9/,
          /"two" and "Two" .*differ only in case/,
          /differ only in case or in how letters are encoded/,
        ],
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
    id: 'I6',
    fault: 'a variable that is missing, or that nothing uses',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/a.prompt.md': '{{text}} {{tone}}',
          ...beside('idle', [
            'cases: [{ id: c1, vars: { text: x, other: y }, assert: [{ type: contains, value: x }] }]',
          ]),
        },
        says: [/"tone" is missing/, /idle\.cases\.yaml:1:\d+ .*"other"/],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'cases: [{ id: c1, vars: { text: { a: 1 } }, assert: [{ type: contains, value: a }] }]',
          ],
        },
        code: 0,
        says: [/passed/],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': ['cases: [{ id: c1, vars: { text: null }, assert: [{ type: equals, value: "" }] }]'],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
  {
    id: 'I7',
    fault: 'partials in a circle, missing, outside',
    tries: [
      {
        files: {
          ...SOUND,
          'evals/circle.prompt.md': '{{> one}}{{text}}',
          'evals/circle.cases.yaml': [`cases: [${CASE}]`],
          'evals/lost.prompt.md': '{{> nowhere}}{{text}}',
          'evals/lost.cases.yaml': [`cases: [${CASE}]`],
          'evals/out.prompt.md': '{{> ../../secret}}{{text}}',
          'evals/out.cases.yaml': [`cases: [${CASE}]`],
          'evals/_partials/one.md': '{{> two}}',
          'evals/_partials/two.md': '{{> one}}',
        },
        says: [/one.*two.*one/, /"nowhere"/, /out\.prompt\.md:1:\d+ /],
      },
    ],
  },
  {
    id: 'I8',
    fault: 'a schema, format, pattern or flags that cannot be',
    tries: [
      {
        files: {
          ...SOUND,
          ...beside('schema', cased('{ type: json-schema, value: { type: txt } }')),
          ...beside('pattern', cased('{ type: regex, value: "([" }')),
          ...beside('flags', cased('{ type: regex, value: x, options: { flags: gy } }')),
          ...beside('format', cased('{ type: json-schema, value: { type: string, format: emial } }')),
        },
        says: ['schema', 'pattern', 'flags', 'format'].map(
          (name) => new RegExp(`evals/${name}\\.cases\\.yaml:1:\\d+ `),
        ),
      },
    ],
  },
  {
    id: 'I8b',
    fault: 'patterns that take for ever on an answer: where linear time can be had, where not, in a schema',
    tries: [
      { files: { ...SOUND, ...hostile('{ type: not-regex, value: "(a+)+$" }') }, code: 0, says: [/passed/] },
      {
        files: {
          ...SOUND,
          ...hostile('{ type: regex, value: "(?=a)(a+)+$" }, { type: json-schema, value: { pattern: "(?=a)(a+)+$" } }'),
        },
        code: 3,
        says: [/took longer than 500 ms on this output/, /pattern .*took longer than 250 ms/],
        within: 1,
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
    id: 'I12',
    fault: 'an empty file, no cases, a filter or a path that leaves nothing',
    tries: [
      { files: { ...SOUND, 'evals/a.cases.yaml': '' }, says: [/a\.cases\.yaml/] },
      { files: { ...SOUND, 'evals/a.cases.yaml': 'cases: []' }, says: [/no case/] },
      { files: SOUND, flags: ['--filter', 'nothing/*'], code: 3, says: [/no case|matches|nothing/] },
      { files: SOUND, flags: ['evals/nowhere.prompt.md'], says: [/nowhere/] },
      { files: CONFIG, code: 3, says: [/nothing was run/] },
    ],
  },
  {
    id: 'I14',
    fault: 'thresholds: NaN, a text, 80, -1, infinity',
    tries: [
      { files: gate('{ minPassRate: .nan }'), says: [/assay\.config\.yaml:2:22 .*NaN is not a number/] },
      { files: gate('{ tolerance: .inf }'), says: [/assay\.config\.yaml:2:20 .*not a number/] },
      {
        files: gate('{ minPassRate: "0.8", tolerance: 80, detect: -1}'),
        says: [/minPassRate/, /tolerance/, /detect/],
      },
      {
        files: { ...SOUND, ...beside('over', cased('{ type: levenshtein, value: x, threshold: -1 }')) },
        says: [/threshold/],
      },
    ],
  },
  {
    id: 'I15',
    fault: 'a baseline that is empty, cut off, of another version, holds NaN, is in conflict',
    tries: [
      {
        files: {
          ...SOUND,
          ...Object.fromEntries(
            Object.entries({
              none: '',
              cut: '{ "schemaVersion": 1, "models": {',
              next: '{ "schemaVersion": 99, "models": {} }',
              nan: '{ "schemaVersion": 1, "models": { "mock:echo": NaN } }',
              conflict: '<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n',
            }).flatMap(([name, text]) => [
              ...Object.entries(beside(name, [`cases: [${CASE}]`])),
              [`evals/${name}.baseline.json`, text],
            ]),
          ),
        },
        says: ['none', 'cut', 'next', 'nan', 'conflict'].map(
          (name) => new RegExp(`evals/${name}\\.baseline\\.json:\\d+:\\d+ `),
        ),
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
  {
    id: 'I18',
    fault: 'concurrency and times that cannot be',
    tries: [
      ...['0', '-1', '2.5', '1e9'].map(
        (value): Mistake => ({ files: SOUND, flags: ['--concurrency', value], says: [/whole number/] }),
      ),
      ...['0s', '600h', '5'].map(
        (value): Mistake => ({ files: SOUND, flags: ['--timeout', value], says: [/duration/] }),
      ),
      {
        files: { ...SOUND, 'assay.config.yaml': ['models: [mock:echo]', 'concurrency: 0'] },
        says: [/assay\.config\.yaml:2:\d+ .*concurrency/],
      },
    ],
  },
  {
    id: 'I19',
    fault: 'an assertion that every answer passes; an answer of white space',
    tries: [
      {
        files: { ...SOUND, ...beside('empty', cased('{ type: contains, value: "" }')) },
        says: [/empty\.cases\.yaml:1:\d+ /],
      },
      {
        files: {
          ...SOUND,
          'evals/a.cases.yaml': [
            'cases: [{ id: c1, vars: { text: " " }, assert: [{ type: not-contains, value: x }] }]',
          ],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
  {
    id: 'I20',
    fault: 'a key that is missing: for a provider in use, for one that is not',
    tries: [
      {
        files: {
          ...SOUND,
          'assay.config.yaml': [
            'providers: { own: { type: openai, baseURL: "https://models.invalid/v1", apiKeyEnv: OWN_KEY } }',
            'models: [own:x]',
            'mode: live',
          ],
        },
        flags: ['--allow-host', 'models.invalid'],
        says: [/needs OWN_KEY/],
      },
      {
        files: { ...SOUND, 'assay.config.yaml': ['models: [openai:gpt-5-mini]', 'mode: live'] },
        says: [/needs OPENAI_API_KEY/],
      },
      {
        files: {
          ...SOUND,
          'assay.config.yaml': [
            'providers: { other: { type: openai, apiKeyEnv: OTHER } }',
            'models: [mock:echo]',
            'mode: live',
          ],
        },
        code: 0,
        says: [/passed/],
      },
    ],
  },
];
