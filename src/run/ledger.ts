import type {
  Case,
  CaseContent,
  Eval,
  EvalRun,
  Library,
  Prompt,
  Run,
  RunInfo,
  TrialFacts,
  TrialId,
  TrialResult,
  Work,
} from '../vocabulary.js';
import type { Pages } from '../pages.js';
import { evalKey } from '../eval-key.js';
import { ListHash } from '../hash.js';
import { CaseColumns } from './case-columns.js';
import { CaseTable } from './case-table.js';
import { caseText } from './case-text.js';

/** What the ledger needs to know about scoring: handed in, so that keeping books and scoring stay apart. */
export interface Scoring {
  facts(result: TrialResult): TrialFacts;
  asserts(testCase: Case, evaluation: Eval): Record<string, string>;
  /** The metrics of a case that the config's judge grades. */
  judged(testCase: Case): string[];
  judge?: string;
}

/** Where the books of a trial's case are: which eval of the run, and which of its cases. */
export interface Seat {
  evaluation: number;
  case: number;
}

/** The facts of a run so far, in the order of the library whatever the order in which trials ended. */
export interface Ledger {
  /** A live view: its evals and cases grow trials as they are entered. */
  readonly run: Run;
  /** Adds the trials of this work to the plan, but for those that have a result already. */
  plan(work: readonly Work[]): void;
  /**
   * Finds a trial's case; undefined where the run has none of this name.
   * @param at which of the eval's cases it should be: it need not be searched for then
   */
  seatOf(trial: TrialId, at?: number): Seat | undefined;
  /** Enters a trial that was planned; a second result for the same trial replaces the first. */
  enter(result: TrialResult, at?: number): void;
  /** Enters a trial of an earlier session of the same run: planned and ended at once. */
  restore(result: TrialResult): void;
  /** Whether the trial has a completion already. */
  completed(trial: TrialId, at?: number): boolean;
  /** What the case of a trial is, by its hashes. */
  content(seat: Seat): CaseContent | undefined;
  /** The hash of the cases of a prompt, by `caseText`; undefined where the run has none. */
  hash(prompt: string): string | undefined;
}

/** An eval with its cases. */
interface Book {
  evalRun: EvalRun;
  table: CaseTable;
}

/**
 * Opens the books: every eval with its cases, no trials yet. The cases of a prompt are gone through once, whatever number of models
 * runs them; what stays are columns of numbers.
 * @param includes whether a case of a prompt takes part (`--filter`)
 * @param pages where the columns of many cases are kept
 */
