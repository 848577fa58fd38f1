import type { EvalComparison, EvalRun, TrialFacts } from '../vocabulary.js';

/** What an eval used. */
export type UsageFacts = Pick<EvalComparison, 'cost' | 'tokens' | 'latency' | 'trouble'>;

/**
 * Adds up cost, tokens and latency of all trials, quarantined cases among them: they were paid for. A sum is `known` only where
 * every trial that was asked states its part: an unknown price is never 0.
 */
export function usageOf(run: EvalRun): UsageFacts {
  const trials = run.cases.flatMap((each) => each.trials).filter((trial) => trial.status !== 'skipped');
  const answered = trials.filter((trial) => trial.status === 'completed');
  const latencies = answered
    .map((trial) => trial.latencyMs)
    .filter((ms) => ms !== undefined)
    .toSorted((a, b) => a - b);
  const [p50, p95] = [quantile(latencies, 0.5), quantile(latencies, 0.95)];
  return {
    // Adding up cents of cents leaves dust in the last digits.
    cost: {
      usd: Number(sum(trials, 'costUsd').toPrecision(12)),
      known: trials.every((trial) => trial.costUsd !== undefined),
    },
    tokens: {
      input: sum(trials, 'inputTokens'),
      output: sum(trials, 'outputTokens'),
      known: trials.every((trial) => trial.inputTokens !== undefined && trial.outputTokens !== undefined),
    },
    latency: { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) },
    trouble: troubleOf(run),
  };
}

function sum(trials: readonly TrialFacts[], key: 'costUsd' | 'inputTokens' | 'outputTokens'): number {
  let total = 0;
  for (const trial of trials) total += trial[key] ?? 0;
  return total;
}

/** The smallest value that at least the share p of the sorted values does not exceed (nearest rank: one that was measured). */
function quantile(sorted: readonly number[], p: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

function troubleOf(run: EvalRun): EvalComparison['trouble'] {
  const kinds = new Map<string, EvalComparison['trouble'][number]>();
  for (const { trials } of run.cases) {
    for (const { trouble } of trials) {
      if (!trouble) continue;
      const known = kinds.get(trouble.kind);
      if (known) known.count += 1;
      else kinds.set(trouble.kind, { kind: trouble.kind, message: trouble.message, count: 1 });
    }
  }
  return [...kinds.values()].toSorted(byWeight);
}

/** The commonest trouble first; trials that were skipped last, since that is because others were in trouble. */
export function byWeight(a: EvalComparison['trouble'][number], b: EvalComparison['trouble'][number]): number {
  return Number(a.kind === 'skipped') - Number(b.kind === 'skipped') || b.count - a.count;
}
