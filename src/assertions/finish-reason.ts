import { FINISH_REASONS } from '../finish-reasons.js';
import type { Json } from '../vocabulary.js';
import { type AssertionDefinition, verdict } from './assertion.js';
import { shown } from './text.js';

/**
 * Why the answer ended: one of our words, or any of a list of them. `tool_calls` and `content_filter`, as the APIs write them,
 * are the same words. An answer without such an assertion fails when it was cut, filtered or refused (score/finish.ts).
 */
export const finishReason: AssertionDefinition = {
  type: 'finish-reason',
  summary: 'The answer ended for this reason: stop, length, tool-calls, content-filter, refusal or other.',
  value: { type: ['string', 'array'], items: { type: 'string' } },
  needs: 'required',
  textless: true,
  check({ value }) {
    const unknown = words(value).filter((word) => !FINISH_REASONS.some((reason) => reason === word));
    if (words(value).length > 0 && unknown.length === 0) return [];
    const message = unknown.length > 0 ? `${shown(unknown)} is no finish reason` : 'it has no finish reason';
    return [{ message, remedy: `Give one of ${FINISH_REASONS.join(', ')}.` }];
  },
  prepare({ value }) {
    const wanted = words(value);
    return ({ completion: { finishReason: actual, finishDetail } }) => {
      const pass = wanted.includes(actual);
      const detail = actual === 'other' && finishDetail ? ` (${shown(finishDetail)})` : '';
      return verdict(pass, `ended by ${actual}${detail}${pass ? '' : `, not by ${wanted.join(' or ')}`}`);
    };
  },
};

function words(value: Json | undefined): string[] {
  const list = Array.isArray(value) ? value : value === undefined ? [] : [value];
  return list.map((word) =>
    typeof word === 'string' ? word.toLowerCase().replaceAll('_', '-') : JSON.stringify(word),
  );
}
