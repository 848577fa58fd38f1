import type { Case, Eval, Library, TrialId, Work } from '../vocabulary.js';
import { evalKey } from './ledger.js';

/** A trial with all that is needed to ask and score it. */
export interface Trial {
  id: TrialId;
  evaluation: Eval;
  case: Case;
}

/** What work is spelled out with. */
export interface TrialSource {
  library: Pick<Library, 'cases'>;
  evals: readonly Eval[];
  includes(prompt: string, testCase: Case): boolean;
}

/** Spells work out into trials, one at a time: a million cases are never in memory at once. */
export async function* trialsOf(work: readonly Work[], source: TrialSource): AsyncGenerator<Trial> {
  const evals = new Map(source.evals.map((each) => [evalKey(each.prompt.id, each.model.model), each]));
  for (const { prompt, model, repeat, cases } of work) {
    const evaluation = evals.get(evalKey(prompt, model));
    if (!evaluation) throw new Error(`the plan names an eval that does not exist: ${prompt} ${model}`);
    const wanted = cases && new Set(cases);
    for await (const testCase of source.library.cases(evaluation.prompt)) {
      if (!source.includes(prompt, testCase) || (wanted && !wanted.has(testCase.id))) continue;
      yield { id: { prompt, model, case: testCase.id, repeat }, evaluation, case: testCase };
    }
  }
}
