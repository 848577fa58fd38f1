import type { ResultReader } from '../journal/reader.js';
import { evalKey } from '../run/ledger.js';
import type { ReportInput } from '../reports/report.js';
import type { TrialResult } from '../vocabulary.js';
import type { Books } from './books.js';

/** The raw results of a run, read from its journal when they are asked for, in the order of cases and repeats. */
export function resultsFrom({ ledger, places }: Books, reader: ResultReader): Pick<ReportInput, 'results' | 'trials'> {
  const numbers = new Map(ledger.run.evals.map((each, index) => [evalKey(each.prompt.id, each.model), index]));

  function trials(prompt: string, model: string, at: number): TrialResult[] {
    const evaluation = numbers.get(evalKey(prompt, model));
    const testCase = ledger.run.evals[evaluation ?? -1]?.cases.at(at);
    if (evaluation === undefined || !testCase) return [];
    return testCase.trials.map(({ repeat, trouble }): TrialResult => {
      const place = places.get({ evaluation, case: at }, repeat);
      if (place) return reader.at(place);
      // What was left when the run was stopped stands in no journal.
      const reason = trouble?.message ?? 'it was not begun';
      return { prompt, model, case: testCase.case, repeat, status: 'skipped', reason };
    });
  }

  return {
    trials,
    async *results(prompt, model) {
      const count = ledger.run.evals[numbers.get(evalKey(prompt, model)) ?? -1]?.cases.length ?? 0;
      for (let at = 0; at < count; at += 1) yield* trials(prompt, model, at);
    },
  };
}
