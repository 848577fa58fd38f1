import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { AssertionDefinition } from '../../src/assertions/assertion.js';
import { assertionTypes } from '../../src/assertions/map.js';
import { transformNames } from '../../src/assertions/transform.js';
import type { JsonObject } from '../../src/vocabulary.js';
import { type Project, project } from '../support/project.js';
import { blocksOf, codeWords, exampleFiles, members, pageText, tableOf, tablesOf } from './pages.js';
import { assay } from './run.js';

const PAGE = 'docs/assertions.md';

/** An answer beside a check: `'text' passes`, `{ latencyMs: 850 } fails`, `'text' passes with 0.8`. */
interface Shown {
  id: string;
  line: number;
  assertion: JsonObject;
  reply: object;
  outcome: string;
  value?: number;
}

const SHOWN = /(?:'([^']*)'|(\{[^{}]*\})) (passes|fails|is unscored)(?: with (\d(?:\.\d+)?))?/g;

/** The checks of the page: list items in YAML, each with comments that say what becomes of which answer. */
function shown(): Shown[] {
  return blocksOf(PAGE)
    .filter((block) => block.language === 'yaml' && !block.example)
    .flatMap(({ text, line }) =>
      text
        .trimEnd()
        .split('\n')
        .flatMap((item, index) => outcomesOf(item, line + index + 1)),
    );
}

function outcomesOf(item: string, line: number): Shown[] {
  const [assertion]: JsonObject[] = parse(item);
  const [, comment = ''] = item.split(/\s{2,}# /);
  return [...comment.matchAll(SHOWN)].map(([words, text, facts, outcome = '', value]) => ({
    id: `line ${line}: ${words}`.replaceAll("'", '"').trim(),
    line,
    assertion: assertion ?? {},
    reply: facts === undefined ? { output: text ?? '' } : { output: 'anything', ...members(parse(facts)) },
    outcome,
    ...(value !== undefined && { value: Number(value) }),
  }));
}

const examples = shown();

describe('the checks on the page about assertions', () => {
  it('do what the page says', async () => {
    const { code, stderr, report } = await assay(write(examples).root, ['eval']);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const results = report?.evals.flatMap((each) => each.results) ?? [];
    const scores = results.map((each) => ({ id: each.case, score: each.scores?.[0] }));
    expect(scores).toMatchObject(examples.map(({ id, outcome, value }) => ({ id, score: scoreOf(outcome, value) })));
  });

  it('show what becomes of an answer for every check', () => {
    const checks = blocksOf(PAGE).filter((block) => block.language === 'yaml' && !block.example);
    const lines = checks.flatMap(({ text, line }) =>
      text
        .trimEnd()
        .split('\n')
        .map((_, index) => line + index + 1),
    );
    expect(lines.filter((line) => !examples.some((each) => each.line === line))).toEqual([]);
  });

  it.each([...assertionTypes.keys()].filter((type) => type !== 'judge'))('show %s pass and fail', (type) => {
    const own = examples.filter(({ assertion }) => assertion['type'] === type || assertion['type'] === `not-${type}`);
    expect(own.map(({ outcome }) => outcome)).toEqual(expect.arrayContaining(['passes', 'fails']));
  });
});

function scoreOf(outcome: string, value?: number): object {
  if (outcome === 'is unscored') return { status: 'unscored' };
  return { status: 'scored', pass: outcome === 'passes', ...(value !== undefined && { value }) };
}

/** The example's case: what the page says at its beginning. */
const VARS = { ticket: 'I was charged twice' };
const OUTPUT = {
  type: 'object',
  required: ['queue'],
  additionalProperties: false,
  properties: { queue: { enum: ['billing', 'bug', 'other'] } },
};

function write(all: readonly Shown[]): Project {
  const cases = all.map(({ id, assertion }) => ({ id, vars: VARS, expected: 'billing', assert: [assertion] }));
  return project({
    'assay.config.yaml': 'providers: { fake: { type: mock, replies: replies.json } }\nmodels: [fake:gpt]\n',
    'replies.json': JSON.stringify(all.map(({ id, reply }) => ({ case: id, ...reply }))),
    'evals/checks.prompt.md': `---\noutput: ${JSON.stringify(OUTPUT)}\n---\n{{ticket}}\n`,
    'evals/checks.cases.json': JSON.stringify({ cases }),
  });
}

describe('the page about assertions', () => {
  it('says what its examples stand on', () => {
    expect(pageText(PAGE)).toContain('`vars: { ticket: I was charged twice }` and `expected: billing`');
  });

  it('has a section and a row for every type, and none besides', () => {
    const sections = [...pageText(PAGE).matchAll(/^### (.+)$/gm)].flatMap(([, names = '']) => names.split(', '));
    const rows = tableOf(PAGE, 'type').rows.map(([type = '']) => type.replaceAll('`', ''));
    expect(sections.toSorted()).toEqual([...assertionTypes.keys()].toSorted());
    expect(rows.toSorted()).toEqual([...assertionTypes.keys()].toSorted());
  });

  it.each([...assertionTypes.values()].map((each) => [each.type, each] as const))('knows what %s takes', (type, is) => {
    const row = tableOf(PAGE, 'type').rows.find(([name]) => name === `\`${type}\``);
    expect(row?.slice(2, 5)).toEqual([needsOf(is), optionsOf(is), thresholdOf(is)]);
  });

  it('names every other name of a type', () => {
    const aliases = [...assertionTypes.values()].flatMap((each) => each.aliases ?? []);
    expect(aliases).not.toEqual([]);
    for (const alias of aliases) expect(pageText(PAGE)).toContain(`\`${alias}\``);
  });

  it('names every step of a transform', () => {
    const [, text = ''] = /^\*\*`transform`\*\*([^]*?)\n\n/m.exec(pageText(PAGE)) ?? [];
    expect(codeWords(text)).toEqual(expect.arrayContaining([...transformNames]));
  });

  it('has tables of whole rows', () => {
    for (const { head, rows } of tablesOf(PAGE)) for (const row of rows) expect(row).toHaveLength(head.length);
  });
});

function needsOf({ needs }: AssertionDefinition): string {
  return needs === 'expected' ? 'or `expected`' : needs;
}

function optionsOf({ options }: AssertionDefinition): string {
  const properties = options?.['properties'];
  return Object.keys(members(properties))
    .map((name) => `\`${name}\``)
    .join(' ');
}

function thresholdOf({ threshold }: AssertionDefinition): string {
  if (!threshold) return '';
  return threshold.required ? 'required' : `\`${threshold.default}\``;
}

describe('the example of a judge', () => {
  const replies = [
    { model: 'writer', output: 'We are sorry.' },
    { model: 'judge', case: 'calm', output: '{"reason": "Polite.", "score": 0.9}' },
    { model: 'judge', case: 'rude', output: 'I would give it a 9.' },
  ];

  it('grades, and leaves unscored what the judge did not say clearly', async () => {
    const example = project({
      ...exampleFiles('judged'),
      'evals/reply.prompt.md': 'Reply to: {{ticket}}',
      'fixtures/replies.yaml': JSON.stringify(replies),
    });
    const { code, report } = await assay(example.root, ['eval']);
    const scores = report?.evals[0]?.results.map((each) => each.scores?.[0]);
    expect(scores).toMatchObject([
      { type: 'judge', metric: 'politeness', status: 'scored', pass: true, value: 0.9 },
      { status: 'unscored' },
    ]);
    expect(code).toBe(3);
  });
});
