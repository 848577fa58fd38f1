/**
 * The words of promptassay as types: the plain data that each step hands to the next. This file imports nothing, and nothing
 * here has behaviour. One word is one thing, in code, docs and messages alike.
 */

// ---------------------------------------------------------------------------------------------------------- common

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  [key: string]: Json;
}

/** Where something stands: a path relative to the project root (`/` on every system), line and column counted from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Something wrong in what the user wrote: what (`message`), where (`place`), and what to do (`remedy`). */
export interface Problem {
  /** Stable kebab-case name from the catalogue in errors.ts, e.g. `unknown-key`. */
  code: string;
  message: string;
  remedy: string;
  place?: Place;
}

/** How much a rule or an assertion weighs: `error` decides, `warn` is reported, `off` does nothing. */
export type Level = 'error' | 'warn' | 'off';

/** Where replies come from: recordings only; recordings, then calls that are stored; calls only, nothing stored. */
export type Mode = 'replay' | 'record' | 'live';

// --------------------------------------------------------------------------------------------------------- library

/** A message's author. */
export type Role = 'system' | 'user' | 'assistant';

/** One message of a conversation, rendered. */
export interface Message {
  role: Role;
  content: string;
}

/** A function a model may call; `parameters` is a JSON Schema. */
export interface Tool {
  name: string;
  description?: string;
  parameters: JsonObject;
}

/**
 * Sampling parameters under neutral names. Any other key is a provider's type or configured name and passes through to that
 * provider unchecked. Absent means absent: nothing is sent for it.
 */
export interface Parameters {
  /** Largest number of tokens in the answer. */
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string[];
  seed?: number;
  /** Whether the answer is asked for as a stream. It changes the transport, never the answer, so no version or key holds it. */
  stream?: boolean;
  [provider: string]: Json | undefined;
}

/** A model to run, as `provider:name`; with `replaces` it is compared with the baseline of that other model. */
export interface ModelChoice {
  model: string;
  replaces?: string;
}

/** How many times a case is run: a fixed number is `min === max`. */
export interface Repeats {
  min: number;
  max: number;
}

/** The names of the gate's rules. */
export type RuleName =
  | 'regression'
  | 'minimum'
  | 'critical'
  | 'newly-failing'
  | 'inconclusive'
  | 'cost'
  | 'latency'
  | 'tokens';

/** The gate's settings after defaults, overrides and front matter were merged. Scores and tolerances are fractions, 0..1. */
export interface GateSettings {
  /** Share of runs of an unchanged prompt that may fail by chance. */
  alpha: number;
  /** A drop smaller than this does not matter. */
  tolerance: number;
  /** The drop that a run should be able to see. */
  detect: number;
  /** The most trials a newly failing case is given to prove that it is hard broken. */
  confirm: number;
  /** Absent: 1 where there is no baseline, no minimum where there is one. */
  minPassRate?: number;
  /** The share of an eval's scores that may be missing before the verdict is unverified. */
  maxMissing: number;
  rules: Record<RuleName, Level>;
  /** Metrics gated beside `pass`, with their own settings. */
  metrics: Record<string, { tolerance?: number; minimum?: number; level?: Level }>;
}

/** A `why:` comment: the reason of the constraint beside it. No model sees it. */
export interface Constraint {
  why: string;
  place: Place;
}

/** One entry of a prompt's changelog. */
export interface ChangelogEntry {
  date: string;
  why: string;
  version?: string;
}

/**
 * A piece of a parsed template, partials already in place, comments gone: what rendering walks and what a version hashes.
 * `name` prints a value; `section` repeats or opens its content; `inverted` stands where the value is falsy or empty.
 */
export type TemplatePart =
  | { kind: 'text'; text: string }
  | { kind: 'name'; name: string; place: Place }
  | { kind: 'section' | 'inverted'; name: string; parts: TemplatePart[]; place: Place };

