import type { Level, List } from './common.js';
import type { GateSettings, RuleName } from './library.js';
import type { FailureKind } from './asking.js';
import type { EvalRun, RunInfo, TrialCounts } from './run.js';

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
  /** Of an inconclusive metric: so many repeats in all, or so many cases like these, would settle it. */
  settles?: { repeats?: number; cases?: number };
  verdict: MetricVerdict;
}

/** Why a case stands on one side only, or cannot be compared. */
export interface Unpaired {
  case: string;
  reason: 'added' | 'removed' | 'input changed' | 'assertions changed' | 'no score';
}

/** What an answer took on average, then and now, over the cases of which both are known. */
export interface UsageChange {
  baseline: number;
  now: number;
  cases: number;
  /** now / baseline − 1; absent where the baseline is 0. */
  increase?: number;
  /** The increase is at least this, with a confidence of 1 − alpha; absent for a single case. */
  atLeast?: number;
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
  /** What judges and embeddings took to grade the answers, which is no part of `cost` and `tokens`; absent where none was asked. */
  graders?: { calls: number } & Pick<EvalComparison, 'cost' | 'tokens'>;
  /** Against the baseline, in US dollars, milliseconds and tokens. */
  usage?: Partial<Record<'cost' | 'latency' | 'tokens', UsageChange>>;
  metrics: Record<string, MetricComparison>;
  changes: { newlyFailing: string[]; newlyPassing: string[]; flaky: string[]; unpaired: Unpaired[] };
  /** Per case in order: how its repeats folded. `accepted`: it fails, and failed in the baseline, too. */
  folded: List<FoldedCase>;
  /** Per metric: how much of it there is. Metrics that only the baseline has, or without any score, stand here only. */
  coverage: Record<string, MetricCoverage>;
  /** Why trials have no completion, the commonest first; `message` is the first of its kind. */
  trouble: { kind: FailureKind | 'skipped'; message: string; count: number }[];
  /** Share of the baseline's and the run's cases that could be paired, 0..1; absent without a baseline. */
  pairedShare?: number;
  replayed: boolean;
  handWritten: boolean;
  /** No model was or can be asked for more: the run replays what there is. */
  replayOnly?: boolean;
  /** What stands for the baseline is another version that was run beside this one. */
  beside?: boolean;
  /** Repeats that every case was given: means and tests take these only. */
  rounds?: number;
  /** Trials that the baseline needs, all passed, for a break of one of its cases to be proven; absent: none are enough. */
  baselineNeeded?: number;
  /** Cases that do not always give the same outcome though nothing changed; from this run and those before it. */
  flakiness?: Flakiness[];
}

/** A case that both passed and failed under one version of its prompt. */
export interface Flakiness {
  case: string;
  passed: number;
  trials: number;
  /** Runs that these trials come from, this one included. */
  runs: number;
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
  /** Of all its answers together, in milliseconds; absent: none was measured. */
  latencyMs?: number;
  quarantine?: { until: string; why: string };
  /** What the guard found: only of a case that passed all of its baseline and fails its first repeat. */
  guard?: CaseGuard;
}

/**
 * `confirmed`: it failed as often as it takes (`needed`) without passing once. `unconfirmed`: it failed each time, but too few times
 * (`needed` absent: with this baseline no number of repeats is enough). `flaky`: it passed when it was repeated.
 */
export interface CaseGuard {
  status: 'confirmed' | 'unconfirmed' | 'flaky';
  failures: number;
  /** Repeats that it was given. */
  trials: number;
  needed?: number;
}

/** A run against its baselines. */
export interface Comparison {
  run: RunInfo;
  trials: TrialCounts;
  evals: EvalComparison[];
}

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
