import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../src/hash.js';
import type { Case, Place } from '../../src/vocabulary.js';
import { CASES, casesOf, find, PROMPT, problemsOf, project } from './project.js';

const CHECK = 'assert: [{ type: equals, value: x }]';

/** Codes of the problems of a project. */
async function codes(...args: Parameters<typeof problemsOf>): Promise<string[]> {
  return (await problemsOf(...args)).map(({ code }) => code);
}

/** The assertions of the single case of a project. */
async function normalised(lines: readonly string[], front: readonly string[] = []) {
  const root = project({
    'evals/a.prompt.md': ['---', 'models: [mock:echo]', ...front, '---', '{{ticket}}'],
    'evals/a.cases.yaml': lines,
  });
  return (await casesOf(await find(root), 'a'))[0]?.assert.map(({ place: _place, ...rest }) => rest);
}
const of = (assert: string, rest = '') => [`cases: [{ vars: { ticket: "{{secret}}" }, ${rest} assert: [${assert}] }]`];

/** Cases with all places looked up. */
function placed(cases: readonly Case[]): object[] {
  const here = ({ file, line, column }: Place): Place => ({ file, line, column });
  return cases.map((each) => {
    const assert = each.assert.map((check) => ({ ...check, place: here(check.place) }));
    return { ...each, assert, place: here(each.place) };
  });
}

describe('prompts', () => {
  test('are found below the library folders, by their names', async () => {
    const root = project({
      'assay.config.yaml': 'library: [evals, more]',
      'evals/support/triage.prompt.md': PROMPT,
      'evals/support/triage.cases.yaml': CASES,
      'evals/b.prompt.md': PROMPT,
      'evals/b.cases.json': '{"cases": [{"vars": {"ticket": "a"}, "assert": [{"type": "equals", "value": "b"}]}]}',
      'evals/_partials/tone.prompt.md': 'no prompt',
      'evals/README.md': '# no prompt',
      'more/deep/er/gpt-4.1.prompt.md': PROMPT,
      'more/deep/er/gpt-4.1.cases.yaml': CASES,
      'elsewhere/x.prompt.md': 'not searched',
    });
    const library = await find(root, { configPath: 'assay.config.yaml' });
    expect(library.prompts.map(({ id, path }) => [id, path])).toEqual([
      ['b', 'evals/b.prompt.md'],
      ['deep/er/gpt-4.1', 'more/deep/er/gpt-4.1.prompt.md'],
      ['support/triage', 'evals/support/triage.prompt.md'],
    ]);
  });

  test('may be none: that is not a mistake in a file', async () => {
    expect((await find(project({ 'README.md': 'x' }))).prompts).toEqual([]);
  });

  test('get the nearest partial upward, and no other', async () => {
    const root = project({
      'evals/a/p.prompt.md': ['---', 'models: [mock:echo]', '---', '{{> tone}} {{> base}}'],
      'evals/a/p.cases.yaml': [`cases: [{ ${CHECK} }]`],
      'evals/a/_partials/tone.md': 'near {{> inner}}',
      'evals/_partials/tone.md': 'far',
      'evals/_partials/inner.md': 'inner',
      '_partials/base.md': 'base',
    });
    const [prompt] = (await find(root)).prompts;
    expect(prompt?.partials).toEqual(['_partials/base.md', 'evals/_partials/inner.md', 'evals/a/_partials/tone.md']);
  });

  test('read the same with CRLF and a byte-order mark: same version, same cases, same places', async () => {
    const files = {
      'evals/a.prompt.md': [
        '---',
        'models: [mock:echo]',
        '---',
        '{{#system}}',
        'Be kind.',
        '{{/system}}',
        '{{#user}}{{ticket}}{{/user}}',
      ],
      'evals/a.cases.yaml': [
        ...CASES.slice(0, 2),
        '    vars:',
        '      ticket: |',
        '        one',
        '        two',
        `    ${CHECK}`,
      ],
      'evals/a.more.cases.csv': ['id,ticket,expected', 'csv,"x, y",z'],
      'evals/a.cases.jsonl': ['{"id": "json", "ticket": "q", "assert": [{"type": "equals", "value": "x"}]}'],
    };
    const crlf = Object.entries(files).map(([path, lines]) => [path, `\uFEFF${lines.join('\r\n')}\r\n`]);
    const defaults = { 'evals/a.cases.json': '{"defaults": {"assert": [{"type": "equals", "value": "x"}]}}' };
    const [one, two] = [
      await find(project({ ...files, ...defaults })),
      await find(project({ ...defaults, ...Object.fromEntries(crlf) })),
    ];
    expect(two.prompts).toEqual(one.prompts);
    expect(placed(await casesOf(two, 'a'))).toEqual(placed(await casesOf(one, 'a')));
  });
});

