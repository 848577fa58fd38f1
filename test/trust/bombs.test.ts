import { describe, expect } from 'vitest';
import type { Content } from '../support/project.js';
import { casesFile } from '../cli/echo.js';
import { test } from '../cli/test.js';

const item = (vars: string, assertion = '{ type: contains, value: a }') =>
  `cases: [{ id: c01, vars: ${vars}, assert: [${assertion}] }]`;
const laughs = [
  'a: &a [x, x, x, x, x, x, x, x, x]',
  ...'bcdefghi'.split('').map((key, at) => {
    const before = 'abcdefgh'[at];
    return `${key}: &${key} [${Array(9).fill(`*${before}`).join(', ')}]`;
  }),
];
/** Each schema asks twice for the next: 2^40 checks of one text. */
const DOUBLING = [
  '{ $defs: {',
  ...Array.from({ length: 40 }, (_, at) => {
    const next = `{ $ref: "#/$defs/d${at + 1}" }`;
    return `d${at}: { allOf: [${next}, ${next}] },`;
  }),
  'd40: { type: string } }, properties: { text: { $ref: "#/$defs/d0" } } }',
].join(' ');
const HOSTILE = `${'a'.repeat(40)}!`;
const STARS = '*a'.repeat(25);
const LONG_NAME = 'a'.repeat(200);
const prompt = (input: string) => ['---', `input: ${input}`, '---', '{{text}}'];
const nested = (inner: string) => `${'{{#l}}'.repeat(8)}${inner}${'{{/l}}'.repeat(8)}`;
const LONG_LIST = `[${Array(40).fill('x').join(', ')}]`;

/** Files that would take all memory, all time or the prototype of all objects. */
const BOMBS: [string, Record<string, Content>, RegExp][] = [
  ['aliases of aliases', { 'evals/e.cases.yaml': [...laughs, 'cases: []'] }, /aliases/],
  ['lists within lists', { 'evals/e.cases.yaml': `cases: ${'['.repeat(10_000)}` }, /nested|cannot be used/],
  [
    'lists within lists, in JSON',
    { 'evals/e.cases.yaml': item('{ text: a }'), 'assay.config.yaml': `models: ${'['.repeat(10_000)}` },
    /nested|cannot be used/,
  ],
  [
    'sections over lists',
    { 'evals/e.prompt.md': nested('{{text}}'), 'evals/e.cases.yaml': item(`{ text: a, l: ${LONG_LIST} }`) },
    /the template is too large/,
  ],
  [
    'messages over lists',
    {
      'evals/e.prompt.md': nested('{{#user}}{{text}}{{/user}}'),
      'evals/e.cases.yaml': item(`{ text: a, l: ${LONG_LIST} }`),
    },
    /the template is too large/,
  ],
  [
    'an expectation over lists',
    { 'evals/e.cases.yaml': item(`{ text: a, l: ${LONG_LIST} }`, `{ type: contains, value: "${nested('x')}" }`) },
    /the template is too large/,
  ],
  [
    'partials within partials',
    {
      'evals/e.prompt.md': '{{text}}{{> p0}}',
      ...Object.fromEntries(
        Array.from({ length: 30 }, (_, at) => [`evals/_partials/p${at}.md`, `{{> p${at + 1}}}{{> p${at + 1}}}`]),
      ),
      'evals/_partials/p30.md': 'x',
    },
    /the template is too large/,
  ],
  [
    'a prototype among the variables',
    { 'evals/e.cases.yaml': item('{ text: a, __proto__: { polluted: 1 } }') },
    /"__proto__" may not be used/,
  ],
  [
    'a prototype in a name',
    { 'evals/e.prompt.md': '{{text}}{{constructor.prototype}}' },
    /"constructor" may not be used/,
  ],
  [
    'tags that make objects',
    { 'evals/e.cases.yaml': item('{ text: !!js/function "function () {}" }') },
    /tags such as/,
  ],
  [
    'patterns that backtrack for ever, in schemas of variables: each in time, those of keys too',
    {
      'evals/e.prompt.md': prompt('{ properties: { text: { type: string, pattern: "^(a+)+$" } } }'),
      'evals/e.cases.yaml': item(`{ text: "${HOSTILE}" }`),
      'evals/f.prompt.md': prompt('{ properties: { text: { propertyNames: { pattern: "^(a+)+$" } } } }'),
      'evals/f.cases.yaml': item(`{ text: { "${HOSTILE}": x } }`),
      'evals/g.prompt.md': prompt(
        '{ properties: { text: { patternProperties: { "^(a+)+$": {} }, additionalProperties: false } } }',
      ),
      'evals/g.cases.yaml': item(`{ text: { "${HOSTILE}": x } }`),
      'evals/h.prompt.md': prompt('{ properties: { text: { pattern: "^(?=a)(a+)+$" } } }'),
      'evals/h.cases.yaml': item(`{ text: "${HOSTILE}" }`),
    },
    /e\.cases\S+ +error: .*must match.*f\.cases\S+ +error: .*must match.*g\.cases\S+ +error: .*unknown key.*h\.cases\S+ +error: .*took longer than 250 ms.*4 problems/s,
  ],
  [
    'references that double, or go round, in schemas of variables',
    {
      'evals/e.prompt.md': prompt(DOUBLING),
      'evals/f.prompt.md': prompt('{ allOf: [{ $ref: "#" }, { $ref: "#" }] }'),
      'evals/f.cases.yaml': casesFile(['c01']),
    },
    /e\.cases\S+ +error: .*took longer than 2000 ms.*f\.cases\S+ +error: .*its references lead too deep.*2 problems/s,
  ],
  [
    'globs that multiply, or try every way to share a path',
    {
      [`evals/${LONG_NAME}.prompt.md`]: '{{text}}',
      [`evals/${LONG_NAME}.cases.yaml`]: casesFile(['c01']),
      'assay.config.yaml': [
        'models: [mock:echo]',
        'overrides:',
        `  - { files: "evals/${'{a,b}'.repeat(30)}", parameters: { temperature: 0 } }`,
        `  - { files: "evals/${STARS}b", parameters: { temperature: 0 } }`,
        `  - { files: "${'**/a*/'.repeat(12)}b", parameters: { temperature: 0 } }`,
        '  - { files: "evals/+(+(a))b", parameters: { temperature: 0 } }',
      ],
    },
    /alternatives in braces.*"\*" between two slashes.*more than 3 "\*\*".*a group that repeats.*4 problems/s,
  ],
  [
    'a prompt larger than any',
    { 'evals/e.prompt.md': `{{text}}${'x'.repeat(2 * 1024 * 1024)}` },
    /too large|characters/,
  ],
];