/** A versioned template file with its metadata, defaults and overrides merged in. */
export interface Prompt {
  /** The path below the library folder without `.prompt.md`, `/` on every system, e.g. `support/triage`. */
  id: string;
  /** Path of the file, relative to the project root. */
  path: string;
  /** 12 hex digits over all that a model can see. */
  version: string;
  /** The prompt whose cases this one runs, when it has none of its own. */
  variantOf?: string;
  owner?: string;
  why?: string;
  tags: string[];
  models: ModelChoice[];
  parameters: Parameters;
  input?: JsonObject;
  output?: JsonObject;
  structured: 'auto' | 'off';
  tools: Tool[];
  repeats: Repeats;
  gate: GateSettings;
  review?: Json;
  changelog: ChangelogEntry[];
  template: TemplatePart[];
  /** Paths of the partials that the template includes, directly or through others, relative to the project root, sorted. */
  partials: string[];
  constraints: Constraint[];
  /** Paths of the files its cases come from, relative to the project root, in reading order. */
  caseFiles: string[];
}

/** A declared check on a completion, normalised: defaults filled in, `not-` taken off the type, aliases resolved. */
export interface Assertion {
  /** Canonical type without `not-`, e.g. `contains`. */
  type: string;
  negated: boolean;
  /** Rendered over `vars` and `expected`; absent where the type falls back to `expected` and that is absent, too. */
  value?: Json;
  options: JsonObject;
  threshold?: number;
  /** Above 0. */
  weight: number;
  /** The name its scores are aggregated under; by default the type as written. */
  metric: string;
  /** JSONPath into the parsed output; what it finds is what is checked. */
  path?: string;
  level: Level;
  /** A change to the output before it is checked: `trim`, `lowercase`, `json`, … (assertions/transform.ts). */
  transform?: string;
  place: Place;
}

/** One row of test data for a prompt. */
export interface Case {
  id: string;
  vars: JsonObject;
  expected?: Json;
  assert: Assertion[];
  tags: string[];
  /** Cases with a common group are permuted together in statistics. */
  group?: string;
  quarantine?: { until: string; why: string };
  place: Place;
  /** Hash of the variables: what the case puts in. */
  input: string;
}

/** A configured provider: `type` chooses the code, the rest are that type's settings. */
export interface ProviderSettings {
  type: string;
  /** Most calls at a time to this provider. */
  concurrency?: number;
  [setting: string]: Json | undefined;
}

/** All that discovery finds: a project's configuration and prompts, checked; cases are read when they are asked for. */
export interface Library {
  config: Config;
  /** Sorted by id. */
  prompts: Prompt[];
  /** The cases of a prompt in file order, one at a time; may be called any number of times. */
  cases(prompt: Prompt): AsyncIterable<Case>;
  /** The committed baseline of a prompt, if there is one. */
  baseline(prompt: Prompt): Baseline | undefined;
  /** Remarks that are no mistakes: ignored CSV columns and the like. */
  notes: string[];
}

/** A model that grades: its model id must carry a date, so that it does not change under a committed baseline. */
export interface JudgeSettings {
  model: string;
  parameters?: Parameters;
}

/** `assay.config.yaml`, normalised: what was left out has its default, names of files are relative to the root. */
export interface Config {
  /** Path of the config file relative to the root, absent when there is none. */
  file?: string;
  library: string[];
  providers: Record<string, ProviderSettings>;
  models: ModelChoice[];
  mode: Mode;
  repeats: Repeats;
  concurrency: number;
  judge?: JudgeSettings;
  gate: GateSettings;
  policy: JsonObject;
}

// -------------------------------------------------------------------------------------------------------- planning

/** One prompt × one model over its cases: the unit of comparison. */
export interface Eval {
  prompt: Prompt;
  model: ModelChoice;
}

/** Names a trial: one planned answer. `repeat` counts from 1. */
export interface TrialId {
  prompt: string;
  model: string;
  case: string;
  repeat: number;
}

