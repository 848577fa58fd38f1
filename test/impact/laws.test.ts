import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { affectedIn, type Files, soundSideOf } from './sides.js';
import { slowWay } from './slow.js';

/** A library with all that can reach a prompt: partials in partials, nearer ones, variants, shared data, every config part. */
const PARTIALS = [
  'evals/_partials/tone.md',
  'evals/_partials/form.md',
  'evals/_partials/law.md',
  'evals/a/_partials/tone.md',
];
const PROMPTS = ['evals/p', 'evals/q', 'evals/a/r', 'evals/a/s', 'evals/a/s.short', 'evals/a/b/t'];

interface PromptFile {
  matter: Record<string, unknown>;
  body: string;
}

interface Project {
  config: Record<string, unknown>;
  partials: Record<string, string>;
  prompts: Record<string, PromptFile>;
  cases: Record<string, Record<string, unknown>>;
  rows: string[][];
  answers: string;
  /** How lines end. */
  end: '\n' | '\r\n';
}

function filesOf(project: Project): Files {
  const files: Record<string, string> = {
    'assay.config.yaml': stringify(project.config),
    'fixtures/rows.csv': ['id,text,more,expected', ...project.rows.map((row) => row.join(','))].join('\n'),
    'fixtures/out.jsonl': project.answers,
    ...project.partials,
  };
  for (const [stem, { matter, body }] of Object.entries(project.prompts)) {
    files[`${stem}.prompt.md`] = `---\n${stringify(matter)}---\n${body}\n`;
  }
  for (const [stem, written] of Object.entries(project.cases)) files[`${stem}.cases.yaml`] = stringify(written);
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [path, text.replaceAll('\n', project.end)]));
}

const word = fc.constantFrom('kind', 'short', 'exact', 'calm');
const include = fc.constantFrom('', '{{> tone}}', '{{> form}}', 'Be {{> law}}.', '{{> tone}} and {{> form}}');
const body = fc
  .tuple(word, include)
  .map(([text, partial]) => `{{#system}}${text} ${partial}{{/system}}{{#user}}{{text}}{{/user}}`);
const models = fc.constantFrom(['mock:echo'], ['mock:echo', 'local:x'], ['local:y', 'past:z'], ['past:z']);
const gate = fc.constantFrom({ tolerance: 0.01 }, { tolerance: 0.05 }, { metrics: { score: {} } });
const repeats = fc.constantFrom<unknown>(1, 3, { min: 1, max: 4 });

const matter = fc.record(
  {
    owner: word,
    tags: fc.constantFrom(['x'], ['y']),
    models,
    gate,
    repeats,
    parameters: fc.constantFrom({ maxTokens: 9 }, { temperature: 0 }, { stream: true }),
    output: fc.constantFrom({ type: 'object' }, { type: 'array' }),
    structured: fc.constantFrom('auto', 'off'),
  },
  { requiredKeys: [] },
);

const assertion = fc.constantFrom<Record<string, unknown>>(
  { type: 'equals', value: 'hi' },
  { type: 'contains', value: '{{text}}' },
  { type: 'equals' },
  { type: 'judge', value: 'is kind' },
  { type: 'judge', value: 'is kind', options: { model: 'local:grade-2026-11-22' } },
  { type: 'json-schema', level: 'warn' },
  { type: 'contains', value: 'x', weight: 2, metric: 'tone' },
);
const oneCase = fc.record({ text: word, expected: word, assert: assertion, critical: fc.boolean() });
const caseFile = fc
  .record({ rows: fc.boolean(), list: fc.array(oneCase, { minLength: 1, maxLength: 3 }) })
  .map(({ rows, list }) => ({
    defaults: { assert: [{ type: 'contains', value: 'a' }] },
    ...(rows && { from: '/' }),
    cases: list.map(({ text, expected, assert, critical }, index) => ({
      id: `c${index}`,
      vars: { text },
      expected,
      assert: [assert],
      tags: critical ? ['critical', 'x'] : ['x'],
    })),
  }));

