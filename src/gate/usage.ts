import { Numbers } from '../column.js';
import { quantile } from '../stats/quantile.js';
import type { EvalComparison, EvalRun } from '../vocabulary.js';

/** What an eval used. */
export type UsageFacts = Pick<EvalComparison, 'cost' | 'tokens' | 'latency' | 'trouble'>;

/**
 * Adds up cost, tokens and latency of all trials, quarantined cases among them: they were paid for. A sum is `known` only where
 * every trial that was asked states its part, those that were cut off among them: an unknown price is never 0.
 */
export function usageOf(run: EvalRun): UsageFacts {
  const cost = { usd: 0, known: !run.cutOff };
  const tokens = { input: 0, output: 0, known: !run.cutOff };
  const latencies = new Numbers();
  const kinds = new Map<string, Trouble>();
  for (const { trials } of run.cases) {
    for (const trial of trials) {
      if (trial.trouble) count(trial.trouble, kinds);
      if (trial.status === 'skipped') continue;
      cost.usd += trial.costUsd ?? 0;
      cost.known &&= trial.costUsd !== undefined;
      tokens.input += trial.inputTokens ?? 0;
      tokens.output += trial.outputTokens ?? 0;
      tokens.known &&= trial.inputTokens !== undefined && trial.outputTokens !== undefined;
      if (trial.status === 'completed' && trial.latencyMs !== undefined) latencies.push(trial.latencyMs);
    }
  }
  const [p50, p95] = [quantile(latencies, 0.5), quantile(latencies, 0.95)];
  return {
    // Adding up cents of cents leaves dust in the last digits.
    cost: { usd: Number(cost.usd.toPrecision(12)), known: cost.known },
    tokens,
    latency: { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) },
    trouble: [...kinds.values()].toSorted(byWeight),
  };
}

type Trouble = EvalComparison['trouble'][number];

/** The first message of a kind stands for the others. */
function count({ kind, message }: Omit<Trouble, 'count'>, kinds: Map<string, Trouble>): void {
  const known = kinds.get(kind);
  if (known) known.count += 1;
  else kinds.set(kind, { kind, message, count: 1 });
}

/** The commonest trouble first; trials that were skipped last, since that is because others were in trouble. */
export function byWeight(a: Trouble, b: Trouble): number {
  return Number(a.kind === 'skipped') - Number(b.kind === 'skipped') || b.count - a.count;
}