/**
 * Work that the planner asks for: one round (one repeat of the named cases, or of all) of one eval. Rounds, not single trials,
 * so that a plan over a million cases stays a handful of objects while the cases are streamed.
 */
export interface Work {
  prompt: string;
  model: string;
  repeat: number;
  /** Case ids; absent: every case of the prompt. */
  cases?: string[];
}

// ------------------------------------------------------------------------------------------------------ model calls

/** Why a model is asked: the trial's own answer, a judge's grading, or vectors for a similarity. */
export type Purpose = 'trial' | 'judge' | 'embedding';

/** Everything that can change a model's answer. `model` is `provider:name`. */
export interface ModelRequest {
  model: string;
  messages: Message[];
  parameters: Parameters;
  tools: Tool[];
  /** JSON Schema that the answer should follow, in the provider's structured mode. */
  schema?: JsonObject;
  /** The case's variables: only for providers that run an application rather than a model (`exec`, `module`, `http`). */
  vars?: JsonObject;
  /** Texts to embed: only for the purpose `embedding`, where `messages` is empty. */
  texts?: string[];
}

/** A function call that the model asked for; `arguments` as the model wrote them, parsed when they are JSON. */
export interface ToolCall {
  id?: string;
  name: string;
  arguments: Json;
}

/** Tokens used. A number the provider did not state, or stated as nonsense, is absent, never 0. */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  cachedInputTokens?: number;
  reasoningTokens?: number;
}

/** Why the answer ended. `other` is a reason we do not know; the provider's own word is kept in `Completion.finishDetail`. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'other';

/** A model's answer. */
export interface Completion {
  /** The text; empty when the model only called tools or refused without text. */
  output: string;
  toolCalls?: ToolCall[];
  finishReason: FinishReason;
  finishDetail?: string;
  /** The provider's own refusal text. */
  refusal?: string;
  usage?: Usage;
  /** The provider's time for the successful attempt in milliseconds, from request to last byte. */
  latencyMs?: number;
  /** Milliseconds to the first token; only when streaming. */
  firstTokenMs?: number;
  /** The model that says it answered, e.g. the dated one behind an alias. */
  answeredBy?: string;
  /** Price of the call in US dollars; absent when the price or the usage is unknown. */
  costUsd?: number;
  /** One vector per text; only for the purpose `embedding`. */
  embeddings?: number[][];
}

/** What kind of trouble kept a model from answering. */
export type FailureKind =
  | 'rate-limited'
  | 'quota'
  | 'overloaded'
  | 'server'
  | 'network'
  | 'timeout'
  | 'bad-response'
  | 'auth'
  | 'bad-request'
  | 'not-found'
  | 'too-large'
  | 'not-recorded'
  | 'blocked'
  | 'aborted'
  | 'code';

/** Why there is no answer; the message is safe to print: no headers, no keys. */
export interface Failure {
  kind: FailureKind;
  message: string;
  /** HTTP status, where there was one. */
  status?: number;
}

/** Where an answer came from. `local`: computed without a model (mock, finished outputs). */
export type AnswerSource = 'call' | 'recording' | 'local';

/** Would trying again help? `rate-limited` may carry the server's own delay in milliseconds. Absent or `no`: it would not. */
export type Retry = { retry: 'no' } | { retry: 'transient' } | { retry: 'rate-limited'; afterMs?: number };

/** The port's result. `attempts` counts network tries, 0 for a recording; `handWritten` marks a sample recording. */
export type Answer =
  | { ok: true; completion: Completion; attempts: number; source: AnswerSource; handWritten?: boolean }
  | { ok: false; failure: Failure; attempts: number; retry?: Retry };

// --------------------------------------------------------------------------------------------------------- scoring

/** The outcome of one check: scored, 0..1 with pass or fail and a reason; or unscored with a reason. */
export type ScoreOutcome =
  | { status: 'scored'; value: number; pass: boolean; reason: string; detail?: ScoreDetail }
  | { status: 'unscored'; reason: string };