test('files that are no UTF-8 are named, each of them, and the rest is still checked', async () => {
  const root = project({
    'evals/a.prompt.md': '{{> tone}}',
    'evals/a.cases.yaml': CASES,
    'evals/b.prompt.md': PROMPT,
    'evals/b.cases.yaml': 'from: [b.csv, b.jsonl]',
    'evals/c.prompt.md': ['---', 'models: [mock:echo]', '---', '{{> tone}} hi'],
    'evals/c.cases.yaml': 'cases: []',
  });
  const utf16 = Buffer.from('\uFEFFhi', 'utf16le');
  for (const file of [
    'assay.config.yaml',
    'evals/a.prompt.md',
    'evals/b.csv',
    'evals/b.jsonl',
    'evals/_partials/tone.md',
  ]) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), utf16);
  }
  const found = await problemsOf(root, { configPath: 'assay.config.yaml' });
  expect(found.map(({ code, place }) => `${place?.file}:${place?.line} ${code}`)).toEqual([
    'assay.config.yaml:1 not-utf8',
    'evals/_partials/tone.md:1 not-utf8',
    'evals/a.prompt.md:1 not-utf8',
    'evals/b.csv:1 not-utf8',
    'evals/b.jsonl:1 not-utf8',
    'evals/c.cases.yaml:1 prompt-without-cases',
  ]);
});

