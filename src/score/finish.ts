import type { Assertion, Completion, FinishReason, Score } from '../vocabulary.js';

const CUT: Partial<Record<FinishReason, string>> = {
  length: 'the answer was cut off at its greatest length',
  'content-filter': "the answer was stopped by the provider's content filter",
  refusal: 'the model refused to answer',
};

/**
 * The rule that stands without being written: an answer that was cut, filtered or refused fails, unless a deciding assertion of
 * the case says which ends are allowed. Otherwise the beginning of an answer could pass for the whole.
 * @returns the failed score, or nothing where the rule does not apply
 */
export function finishScore(completion: Completion, assertions: readonly Assertion[]): Score | undefined {
  const reason = CUT[completion.finishReason];
  if (reason === undefined || assertions.some(saysHowItEnds)) return undefined;
  const remark = 'allow it with a finish-reason assertion';
  return {
    type: 'finish-reason',
    metric: 'pass',
    weight: 1,
    level: 'error',
    status: 'scored',
    value: 0,
    pass: false,
    reason: `${reason} (${completion.finishReason}; ${remark})`,
  };
}

/** Only what fails all other ends may stand in for the rule: not one that forbids some, or that only warns. */
function saysHowItEnds({ type, negated, level }: Assertion): boolean {
  return type === 'finish-reason' && !negated && level === 'error';
}