/** What a report can show beside a reason: the text expected and the text got, for a readable difference. */
export interface ScoreDetail {
  expected: string;
  actual: string;
}

/** A score in a trial's result: the outcome and which assertion it belongs to. `type` is as written, with `not-`. */
export type Score = { type: string; metric: string; weight: number; level: Level } & ScoreOutcome;

/** What became of a trial. `pass` and `score` are absent where a score that decides them could not be computed. */
export type TrialResult = TrialId &
  (
    | {
        status: 'completed';
        completion: Completion;
        source: AnswerSource;
        handWritten?: boolean;
        attempts: number;
        scores: Score[];
        pass?: boolean;
        score?: number;
      }
    | { status: 'errored'; failure: Failure; attempts: number }
    | { status: 'skipped'; reason: string }
  );

// ------------------------------------------------------------------------------------------------------------- run

/** State of the git repository a run was made in; absent fields: not a repository. */
export interface GitState {
  commit?: string;
  branch?: string;
  dirty?: boolean;
}

/** Names a run and what it was made of. Times are ISO 8601, UTC. */
export interface RunInfo {
  id: string;
  startedAt: string;
  finishedAt?: string;
  mode: Mode;
  git: GitState;
  configHash: string;
  shard?: { index: number; count: number };
}

/** One case of an eval with all its repeats, folded small enough to keep in memory: no outputs. */
export interface CaseRun {
  case: string;
  input: string;
  tags: string[];
  group?: string;
  quarantine?: { until: string; why: string };
  /** Per repeat, in order of repeat. */
  trials: TrialFacts[];
  /** Per metric (`pass` and `score` among them): the hash of its assertions on this case. */
  asserts: Record<string, string>;
}

/** What comparisons need of one trial. A metric that was not computed is absent. */
export interface TrialFacts {
  repeat: number;
  status: 'completed' | 'errored' | 'skipped';
  /** `pass` as 1 or 0, `score`, and each metric's weighted mean. */
  metrics: Record<string, number>;
  /** Why there is no completion: the failure, or the reason for skipping. */
  trouble?: { kind: FailureKind | 'skipped'; message: string };
  costUsd?: number;
  inputTokens?: number;
  outputTokens?: number;
  latencyMs?: number;
}

/** One eval as it ran. */
export interface EvalRun {
  prompt: Pick<Prompt, 'id' | 'path' | 'version' | 'owner'>;
  model: string;
  replaces?: string;
  judge?: string;
  gate: GateSettings;
  cases: CaseRun[];
  /** Replayed from recordings, in whole or in part; `handWritten`: some of those are hand-written samples. */
  replayed: boolean;
  handWritten: boolean;
  /** Metrics that a judge grades, sorted. Absent: unknown, so that a change of judge may touch any of them. */
  judged?: string[];
  /** Only some of the prompt's cases were planned (a filter, a shard): what is not here was not removed. */
  partial?: boolean;
}

/** All trial results, folded; the raw ones stay in the journal. */
export interface Run {
  info: RunInfo;
  evals: EvalRun[];
  trials: TrialCounts;
}

/** planned = completed + errored + skipped, checked before any exit 0. */
export interface TrialCounts {
  planned: number;
  completed: number;
  errored: number;
  skipped: number;
}

// -------------------------------------------------------------------------------------------------------- baseline

/** Scores of one case accepted on purpose: per metric the hash of its assertions and the score of every repeat. */
export interface BaselineCase {
  input: string;
  scores: Record<string, { assert: string; repeats: number[] }>;
}

/** The accepted scores of one model. */
export interface BaselineModel {
  version: string;
  commit?: string;
  dirty?: boolean;
  date: string;
  judge?: string;
  cases: Record<string, BaselineCase>;
}

/** `*.baseline.json`: written by `assay accept` only. */
export interface Baseline {
  schemaVersion: 1;
  models: Record<string, BaselineModel>;
}

// ------------------------------------------------------------------------------------------------------ comparison

