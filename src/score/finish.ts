import type { Assertion, Completion, FinishReason, Score } from '../vocabulary.js';

const CUT: Partial<Record<FinishReason, string>> = {
  length: 'the answer was cut off at its greatest length',
  'content-filter': "the answer was stopped by the provider's content filter",
  refusal: 'the model refused to answer',
};

/**
 * The rule that stands without being written: an answer that was cut, filtered or refused fails, unless an assertion of the
 * case says how an answer is to end. Otherwise the beginning of an answer could pass for the whole.
 * @returns the failed score, or nothing where the rule does not apply
 */
export function finishScore(completion: Completion, assertions: readonly Assertion[]): Score | undefined {
  const reason = CUT[completion.finishReason];
  const mentioned = assertions.some(({ type, level }) => type === 'finish-reason' && level !== 'off');
  if (reason === undefined || mentioned) return undefined;
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
