import type { AssertionDefinition } from '../assertions/assertion.js';
import { promptOfJudge } from '../assertions/judge-prompt.js';
import { sameItems } from '../lists.js';
import { Lru } from '../lru.js';
import { assertionTypes, findAssertion } from '../assertions/map.js';
import { canonicalJson, contentHash } from '../hash.js';
import type {
  Assertion,
  Case,
  GraderUse,
  Json,
  JudgeSettings,
  Prompt,
  TrialFacts,
  TrialResult,
} from '../vocabulary.js';
import { hasCommonJudge, isJudged } from './grader.js';
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
  const { pass, score, scores, completion, graders } = result;
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
    ...(graders && graderFacts(graders)),
  };
}

function graderFacts({ calls, costUsd, inputTokens, outputTokens }: GraderUse): Partial<TrialFacts> {
  return {
    graderCalls: calls,
    ...(costUsd !== undefined && { graderCostUsd: costUsd }),
    ...(inputTokens !== undefined && { graderInputTokens: inputTokens }),
    ...(outputTokens !== undefined && { graderOutputTokens: outputTokens }),
  };
}

/**
 * Per metric the hash of all that decides its scores on a case: only scores under equal hashes are compared. `pass` and `score`
 * cover the assertions of level error. The order of assertions and the words of reasons do not count.
 * @param judge the run's judge: another one grades otherwise
 * @returns the same object for many cases that are checked alike
 */
export function assertHashes(
  testCase: Case,
  prompt: Prompt,
  judge?: JudgeSettings,
  types: ReadonlyMap<string, AssertionDefinition> = assertionTypes,
): Readonly<Record<string, string>> {
  const { assert, expected } = testCase;
  const beside = [expected, prompt, judge, types];
  if (typeof expected !== 'object' && sameItems(last.assert, assert) && sameItems(last.beside, beside))
    return last.made;
  const described: Described[] = [];
  let key = '';
  for (const assertion of assert) {
    const { metric, level } = assertion;
    if (level === 'off') continue;
    const text = describe(assertion, testCase, prompt, judge, types);
    described.push({ metric, level, text });
    key += `${metric.length} ${metric}${text}\n`;
  }
  const made = hashes.get(key, () => hashesOf(described));
  last = { assert, beside, made };
  return made;
}

/** What was asked for last: cases behind each other are mostly checked by the very same assertions. */
let last: { assert: readonly Assertion[]; beside: readonly unknown[]; made: Readonly<Record<string, string>> } = {
  assert: [],
  beside: [],
  made: {},
};

/** An assertion, and all that decides its score as text. */
interface Described extends Pick<Assertion, 'metric' | 'level'> {
  text: string;
}

/** Most cases of a file share their assertions: those of equal ones are made once. */
const hashes = new Lru<Readonly<Record<string, string>>>(1_000);

function hashesOf(described: readonly Described[]): Record<string, string> {
  const deciding = hashed(described.filter(({ level }) => level === 'error'));
  const metrics = [...byMetric(described)].map(([metric, its]): [string, string] => [metric, hashed(its)]);
  return Object.fromEntries([['pass', deciding], ['score', deciding], ...metrics]);
}

function hashed(its: readonly Described[]): string {
  return contentHash(its.map(({ text }) => text).toSorted());
}

/** Texts of assertions that depend on no prompt's schema and no judge: one, or one per expected value where it varies with that. */
const texts = new WeakMap<Assertion, { varies: boolean; by: Map<Json | undefined, string> }>();
/** Labels are few; what is no label is not worth keeping. */
const MOST_TEXTS = 256;

function describe(assertion: Assertion, ...rest: Beside): string {
  const [{ expected }, , , types] = rest;
  const known = texts.get(assertion);
  const found = known?.by.get(known.varies ? expected : undefined);
  if (found !== undefined) return found;
  const text = canonicalJson(description(assertion, ...rest));
  const { needs } = findAssertion(assertion.type, types)?.definition ?? {};
  if (isJudged(assertion, types) || (assertion.value === undefined && assertion.type === 'json-schema')) return text;
  const varies = assertion.value === undefined && needs === 'expected';
  if (varies && typeof expected === 'object') return text;
  const kept = known ?? { varies, by: new Map<Json | undefined, string>() };
  if (kept.by.size < MOST_TEXTS) kept.by.set(varies ? expected : undefined, text);
  texts.set(assertion, kept);
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
    // A judge that it names itself is among its options.
    ...(isJudged(assertion, types) && {
      judge: { ...(hasCommonJudge(assertion, types) && { common: judge }), prompt: promptOfJudge },
    }),
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