describe.concurrent('a file that is a bomb is refused', () => {
  test.for(BOMBS)('%s', async ([, files, told], { project }) => {
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/e.prompt.md': '{{text}}',
      'evals/e.cases.yaml': casesFile(['c01']),
      ...files,
    });
    const { code, stderr } = await made.assay(['eval'], { env: { NODE_OPTIONS: '--max-old-space-size=256' } });
    expect(stderr).toMatch(told);
    expect(code).toBe(2);
  });
});

describe.concurrent('an answer that is a bomb spoils one score', () => {
  test('a pattern that backtracks for ever, and a schema of references that double', async ({ project }) => {
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/e.prompt.md': '{{text}}',
      'evals/e.cases.yaml': [
        'cases:',
        `  - { id: slow, vars: { text: "${'a'.repeat(40)}!" }, assert: [{ type: regex, value: "^(?=a)(a+)+$" }] }`,
        `  - { id: doubling, vars: { text: '{"text":"x"}' }, assert: [{ type: is-json, value: ${DOUBLING} }] }`,
        '  - { id: fine, vars: { text: ok }, assert: [{ type: regex, value: "^ok$" }] }',
      ],
    });
    const { code, report } = await made.assay(['eval']);
    expect(code).toBe(3);
    const of = (id: string) => report?.evals[0]?.results.find((each) => each.case === id);
    expect(of('slow')?.scores?.[0]?.status).toBe('unscored');
    expect(of('doubling')?.scores?.[0]?.status).toBe('unscored');
    expect(of('fine')?.pass).toBe(true);
  });
});

test('no glob of a filter or of the allowed models hangs', async ({ project }) => {
  const made = project({
    'assay.config.yaml': [`models: ["mock:${LONG_NAME}"]`, `policy: { models: ["${STARS}b"] }`],
    'evals/e.prompt.md': '{{text}}',
    'evals/e.cases.yaml': casesFile([LONG_NAME]),
  });
  const filtered = await made.assay(['eval', '--filter', `*/${STARS}b`]);
  expect(filtered.stderr).toMatch(/could take for ever/);
  expect(filtered.code).toBe(2);
  const checked = await made.assay(['check']);
  expect(checked.stdout + checked.stderr).toMatch(/is not allow/);
  expect(checked.code).toBe(1);
});
