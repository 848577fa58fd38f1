import type { Level, List, Mode, TrialId } from './common.js';
import type { GateSettings, Prompt, Repeats } from './library.js';
import type { AnswerSource, Completion, Failure, FailureKind } from './asking.js';

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

/** What a case was when it ran: its hashes, by which results can be compared long after its files have changed. */
export interface CaseContent {
  input: string;
  /** Per metric (`pass` and `score` among them): the hash of its assertions. */
  asserts: Readonly<Record<string, string>>;
  group?: string;
  quarantine?: { until: string; why: string };
}

/** What became of a trial. `pass` and `score` are absent where a score that decides them could not be computed. */
export type TrialResult = TrialId & { content?: CaseContent } & (
    | {
        status: 'completed';
        completion: Completion;
        source: AnswerSource;
        handWritten?: boolean;
        attempts: number;
        scores: Score[];
        pass?: boolean;
        score?: number;
        /** Absent where no model was asked to grade. */
        graders?: GraderUse;
        /** A score is missing since a model that grades could not be reached: a resumed run has the answer graded. */
        ungraded?: true;
      }
    | { status: 'errored'; failure: Failure; attempts: number }
    /** `cutOff`: it was stopped after a call for it had gone out, whose cost is not known. */
    | { status: 'skipped'; reason: string; cutOff?: true }
  );

/** What the models that graded an answer (judges, embeddings) took for it; a sum is absent where a call does not state its part. */
export interface GraderUse {
  calls: number;
  costUsd?: number;
  inputTokens?: number;
  outputTokens?: number;
}

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
  tags: readonly string[];
  group?: string;
  quarantine?: { until: string; why: string };
  /** Per repeat, in order of repeat. */
  trials: TrialFacts[];
  /** Per metric (`pass` and `score` among them): the hash of its assertions on this case. */
  asserts: Readonly<Record<string, string>>;
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
  /** Those of `GraderUse`; absent where no model was asked to grade. */
  graderCalls?: number;
  graderCostUsd?: number;
  graderInputTokens?: number;
  graderOutputTokens?: number;
}

/** One eval as it ran. */
export interface EvalRun {
  prompt: Pick<Prompt, 'id' | 'path' | 'version' | 'owner'>;
  model: string;
  replaces?: string;
  judge?: string;
  gate: GateSettings;
  cases: List<CaseRun>;
  /** Replayed from recordings, in whole or in part; `handWritten`: some of those are hand-written samples. */
  replayed: boolean;
  handWritten: boolean;
  /** How often its cases are to be run; absent: as often as they were. */
  repeats?: Repeats;
  /** Some of its answers were called for in this run. */
  called?: boolean;
  /** Calls for some of its trials were cut off. */
  cutOff?: boolean;
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

/** Scores of one case accepted on purpose: per metric the hash of its assertions and the score of every repeat. */
export interface BaselineCase {
  input: string;
  scores: Record<string, { assert: string; repeats: number[] }>;
  usage?: CaseUsage;
}

/** What the answered trials of a case used, added up; a sum is absent where a trial does not state its part. */
export interface CaseUsage {
  trials: number;
  costUsd?: number;
  inputTokens?: number;
  outputTokens?: number;
  latencyMs?: number;
}

/** The accepted scores of one model. */
export interface BaselineModel {
  version: string;
  commit?: string;
  dirty?: boolean;
  date: string;
  /** Ids of the runs that its trials come from: none counts twice. */
  runs?: string[];
  judge?: string;
  cases: Record<string, BaselineCase>;
}

/** `*.baseline.json`: written by `assay accept` only. */
export interface Baseline {
  schemaVersion: 1;
  models: Record<string, BaselineModel>;
}