describe('settings', () => {
  const CONFIG = [
    'models: [mock:config]',
    'repeats: 3',
    'gate: { alpha: 0.1, rules: { cost: error }, metrics: { tone: { tolerance: 0.2 } } }',
    'overrides:',
    '  - { files: "evals/**", owner: all, tags: [a], models: [mock:override], parameters: { seed: 1, temperature: 0 } }',
    '  - { files: ["evals/support/*"], owner: support, gate: { tolerance: 0.01, metrics: { tone: { level: warn } } } }',
  ];

  test('come from front matter, over the last override that matches, over the config, over the defaults', async () => {
    const root = project({
      'assay.config.yaml': CONFIG,
      'evals/support/a.prompt.md': [
        '---',
        'tags: [mine]',
        'parameters: { temperature: 1 }',
        'gate: { rules: { cost: off } }',
        '---',
        'hi',
      ],
      'evals/support/a.cases.yaml': ['cases: [{ assert: [{ type: equals, value: x, metric: tone }] }]'],
      'evals/b.prompt.md': [
        '---',
        'models: [{ model: "mock:own", replaces: "mock:old" }]',
        'repeats: { min: 1, max: 8 }',
        '---',
        'hi',
      ],
      'evals/b.cases.yaml': [`cases: [{ ${CHECK} }]`],
    });
    const { config, prompts } = await find(root, { configPath: 'assay.config.yaml' });
    expect(config).toMatchObject({
      file: 'assay.config.yaml',
      mode: 'replay',
      concurrency: 16,
      repeats: { min: 3, max: 3 },
    });
    expect(
      prompts.map(({ owner, tags, models, parameters, repeats }) => ({ owner, tags, models, parameters, repeats })),
    ).toEqual([
      {
        owner: 'all',
        tags: ['a'],
        models: [{ model: 'mock:own', replaces: 'mock:old' }],
        parameters: { seed: 1, temperature: 0 },
        repeats: { min: 1, max: 8 },
      },
      {
        owner: 'support',
        tags: ['mine'],
        models: [{ model: 'mock:override' }],
        parameters: { seed: 1, temperature: 1 },
        repeats: { min: 3, max: 3 },
      },
    ]);
    expect(prompts.map(({ gate }) => gate)).toMatchObject([
      {
        alpha: 0.1,
        tolerance: 0.02,
        rules: { cost: 'error', regression: 'error' },
        metrics: { tone: { tolerance: 0.2 } },
      },
      {
        alpha: 0.1,
        tolerance: 0.01,
        rules: { cost: 'off', latency: 'off' },
        metrics: { tone: { tolerance: 0.2, level: 'warn' } },
      },
    ]);
  });

  test('have the documented defaults without any config', async () => {
    const root = project({ 'evals/a.prompt.md': PROMPT, 'evals/a.cases.yaml': CASES });
    const { config, prompts } = await find(root);
    expect(config).toEqual({
      library: ['evals'],
      providers: {},
      models: [],
      mode: 'replay',
      repeats: { min: 1, max: 1 },
      concurrency: 16,
      gate: {
        alpha: 0.05,
        tolerance: 0.02,
        detect: 0.1,
        confirm: 16,
        increase: 0.2,
        maxMissing: 0.02,
        reducer: 'mean',
        rules: {
          regression: 'error',
          minimum: 'error',
          critical: 'error',
          'newly-failing': 'error',
          inconclusive: 'warn',
          cost: 'warn',
          latency: 'off',
          tokens: 'off',
        },
        metrics: {},
      },
      policy: {},
    });
    expect(prompts[0]?.gate).toEqual(config.gate);
  });

  test('nothing is interpolated', async () => {
    const root = project({
      'assay.config.yaml': [
        'models: [local:x]',
        'providers: { local: { type: openai, apiKeyEnv: "${HOME} {{env.HOME}} $HOME" } }',
      ],
    });
    const { config } = await find(root, { configPath: 'assay.config.yaml' });
    expect(config.providers.local?.apiKeyEnv).toBe('${HOME} {{env.HOME}} $HOME');
  });

  test('models of the command line replace all others and keep what they replace', async () => {
    const root = project({
      'assay.config.yaml': 'models: [{ model: "mock:new", replaces: "mock:old" }]',
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
    });
    const { prompts } = await find(root, { configPath: 'assay.config.yaml', models: ['mock:new', 'mock:third'] });
    expect(prompts[0]?.models).toEqual([{ model: 'mock:new', replaces: 'mock:old' }, { model: 'mock:third' }]);
  });

  test.each([
    ['openai:gpt-4-0613', true],
    ['openai:gpt-4o-2024-08-06', true],
    ['openai:claude-20250929', true],
    ['openai:gpt-5-mini', false],
    ['openai:gpt-4o-latest', false],
    ['openai:x-12345678', false],
    ['mock:scripted', true],
    ['local:llama3', true],
    ['remote:llama3', false],
    ['exec:judge', true],
  ])('the judge %s is pinned: %s', async (model, pinned) => {
    const root = project({
      'assay.config.yaml': [
        `judge: { model: "${model}" }`,
        'providers: { local: { type: openai, baseURL: "http://localhost:1/v1" }, remote: { type: openai, baseURL: "http://localhost.evil.com" } }',
      ],
    });
    const options = { configPath: 'assay.config.yaml' };
    const found = await find(root, options).catch((error: unknown) => error);
    const undated = {
      problems: [{ code: 'undated-judge', place: { file: 'assay.config.yaml', line: 1, column: 17 } }],
    };
    expect(found).toMatchObject(pinned ? { config: { judge: { model } } } : undated);
  });

  test('an override that matches nothing is remarked on', async () => {
    const root = project({
      'assay.config.yaml': 'overrides: [{ files: "eval/**", owner: x }]',
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
    });
    const { notes } = await find(root, { configPath: 'assay.config.yaml' });
    expect(notes).toEqual(['assay.config.yaml:1: the override for "eval/**" matches no prompt']);
  });
});

