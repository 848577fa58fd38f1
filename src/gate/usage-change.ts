import { where } from '../lists.js';
import { ratioOfSums } from '../stats/ratio.js';
import type { BaselineModel, EvalRun, UsageChange } from '../vocabulary.js';
import { perAnswer, QUANTITIES, type Quantity, usageOfTrials, withoutDust } from './case-usage.js';
import { own } from './own.js';

/** Below this share of cases of which it is known on both sides, nothing is said about an increase. */
const LEAST_KNOWN = 0.8;

/**
 * What an answer takes against what it took when the baseline was accepted, over the cases that put in the same. Quarantined cases
 * are left out, and so are repeats beyond the complete rounds, which are more of the cases that fail.
 * @returns without what is not known of enough cases
 */
export function usageChanges(
  { cases, gate }: EvalRun,
  baseline: BaselineModel,
  rounds: number,
): Partial<Record<Quantity, UsageChange>> {
  const pairs = QUANTITIES.map((quantity) => ({ quantity, before: [] as number[], after: [] as number[] }));
  let counted = 0;
  for (const each of where(cases, ({ quarantine }) => !quarantine)) {
    counted += 1;
    const accepted = own(baseline.cases, each.case);
    if (accepted?.usage === undefined || accepted.input !== each.input) continue;
    const now = usageOfTrials(each.trials, rounds);
    for (const { quantity, before, after } of pairs) {
      const [was, is] = [perAnswer(accepted.usage, quantity), perAnswer(now, quantity)];
      if (was === undefined || is === undefined) continue;
      before.push(was);
      after.push(is);
    }
  }
  const known = pairs.filter(({ before }) => before.length > 0 && before.length >= LEAST_KNOWN * counted);
  return Object.fromEntries(
    known.map(({ quantity, before, after }) => [quantity, changeOf(before, after, 1 - gate.alpha)]),
  );
}

function changeOf(before: readonly number[], after: readonly number[], confidence: number): UsageChange {
  const mean = (values: readonly number[]) =>
    withoutDust(values.reduce((sum, value) => sum + value, 0) / values.length);
  const found = ratioOfSums(before, after, confidence);
  return {
    baseline: mean(before),
    now: mean(after),
    cases: before.length,
    ...(found && { increase: increaseIn(found.ratio) }),
    ...(found?.lower !== undefined && { atLeast: increaseIn(found.lower) }),
  };
}

/** What is above 1. Dust is in the last digits of the ratio, not of what is left of it. */
function increaseIn(ratio: number): number {
  return Number((ratio - 1).toFixed(12));
}
