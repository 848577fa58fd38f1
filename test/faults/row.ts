import type { EvalReport, Project, ResultReport } from '../support/project.js';
import type { Reply, ScriptedServer, Seen } from '../support/scripted-server.js';
import type { Family } from './families.js';

/** What the faulty provider is for: the trials' own answers, or the judge's, while the answers are sound. */
export type Role = 'model' | 'judge';
export const ROLES: readonly Role[] = ['model', 'judge'];

/** One request, as a row's script sees it. */
export interface Question {
  family: Family;
  /** The case it is asked for: c01, c02, … */
  id: string;
  /** Which request it is for this case, and which of all, from 0. */
  nth: number;
  index: number;
  seen: Seen;
  /** A right answer, and the same as data with other members in place of its own. */
  right(more?: Record<string, unknown>): Record<string, unknown>;
  server: ScriptedServer;
}

/**
 * What should become of a case; `unanswered` is errored or skipped, as it comes. Of a judge's: `passed` it graded, anything else
 * it did not; the trial itself is completed.
 */
export type Fate = 'passed' | 'failed' | 'errored' | 'skipped' | 'unanswered';

/** What a row may look at beside what holds for every run. */
export interface Seeing {
  family: Family;
  role: Role;
  /** This family's eval, or the one whose answers it judges. */
  its: EvalReport | undefined;
  /** The results of this family's eval, or of the one whose answers it judges. */
  results: readonly ResultReport[];
  server: ScriptedServer;
  made: Project;
  /** The most memory that the process took, in MB. */
  peakMb: number;
}

/** A row of the provider's part of the matrix: a fault, and what is right to do about it. */
export interface Row {
  id: string;
  fault: string;
  /** Where it applies, if not to both. */
  roles?: readonly Role[];
  cases?: number;
  /** Whether another model of each provider is asked the same, or judges the same: without a fault, so that it passes. */
  others?: boolean;
  /** Whether judges grade the same answers, so that each is asked as often at a time as a model is; else each has a prompt of its own. */
  together?: true;
  flags?: readonly string[];
  /** Whether models are asked for streams. */
  stream?: boolean;
  /** Takes the place of an answer; nothing: a right answer, or one that was written by hand. */
  reply?(question: Question): Reply | undefined | Promise<Reply | undefined>;
  /** Instead of the server's address. */
  url?: string;
  /** How long the run may take by the bounds that are set, in seconds. */
  within: number;
  /** Of each case, or of some by their id; the others pass. */
  fates: Fate | Record<string, Fate>;
  /** Attempts of every trial, where the fault is the model's. */
  attempts?: number;
  /** The words in which the trouble is told. */
  says?: RegExp;
  /** Most requests that a server may see. */
  requests?: number;
  /** Whether the provider is well again afterwards: `--resume` must then answer and grade what was left, and nothing anew. */
  recovers?: true;
  /** Throws at what is wrong beyond that. */
  more?(seeing: Seeing): void;
}
