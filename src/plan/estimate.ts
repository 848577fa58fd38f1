import type { ModelRequest } from '../vocabulary.js';

/** Characters per token, roughly, in English; an estimate is all that can be had before a model has counted. */
const CHARS_PER_TOKEN = 4;

/** Output tokens assumed for an answer whose prompt sets no `maxTokens`. */
export const OUTPUT_TOKENS = 250;

/** Tokens that a text of so many characters has, roughly. */
export function inputTokens(chars: number): number {
  return Math.ceil(chars / CHARS_PER_TOKEN);
}

/**
 * About how many tokens a request will use: what it holds goes in, and out comes at most what it allows, else what is usual.
 * Embeddings have no output.
 */
export function requestTokens(request: Pick<ModelRequest, 'messages' | 'texts' | 'tools' | 'schema' | 'parameters'>): {
  input: number;
  output: number;
} {
  const { messages, texts, tools, schema, parameters } = request;
  let chars = 0;
  for (const { content } of messages) chars += content.length;
  for (const text of texts ?? []) chars += text.length;
  if (tools.length > 0) chars += JSON.stringify(tools).length;
  if (schema) chars += JSON.stringify(schema).length;
  return { input: inputTokens(chars), output: texts ? 0 : (parameters.maxTokens ?? OUTPUT_TOKENS) };
}