/** What a comparison says about one metric. */
export type MetricVerdict = 'improved' | 'unchanged' | 'within-noise' | 'regressed' | 'inconclusive' | 'new';

/** One metric of one eval: run against baseline. Facts, no rules. All values are fractions, 0..1; deltas are run − baseline. */
export interface MetricComparison {
  mean: number;
  /** 95 % confidence interval of the mean over cases. */
  ci: [number, number];
  /** Cases with this metric. */
  n: number;
  gated: boolean;
  /** Baseline mean over the paired cases. */
  baseline?: number;
  /** Run mean − baseline mean, over the paired cases only. */
  delta?: number;
  deltaCi?: [number, number];
  p?: number;
  pAdjusted?: number;
  /** The smallest drop that this comparison could have seen. */
  mde?: number;
  /** Cases paired with the baseline. */
  paired?: number;
  verdict: MetricVerdict;
}

/** Why a case stands on one side only, or cannot be compared. */
export interface Unpaired {
  case: string;
  reason: 'added' | 'removed' | 'input changed' | 'assertions changed' | 'no score';
}

/** One eval compared with its baseline. */
export interface EvalComparison {
  prompt: EvalRun['prompt'];
  model: string;
  replaces?: string;
  baseline?: { version: string; commit?: string; date: string; judge?: string };
  judge?: string;
  judged?: string[];
  gate: GateSettings;
  cases: { total: number; passed: number; failed: number; errored: number; skipped: number };
  cost: { usd: number; known: boolean };
  tokens: { input: number; output: number; known: boolean };
  latency: { p50?: number; p95?: number };
  metrics: Record<string, MetricComparison>;
  changes: { newlyFailing: string[]; newlyPassing: string[]; flaky: string[]; unpaired: Unpaired[] };
  /** Per case in order: how its repeats folded. `accepted`: it fails, and failed in the baseline, too. */
  folded: FoldedCase[];
  /** Per metric: how much of it there is. Metrics that only the baseline has, or without any score, stand here only. */
  coverage: Record<string, MetricCoverage>;
  /** Why trials have no completion, the commonest first; `message` is the first of its kind. */
  trouble: { kind: FailureKind | 'skipped'; message: string; count: number }[];
  /** Share of the baseline's and the run's cases that could be paired, 0..1; absent without a baseline. */
  pairedShare?: number;
  replayed: boolean;
  handWritten: boolean;
}

/** How much of one metric an eval has. Quarantined cases do not count. */
export interface MetricCoverage {
  /** Scores planned: the metric's cases × their repeats. */
  planned: number;
  /** Of these, the scores that could not be computed. */
  missing: number;
  /** Cases on either side that have the metric, and those of them that are the same on both; absent: not in the baseline. */
  pairing?: { cases: number; same: number };
}

/** A case with its repeats folded into one outcome. */
export interface FoldedCase {
  case: string;
  outcome: 'passed' | 'failed' | 'errored' | 'skipped';
  accepted: boolean;
  critical: boolean;
  quarantined: boolean;
  /** Its trials: planned, those whose `pass` could be computed, and those that passed. */
  repeats: { planned: number; scored: number; passed: number };
  quarantine?: { until: string; why: string };
}

/** A run against its baselines. */
export interface Comparison {
  run: RunInfo;
  trials: TrialCounts;
  evals: EvalComparison[];
}

// ------------------------------------------------------------------------------------------------------------ gate

/** One application of one rule. */
export interface GateCheck {
  rule: RuleName | 'complete' | 'paired' | 'judge';
  level: Level;
  status: 'passed' | 'failed' | 'unverified';
  message: string;
  prompt?: string;
  model?: string;
  metric?: string;
  case?: string;
}

/** The decision about a run. */
export interface Verdict {
  verdict: 'passed' | 'failed' | 'unverified';
  exitCode: number;
  incomplete: boolean;
  /** Why, in words, the weightiest first; empty when passed without remark. */
  reasons: string[];
  checks: GateCheck[];
}