const config = fc.record(
  {
    models,
    gate,
    repeats,
    concurrency: fc.constantFrom(1, 2),
    mode: fc.constantFrom('replay', 'live'),
    judge: fc.constantFrom(
      { model: 'local:judge-2026-01-01' },
      { model: 'local:judge-2026-01-01', parameters: { temperature: 0 } },
      { model: 'mock:judge' },
    ),
    prices: fc.constantFrom(
      { 'local:*': { input: 1, output: 2 } },
      { 'local:*': { input: 9, output: 9 }, 'local:x': { input: 1, output: 2 } },
      { 'local:judge*': { input: 3, output: 3 } },
    ),
    policy: fc.constantFrom({ minCases: 1 }, { minCases: 2 }),
    overrides: fc.constantFrom(
      [{ files: 'evals/a/*.prompt.md', gate: { alpha: 0.01 } }],
      [{ files: 'evals/a/*.prompt.md', models: ['mock:other'], owner: 'kind' }],
      [{ files: 'evals/*.prompt.md', repeats: 2, parameters: { topP: 0.5 } }],
      [{ files: 'evals/*.prompt.md', tags: ['z'] }],
    ),
  },
  { requiredKeys: ['models', 'judge'] },
);
const url = fc.constantFrom('http://127.0.0.1:1/v1', 'http://127.0.0.1:2/v1');

function relativeRows(stem: string): string {
  return `${'../'.repeat(stem.split('/').length - 1)}fixtures/rows.csv`;
}

/** Data files are named relative to the file that names them. */
function placed(stem: string, written: Record<string, unknown>): Record<string, unknown> {
  return written.from === undefined ? written : { ...written, from: relativeRows(stem) };
}

const project: fc.Arbitrary<Project> = fc
  .record({
    config,
    url,
    concurrency: fc.constantFrom(1, 5),
    bodies: fc.tuple(...PROMPTS.map(() => fc.record({ matter, body }))),
    cases: fc.tuple(...PROMPTS.map(() => caseFile)),
    tone: word,
    law: word,
    near: fc.option(word, { nil: undefined }),
    rows: fc.array(fc.tuple(word, word, word), { minLength: 1, maxLength: 2 }),
    crlf: fc.boolean(),
  })
  .map((made) => ({
    config: {
      ...made.config,
      providers: {
        local: { type: 'openai', baseURL: made.url, concurrency: made.concurrency },
        past: { type: 'outputs', path: 'fixtures/out.jsonl' },
      },
    },
    partials: {
      'evals/_partials/tone.md': made.tone,
      'evals/_partials/form.md': 'Form: {{> law}}',
      'evals/_partials/law.md': made.law,
      ...(made.near !== undefined && { 'evals/a/_partials/tone.md': made.near }),
    },
    prompts: Object.fromEntries(PROMPTS.map((stem, index) => [stem, made.bodies[index] as PromptFile])),
    cases: Object.fromEntries(
      // The variant runs the cases of the prompt it is named after.
      PROMPTS.filter((stem) => !stem.endsWith('.short')).map((stem, index) => [
        stem,
        placed(stem, made.cases[index] ?? {}),
      ]),
    ),
    rows: made.rows.map((row, index) => [`row${index}`, ...row]),
    answers: '{}',
    end: made.crlf ? '\r\n' : '\n',
  }));

