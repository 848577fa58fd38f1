import type { AssertionDefinition } from '../assertions/assertion.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Case, Problem, Prompt } from '../vocabulary.js';

/** What discovery is told beside the tree. */
export interface DiscoverOptions {
  /** The config file, relative to the project root; absent when there is none. */
  configPath?: string;
  /** Prompts (files or ids), folders, cases files, partials or globs, relative to the root: only these prompts. Absent: all. */
  paths?: readonly string[];
  assertions: ReadonlyMap<string, AssertionDefinition>;
  providers: ReadonlyMap<string, ProviderDefinition>;
  /** Today as YYYY-MM-DD: ends quarantines. */
  today: string;
  /** Models given on the command line: they replace those of prompts and config. */
  models?: readonly string[];
  /** A prompt for which no model is named is no mistake: nothing will be run. */
  modelsOptional?: boolean;
  /**
   * Told of each case that is read and has no mistake. For whoever needs no more of them: of a thousand prompts with few cases each,
   * they are half of what a library takes, and are not kept then; whoever asks for them all the same has them read again.
   */
  onCase?(prompt: Prompt, testCase: Case): void;
  /** What is wrong with a `transform`; undefined for nothing. Absent: transforms are not checked. */
  checkTransform?(list: string): Pick<Problem, 'message' | 'remedy'> | undefined;
}
