import { Numbers } from '../column.js';
import { quantile } from '../stats/quantile.js';
import type { EvalComparison, EvalRun } from '../vocabulary.js';

/** What an eval used. */
export type UsageFacts = Pick<EvalComparison, 'cost' | 'tokens' | 'latency' | 'graders' | 'trouble'>;

/**
 * Adds up cost, tokens and latency of all trials, quarantined cases among them: they were paid for. A sum is `known` only where
 * every trial that was asked states its part, those that were cut off among them: an unknown price is never 0.
 */
export function usageOf(run: EvalRun): UsageFacts {
  const own = new Sums(!run.cutOff);
  const graders = new Sums(!run.cutOff);
  let graderCalls = 0;
  const latencies = new Numbers();
  const kinds = new Map<string, Trouble>();
  for (const { trials } of run.cases) {
    for (const trial of trials) {
      if (trial.trouble) count(trial.trouble, kinds);
      if (trial.status === 'skipped') continue;
      own.add(trial.costUsd, trial.inputTokens, trial.outputTokens);
      if (trial.graderCalls !== undefined) {
        graderCalls += trial.graderCalls;
        graders.add(trial.graderCostUsd, trial.graderInputTokens, trial.graderOutputTokens);
      }
      if (trial.status === 'completed' && trial.latencyMs !== undefined) latencies.push(trial.latencyMs);
    }
  }
  const [p50, p95] = [quantile(latencies, 0.5), quantile(latencies, 0.95)];
  return {
    ...own.told(),
    latency: { ...(p50 !== undefined && { p50 }), ...(p95 !== undefined && { p95 }) },
    ...(graderCalls > 0 && { graders: { calls: graderCalls, ...graders.told() } }),
    trouble: [...kinds.values()].toSorted(byWeight),
  };
}

/** What calls took together, as far as they state it. */
class Sums {
  #usd = 0;
  #input = 0;
  #output = 0;
  #costKnown: boolean;
  #tokensKnown: boolean;

  constructor(known: boolean) {
    this.#costKnown = known;
    this.#tokensKnown = known;
  }

  add(usd: number | undefined, input: number | undefined, output: number | undefined): void {
    this.#usd += usd ?? 0;
    this.#input += input ?? 0;
    this.#output += output ?? 0;
    this.#costKnown &&= usd !== undefined;
    this.#tokensKnown &&= input !== undefined && output !== undefined;
  }

  told(): Pick<EvalComparison, 'cost' | 'tokens'> {
    return {
      // Adding up cents of cents leaves dust in the last digits.
      cost: { usd: Number(this.#usd.toPrecision(12)), known: this.#costKnown },
      tokens: { input: this.#input, output: this.#output, known: this.#tokensKnown },
    };
  }
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
