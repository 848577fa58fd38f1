import type { Json, ToolCall, Usage } from '../vocabulary.js';
import { ProviderError } from './provider.js';

/** An answer that is none. @param what how it fails, e.g. `the answer has no choices`; made fit to print by `callSdk` */
export function badAnswer(what: string): ProviderError {
  return new ProviderError({ kind: 'bad-response', message: what }, { retry: 'transient' });
}

/** What a value is that should have been an answer. */
export function whatItIs(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'is empty';
  if (Array.isArray(value)) return 'is a list';
  return typeof value === 'object' ? 'has another shape' : 'is no JSON object';
}

/** A number of tokens; anything but a whole number of at least 0 is unknown. */
export function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Usage without its unknown numbers; absent when none is known. */
export function usageOf(numbers: { [name in keyof Usage]: number | undefined }): { usage?: Usage } {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = numbers;
  const usage: Usage = {};
  if (inputTokens !== undefined) usage.inputTokens = inputTokens;
  if (outputTokens !== undefined) usage.outputTokens = outputTokens;
  if (cachedInputTokens !== undefined) usage.cachedInputTokens = cachedInputTokens;
  if (cacheWriteTokens !== undefined) usage.cacheWriteTokens = cacheWriteTokens;
  if (reasoningTokens !== undefined) usage.reasoningTokens = reasoningTokens;
  return Object.keys(usage).length === 0 ? {} : { usage };
}

/** A tool call as the model wrote it; arguments in JSON are parsed, others stay text. */
export function toolCall(id: unknown, name: unknown, written: unknown): ToolCall | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  return { ...(typeof id === 'string' && id !== '' && { id }), name, arguments: parsedArguments(written) };
}

function parsedArguments(written: unknown): Json {
  if (typeof written !== 'string') return asJson(written);
  try {
    const parsed: Json = JSON.parse(written);
    return parsed;
  } catch {
    return written;
  }
}

function asJson(value: unknown): Json {
  if (value === undefined) return {};
  const copy: Json = JSON.parse(JSON.stringify(value));
  return copy;
}

/** A list, or nothing. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