describe('cases', () => {
  test('are read in order: the own file, then sets; in each the rows of `from` first', async () => {
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': [
        'defaults: { assert: [{ type: equals }], tags: [all], group: g, expected: fallback }',
        'from: [../data/rows.csv, ../data/rows.jsonl, ../data/rows.json, ../data/rows.yaml]',
        'cases: [{ id: last, vars: { ticket: q }, expected: own, tags: [one], group: h }]',
      ],
      'evals/a.edge.cases.csv': ['ticket,expected', 'from a set,y'],
      'data/rows.csv': ['id,ticket,expected,tags,group,lang', 'c1,hi,yes,"critical, x;y",,en', 'c2,,,,g2,de'],
      'data/rows.jsonl': [
        '{"id": 17, "ticket": {"deep": [1]}, "expected": {"a": 1}, "unused": 1}',
        '{"id": "j2", "vars": {"ticket": "v"}, "tags": ["t"]}',
      ],
      'data/rows.json': '[{"id": "json", "ticket": 1}]',
      'data/rows.yaml': '- { id: yaml, ticket: null }',
    });
    const library = await find(root);
    const cases = await casesOf(library, 'a');
    expect(
      cases.map(({ id, vars, expected, tags, group }) => [id, vars.ticket, expected, tags.join(' '), group]),
    ).toEqual([
      ['c1', 'hi', 'yes', 'all critical x y', 'g'],
      ['c2', '', 'fallback', 'all', 'g2'],
      ['17', { deep: [1] }, { a: 1 }, 'all', 'g'],
      ['j2', 'v', 'fallback', 'all t', 'g'],
      ['json', 1, 'fallback', 'all', 'g'],
      ['yaml', null, 'fallback', 'all', 'g'],
      ['last', 'q', 'own', 'all one', 'h'],
      [contentHash({ ticket: 'from a set' }), 'from a set', 'y', 'all', 'g'],
    ]);
    expect(cases.map(({ assert }) => assert[0]?.value)).toEqual(cases.map(({ expected }) => expected));
    expect(library.prompts[0]?.caseFiles).toEqual([
      'evals/a.cases.yaml',
      'data/rows.csv',
      'data/rows.jsonl',
      'data/rows.json',
      'data/rows.yaml',
      'evals/a.edge.cases.csv',
    ]);
    expect(library.notes).toEqual([
      'data/rows.csv: nothing uses the column "lang" (prompt "a")',
      'data/rows.jsonl: nothing uses the column "unused" (prompt "a")',
    ]);
  });

  test('have an input hash and an id from their content alone: order, place and unused columns do not matter', async () => {
    const root = project({
      'evals/a.prompt.md': ['---', 'models: [mock:echo]', '---', '{{x}}{{y}}'],
      'evals/a.cases.yaml': ['defaults: { assert: [{ type: equals, value: x }] }', 'from: [a.csv, b.csv]'],
      'evals/a.csv': ['x,y,z', '1,2,3'],
      'evals/b.csv': ['y,x', '3,1'],
    });
    const [first, second] = await casesOf(await find(root), 'a');
    expect(first).toMatchObject({
      id: contentHash({ x: '1', y: '2' }),
      input: contentHash({ y: '2', x: '1' }),
      vars: { x: '1', y: '2' },
    });
    expect(second?.id).toBe(contentHash({ x: '1', y: '3' }));
    expect(second?.place).toEqual({ file: 'evals/b.csv', line: 2, column: 1 });
  });

  test('can be read any number of times, at the same time', async () => {
    // More than are kept in memory.
    const rows = Array.from({ length: 10_500 }, (_, index) => `r${index},t${index},e`);
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': ['defaults: { assert: [{ type: equals }] }', 'from: a.csv'],
      'evals/a.csv': ['id,ticket,expected', ...rows],
    });
    const library = await find(root);
    const [one, two] = await Promise.all([casesOf(library, 'a'), casesOf(library, 'a')]);
    expect(one.map(({ id }) => id)).toEqual(rows.map((row) => row.split(',')[0]));
    expect(two).toEqual(one);
    writeFileSync(join(root, 'evals/a.csv'), 'id,ticket,expected\nx\n');
    await expect(casesOf(library, 'a')).rejects.toMatchObject({ problems: [{ code: 'bad-csv' }] });
  });

  test('a quoted cell may span lines, and later places still hold', async () => {
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': ['defaults: { assert: [{ type: equals, value: x }] }', 'from: a.csv'],
      'evals/a.csv': ['id,ticket', 'one,"a', 'b', 'c"', '', 'two,x'],
    });
    const cases = await casesOf(await find(root), 'a');
    expect(cases.map(({ vars, place }) => [vars.ticket, place.line])).toEqual([
      ['a\nb\nc', 2],
      ['x', 6],
    ]);
  });

  test('of a variant are those of the prompt it extends; a set is no variant', async () => {
    const root = project({
      'evals/t.prompt.md': PROMPT,
      'evals/t.cases.yaml': [
        'cases: [{ id: base, vars: { ticket: x, lang: en }, assert: [{ type: equals, value: x }] }]',
      ],
      'evals/t.extra.cases.yaml': [
        'cases: [{ id: extra, vars: { ticket: x, lang: "" }, assert: [{ type: equals, value: x }] }]',
      ],
      'evals/t.short.prompt.md': ['---', 'models: [mock:echo]', '---', '{{ticket}}{{#lang}} in {{lang}}{{/lang}}'],
      'evals/t.own.prompt.md': PROMPT,
      'evals/t.own.cases.yaml': ['cases: [{ id: own, vars: { ticket: x }, assert: [{ type: equals, value: x }] }]'],
    });
    const library = await find(root);
    expect(library.prompts.map(({ id, variantOf }) => [id, variantOf])).toEqual([
      ['t', undefined],
      ['t.own', undefined],
      ['t.short', 't'],
    ]);
    const ids = async (id: string) => (await casesOf(library, id)).map((each) => each.id);
    expect([await ids('t'), await ids('t.short'), await ids('t.own')]).toEqual([
      ['base', 'extra'],
      ['base', 'extra'],
      ['own'],
    ]);
  });

  test('with `input`, what is required must be given, and what is optional may be absent', async () => {
    const root = project({
      'evals/a.prompt.md': [
        '---',
        'models: [mock:echo]',
        'input: { type: object, required: [ticket], properties: { ticket: { type: string }, lang: { type: string } } }',
        '---',
        '{{ticket}} {{lang}}',
      ],
      'evals/a.cases.yaml': [`cases: [{ vars: { ticket: x }, ${CHECK} }]`],
    });
    expect(await casesOf(await find(root), 'a')).toHaveLength(1);
    const without = project({
      'evals/a.prompt.md': [...PROMPT.slice(0, 3), '{{ticket}} {{lang}}'],
      'evals/a.cases.yaml': CASES,
    });
    expect(await codes(without)).toEqual(['missing-variable']);
  });

  test('of an application keep all variables: the program may use any', async () => {
    const root = project({
      'evals/a.prompt.md': ['---', 'models: [exec:app]', '---', 'hi'],
      'evals/a.cases.yaml': [`cases: [{ id: a, vars: { any: 1 }, ${CHECK} }]`],
      'evals/b.prompt.md': ['---', 'models: [mock:echo]', '---', 'hi'],
      'evals/b.cases.yaml': ['cases: [{ vars: { any: 1 }, assert: [{ type: javascript, value: "vars.any" }] }]'],
    });
    expect((await casesOf(await find(root), 'a'))[0]?.vars).toEqual({ any: 1 });
  });

  test('that depend on the variables are tried: one that renders no message is a mistake', async () => {
    const root = project({
      'evals/a.prompt.md': ['---', 'models: [mock:echo]', '---', '{{#turns}}{{#user}}{{text}}{{/user}}{{/turns}}'],
      'evals/a.cases.yaml': [
        `cases: [{ id: none, vars: { turns: [] }, ${CHECK} }, { id: one, vars: { turns: [{ text: a }] }, ${CHECK} }]`,
      ],
    });
    const [problem, ...rest] = await problemsOf(root);
    expect(problem).toMatchObject({ code: 'no-message', message: expect.stringContaining('case "none"') as string });
    expect(rest).toEqual([]);
  });

  test('a quarantine holds through its last day', async () => {
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': [...CASES, '    quarantine: { until: 2026-11-22, why: flaky }'],
    });
    expect((await casesOf(await find(root), 'a'))[0]?.quarantine).toEqual({ until: '2026-11-22', why: 'flaky' });
    expect(await codes(root, { today: '2026-11-23' })).toEqual(['quarantine-expired']);
  });
});

