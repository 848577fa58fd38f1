import type { EvalComparison, GateCheck } from '../../vocabulary.js';
import { complete } from './complete.js';
import { cost } from './cost.js';
import { critical } from './critical.js';
import { inconclusive } from './inconclusive.js';
import { judge } from './judge.js';
import { latency } from './latency.js';
import { minimum } from './minimum.js';
import { newlyFailing } from './newly-failing.js';
import { paired } from './paired.js';
import { regression } from './regression.js';
import type { Rule } from './rule.js';
import { tokens } from './tokens.js';

/** The gate's rules, in the order their findings are told. */
export const rules: readonly Rule[] = [
  critical,
  regression,
  newlyFailing,
  minimum,
  complete,
  paired,
  judge,
  inconclusive,
  cost,
  latency,
  tokens,
];

/** Every rule's findings about one eval, each with its place. */
export function applyRules(evaluation: EvalComparison): GateCheck[] {
  return rules.flatMap((rule) =>
    rule.check(evaluation).map(({ level, status, message, metric, case: name }) => ({
      rule: rule.name,
      level,
      status,
      message,
      prompt: evaluation.prompt.id,
      model: evaluation.model,
      ...(metric !== undefined && { metric }),
      ...(name !== undefined && { case: name }),
    })),
  );
}
