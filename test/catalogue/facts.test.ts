import { describe, expect, test } from 'vitest';
import { shownConstraints } from '../../src/catalogue/constraints.js';
import { neededNames } from '../../src/catalogue/declarations.js';
import { catalogueEntry } from '../../src/catalogue/entry.js';
import { historyOf } from '../../src/catalogue/history.js';
import { percent } from '../../src/cli/list.js';
import { table } from '../../src/cli/table.js';
import { parseTemplate } from '../../src/library/template.js';
import type { Baseline, GateSettings, Prompt } from '../../src/vocabulary.js';

const NOW = new Date('2026-11-23T12:00:00Z');

/** A baseline of models: version, day, and what each case scored, repeat by repeat. */
function baselineOf(models: Record<string, [version: string, date: string, ...cases: number[][]]>): Baseline {
  const entries = Object.entries(models).map(([model, [version, date, ...cases]]) => {
    const rows = cases.map((repeats, index) => [
      `c${index}`,
      { input: 'i', scores: { pass: { assert: 'a', repeats }, odd: { assert: 'a', repeats: [] } } },
    ]);
    return [model, { version, date, cases: Object.fromEntries(rows) }];
  });
  return { schemaVersion: 1, models: Object.fromEntries(entries) } as Baseline;
}

function promptOf(version: string, models: string[], reducer: GateSettings['reducer'] = 'mean'): Prompt {
  return {
    id: 'p',
    version,
    path: 'evals/p.prompt.md',
    tags: [],
    gate: { reducer },
    models: models.map((model) => ({ model })),
  } as unknown as Prompt;
}

describe('an entry of the catalogue', () => {
  test('has the lowest share of its own models, the age of the newest, and whether all are of this version', () => {
    const baseline = baselineOf({
      'm:a': ['v2', '2026-11-20', [1], [1, 0]],
      'm:b': ['v2', '2026-11-22', [1], [1]],
      'm:gone': ['v2', '2026-11-23', [0], [0]],
    });
    const entry = (version: string, models: string[]) => catalogueEntry(promptOf(version, models), 2, baseline, NOW);
    expect(entry('v2', ['m:a', 'm:b'])).toMatchObject({ score: 0.75, age: 1, current: true });
    expect(entry('v2', ['m:b'])).toMatchObject({ score: 1, current: true });
    expect(entry('v3', ['m:b'])).toMatchObject({ score: 1, current: false });
    // A model that was never accepted is no pass.
    expect(entry('v2', ['m:b', 'm:new'])).toMatchObject({ score: 1, current: false });
    expect(entry('v2', ['m:new'])).toMatchObject({ score: null, age: null, current: false });
    expect(entry('v2', ['m:a']).scores.map(({ model, metrics }) => [model, metrics])).toEqual([
      ['m:a', { pass: 0.75 }],
      ['m:b', { pass: 1 }],
      ['m:gone', { pass: 0 }],
    ]);
  });

  test('folds the repeats of a case as the gate does; a case with too few of them has no score', () => {
    const baseline = baselineOf({ 'm:a': ['v1', '2026-11-20', [1, 0, 0], [1, 1, 0], [1, 1, 1], [1]] });
    const pass = (reducer: GateSettings['reducer']) =>
      catalogueEntry(promptOf('v1', ['m:a'], reducer), 4, baseline, NOW).score;
    expect(pass('mean')).toBeCloseTo((1 / 3 + 2 / 3 + 1 + 1) / 4, 12);
    expect([pass('all'), pass('majority'), pass('any'), pass('at-least-2')]).toEqual([0.5, 0.75, 1, 2 / 3]);
    expect(pass('at-least-4')).toBeNull();
  });

  test('without a baseline or readable cases has none, not zero', () => {
    expect(catalogueEntry(promptOf('v1', ['m:a']), undefined, undefined, NOW)).toMatchObject({
      score: null,
      age: null,
      cases: null,
      owner: null,
      current: false,
    });
  });
});

test('a percentage never rounds up to all', () => {
  expect([1, 0.9999, 0.5, 2 / 3, 0].map(percent)).toEqual(['100 %', '99.9 %', '50 %', '66.7 %', '0 %']);
});

