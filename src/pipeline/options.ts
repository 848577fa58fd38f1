import type { Ask } from '../ask/ask.js';
import type { BudgetLimits } from '../ask/budget.js';
import type { Spending } from '../ask/spending.js';
import type { AssertionDefinition } from '../assertions/assertion.js';
import type { Interruption } from '../exit-codes.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Mode, Repeats, RunInfo, TrialResult } from '../vocabulary.js';

/** What decides which trials a run has: kept in the journal, so that `accept` and `--resume` can tell whether it is the same. */
export interface Selection {
  /** Files or folders, relative to the project root. Empty: all of the library. */
  paths: string[];
  /** Models given on the command line; empty: those of prompts and config. */
  models: string[];
  /** Globs on prompt/case, or `tag:x`. */
  filter: string[];
  repeats?: Repeats;
  /** The commit whose versions are run beside those of the working tree. */
  against?: string;
  /** Why nothing was chosen: the change reaches no prompt. */
  nothing?: string;
}

/** What a run may cost in its first rounds, at most, as far as they are left; and what it may spend. */
export interface CostEstimate extends Spending {
  calls: number;
  /** Of judges and embeddings. */
  graderCalls: number;
  /** How many times as much it may be at most, where verdicts stay open and the gate asks for more repeats. */
  times: number;
  /** Models whose price is not known: nothing is counted for them. */
  unpriced: readonly string[];
  limits: BudgetLimits;
  /** What earlier processes of the run have spent; absent for one that begins. */
  spent?: Spending;
}

/** What a run is asked for. Everything left out has the default of config or product. */
export interface EvaluateOptions extends Partial<Omit<Selection, 'against' | 'nothing'>> {
  /** The working folder, absolute. */
  cwd: string;
  /** The config file, relative to the working folder. */
  config?: string;
  mode?: Mode;
  refresh?: boolean;
  concurrency?: number;
  /** For each attempt, in milliseconds. */
  timeoutMs?: number;
  /** The longest wait that a provider may ask for, in milliseconds. */
  maxWaitMs?: number;
  /** The longest silence within an answer, in milliseconds. */
  idleTimeoutMs?: number;
  /** For a whole trial: its place in the queue, all attempts and judges, in milliseconds. */
  trialTimeoutMs?: number;
  /** For the whole run, in milliseconds: then what is done is reported. */
  maxTimeMs?: number;
  /** Most to spend, in US dollars; by default the policy's. */
  maxCostUsd?: number;
  /** Most tokens to use, in and out. */
  maxTokens?: number;
  /** Lets a budget pass over models whose price is not known. */
  allowUnknownPrice?: boolean;
  resume?: boolean;
  /** Runs the changed prompts beside their versions at this git ref (or `merge-base`), which are compared instead of baselines. */
  against?: string;
  /** Other baselines than those of the working tree: a baseline file, a git ref, or `merge-base`. */
  baseline?: string;
  /** Only the prompts that the change since a git ref reaches. */
  since?: string;
  /** Only this part of the cases, in one of several processes that share a run; nothing is gated then. */
  shard?: NonNullable<RunInfo['shard']>;
  /** Nothing will be called (`--dry-run`), so no key is needed. */
  planOnly?: boolean;
  /** The output folder, relative to the working folder; by default `reports` in the project root. */
  out?: string;
  allowCode?: boolean;
  allowHosts?: readonly string[];
  /** Variables of other services that a config may name as keys. */
  allowKeys?: readonly string[];
  /** Stops the run in good order. */
  signal?: AbortSignal;
  /** Which signal stopped it. */
  interruptedBy?(): Interruption | undefined;
  /** Told when nothing more is asked: the verdict is settled, and what comes are the reports. */
  onSettled?(): void;
  /** Own types of assertions, beside the built-in ones; a built-in name cannot be taken. */
  assertions?: readonly AssertionDefinition[];
  /** Own kinds of providers, likewise. */
  providers?: readonly ProviderDefinition[];
  /** Stands in for the providers: another implementation of the port to models. */
  port?: Ask;
  /** Told what the run may cost before it begins, where it has a budget and calls models. */
  onEstimate?(estimate: CostEstimate): void;
  /** Told how many trials were added to the plan. */
  onPlanned?(trials: number): void;
  onResult?(result: TrialResult): void;
}

export const DEFAULT_TIMEOUT_MS = 120_000;
export const DEFAULT_MAX_WAIT_MS = 60_000;
export const DEFAULT_TRIAL_TIMEOUT_MS = 1_800_000;