describe('assertions', () => {
  const plain = { negated: false, options: {}, weight: 1, level: 'error' };

  test('get their defaults; an alias is its type; the metric is the type as written, with its "not-"', async () => {
    expect(await normalised(of('{ type: llm-rubric, value: kind }, { type: not-equals, value: 3 }'))).toEqual([
      { ...plain, type: 'judge', value: 'kind', metric: 'judge', threshold: 0.5 },
      { ...plain, type: 'equals', negated: true, value: 3, metric: 'not-equals' },
    ]);
  });

  test('is-json with a schema is json-schema', async () => {
    expect(await normalised(of('{ type: not-is-json, value: { type: object } }, { type: is-json }'))).toEqual([
      { ...plain, type: 'json-schema', negated: true, value: { type: 'object' }, metric: 'not-json-schema' },
      { ...plain, type: 'is-json', metric: 'is-json' },
    ]);
  });

  test('texts are filled in once, also deep inside a value; values and expected are never rendered', async () => {
    const found = await normalised(
      of(
        '{ type: equals, value: { a: ["{{ticket}} or {{expected}}"], "{{b}}": 1 } }, { type: contains }',
        'expected: "{{ticket}}",',
      ),
    );
    expect(found?.map(({ value }) => value)).toEqual([{ a: ['{{secret}} or {{ticket}}'], '{{b}}': 1 }, '{{ticket}}']);
  });

  test('of defaults come first; a case may opt out of them', async () => {
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': [
        'defaults: { assert: [{ type: contains, value: "{{ticket}}" }] }',
        'cases:',
        '  - { id: a, vars: { ticket: t }, assert: [{ type: equals, value: x, level: off }] }',
        '  - { id: b, vars: { ticket: t }, assert: { inherit: false, checks: [{ type: equals, value: x }] } }',
        '  - { id: c, vars: { ticket: t }, assert: { inherit: true, checks: [{ type: equals, value: x }] } }',
      ],
    });
    const cases = await casesOf(await find(root), 'a');
    expect(cases.map(({ assert }) => assert.map(({ type, value }) => `${type} ${String(value)}`))).toEqual([
      ['contains t', 'equals x'],
      ['equals x'],
      ['contains t', 'equals x'],
    ]);
  });

  test('json-schema without a value is checked against the output of its own prompt', async () => {
    expect(await normalised(of('{ type: json-schema }'), ['output: { type: object }'])).toHaveLength(1);
    const root = project({ 'evals/a.prompt.md': PROMPT, 'evals/a.cases.yaml': of('{ type: json-schema }') });
    expect(await codes(root)).toEqual(['bad-assertion']);
  });
});

