import type { CaseUsage, TrialFacts } from '../vocabulary.js';

/** What rules about an increase look at. */
export type Quantity = 'cost' | 'latency' | 'tokens';

export const QUANTITIES: readonly Quantity[] = ['cost', 'latency', 'tokens'];

const SUMS = ['costUsd', 'inputTokens', 'outputTokens', 'latencyMs'] as const;

/** What the answered trials of a case used; undefined where there are none, or none that says anything. */
export function usageOfTrials(trials: readonly TrialFacts[]): CaseUsage | undefined {
  let sum: CaseUsage | undefined;
  for (const { status, costUsd, inputTokens, outputTokens, latencyMs } of trials) {
    if (status === 'completed') sum = addUsage(sum, { trials: 1, costUsd, inputTokens, outputTokens, latencyMs });
  }
  return sum && SUMS.some((each) => sum[each] !== undefined) ? sum : undefined;
}

/** What two lots of trials used together: a sum is known where both state it. */
export function addUsage(
  a: CaseUsage | undefined,
  b: { [Key in keyof CaseUsage]: CaseUsage[Key] | undefined } & { trials: number },
): CaseUsage {
  const together: CaseUsage = { trials: (a?.trials ?? 0) + b.trials };
  for (const each of SUMS) {
    const [left, right] = [a ? a[each] : 0, b[each]];
    // Adding up cents of cents leaves dust in the last digits.
    if (left !== undefined && right !== undefined) together[each] = Number((left + right).toPrecision(12));
  }
  return together;
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
