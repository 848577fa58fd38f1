import type { AssertionDefinition } from '../assertions/assertion.js';
import { promptOfJudge } from '../assertions/judge-prompt.js';
import { Lru } from '../lru.js';
import { assertionTypes, findAssertion } from '../assertions/map.js';
import { canonicalJson, contentHash } from '../hash.js';
import type { Assertion, Case, Json, JudgeSettings, Prompt, TrialFacts, TrialResult } from '../vocabulary.js';
import { weightedMean } from './totals.js';

/** Metrics that every eval has; an assertion's metric of the same name never replaces them. */
const BUILT_IN: ReadonlySet<string> = new Set(['pass', 'score']);

/**
 * What comparisons need of a trial: `pass` as 1 or 0, `score`, and the weighted mean of each metric. A metric with an unscored
 * part is absent: a mean over the rest would be of something else.
 */
export function trialFacts(result: TrialResult): TrialFacts {
  const { repeat, status } = result;
  if (result.status === 'errored') {
    const { kind, message } = result.failure;
    return { repeat, status, metrics: {}, trouble: { kind, message } };
  }
  if (result.status === 'skipped')
    return { repeat, status, metrics: {}, trouble: { kind: 'skipped', message: result.reason } };
  const { pass, score, scores, completion } = result;
  const { costUsd, latencyMs, usage } = completion;
  const entries: [string, number][] = [];
  const enter = (metric: string, value: number | undefined): void => {
    if (value !== undefined) entries.push([metric, value]);
  };
  enter('pass', pass === undefined ? undefined : Number(pass));
  enter('score', score);
  for (const [metric, its] of byMetric(scores)) enter(metric, weightedMean(its));
  return {
    repeat,
    status,
    // Not by assignment: users name metrics, and `__proto__` is a name, too.
    metrics: Object.fromEntries(entries),
    ...(costUsd !== undefined && { costUsd }),
    ...(usage?.inputTokens !== undefined && { inputTokens: usage.inputTokens }),
    ...(usage?.outputTokens !== undefined && { outputTokens: usage.outputTokens }),
    ...(latencyMs !== undefined && { latencyMs }),
  };
}

/**
 * Per metric the hash of all that decides its scores on a case: only scores under equal hashes are compared. `pass` and `score`
 * cover the assertions of level error. The order of assertions and the words of reasons do not count.
 * @param judge the run's judge: another one grades otherwise
 */
export function assertHashes(
  testCase: Case,
  prompt: Prompt,
  judge?: JudgeSettings,
  types: ReadonlyMap<string, AssertionDefinition> = assertionTypes,
): Record<string, string> {
  const active = testCase.assert.filter(({ level }) => level !== 'off');
  const described = active.map((assertion) => ({
    metric: assertion.metric,
    level: assertion.level,
    text: describe(assertion, testCase, prompt, judge, types),
  }));
  const deciding = hashed(described.filter(({ level }) => level === 'error'));
  const metrics = [...byMetric(described)].map(([metric, its]): [string, string] => [metric, hashed(its)]);
  return Object.fromEntries([['pass', deciding], ['score', deciding], ...metrics]);
}

const hashes = new Lru<string>(1_000);

/** Most cases of a file share their assertions: equal texts are hashed once. */
function hashed(its: readonly { text: string }[]): string {
  const texts = its.map(({ text }) => text).toSorted();
  return hashes.get(texts.join('\n'), () => contentHash(texts));
}

/** Texts of assertions that depend on nothing else: on no case's expected value, no prompt's schema, no judge. */
const texts = new WeakMap<Assertion, string>();

function describe(assertion: Assertion, ...rest: Beside): string {
  const known = texts.get(assertion);
  if (known !== undefined) return known;
  const text = canonicalJson(description(assertion, ...rest));
  const [, , , types] = rest;
  const { needs, asks } = findAssertion(assertion.type, types)?.definition ?? {};
  const own = assertion.value !== undefined || (needs !== 'expected' && assertion.type !== 'json-schema');
  if (own && asks !== 'judge') texts.set(assertion, text);
  return text;
}

/** What an assertion's text may depend on beside it. */
type Beside = [
  testCase: Case,
  prompt: Prompt,
  judge: JudgeSettings | undefined,
  types: ReadonlyMap<string, AssertionDefinition>,
];

/** Everything in an assertion that can change its score, with what stands in for what is not given. */
function description(assertion: Assertion, ...[testCase, prompt, judge, types]: Beside): Record<string, unknown> {
  const { place: _place, metric: _metric, type, value, threshold, ...rest } = assertion;
  const definition = findAssertion(type, types)?.definition;
  const effective: Json | undefined =
    value ??
    (definition?.needs === 'expected' ? testCase.expected : undefined) ??
    (type === 'json-schema' ? prompt.output : undefined);
  return {
    ...rest,
    type: definition?.type ?? type,
    value: effective,
    threshold: threshold ?? definition?.threshold?.default,
    ...(definition?.asks === 'judge' && { judge: { common: judge, prompt: promptOfJudge } }),
  };
}

function byMetric<Item extends { metric: string }>(items: readonly Item[]): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    if (BUILT_IN.has(item.metric)) continue;
    const group = groups.get(item.metric);
    if (group) group.push(item);
    else groups.set(item.metric, [item]);
  }
  return groups;
}
