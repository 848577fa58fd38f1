import type { Case, Config, ModelChoice, Prompt } from './library.js';
import type { Baseline } from './run.js';

/** All that discovery finds: a project's configuration and prompts, checked; cases are read when they are asked for. */
export interface Library {
  config: Config;
  /** Sorted by id. */
  prompts: Prompt[];
  /** The cases of a prompt in file order, some at a time; may be called any number of times. */
  cases(prompt: Prompt): AsyncIterable<readonly Case[]>;
  /** The committed baseline of a prompt, if there is one. */
  baseline(prompt: Prompt): Baseline | undefined;
  /** Remarks that are no mistakes: ignored CSV columns and the like. */
  notes: string[];
}

/** One prompt × one model over its cases: the unit of comparison. */
export interface Eval {
  prompt: Prompt;
  model: ModelChoice;
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
  /** Its trials take turns with those of the work before it, so that both meet the same model. */
  beside?: boolean;
}
