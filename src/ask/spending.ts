import type { Completion } from '../vocabulary.js';

/** What is spent: US dollars, and tokens in and out. */
export interface Spending {
  usd: number;
  tokens: number;
}

/** What an answer took, as far as it says so. */
export function tookOf({ costUsd, usage }: Pick<Completion, 'costUsd' | 'usage'>): Partial<Spending> {
  const { inputTokens, outputTokens } = usage ?? {};
  const took: Partial<Spending> = {};
  if (costUsd !== undefined) took.usd = costUsd;
  if (inputTokens !== undefined || outputTokens !== undefined) took.tokens = (inputTokens ?? 0) + (outputTokens ?? 0);
  return took;
}