/** An edit as a person would make it; some mean nothing to any model or gate. */
const edit: fc.Arbitrary<(project: Project) => Project> = fc.oneof(
  fc.tuple(fc.constantFrom(...PROMPTS), fc.record({ matter, body })).map(([stem, file]) => (p: Project) => ({
    ...p,
    prompts: { ...p.prompts, [stem]: file },
  })),
  fc.tuple(fc.constantFrom(...PROMPTS), matter).map(
    ([stem, more]) =>
      (p: Project) =>
        withMatter(p, stem, more),
  ),
  fc
    .constantFrom(...PROMPTS)
    .map((stem) => (p: Project) => withBody(p, stem, (text) => `{{! why: asked for }}${text}`)),
  fc
    .constantFrom(...PROMPTS)
    .map((stem) => (p: Project) => withBody(p, stem, (text) => text.replace('{{text}}', '{{more}}{{text}}'))),
  fc.constantFrom(...PROMPTS).map((stem) => (p: Project) => {
    const { [stem]: _gone, ...prompts } = p.prompts;
    const { [stem]: _cases, ...cases } = p.cases;
    return { ...p, prompts, cases };
  }),
  fc
    .tuple(fc.constantFrom(...PARTIALS), fc.oneof(word, include, fc.constant('{{! only a comment }}kind')))
    .map(([path, text]) => (p: Project) => ({ ...p, partials: { ...p.partials, [path]: text } })),
  fc.constantFrom(...PARTIALS).map((path) => (p: Project) => {
    const { [path]: _gone, ...partials } = p.partials;
    return { ...p, partials };
  }),
  fc.tuple(fc.constantFrom(...PROMPTS), caseFile).map(([stem, written]) => (p: Project) => ({
    ...p,
    cases: { ...p.cases, [stem]: placed(stem, written) },
  })),
  // A prompt is moved with its cases, below another folder's partials, or onto the name of another one.
  fc
    .tuple(fc.constantFrom(...PROMPTS), fc.constantFrom('evals/a/moved', 'evals/q'))
    .map(([stem, to]) => (p: Project) => {
      const { [stem]: file, ...prompts } = p.prompts;
      const { [stem]: written, ...cases } = p.cases;
      if (!file) return p;
      return {
        ...p,
        prompts: { ...prompts, [to]: file },
        cases: { ...cases, ...(written && { [to]: placed(to, written) }) },
      };
    }),
  fc.constantFrom(...PROMPTS).map((stem) => (p: Project) => {
    const written = p.cases[stem];
    if (!written || !Array.isArray(written.cases)) return p;
    return { ...p, cases: { ...p.cases, [stem]: { ...written, cases: written.cases.toReversed() } } };
  }),
  config.map((more) => (p: Project) => ({ ...p, config: { ...p.config, ...more } })),
  fc.tuple(url, fc.constantFrom(1, 5)).map(([baseURL, concurrency]) => (p: Project) => ({
    ...p,
    config: {
      ...p.config,
      providers: {
        local: { type: 'openai', baseURL, concurrency },
        past: { type: 'outputs', path: 'fixtures/out.jsonl' },
      },
    },
  })),
  fc.tuple(word, word).map(([text, more]) => (p: Project) => ({ ...p, rows: [...p.rows, [`new`, text, more, 'x']] })),
  word.map((text) => (p: Project) => ({ ...p, answers: JSON.stringify({ id: text, output: text }) })),
  fc.constantFrom('\n' as const, '\r\n' as const).map((end) => (p: Project) => ({ ...p, end })),
);

function withMatter(p: Project, stem: string, more: Record<string, unknown>): Project {
  const file = p.prompts[stem];
  return file ? { ...p, prompts: { ...p.prompts, [stem]: { ...file, matter: { ...file.matter, ...more } } } } : p;
}

function withBody(p: Project, stem: string, change: (text: string) => string): Project {
  const file = p.prompts[stem];
  return file ? { ...p, prompts: { ...p.prompts, [stem]: { ...file, body: change(file.body) } } } : p;
}

/** More of them: RUNS=2000 npx vitest run test/impact/laws.test.ts */
const RUNS = Number(process.env.RUNS ?? 60);

describe('for random libraries and random edits', () => {
  test('affected is what reading both and comparing everything finds; each has ways that end at it', async () => {
    let judged = 0;
    let reached = 0;
    let spared = 0;
    await fc.assert(
      fc.asyncProperty(project, fc.array(edit, { minLength: 1, maxLength: 3 }), async (made, edits) => {
        const was = filesOf(made);
        const is = filesOf(edits.reduce((p, change) => change(p), made));
        // Some edits leave what is no library: a partial is gone, a judge is not dated, cases lack a variable.
        const before = await soundSideOf(was);
        const after = await soundSideOf(is);
        if (!before || !after) return;
        const found = await affectedIn(was, is);
        const wanted = await slowWay(before, after);
        expect(found.map(({ prompt }) => prompt.id)).toEqual(wanted);
        for (const { prompt, causes } of found) {
          expect(causes.length).toBeGreaterThan(0);
          for (const { path } of causes) {
            expect(path.at(-1)).toBe(prompt.path);
            expect(path.every((file) => file in was || file in is)).toBe(true);
          }
        }
        judged += 1;
        reached += wanted.length;
        spared += after.library.prompts.length - wanted.length;
      }),
      { numRuns: RUNS },
    );
    // It would prove nothing about libraries that are never sound, or never change.
    expect(judged).toBeGreaterThan(RUNS / 3);
    expect(Math.min(reached, spared)).toBeGreaterThan(RUNS / 3);
  }, 600_000);
});
