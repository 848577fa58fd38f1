import { MAY_BE_CHARGED } from '../ask/budget.js';
import { type Spending, tookOf } from '../ask/spending.js';
import { type JournalIndex, openResults } from '../journal/reader.js';
import { evalKey } from '../eval-key.js';
import type { GraderUse, Mode, TrialResult } from '../vocabulary.js';
import type { PlannedEval } from './cost-plan.js';

/** What one call of an eval takes, on average and at most. */
interface Usual {
  own: Spending;
  grader: Spending;
}

const NOTHING: Spending = { usd: 0, tokens: 0 };

/**
 * What the processes of a run have spent, by its journal: for answers and their graders. What recordings answered was free, and what
 * is not known is taken for as much as it may have been, as in the run itself. Where replies are recorded each call is noted; else
 * the trials tell.
 * @param planned the first rounds of the run, without regard to what is recorded
 */
export function spentBefore(path: string, index: JournalIndex, mode: Mode, planned: readonly PlannedEval[]): Spending {
  const usual = new Map(planned.map((each) => [evalKey(each.prompt, each.model), usualOf(each)]));
  const spent = { ...NOTHING };
  const results = openResults(path);
  try {
    for (const [, place] of index.trials) {
      const result = results.at(place);
      const its = usual.get(evalKey(result.prompt, result.model)) ?? { own: NOTHING, grader: NOTHING };
      for (const each of [...answerOf(result, its, mode), ...lostBy(result, its)]) {
        spent.usd += each.usd;
        spent.tokens += each.tokens;
      }
    }
  } finally {
    results.close();
  }
  if (mode !== 'record') return spent;
  const { noted } = index;
  const most = usualOf(together(planned)).own;
  return {
    usd: spent.usd + noted.usd + noted.untold.usd * most.usd,
    tokens: spent.tokens + noted.tokens + noted.untold.tokens * most.tokens,
  };
}

/** What an answer and its graders took, as far as no note tells of the calls. */
function answerOf(result: TrialResult, { own, grader }: Usual, mode: Mode): Spending[] {
  if (result.status !== 'completed') return [];
  const noted = mode === 'record';
  // What no call answered is charged for only where it is planned for: a mock that has a price.
  const charged = result.source === 'call' ? !noted : result.source === 'local' && own.tokens > 0;
  const took = charged ? [{ ...own, ...tookOf(result.completion) }] : [];
  return result.graders && !noted ? [...took, gradersTook(result.graders, grader)] : took;
}

function gradersTook({ calls, costUsd, inputTokens, outputTokens }: GraderUse, each: Spending): Spending {
  const told = inputTokens !== undefined && outputTokens !== undefined;
  return { usd: costUsd ?? calls * each.usd, tokens: told ? inputTokens + outputTokens : calls * each.tokens };
}

/** What may have been charged for calls whose answers were lost. */
function lostBy(result: TrialResult, { own }: Usual): Spending[] {
  if (result.status === 'skipped') return result.cutOff ? [own] : [];
  if (result.status === 'completed' || !MAY_BE_CHARGED.has(result.failure.kind)) return [];
  return Array.from({ length: result.attempts }, () => own);
}

type Sums = Pick<
  PlannedEval,
  'trials' | 'inputTokens' | 'outputTokens' | 'costUsd' | 'graderCalls' | 'graderTokens' | 'graderCostUsd'
>;

/** A price that is not known counts as nothing: who allows such calls is told so. */
function usualOf({
  trials,
  inputTokens,
  outputTokens,
  costUsd = 0,
  graderCalls,
  graderTokens,
  graderCostUsd = 0,
}: Sums): Usual {
  return {
    own: perCall({ usd: costUsd, tokens: inputTokens + outputTokens }, trials),
    grader: perCall({ usd: graderCostUsd, tokens: graderTokens }, graderCalls),
  };
}

function perCall({ usd, tokens }: Spending, calls: number): Spending {
  return calls > 0 ? { usd: usd / calls, tokens: tokens / calls } : NOTHING;
}

/** All evals as one, answers and grades alike. */
function together(planned: readonly PlannedEval[]): Sums {
  const sum = (of: (each: PlannedEval) => number) => planned.reduce((all, each) => all + of(each), 0);
  return {
    trials: sum(({ calls, graderCalls }) => calls + graderCalls),
    inputTokens: sum(({ inputTokens, graderTokens }) => inputTokens + graderTokens),
    outputTokens: sum(({ outputTokens }) => outputTokens),
    costUsd: sum(({ costUsd = 0, graderCostUsd = 0 }) => costUsd + graderCostUsd),
    graderCalls: 0,
    graderTokens: 0,
  };
}
