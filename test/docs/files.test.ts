import { describe, expect, it } from 'vitest';
import { DEFAULT_GATE } from '../../src/library/gate-settings.js';
import { assertionSchema, caseSchema, casesSchema } from '../../src/schemas/cases.js';
import { gate, parameters } from '../../src/schemas/common.js';
import { configSchema } from '../../src/schemas/config.js';
import { promptSchema, promptSettings } from '../../src/schemas/prompt.js';
import { codeWords, pageText, type Table, tableOf } from './pages.js';

const PAGE = 'docs/files.md';

const PROMPT = 'Prompt: `<name>.prompt.md`';
const CONFIG = 'Config: `assay.config.yaml`';

/** The keys of a table: the words of its first column. */
function keysOf({ rows }: Table): string[] {
  return rows.flatMap(([name = '']) => codeWords(name)).toSorted();
}

/** What stands in a column of the row that has this key. */
function cell(table: Table, key: string, column: number): string {
  return table.rows.find(([name = '']) => codeWords(name).includes(key))?.[column] ?? '';
}

const keys = (schema: { properties: object }) => Object.keys(schema.properties).toSorted();

describe('docs/files.md has the keys of the schemas, and none besides', () => {
  const config = tableOf(PAGE, 'key', CONFIG);
  const gated = tableOf(PAGE, 'key of `gate`');

  it.each([
    ['a prompt', tableOf(PAGE, 'key', PROMPT), promptSchema],
    ['a cases file', tableOf(PAGE, 'key of the file'), casesSchema],
    ['a case', tableOf(PAGE, 'key of a case'), caseSchema],
    ['an assertion', tableOf(PAGE, 'key of an assertion'), assertionSchema],
    ['the config', config, configSchema],
    ['the gate', gated, gate],
  ])('of %s', (_, table, schema) => {
    expect(keysOf(table)).toEqual(keys(schema));
  });

  it.each([
    ['parameters', cell(tableOf(PAGE, 'key', PROMPT), 'parameters', 1), parameters],
    ['defaults', cell(tableOf(PAGE, 'key of the file'), 'defaults', 1), casesSchema.properties.defaults],
    ['policy', cell(config, 'policy', 2), configSchema.properties.policy],
    ['rules', cell(gated, 'rules', 2), gate.properties.rules],
  ])('of %s', (_, text, schema) => {
    const [words = ''] = /`[^`]+`/.exec(text) ?? [];
    expect(codeWords(words).toSorted()).toEqual(keys(schema));
  });

  it('of an override', () => {
    const [, listed = ''] = /^An override holds any of (`[^`]+`)/m.exec(pageText(PAGE)) ?? [];
    expect(codeWords(listed).toSorted()).toEqual(Object.keys(promptSettings).toSorted());
  });

  it('of the settings of a metric', () => {
    const [, inner = ''] = /\{ <name>: \{ ([^}]*) \} \}/.exec(cell(gated, 'metrics', 2)) ?? [];
    expect(inner.replaceAll('?', '').split(', ').toSorted()).toEqual(
      keys(gate.properties.metrics.additionalProperties),
    );
  });

  it('with the defaults of the gate', () => {
    const { rules: _rules, metrics: _metrics, reducer, ...numbers } = DEFAULT_GATE;
    expect(codeWords(cell(gated, 'reducer', 1))).toEqual([reducer]);
    const stated = gated.rows.flatMap(([name = '', byDefault = '']) => {
      const values = codeWords(byDefault);
      return codeWords(name).map((key, index) => [key, Number(values[index])] as const);
    });
    expect(Object.fromEntries(stated.filter(([, value]) => !Number.isNaN(value)))).toEqual(numbers);
  });

  it('with the levels of the rules', () => {
    const [, warn = '', off = ''] = /^By default (.*) are `warn`, (.*) `off`, the others/m.exec(pageText(PAGE)) ?? [];
    const named = [...codeWords(warn).map((rule) => [rule, 'warn']), ...codeWords(off).map((rule) => [rule, 'off'])];
    const others = Object.entries(DEFAULT_GATE.rules).filter(([, level]) => level !== 'error');
    expect(Object.fromEntries(named)).toEqual(Object.fromEntries(others));
  });
});
