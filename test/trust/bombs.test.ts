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
  test('a pattern that backtracks for ever', async ({ project }) => {
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/e.prompt.md': '{{text}}',
      'evals/e.cases.yaml': [
        'cases:',
        `  - { id: slow, vars: { text: "${'a'.repeat(40)}!" }, assert: [{ type: regex, value: "^(?=a)(a+)+$" }] }`,
        '  - { id: fine, vars: { text: ok }, assert: [{ type: regex, value: "^ok$" }] }',
      ],
    });
    const { code, report } = await made.assay(['eval']);
    expect(code).toBe(3);
    const of = (id: string) => report?.evals[0]?.results.find((each) => each.case === id);
    expect(of('slow')?.scores?.[0]?.status).toBe('unscored');
    expect(of('fine')?.pass).toBe(true);
  });
});
