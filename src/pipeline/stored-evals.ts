import { readFileSync, statSync } from 'node:fs';
import { problems, UserError } from '../errors.js';
import { byCodeUnit } from '../gate/own.js';
import { openResults } from '../journal/reader.js';
import { resultOfRow } from '../journal/result-row.js';
import { faultsOf } from '../library/validate.js';
import { evalKey } from '../eval-key.js';
import { reportSchema } from '../schemas/report.js';
import { trialFacts } from '../score/facts.js';
import { wasJudged } from '../score/grader.js';
import type { CaseRun, EvalRun, GateSettings, Json, JsonObject, RunInfo, TrialResult } from '../vocabulary.js';
import { runAt } from './stored-run.js';
import { objectIn } from '../objects.js';

/** A run as it lies in a file. */
export interface StoredEvals {
  info: RunInfo;
  evals: EvalRun[];
}

/** What is known of a prompt beside the file: its place and its gate. */
export type PromptFacts = (id: string) => Pick<EvalRun['prompt'], 'path' | 'owner'> & { gate: GateSettings };

/** Larger reports cannot be read as one text. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * The evals of a run's journal, of a run that was ended or not.
 * @throws UserError `no-journal`, `corrupt-journal`, `not-comparable`
 */
export async function evalsOfJournal(path: string, root: string, factsOf: PromptFacts): Promise<StoredEvals> {
  const { index, info, options } = await runAt(path, root);
  const versions = objectIn(objectIn(index.header.fingerprint).prompts);
  const judge = objectIn(objectIn(index.header.fingerprint).judge).model;
  const partial = (options.filter ?? []).length > 0 || info.shard !== undefined;
  const book = gather(factsOf);
  const results = openResults(path);
  try {
    for (const [, place] of index.trials) {
      const result = results.at(place);
      const { version } = objectIn(versions[result.prompt]);
      book.add(result, { version: textOf(version), ...(typeof judge === 'string' && { judge }) });
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError([problems['corrupt-journal'](path, 'a trial in it is not as it is written')]);
  } finally {
    results.close();
  }
  return { info, evals: book.evals(path, partial) };
}

/**
 * The evals of a `report.json`.
 * @throws UserError `not-a-report`, `not-comparable`, `no-such-file`
 */
export function evalsOfReport(path: string, factsOf: PromptFacts): StoredEvals {
  const report = readReport(path);
  const book = gather(factsOf);
  for (const each of listIn(report.evals).map(objectIn)) {
    const prompt = objectIn(each.prompt);
    for (const row of listIn(each.results).map(objectIn)) {
      book.add(resultOfRow(row, { prompt: textOf(prompt.id), model: textOf(each.model) }), {
        version: textOf(prompt.version),
        ...(typeof each.replaces === 'string' && { replaces: each.replaces }),
        ...(typeof each.judge === 'string' && { judge: each.judge }),
      });
    }
  }
  // Checked against its schema just above: it has what a RunInfo has.
  return { info: report.run as unknown as RunInfo, evals: book.evals(path, false) };
}

function readReport(path: string): JsonObject {
  const refuse = (why: string) => new UserError([problems['not-a-report'](path, why)]);
  if (statSync(path).size > MOST_BYTES) throw refuse('it is too large; name the run.jsonl beside it');
  let value: Json;
  try {
    value = JSON.parse(readFileSync(path, 'utf8')) as Json;
  } catch {
    throw refuse('it is no JSON');
  }
  const [fault] = faultsOf(reportSchema, value, 'the report');
  if (fault) throw refuse(fault.problem({ file: path, line: 1, column: 1 }).message);
  return objectIn(value);
}

/** What is known of an eval beside its trials. */
interface EvalFacts {
  version: string;
  replaces?: string;
  judge?: string;
}

/** The trials of an eval. */
interface Book {
  evalRun: EvalRun;
  cases: Map<string, CaseRun>;
  /** Metrics that a judge graded, as far as that can be told. */
  judged: Set<string>;
  /** There may be others. */
  unknown: boolean;
}

/** Puts trials together to evals again. Trials whose case is not known by its content, as of a run that was cut off, are left out. */
function gather(factsOf: PromptFacts) {
  const books = new Map<string, Book>();
  let trials = 0;

  function open({ prompt, model }: TrialResult, { version, ...rest }: EvalFacts): Book {
    const { gate, ...where } = factsOf(prompt);
    const evalRun: EvalRun = {
      prompt: { id: prompt, version, ...where },
      model,
      ...rest,
      gate,
      cases: [],
      replayed: false,
      handWritten: false,
    };
    return { evalRun, cases: new Map(), judged: new Set(), unknown: false };
  }

  return {
    add(result: TrialResult, facts: EvalFacts): void {
      trials += 1;
      const key = evalKey(result.prompt, result.model);
      const book = books.get(key) ?? open(result, facts);
      books.set(key, book);
      if (!result.content) return;
      const known = book.cases.get(result.case) ?? { case: result.case, tags: [], trials: [], ...result.content };
      book.cases.set(result.case, known);
      known.trials.push(trialFacts(result));
      if (result.status !== 'completed') return;
      if (result.source === 'recording') book.evalRun.replayed = true;
      if (result.source === 'call') book.evalRun.called = true;
      if (result.handWritten) book.evalRun.handWritten = true;
      for (const { type, metric } of result.scores) {
        const judged = wasJudged(type);
        if (judged) book.judged.add(metric);
        // A user's own type may have asked a judge: some model graded this answer.
        if (judged === undefined && result.graders) book.unknown = true;
      }
    },
    /** @throws UserError `not-comparable` where no trial says what its case was */
    evals(path: string, partial: boolean): EvalRun[] {
      const all = [...books.values()];
      if (trials > 0 && all.every(({ cases }) => cases.size === 0)) {
        throw new UserError([problems['not-comparable'](path)]);
      }
      return all.map(({ evalRun, cases, judged, unknown }) => ({
        ...evalRun,
        // In the order of a baseline's cases: that of a journal is by which answer came first.
        cases: [...cases.values()]
          .toSorted((a, b) => byCodeUnit(a.case, b.case))
          .map((each) => ({ ...each, trials: each.trials.toSorted((a, b) => a.repeat - b.repeat) })),
        ...(!unknown && { judged: [...judged].toSorted() }),
        ...(partial && { partial }),
      }));
    },
  };
}

function listIn(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
