import { evalKey, keyOf } from '../eval-key.js';
import { grouped, madeOnce } from '../lists.js';
import type { EvalComparison, GateCheck } from '../vocabulary.js';

/** The checks of each eval by its key, those of the whole run under none. */
const byEval = madeOnce((checks: readonly GateCheck[]) =>
  grouped(checks, ({ prompt, model }) => (prompt === undefined ? undefined : evalKey(prompt, model ?? ''))),
);

/** The checks about one eval. */
export function checksOf(evaluation: Pick<EvalComparison, 'prompt' | 'model'>, all: readonly GateCheck[]): GateCheck[] {
  return byEval(all).get(keyOf(evaluation)) ?? [];
}

/** The checks about the whole run. */
export function generalChecks(all: readonly GateCheck[]): GateCheck[] {
  return byEval(all).get(undefined) ?? [];
}
