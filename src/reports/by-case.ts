import type { EvalComparison, FoldedCase, TrialResult } from '../vocabulary.js';
import type { ReportInput } from './report.js';

/** A case with its raw results. */
export interface CaseResults {
  folded: FoldedCase;
  /** Those of its repeats, read when they are asked for; none where it was not begun. */
  trials(): readonly TrialResult[];
}

/** The cases of an eval in order. */
export function* byCase(
  input: Pick<ReportInput, 'trials'>,
  { prompt, model, folded }: EvalComparison,
): Generator<CaseResults> {
  let at = 0;
  for (const each of folded) {
    const index = at;
    at += 1;
    yield { folded: each, trials: () => input.trials(prompt.id, model, index) };
  }
}
