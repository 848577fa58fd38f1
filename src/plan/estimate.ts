/** Characters per token, roughly, in English; an estimate is all that can be had before a model has counted. */
const CHARS_PER_TOKEN = 4;

/** Output tokens assumed for an answer whose prompt sets no `maxTokens`. */
export const OUTPUT_TOKENS = 250;

/** Tokens that a text of so many characters has, roughly. */
export function inputTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}