describe('only some prompts', () => {
  const FILES = {
    'evals/s/a.prompt.md': ['---', 'models: [mock:echo]', '---', '{{> tone}}{{ticket}}'],
    'evals/s/a.cases.yaml': CASES,
    'evals/s/a.v.prompt.md': PROMPT,
    'evals/b.prompt.md': PROMPT,
    'evals/b.cases.yaml': [...CASES, 'from: ../data/b.csv'],
    'data/b.csv': 'ticket,expected',
    'evals/b.baseline.json': '{"schemaVersion": 1, "models": {}}',
    'evals/broken.prompt.md': '{{#user}}',
    'evals/orphan.cases.yaml': CASES,
    'evals/_partials/tone.md': 'kind',
  };

  test.each([
    ['evals/s', ['s/a', 's/a.v']],
    ['./evals/s/', ['s/a', 's/a.v']],
    ['evals\\s', ['s/a', 's/a.v']],
    ['evals/s/a.prompt.md', ['s/a']],
    ['s/a', ['s/a']],
    ['evals/s/a.cases.yaml', ['s/a', 's/a.v']],
    ['evals/_partials/tone.md', ['s/a']],
    ['evals/b.baseline.json', ['b']],
    ['data/b.csv', ['b']],
    ['evals/**/a*.prompt.md', ['s/a', 's/a.v']],
  ])('%s', async (path, ids) => {
    expect((await find(project(FILES), { paths: [path] })).prompts.map(({ id }) => id)).toEqual(ids);
  });

  test('what is wrong elsewhere does not matter; what is wrong there does', async () => {
    expect(await codes(project(FILES), { paths: ['evals/orphan.cases.yaml'] })).toEqual(['cases-without-prompt']);
    expect(await codes(project(FILES), { paths: ['evals/broken.prompt.md'] })).toContain('unclosed-section');
    expect(await codes(project(FILES), { paths: ['evals'] })).toContain('cases-without-prompt');
    expect(await codes(project(FILES), { paths: ['evals/s', 'nowhere'] })).toEqual(['unknown-path']);
  });

  test('a variable that only another variant uses is used, also when that one is not chosen', async () => {
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': ['cases: [{ vars: { ticket: x, lang: en }, assert: [{ type: equals, value: x }] }]'],
      'evals/a.v.prompt.md': ['---', 'models: [mock:echo]', '---', '{{ticket}}{{lang}}'],
    });
    expect((await find(root, { paths: ['evals/a.prompt.md'] })).prompts).toHaveLength(1);
  });
});

