import { describe, expect, test } from 'vitest';
import type { DiscoverOptions } from '../../src/library/discover.js';
import { CASES, memoryTree, PROMPT, problemsOf, project, screen } from './project.js';

type Files = Record<string, string | readonly string[]>;

/** What a user sees of each broken project; a screen is written once by hand-checking it and must not change by accident. */
const projects: Record<string, [Files, Partial<DiscoverOptions>?]> = {
  config: [
    {
      'assay.config.yaml': [
        'library: [evals, ../outside, /abs]',
        'modle: [x]',
        'mode: reply',
        'concurrency: 0',
        'repeats: { min: 4, max: 2 }',
        'models: [openai:gpt-5-mini, opnai:x, nocolon, openai:gpt-5-mini, outputs:x]',
        'judge: { model: openai:gpt-5-mini, parameters: { temprature: 0 } }',
        'gate: { alpha: 80, tolerence: 0.1, rules: { regresion: error, cost: of } }',
        'policy: { require: [ownr], minCases: "5" }',
        'providers:',
        '  local: { type: opnai }',
        '  other: { type: openai, baseUrl: "http://127.0.0.1" }',
        '  "bad name": { type: mock }',
        'overrides:',
        '  - { file: "evals/**" }',
        '  - { files: "evals/**", models: [mock:a, mock:a], parameters: { max_tokens: 3 } }',
      ],
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
    },
    { configPath: 'assay.config.yaml' },
  ],
  'providers and judge': [
    {
      'assay.config.yaml': [
        'models: [local:x, past:y]',
        'providers:',
        '  local: { type: opnai }',
        '  past: { type: outputs }',
        '  more: { type: openai, baseUrl: "http://127.0.0.1", concurrency: 2.5 }',
        'judge: { model: openai:gpt-5-mini, parameters: { temprature: 0, opnai: {}, mock: 1 } }',
        'repeats: { min: 4, max: 2 }',
        'library: [evals, ../outside]',
      ],
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
    },
    { configPath: 'assay.config.yaml' },
  ],
  prices: [
    {
      'assay.config.yaml': [
        'models: [local:x]',
        'providers:',
        '  local: { type: openai }',
        'prices:',
        '  "local:x": { input: -1, output: 2 }',
        '  "local:y": { input: cheap, output: "3", cachedInput: [] }',
        '  "local:z": { input: 1, outptu: 2 }',
        '  local: { input: 1, output: 2 }',
        '  "*": { input: 1, output: 2 }',
        '  "lcoal:*": { input: 1, output: 2 }',
        '  "local:free": 0',
        '  "local:*": { input: 0, output: 0 }',
      ],
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
    },
    { configPath: 'assay.config.yaml' },
  ],
  models: [
    { 'evals/a.prompt.md': 'hi', 'evals/a.cases.yaml': ['cases: [{ assert: [{ type: contains, value: hi }] }]'] },
    { models: ['mock:echo', 'mock:echo', 'mok:x', 'nocolon'] },
  ],
  'no models': [
    { 'evals/a.prompt.md': 'hi', 'evals/a.cases.yaml': ['cases: [{ assert: [{ type: contains, value: hi }] }]'] },
  ],
  'front matter': [
    {
      'evals/a.prompt.md': [
        '---',
        'ownr: me',
        'models: [opnai:gpt]',
        'parameters: { max_tokens: 3, temperature: hot }',
        'structured: on',
        'repeats: { min: 1 }',
        'changelog: [{ date: 22.11.2026, why: x }]',
        'tools: [{ name: go, parameters: { type: strng } }, { name: go, parameters: {} }]',
        'output: { type: object, requried: [a], properties: { a: { pattern: "(" } } }',
        'input: { type: object, properties: { ticket: { format: emial } } }',
        '---',
        '{{#user}}{{tickt}}{{/user}}',
      ],
      'evals/a.cases.yaml': CASES,
      'evals/b.prompt.md': ['---', 'models: [mock:echo', '---', '{{ticket}}'],
      'evals/b.cases.yaml': CASES,
      'evals/c.prompt.md': ['---', 'owner: x', '{{ticket}}'],
      'evals/c.cases.yaml': CASES,
      'evals/d.prompt.md': [
        '---',
        'models: [mock:echo]',
        'output: { $ref: "http://example.com/schema" }',
        '---',
        '{{> no}}{{ticket}}',
      ],
      'evals/d.cases.yaml': CASES,
      'evals/e.prompt.md': ['---js', 'owner: x', '---', '{{ticket}}'],
      'evals/e.cases.yaml': CASES,
      'evals/f.prompt.md': [
        '---',
        'models: [mock:echo]',
        'output: { $schema: "http://json-schema.org/draft-04/schema#" }',
        '---',
        '{{> loop}}{{ticket}}',
      ],
      'evals/f.cases.yaml': CASES,
      'evals/_partials/loop.md': 'a {{> loop}}',
    },
  ],
  'names of files': [
    {
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
      'evals/b.prompt.md': PROMPT,
      'evals/c.cases.yaml': CASES,
      'evals/d.baseline.json': '{}',
      'evals/e.cases.yml': CASES,
      'evals/e.case.json': '{}',
      'evals/f.prompt.txt': 'x',
      'evals/f.prompts.md': 'x',
      'evals/g.prompt.md': PROMPT,
      'evals/g.cases.yaml': '',
    },
  ],
  cases: [
    {
      'evals/a.prompt.md': ['---', 'models: [mock:echo]', '---', '{{ticket}} {{user.name}}'],
      'evals/a.cases.yaml': [
        'default: {}',
        'cases:',
        '  - { id: one, vars: { ticket: x, user: { name: y } }, asserts: [{ type: equals }] }',
        '  - { id: one, vars: { ticket: x, user: { name: y } }, assert: [{ type: equals, value: x }] }',
        '  - { id: One, vars: { ticket: x, user: { name: y } }, assert: [{ type: equals, value: x }] }',
        '  - { id: two, vars: { ticket: x, user: {} }, assert: [{ type: equals, value: x }] }',
        '  - { id: three, vars: { tickt: x }, assert: [{ type: equals, value: x }] }',
        '  - { id: four, vars: { ticket: x, user: { name: y }, extra: 1 }, assert: [{ type: equals, value: x }] }',
        '  - { id: five, vars: { ticket: x, user: { name: y } } }',
        '  - { id: six, vars: { ticket: x, user: { name: y } }, assert: [{ type: equals, value: x, level: off }] }',
        '  - { id: 7, vars: [x], tags: critical, expect: 1 }',
        '  - { id: " eight", vars: { ticket: x, user: { name: y } }, assert: [{ type: equals, value: x }] }',
        '  - { id: "ni\\0ne", vars: { ticket: x, user: { name: y } }, assert: [{ type: equals, value: x }] }',
        '  - { id: ten, vars: { ticket: x, user: { name: y } }, assert: { inherit: false, list: [] } }',
        '  - { id: el, vars: { ticket: x, user: { name: y } }, assert: { inherit: false, checks: [] } }',
        '  - id: twelve',
        '    vars: { ticket: x, user: { name: y } }',
        '    assert: [{ type: equals, value: x }]',
        '    quarantine: { until: 2026-11-21, why: flaky }',
        '  - { vars: { ticket: z, user: { name: y } }, assert: [{ type: equals, value: x }] }',
        '  - { vars: { user: { name: y }, ticket: z }, assert: [{ type: equals, value: x }] }',
        '  - id: sixteen',
        '    vars: { ticket: x, user: { name: y }, expected: a }',
        '    expected: b',
        '    assert: [{ type: equals, value: "{{expected}}" }]',
      ],
    },
  ],
  defaults: [
    {
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': [
        'defaults: { vars: { lang: en }, tags: x, asert: [] }',
        'from: [a.xlsx, /etc/passwd]',
        'cases: [{ vars: { ticket: x } }]',
      ],
      'evals/b.prompt.md': PROMPT,
      'evals/b.cases.yaml': [
        'defaults: { vars: { lang: en }, assert: [{ type: contians, value: x }] }',
        'from: [a.xlsx, /etc/passwd, ../../../../../../etc/passwd.csv, none.csv, "file:///etc/passwd.csv", ..]',
        'cases: [{ vars: { ticket: x } }]',
      ],
    },
  ],
  assertions: [
    {
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': [
        'cases:',
        '  - id: one',
        '    vars: { ticket: x }',
        '    assert:',
        '      - { type: eqals, value: x }',
        '      - { type: not-contians, value: x }',
        '      - { type: contains, value: "" }',
        '      - { type: contains, value: 3 }',
        '      - { type: contains }',
        '      - { type: regex }',
        '      - { type: regex, value: x, options: { flag: i } }',
        '      - { type: cost }',
        '      - { type: cost, value: 3, threshold: -1 }',
        '      - { type: equals, value: x, threshold: 0.5 }',
        '      - { type: equals, value: x, options: {} }',
        '      - { type: judge, value: kind, threshold: 80 }',
        '      - { type: judge, value: kind, threshold: "0.8" }',
        '      - { type: equals, value: x, weight: 0 }',
        '      - { type: equals, value: x, metric: pass }',
        '      - { type: equals, value: x, path: queue }',
        '      - { type: equals, value: x, transform: trimm }',
        '      - { type: equals, value: x, level: warning }',
        '      - { type: json-schema }',
        '      - { type: is-json, value: 3 }',
        '  - id: two',
        '    vars: { ticket: x }',
        '    assert:',
        '      - { type: contains, value: "{{tickt}} is {{ticket" }',
        '      - { type: contains, value: "{{tickt}}" }',
        '      - { type: equals, value: { a: ["{{> partial}}"] } }',
        '  - id: three',
        '    vars: { ticket: x }',
        '    assert:',
        '      - { type: eqals, value: x }',
        '      - { type: not-contians, value: x }',
        '      - { type: contains, value: "" }',
        '      - { type: contains, value: 3 }',
        '      - { type: contains }',
        '      - { type: regex }',
        '      - { type: regex, value: x, options: { flag: i } }',
        '      - { type: cost }',
        '      - { type: cost, value: 3, threshold: -1 }',
        '      - { type: equals, value: x, threshold: 0.5 }',
        '      - { type: judge, value: kind, threshold: 80 }',
        '      - { type: equals, value: x, metric: pass }',
        '      - { type: equals, value: x, path: queue }',
        '      - { type: equals, value: x, transform: trimm }',
        '      - { type: json-schema }',
        '      - { type: is-json, value: 3 }',
      ],
    },
    { checkTransform: () => ({ message: '"trimm" is no transform', remedy: 'Write trim.' }) },
  ],
  input: [
    {
      'evals/a.prompt.md': [
        '---',
        'models: [mock:echo]',
        'input:',
        '  type: object',
        '  required: [ticket, lang]',
        '  additionalProperties: false',
        '  properties: { ticket: { type: string, minLength: 1 }, lang: { enum: [en, de] }, n: { type: integer } }',
        '---',
        '{{ticket}} {{lang}} {{n}}',
      ],
      'evals/a.cases.yaml': [
        'defaults: { assert: [{ type: equals, value: x }] }',
        'cases:',
        '  - { id: one, vars: { ticket: "", lang: fr, n: "3" } }',
        '  - { id: two, vars: { n: 3 } }',
        '  - { id: three, vars: { ticket: x, lang: en, other: 1 } }',
      ],
    },
  ],
  'data sets': [
    {
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': [
        'defaults: { assert: [{ type: equals }] }',
        'from: [a.csv, b.csv, c.csv, d.jsonl, e.json, f.yaml, g.csv, h.csv, i.csv]',
      ],
      'evals/a.csv': ['id,ticket,ticket', 'x,y,z'],
      'evals/b.csv': ['id;ticket', 'x;y'],
      'evals/c.csv': ['id,ticket,expected', 'one,hi,hi', 'one,hi,hi', 'two,hi', 'three,hi,hi'],
      'evals/d.jsonl': [
        '{"ticket": "x"}',
        '{"ticket": }',
        '',
        '[1]',
        '{"id": 12, "vars": {"ticket": "x"}, "asserts": []}',
        '{"ticket": "x", "__proto__": 1}',
      ],
      'evals/e.json': '{"cases": []}',
      'evals/f.yaml': ['- ticket: x', '  ticket: y'],
      'evals/g.csv': ['ticket,expected', '"x,y'],
      'evals/h.csv': ['ticket,expected,', 'x,y,'],
      'evals/i.csv': ['ticket,__proto__', 'x,y'],
    },
  ],
  baselines: [
    {
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
      'evals/a.baseline.json': ['{', '<<<<<<< HEAD', '"schemaVersion": 1', '=======', '>>>>>>> x', '}'],
      'evals/b.prompt.md': PROMPT,
      'evals/b.cases.yaml': CASES,
      'evals/b.baseline.json': ['{', '  "schemaVersion": 2, "models": {}', '}'],
      'evals/c.prompt.md': PROMPT,
      'evals/c.cases.yaml': CASES,
      'evals/c.baseline.json':
        '{"schemaVersion": 1, "models": {"m": {"version": "x", "cases": {"one": {"input": "i", "scores": {"pass": {"assert": "a", "repeats": [1, 2, null]}}}}}}}',
      'evals/d.prompt.md': PROMPT,
      'evals/d.cases.yaml': CASES,
      'evals/d.baseline.json': '{"schemaVersion": 1, "models": {',
      'evals/e.prompt.md': PROMPT,
      'evals/e.cases.yaml': CASES,
      'evals/e.baseline.json': '',
    },
  ],
  paths: [
    { 'evals/a.prompt.md': PROMPT, 'evals/a.cases.yaml': CASES, 'evals/b.prompt.md': PROMPT },
    { paths: ['evals/none', 'evals/a.prompt.md', 'b/**'] },
  ],
};

/** Names that not every file system can hold side by side. */
const NAMES = ['a', 'A', 'caf\u00e9', 'cafe\u0301', 'bad\u0007', 'two\nlines', ' blank', 'zero\u200bwidth'];

describe('all that is wrong is said at once, with place and remedy', () => {
  test.each(Object.entries(projects))('%s', async (name, [files, options]) => {
    const text = screen(await problemsOf(project(files), options));
    await expect(text).toMatchFileSnapshot(`golden/${name.replaceAll(' ', '-')}.txt`);
  });

  test('names that cannot be told apart, or read', async () => {
    const files = NAMES.flatMap((name) => [
      [`evals/${name}.prompt.md`, PROMPT.join('\n')],
      [`evals/${name}.cases.yaml`, CASES.join('\n')],
    ]);
    const found = await problemsOf(memoryTree(Object.fromEntries(files) as Record<string, string>));
    await expect(screen(found)).toMatchFileSnapshot('golden/unreadable-names.txt');
  });
});
