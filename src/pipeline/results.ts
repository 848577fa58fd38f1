import { placeIn } from '../eval-key.js';
import type { LinePlace } from '../journal/lines.js';
import type { ResultReader } from '../journal/reader.js';
import { rowText } from '../journal/result-row.js';
import type { ReportInput } from '../reports/report.js';
import type { TrialResult } from '../vocabulary.js';
import type { Books } from './books.js';

/** The raw results of a run, read from its journal when they are asked for, in the order of cases and repeats. */
export function resultsFrom({ ledger, places }: Books, reader: ResultReader): Pick<ReportInput, 'trials' | 'rows'> {
  let last: { prompt: string; model: string; number: number | undefined } | undefined;
  /** Reports go through eval after eval. */
  const numberOf = (prompt: string, model: string): number | undefined => {
    if (last?.prompt !== prompt || last.model !== model)
      last = { prompt, model, number: placeIn(ledger.run.evals, prompt, model) };
    return last.number;
  };

  /** What is read of each trial of a case: from its line, or from the reason why it was not begun. */
  function each<T>(prompt: string, model: string, at: number, read: Reading<T>): T[] {
    const evaluation = numberOf(prompt, model);
    const testCase = ledger.run.evals[evaluation ?? -1]?.cases.at(at);
    if (evaluation === undefined || !testCase) return [];
    return testCase.trials.map(({ repeat, trouble }) => {
      const place = places.get({ evaluation, case: at }, repeat);
      if (place) return read.line(place);
      // What was left when the run was stopped stands in no journal.
      const reason = trouble?.message ?? 'it was not begun';
      return read.skipped({ prompt, model, case: testCase.case, repeat, status: 'skipped', reason });
    });
  }

  return {
    trials: (prompt, model, at) => each(prompt, model, at, { line: reader.at, skipped: (result) => result }),
    rows: (prompt, model, at) =>
      each(prompt, model, at, { line: (place) => reader.rowAt(place, { prompt, model }), skipped: rowText }),
  };
}

interface Reading<T> {
  line(place: LinePlace): T;
  skipped(result: TrialResult): T;
}
