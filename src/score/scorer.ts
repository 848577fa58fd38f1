import {
  type AssertionDefinition,
  type Declared,
  type Scorer,
  type ScorerTools,
  type Subject,
  verdict,
} from '../assertions/assertion.js';
import type { ReadJson } from '../assertions/json-value.js';
import { findAssertion } from '../assertions/map.js';
import { Lru } from '../lru.js';
import type { Redact } from '../trust/redact.js';
import { problems } from '../errors.js';
import { canonicalJson, contentHash } from '../hash.js';
import type {
  Answer,
  Assertion,
  Case,
  GraderUse,
  Json,
  Problem,
  Prompt,
  Score,
  ScoreOutcome,
  TrialId,
  TrialResult,
} from '../vocabulary.js';
import { finishScore } from './finish.js';
import { watchGraders } from './graders.js';
import { admitted, inverted, trouble, unscored } from './outcome.js';
import { readingOnce, type Seen, viewOf } from './subject.js';
import { totals } from './totals.js';

/** What scoring needs of a run. */
export interface ScoringParts extends Omit<ScorerTools, 'metric'> {
  /** The types of assertions by canonical name. */
  assertions: ReadonlyMap<string, AssertionDefinition>;
  /** Takes keys out of what scorers say and throw, before it is cut: a user's own may say anything. */
  redact?: Redact;
}

/** An answer to be scored. */
export interface Scoreable {
  trial: TrialId;
  case: Case;
  prompt: Prompt;
  answer: Extract<Answer, { ok: true }>;
  /** What its grading took in an earlier process. */
  graders?: GraderUse;
  /** Ends what is asked of judges, for this answer. */
  signal?: AbortSignal;
}

/** Scores the answers of a run. */
export interface TrialScorer {
  /**
   * Runs the assertions of the case, at once, on the answer. Never throws: what a scorer throws leaves that score unscored.
   * `skipped` when the run was interrupted before a judge answered, so that a resumed run takes the trial up again. An answer that
   * the budget left nothing to grade with was paid: it is kept, to be graded by a resumed run.
   */
  score(scoreable: Scoreable): Promise<TrialResult>;
  /** What the run lacks to score a case (a judge, an optional package): to be asked before anything is called. */
  lacks(testCase: Case, prompt: Prompt): Problem[];
}

/** So many prepared scorers are kept; a schema or pattern that every case shares is always among them. */
const MOST_PREPARED = 1_000;
const LONGEST_KEY = 500;
/** Of an assertion that compares with the case's expected value, so many values are kept ready: labels are few. */
const MOST_READY = 256;

/** Makes the scorer of a run. Checks with equal values are prepared once. */
export function createScorer(parts: ScoringParts): TrialScorer {
  const prepared = new Lru<Promise<Scorer>>(MOST_PREPARED);
  // The cases of a file share most assertions as objects: these need no key to be found by, and nothing to wait for.
  const ready = new WeakMap<Assertion, Ready>();
  const prepare: Prepare = (assertion, testCase, prompt) => {
    const known = ready.get(assertion);
    if (known?.prompt === prompt) {
      const scorer = known.scorers.get(known.varies ? testCase.expected : undefined);
      if (scorer) return scorer;
    }
    const definition = definitionOf(assertion, parts);
    const declared = declare(assertion, definition, testCase, prompt);
    const made = prepared.get(keyOf(definition, declared, prompt), async () => definition.prepare(declared));
    const varies = definition.needs === 'expected' && assertion.value === undefined;
    if (typeof declared.expected === 'object') return made;
    return made.then((scorer) => {
      const found = ready.get(assertion);
      const its: Ready = found?.prompt === prompt ? found : { prompt, varies, scorers: new Map() };
      ready.set(assertion, its);
      if (its.scorers.size < MOST_READY) its.scorers.set(declared.expected, scorer);
      return scorer;
    });
  };
  return {
    score: (scoreable) => scoreTrial(scoreable, parts, prepare),
    lacks: (testCase, prompt) => active(testCase).flatMap((assertion) => lacking(assertion, testCase, prompt, parts)),
  };
}

/** An assertion's scorers that need no more preparing: one, or one per expected value where it varies with that. */
interface Ready {
  prompt: Prompt;
  varies: boolean;
  scorers: Map<Json | undefined, Scorer>;
}

type Prepare = (assertion: Assertion, testCase: Case, prompt: Prompt) => Scorer | Promise<Scorer>;

async function scoreTrial(scoreable: Scoreable, parts: ScoringParts, prepare: Prepare): Promise<TrialResult> {
  const { trial, case: testCase, answer, signal = parts.signal } = scoreable;
  const { completion, source, attempts, handWritten } = answer;
  const { judge, root } = parts;
  const watched = watchGraders(parts.ask, scoreable.graders);
  const read = readingOnce();
  const given = active(testCase).map((assertion) => {
    const tools: ScorerTools = { ask: watched.ask, metric: assertion.metric, root };
    if (judge) tools.judge = judge;
    if (signal) tools.signal = signal;
    return scoreOf(assertion, scoreable, tools, prepare, read, parts.redact);
  });
  // Most checks are told at once: only where a judge is asked, or something is still being prepared, is there anything to wait for.
  const told = given.filter((each): each is Score => !isPromise(each));
  const scores = told.length === given.length ? told : await Promise.all(given.map(async (each) => each));
  const unfinished = watched.unfinished();
  if (unfinished !== undefined) return { ...trial, status: 'skipped', reason: unfinished };
  const finish = finishScore(completion, testCase.assert);
  if (finish) scores.push(finish);
  const { prompt, model, case: id, repeat } = trial;
  const { pass, score } = totals(scores);
  const result: TrialResult = {
    prompt,
    model,
    case: id,
    repeat,
    status: 'completed',
    completion,
    source,
    attempts,
    scores,
  };
  if (handWritten) result.handWritten = handWritten;
  if (pass !== undefined) result.pass = pass;
  if (score !== undefined) result.score = score;
  const graders = watched.used();
  if (graders) result.graders = graders;
  if (watched.unreached() && scores.some(({ status }) => status === 'unscored')) result.ungraded = true;
  return result;
}

