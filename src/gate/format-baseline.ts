import type { Baseline, BaselineCase, BaselineModel, CaseUsage } from '../vocabulary.js';
import { byCodeUnit, inMetricOrder, own } from './own.js';

/**
 * The text of a `*.baseline.json`: one line per case, everything sorted, so that a diff shows the cases whose scores changed.
 * Equal baselines give equal text. Ends with a line feed.
 */
export function formatBaseline(baseline: Baseline): string {
  const models = sorted(baseline.models).map(([name, model]) => `    ${JSON.stringify(name)}: ${formatModel(model)}`);
  return `{\n  "schemaVersion": ${baseline.schemaVersion},\n  "models": ${block(models, '  ')}\n}\n`;
}

function formatModel(model: BaselineModel): string {
  const { version, commit, dirty, date, runs, judge } = model;
  const facts = Object.entries({ version, commit, dirty, date, runs, judge }).filter(
    ([, value]) => value !== undefined,
  );
  const lines = facts.map(([key, value]) => `      ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const cases = sorted(model.cases).map(([id, each]) => `        ${JSON.stringify(id)}: ${formatCase(each)}`);
  return block([...lines, `      "cases": ${block(cases, '      ')}`], '    ');
}

function formatCase({ input, scores, usage }: BaselineCase): string {
  const metrics = inMetricOrder(Object.keys(scores)).map((metric) => {
    const { assert, repeats } = own(scores, metric) ?? { assert: '', repeats: [] };
    return `${JSON.stringify(metric)}: { "assert": ${JSON.stringify(assert)}, "repeats": ${JSON.stringify(repeats)} }`;
  });
  const used = usage ? `, "usage": ${formatUsage(usage)}` : '';
  return `{ "input": ${JSON.stringify(input)}, "scores": { ${metrics.join(', ')} }${used} }`;
}

function formatUsage({ trials, costUsd, inputTokens, outputTokens, latencyMs }: CaseUsage): string {
  const facts = Object.entries({ trials, costUsd, inputTokens, outputTokens, latencyMs });
  const known = facts.filter(([, value]) => value !== undefined);
  return `{ ${known.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')} }`;
}

function block(lines: readonly string[], indent: string): string {
  return lines.length === 0 ? '{}' : `{\n${lines.join(',\n')}\n${indent}}`;
}

function sorted<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).toSorted(([a], [b]) => byCodeUnit(a, b));
}
