import type { EvalComparison, FoldedCase, TrialResult } from '../vocabulary.js';
import type { ReportInput } from './report.js';

/** A case with the raw results of its repeats; none where it was not begun. */
export interface CaseResults {
  folded: FoldedCase;
  trials: TrialResult[];
}

/**
 * The cases of an eval in order, each exactly once, with its raw results: of these only one case's are in memory at a time.
 * Results of cases that the comparison does not know are left out.
 */
export async function* byCase(input: ReportInput, evaluation: EvalComparison): AsyncGenerator<CaseResults> {
  const { folded } = evaluation;
  const positions = new Map(folded.map((each, index) => [each.case, index]));
  let at = 0;
  let trials: TrialResult[] = [];
  for await (const result of input.results(evaluation.prompt.id, evaluation.model)) {
    const position = positions.get(result.case);
    if (position === undefined || position < at) continue;
    for (; at < position; at += 1) {
      const there = folded[at];
      if (there) yield { folded: there, trials };
      trials = [];
    }
    trials.push(result);
  }
  for (; at < folded.length; at += 1) {
    const there = folded[at];
    if (there) yield { folded: there, trials };
    trials = [];
  }
}
