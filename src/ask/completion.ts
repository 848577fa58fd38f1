import { FINISH_REASONS } from '../finish-reasons.js';
import { isRecord } from '../objects.js';

const USAGE_KEYS = new Set(['inputTokens', 'outputTokens', 'cachedInputTokens', 'cacheWriteTokens', 'reasoningTokens']);

/** What each member of a completion must be; `undefined` is passed for an absent one. */
const MEMBERS: Readonly<Record<string, (value: unknown) => boolean>> = {
  output: (value) => typeof value === 'string',
  toolCalls: optional((value) => Array.isArray(value) && value.every(isToolCall)),
  finishReason: (value) => FINISH_REASONS.some((reason) => reason === value),
  finishDetail: optional((value) => typeof value === 'string'),
  refusal: optional((value) => typeof value === 'string'),
  usage: optional(isUsage),
  latencyMs: optional(isAmount),
  firstTokenMs: optional(isAmount),
  answeredBy: optional((value) => typeof value === 'string'),
  costUsd: optional(isAmount),
  embeddings: optional((value) => Array.isArray(value) && value.every(isVector)),
};

/** The members of a completion in the order in which they are written. */
export const COMPLETION_KEYS: readonly string[] = Object.keys(MEMBERS);
const CHECKS = Object.entries(MEMBERS);

/**
 * What keeps a value from being a completion, or undefined when it is one: numbers finite and not negative, vectors finite and
 * of one length, nothing that is not known.
 */
export function completionFault(value: unknown): string | undefined {
  if (!isRecord(value)) return 'it is no object';
  const unknown = Object.keys(value).find((key) => !Object.hasOwn(MEMBERS, key));
  if (unknown !== undefined) return `it has an unknown key "${unknown}"`;
  for (const [key, fits] of CHECKS) {
    const member = Object.hasOwn(value, key) ? value[key] : undefined;
    if (!fits(member)) return member === undefined ? `it has no "${key}"` : `its "${key}" is not valid`;
  }
  if (value.embeddings === undefined) return undefined;
  const lengths = new Set((value.embeddings as number[][]).map((vector) => vector.length));
  return lengths.size > 1 ? 'its "embeddings" differ in length' : undefined;
}

function optional(fits: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || fits(value);
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isUsage(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([key, tokens]) => USAGE_KEYS.has(key) && (tokens === undefined || isAmount(tokens)),
  );
}

function isToolCall(value: unknown): boolean {
  if (!isRecord(value) || typeof value.name !== 'string' || !Object.hasOwn(value, 'arguments')) return false;
  return value.arguments !== undefined && (value.id === undefined || typeof value.id === 'string');
}

function isVector(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));
}