export async function openLedger(
  library: Library,
  evals: readonly Eval[],
  info: RunInfo,
  scoring: Scoring,
  includes: (prompt: string, testCase: Case) => boolean,
  pages: Pages,
): Promise<Ledger> {
  const run: Run = { info, evals: [], trials: { planned: 0, completed: 0, errored: 0, skipped: 0 } };
  const books: Book[] = [];
  const numbers = new Map<string, number>();
  const read = new Map<Prompt, CasesOf>();
  const hashes = new Map<string, string>();
  for (const evaluation of evals) {
    const { prompt, model } = evaluation;
    const cases = read.get(prompt) ?? (await readCases(library, evaluation, scoring, includes, pages));
    read.set(prompt, cases);
    if (cases.columns.length === 0) continue;
    hashes.set(prompt.id, cases.hash);
    const table = new CaseTable(cases.columns, pages);
    const evalRun = emptyEvalRun(evaluation, table);
    evalRun.judged = cases.judged;
    if (cases.judged.length > 0 && scoring.judge) evalRun.judge = scoring.judge;
    if (cases.partial) evalRun.partial = true;
    run.evals.push(evalRun);
    numbers.set(evalKey(prompt.id, model.model), books.push({ evalRun, table }) - 1);
  }

  const bookOf = (prompt: string, model: string) => books[numbers.get(evalKey(prompt, model)) ?? -1];
  const seatOf = (trial: TrialId, at?: number): Seat | undefined => {
    const evaluation = numbers.get(evalKey(trial.prompt, trial.model));
    const table = books[evaluation ?? -1]?.table;
    if (evaluation === undefined || !table) return undefined;
    const found = at !== undefined && table.holds(at, trial.case) ? at : table.find(trial.case);
    return found < 0 ? undefined : { evaluation, case: found };
  };
  const enter = (result: TrialResult, seat: Seat) => {
    const book = books[seat.evaluation];
    if (!book) return;
    const { evalRun, table } = book;
    const replaced = table.status(seat.case, result.repeat);
    table.put(seat.case, scoring.facts(result));
    if (replaced) run.trials[replaced] -= 1;
    run.trials[result.status] += 1;
    if (result.status === 'skipped' && result.cutOff) evalRun.cutOff = true;
    if (result.status === 'completed') {
      if (result.source === 'recording') evalRun.replayed = true;
      if (result.source === 'call') evalRun.called = true;
      if (result.handWritten) evalRun.handWritten = true;
    }
  };
  return {
    run,
    seatOf,
    plan(work) {
      for (const { prompt, model, repeat, cases } of work) {
        const table = bookOf(prompt, model)?.table;
        if (table) run.trials.planned += missing(table, repeat, cases);
      }
    },
    enter(result, at) {
      const seat = seatOf(result, at);
      if (seat) enter(result, seat);
    },
    restore(result) {
      const seat = seatOf(result);
      if (!seat) return;
      run.trials.planned += 1;
      enter(result, seat);
    },
    completed(trial, at) {
      const seat = seatOf(trial, at);
      return seat !== undefined && books[seat.evaluation]?.table.status(seat.case, trial.repeat) === 'completed';
    },
    content: (seat) => books[seat.evaluation]?.table.content(seat.case),
    hash: (prompt) => hashes.get(prompt),
  };
}

/** How many of a table's cases, or of the named ones, have no trial number `repeat`. */
function missing(table: CaseTable, repeat: number, cases: readonly string[] | undefined): number {
  let count = 0;
  if (cases) {
    for (const at of cases.map((id) => table.find(id))) if (at >= 0 && !table.status(at, repeat)) count += 1;
  } else {
    for (let at = 0; at < table.length; at += 1) if (!table.status(at, repeat)) count += 1;
  }
  return count;
}

/** The cases of a prompt that take part. */
interface CasesOf {
  columns: CaseColumns;
  hash: string;
  /** The metrics that a judge grades, sorted. */
  judged: string[];
  partial: boolean;
}

async function readCases(
  library: Library,
  evaluation: Eval,
  scoring: Scoring,
  includes: (prompt: string, testCase: Case) => boolean,
  pages: Pages,
): Promise<CasesOf> {
  const columns = new CaseColumns(pages);
  const hash = new ListHash();
  const text = caseText();
  const judged = new Set<string>();
  let partial = false;
  for await (const piece of library.cases(evaluation.prompt)) {
    for (const testCase of piece) {
      if (includes(evaluation.prompt.id, testCase)) {
        const asserts = scoring.asserts(testCase, evaluation);
        columns.add(testCase, asserts);
        hash.add(text(testCase.id, { input: testCase.input, asserts }));
        for (const metric of scoring.judged(testCase)) judged.add(metric);
      } else {
        partial = true;
      }
    }
  }
  return { columns, hash: hash.end(), judged: [...judged].toSorted(), partial };
}

function emptyEvalRun({ prompt, model }: Eval, cases: CaseTable): EvalRun {
  return {
    prompt: { id: prompt.id, path: prompt.path, version: prompt.version, ...(prompt.owner && { owner: prompt.owner }) },
    model: model.model,
    ...(model.replaces && { replaces: model.replaces }),
    gate: prompt.gate,
    repeats: prompt.repeats,
    cases,
    replayed: false,
    handWritten: false,
  };
}