describe('baselines', () => {
  test('are read beside their prompt', async () => {
    const scores = { pass: { assert: 'h', repeats: [1, 0, 0.5] } };
    const baseline = {
      schemaVersion: 1,
      models: {
        'mock:echo': {
          version: 'v',
          commit: 'c',
          dirty: false,
          date: '2026-11-22',
          cases: { one: { input: 'i', scores } },
        },
      },
    };
    const root = project({
      'evals/a.prompt.md': PROMPT,
      'evals/a.cases.yaml': CASES,
      'evals/a.baseline.json': JSON.stringify(baseline),
      'evals/b.prompt.md': PROMPT,
      'evals/b.cases.yaml': CASES,
    });
    const library = await find(root);
    expect(library.prompts.map((prompt) => library.baseline(prompt))).toEqual([baseline, undefined]);
  });
});

describe('ids given twice', () => {
  const told = async (files: Record<string, string | string[]>) =>
    (await problemsOf(project({ 'evals/a.prompt.md': PROMPT, ...files }))).map(
      ({ code, place }) => `${place?.file.replace('evals/a.', '')}:${place?.line} ${code}`,
    );
  const good = `{ id: one, vars: { ticket: x }, ${CHECK} }`;

  test('are told beside what else is wrong with either of the cases', async () => {
    const unused = `{ id: One, vars: { ticket: x, other: x }, ${CHECK} }`;
    const misspelt = `{ id: one, vars: { ticket: x }, asert: [] }`;
    const file = (...cases: string[]) =>
      told({ 'evals/a.cases.yaml': ['cases:', ...cases.map((each) => `  - ${each}`)] });
    expect(await file(good, unused)).toEqual(['cases.yaml:3 duplicate-id', 'cases.yaml:3 unused-variable']);
    expect(await file(unused, good)).toEqual(['cases.yaml:2 unused-variable', 'cases.yaml:3 duplicate-id']);
    expect(await file(misspelt, good)).toEqual(['cases.yaml:2 unknown-key', 'cases.yaml:3 duplicate-id']);
    expect(await file(misspelt, unused, good)).toEqual([
      'cases.yaml:2 unknown-key',
      'cases.yaml:3 duplicate-id',
      'cases.yaml:3 unused-variable',
      'cases.yaml:4 duplicate-id',
    ]);
  });

  test('are told of rows, too', async () => {
    const rows = ['{"id":"one","ticket":"x"}', '{"id":"one","ticket":"x","tags":3}', '{"id":"two","ticket":"x"}'];
    const files = { 'evals/a.cases.jsonl': rows, 'evals/a.cases.yaml': `defaults: { ${CHECK} }` };
    expect(await told(files)).toEqual(['cases.jsonl:2 duplicate-id', 'cases.jsonl:2 wrong-type']);
  });

  test('are not told of cases without one, whose variables are yet to be put right', async () => {
    const files = { 'evals/a.cases.yaml': ['cases:', `  - { ${CHECK} }`, `  - { ${CHECK} }`] };
    expect(await told(files)).toEqual(['cases.yaml:2 missing-variable', 'cases.yaml:3 missing-variable']);
  });
});

test('whoever is told of each case as it is read has them read again where they are asked for', async () => {
  const root = project({
    'evals/a.prompt.md': PROMPT,
    'evals/a.cases.yaml': [...CASES.slice(0, 2), '    vars: { ticket: x }', `    ${CHECK}`],
    'evals/a.short.prompt.md': [...PROMPT, 'Briefly'],
  });
  const told: string[] = [];
  const library = await find(root, { onCase: ({ id }, one) => told.push(`${id} ${one.id}`) });
  const [one] = await casesOf(await find(root), 'a');
  expect(told).toEqual([`a ${one?.id}`, `a.short ${one?.id}`]);
  for (const id of ['a', 'a.short']) expect(placed(await casesOf(library, id))).toEqual(placed(one ? [one] : []));
});