function scoreOf(
  assertion: Assertion,
  { trial, case: testCase, prompt, answer: { completion } }: Scoreable,
  tools: ScorerTools,
  prepare: Prepare,
  read: (text: string) => ReadJson,
  redact: Redact = (text) => text,
): Score | Promise<Score> {
  const { metric, weight, level } = assertion;
  const type = written(assertion);
  // In one piece, not spread: this is made for every check, and V8 is several times as slow with parts that are.
  const named = (outcome: ScoreOutcome): Score => {
    if (outcome.status === 'unscored') return { ...outcome, type, metric, weight, level };
    const { status, value, pass, reason, detail } = outcome;
    if (detail) return { status, value, pass, reason, detail, type, metric, weight, level };
    return { status, value, pass, reason, type, metric, weight, level };
  };
  const finished = (given: unknown): Score => {
    const outcome = admitted(given, redact);
    return named(assertion.negated ? inverted(outcome) : outcome);
  };
  const failed = (thrown: unknown): Score => named(unscored(redact(trouble(thrown))));
  try {
    const seen = viewOf(assertion)(completion.output, read);
    // Nothing to look at fails a check and its `not-` alike: "not rude" is no praise for an answer that is not there.
    if (!seen.ok) return named(verdict(false, seen.reason));
    const { vars, expected } = testCase;
    const subject = subjectOf(seen, { completion, vars, trial });
    if (expected !== undefined) subject.expected = expected;
    const scorer = prepare(assertion, testCase, prompt);
    const given = isPromise(scorer) ? scorer.then((its) => its(subject, tools)) : scorer(subject, tools);
    return isPromise(given) ? Promise.resolve(given).then(finished).catch(failed) : finished(given);
  } catch (thrown) {
    return failed(thrown);
  }
}

/** The text of what was seen may be made only when it is asked for. */
function subjectOf(seen: Seen, { completion, vars, trial }: Pick<Subject, 'completion' | 'vars' | 'trial'>): Subject {
  const { value, fromPath, inexact } = seen;
  if (typeof value === 'string') return { text: value, value, fromPath, completion, vars, trial };
  return {
    get text() {
      return seen.text;
    },
    value,
    fromPath,
    ...(inexact !== undefined && { inexact }),
    completion,
    vars,
    trial,
  };
}

/** Users' scorers may bring promises of their own kind. */
function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

function lacking(assertion: Assertion, testCase: Case, prompt: Prompt, parts: ScoringParts): Problem[] {
  const definition = definitionOf(assertion, parts);
  if (!definition.lacks) return [];
  const lacks = definition.lacks(declare(assertion, definition, testCase, prompt), parts);
  return lacks.map(({ message, remedy }) =>
    problems['cannot-score'](written(assertion), message, remedy, assertion.place),
  );
}

/** An assertion of level off does nothing. */
function active(testCase: Case): Assertion[] {
  return testCase.assert.filter((assertion) => assertion.level !== 'off');
}

function written({ type, negated }: Assertion): string {
  return negated ? `not-${type}` : type;
}

function definitionOf({ type }: Assertion, { assertions }: ScoringParts): AssertionDefinition {
  const found = findAssertion(type, assertions);
  if (!found || found.negated) throw new Error(`there is no assertion of type ${type}`);
  return found.definition;
}

/**
 * What is handed to a definition. Expected value and output schema are only there where they stand in for a missing value, so
 * that checks which do not use them are prepared once for all cases. (A scorer finds the expected value in its subject.)
 */
function declare(assertion: Assertion, definition: AssertionDefinition, testCase: Case, prompt: Prompt): Declared {
  const { value, options } = assertion;
  const threshold = assertion.threshold ?? definition.threshold?.default;
  const expected = value === undefined && definition.needs === 'expected' ? testCase.expected : undefined;
  const output = value === undefined ? prompt.output : undefined;
  return {
    options,
    ...(value !== undefined && { value }),
    ...(threshold !== undefined && { threshold }),
    ...(expected !== undefined && { expected }),
    ...(output !== undefined && { output }),
  };
}

const outputKeys = new WeakMap<Prompt, string>();

/** Names a prepared scorer by its content. The output schema is hashed once per prompt. */
function keyOf({ type }: AssertionDefinition, { output, ...declared }: Declared, prompt: Prompt): string {
  const key = canonicalJson(declared);
  const short = key.length > LONGEST_KEY ? contentHash(declared, 64) : key;
  if (output === undefined) return `${type} ${short}`;
  const schema = outputKeys.get(prompt) ?? contentHash(output, 64);
  outputKeys.set(prompt, schema);
  return `${type} ${schema} ${short}`;
}