test('history has the newest first, whichever way the changelog is kept; accepted stands above changed on one day', () => {
  const log = ['2026-11-01', '2026-11-05', '2026-11-09'].map((date) => ({ date, why: date }));
  const baseline = baselineOf({ 'm:a': ['v1', '2026-11-05T10:00:00Z', [1]] });
  const of = (changelog: typeof log) => ({ changelog, gate: promptOf('v1', []).gate });
  const told = historyOf(of(log), baseline).map(({ event, date }) => `${event} ${date.slice(8, 10)}`);
  expect(told).toEqual(['changed 09', 'accepted 05', 'changed 05', 'changed 01']);
  expect(historyOf(of(log.toReversed()), baseline).map(({ event, date }) => `${event} ${date.slice(8, 10)}`)).toEqual(
    told,
  );
});

const read = (text: string) => () => ({ text: text.replaceAll('\r\n', '\n'), line: 1 });

test.each([
  ['Never lie.\n{{! why: x }}\nOther line.', 'Never lie.'],
  ['Never lie.\n{{! why: x }}\nYou must be kind.', 'You must be kind.'],
  ['Be kind.\n{{! why: x }}\nOther line.', 'Other line.'],
  ['Never lie. {{! why: trust }}\n{{! why: x }}\nOther line.', 'Other line.'],
  ['{{=<% %>=}}\n<%! why: x %>\nYou must refuse.\n<%a%>\n<%={{ }}=%>', 'You must refuse.'],
  ['Never\n{{! why:\n x }}', 'Never'],
])('the text beside a reason is what the policy takes it for: %j', (text, beside) => {
  const { constraints } = parseTemplate(text, { file: 'p' }, () => undefined);
  expect(shownConstraints(constraints, read(text)).find(({ why }) => why === 'x')?.text).toBe(beside);
});

test('a constraint is shown with the text beside it, before or behind, on its line or on the next', () => {
  const text =
    'Be brief. {{! why: readers skim }}\r\n{{! why: law }} Never promise.\n{{! why: router }}\n{{! not a reason }}\n\nAnswer in JSON.\n{{! why: the end }}';
  const { constraints } = parseTemplate(text, { file: 'p' }, () => undefined);
  expect(shownConstraints(constraints, read(text)).map(({ why, text: beside }) => [why, beside])).toEqual([
    ['readers skim', 'Be brief.'],
    ['law', 'Never promise.'],
    ['router', 'Answer in JSON.'],
    ['the end', ''],
  ]);
});

test('a template without input needs what it always prints; what stands in sections may belong to them', () => {
  const { parts } = parseTemplate(
    '{{#user}}{{a.b}}{{#list}}{{x}}{{.}}{{/list}}{{^no}}{{a}}{{/no}}{{/user}}',
    { file: 'p' },
    () => undefined,
  );
  expect(neededNames(parts)).toEqual([
    ['a', true],
    ['list', true],
    ['no', true],
    ['x', false],
  ]);
});

describe('a table', () => {
  const rows = [
    ['prompt', 'owner', 'cases'],
    ['support/triage-of-tickets', '@support-platform', '12'],
    ['日本語', '-', '7'],
  ];

  test('aligns columns by what they take on a terminal', () => {
    expect(table(rows, { right: new Set([2]) })).toEqual([
      'prompt                     owner              cases',
      'support/triage-of-tickets  @support-platform     12',
      '日本語                     -                      7',
    ]);
  });

  test('cuts the columns that give, in their order, and never an identifier to nothing', () => {
    expect(table(rows, { width: 44, give: [1, 0] })).toEqual([
      'prompt                     owner       cases',
      'support/triage-of-tickets  @support-…  12',
      '日本語                     -           7',
    ]);
    expect(table(rows, { width: 10, give: [1, 0] })).toEqual([
      'prompt    owner     cases',
      'support…  @suppor…  12',
      '日本語    -         7',
    ]);
  });

  test('leaves columns out before it cuts those that name a row', () => {
    const narrow = (width: number) => table(rows, { width, give: [1, 0], drop: [1] })[1];
    expect(narrow(44)).toBe('support/triage-of-tickets  @support-…  12');
    expect(narrow(41)).toBe('support/triage-of-tickets  12');
    expect(narrow(24)).toBe('support/triage-o…  12');
  });
});
