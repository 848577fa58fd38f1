import type { Ask } from '../ask/ask.js';
import type { Completion, Json, JsonObject, Parameters, Problem, ScoreOutcome, TrialId } from '../vocabulary.js';

/** What a scorer looks at. */
export interface Subject {
  /** What is checked: the output after `path` and `transform`, as text. An object or array found by `path` is its JSON. */
  text: string;
  /** The value that `path` found; without a path the same as `text`. */
  value: Json;
  /** Whether a path found `value`: then it is JSON and compared as such, not as text. */
  fromPath: boolean;
  /** A number in what a path found that `value` does not hold exactly, as it was written. */
  inexact?: string;
  completion: Completion;
  vars: JsonObject;
  expected?: Json;
  trial: TrialId;
}

/** What a scorer may use beside its subject: scorers that ask a model are handed the port. */
export interface ScorerTools {
  ask: Ask;
  judge?: { model: string; parameters?: Parameters };
  /** The assertion's metric: tells several judges of one trial apart in recordings. */
  metric: string;
  signal?: AbortSignal;
  /** A folder that packages of the user's project are resolved from (optional peers). */
  root: string;
}

/** A declared check, ready to be prepared. */
export interface Declared {
  value?: Json;
  options: JsonObject;
  /** The user's, or the type's default. */
  threshold?: number;
  expected?: Json;
  /** The prompt's own output schema. */
  output?: JsonObject;
}

/** A prepared check: everything that can be done once for a value is done. May be called any number of times, concurrently. */
export type Scorer = (subject: Subject, tools: ScorerTools) => ScoreOutcome | Promise<ScoreOutcome>;

/** One type of assertion: its entry in the map. */
export interface AssertionDefinition {
  type: string;
  /** One line for `assay` users and the editor: what passes. */
  summary: string;
  /** Names that mean the same. */
  aliases?: string[];
  /** JSON Schema of `value`; `true` for any. Checked after rendering. */
  value: JsonObject | boolean;
  /** `required`: must be given; `expected`: falls back to the case's expected value; `none`: takes no value. */
  needs: 'required' | 'expected' | 'optional' | 'none';
  /** JSON Schema of `options`; absent: takes none. */
  options?: JsonObject;
  /** Absent and `thresholdRequired` false: takes no threshold. */
  threshold?: { default?: number; minimum: number; maximum?: number; required?: boolean };
  /** Looks at how the answer came about, not at its text: it takes neither `path` nor `transform`. */
  textless?: true;
  /** Asks a model: planning counts its calls, and its trouble is unscored. */
  asks?: Purpose;
  /** Runs the user's code: needs --allow-code. */
  runsCode?: true;
  /** Mistakes that only this type can see in its value (a bad pattern, a bad schema); places are filled in by the caller. */
  check?(declared: Declared): Pick<Problem, 'message' | 'remedy'>[];
  /** What a run lacks to score it (a judge, an optional package): asked before anything is called. */
  lacks?(declared: Declared, run: Pick<ScorerTools, 'judge' | 'root'>): Pick<Problem, 'message' | 'remedy'>[];
  /** Compiles what can be compiled. Called once per different value. May load a library. */
  prepare(declared: Declared): Scorer | Promise<Scorer>;
}

type Purpose = 'judge' | 'embedding';

/** A yes-or-no outcome. */
export function verdict(pass: boolean, reason: string, detail?: { expected: string; actual: string }): ScoreOutcome {
  const outcome: ScoreOutcome = { status: 'scored', value: pass ? 1 : 0, pass, reason };
  if (detail) outcome.detail = detail;
  return outcome;
}

/** A graded outcome: passes at or above the threshold. Anything that is no number from 0 to 1 is unscored, never a zero. */
export function graded(value: number, threshold: number, reason: string): ScoreOutcome {
  if (!(value >= 0 && value <= 1)) return { status: 'unscored', reason: `the score ${value} is not between 0 and 1` };
  return { status: 'scored', value, pass: value >= threshold, reason };
}
