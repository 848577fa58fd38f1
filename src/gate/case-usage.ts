import type { CaseUsage, TrialFacts } from '../vocabulary.js';

/** What rules about an increase look at. */
export type Quantity = 'cost' | 'latency' | 'tokens';

export const QUANTITIES: readonly Quantity[] = ['cost', 'latency', 'tokens'];

const SUMS = ['costUsd', 'inputTokens', 'outputTokens', 'latencyMs'] as const;

/**
 * What the answered trials of a case used, up to a repeat; undefined where there are none, or none that says anything. A sum is known
 * where every trial states its part.
 */
export function usageOfTrials(trials: readonly TrialFacts[], rounds = Number.POSITIVE_INFINITY): CaseUsage | undefined {
  const answered = trials.filter(({ status, repeat }) => status === 'completed' && repeat <= rounds);
  const usage: CaseUsage = { trials: answered.length };
  let known = false;
  for (const each of SUMS) {
    let sum: number | undefined = 0;
    for (const { [each]: part } of answered) sum = part === undefined || sum === undefined ? undefined : sum + part;
    if (sum === undefined || answered.length === 0) continue;
    usage[each] = withoutDust(sum);
    known = true;
  }
  return known ? usage : undefined;
}

/** What two lots of trials used together: a sum is known where both state it. */
export function addUsage(a: CaseUsage, b: CaseUsage): CaseUsage {
  const together: CaseUsage = { trials: a.trials + b.trials };
  for (const each of SUMS) {
    const [left, right] = [a[each], b[each]];
    if (left !== undefined && right !== undefined) together[each] = withoutDust(left + right);
  }
  return together;
}

/** Adding up cents of cents leaves dust in the last digits: those that an amount has, however small it is. */
export function withoutDust(sum: number): number {
  return Number(sum.toPrecision(12));
}

/** How much of something an answer took on average; undefined: not known. */
export function perAnswer(usage: CaseUsage | undefined, quantity: Quantity): number | undefined {
  if (!usage || usage.trials === 0) return undefined;
  const { costUsd, inputTokens, outputTokens, latencyMs } = usage;
  const tokens = inputTokens === undefined || outputTokens === undefined ? undefined : inputTokens + outputTokens;
  const sum = { cost: costUsd, latency: latencyMs, tokens }[quantity];
  return sum === undefined ? undefined : sum / usage.trials;
}

/** An amount with its unit; of tokens that is their name. */
export function amount(value: number, quantity: Quantity): string {
  const digits = String(Number(value.toPrecision(3)));
  return { cost: `$${digits}`, latency: `${digits} ms`, tokens: digits }[quantity];
}
