import { canonicalJson } from '../hash.js';
import type { CaseContent } from '../vocabulary.js';

/**
 * What is asked of a case and how it is checked, as text for a hash.
 * @returns writes the texts of cases, what those behind each other share once
 */
export function caseText(): (id: string, content: Pick<CaseContent, 'input' | 'asserts'>) => string {
  let last: { asserts: object; text: string } | undefined;
  return (id, { input, asserts }) => {
    if (last?.asserts !== asserts) last = { asserts, text: canonicalJson(asserts) };
    return `[${canonicalJson(id)},${canonicalJson(input)},${last.text}]`;
  };
}
