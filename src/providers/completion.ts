import { FINISH_REASONS } from '../finish-reasons.js';
import type { Completion, FinishReason, Json, ToolCall, Usage } from '../vocabulary.js';
import { nearMiss } from './near-miss.js';
import { ProviderError } from './provider.js';
import { isRecord } from '../objects.js';

const KEYS = [
  'output',
  'toolCalls',
  'finishReason',
  'finishDetail',
  'refusal',
  'usage',
  'latencyMs',
  'firstTokenMs',
  'answeredBy',
  'costUsd',
] as const;

/** What providers call the reasons, so that an application may hand on what its own SDK said. */
const FINISH_WORDS: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool-calls',
  tool_use: 'tool-calls',
  content_filter: 'content-filter',
};

/** What providers call the numbers of tokens, in order of preference. */
const USAGE_NAMES: Readonly<Record<keyof Usage, readonly string[]>> = {
  inputTokens: ['inputTokens', 'input_tokens', 'prompt_tokens', 'input'],
  outputTokens: ['outputTokens', 'output_tokens', 'completion_tokens', 'output'],
  cachedInputTokens: ['cachedInputTokens', 'cached_input_tokens', 'cache_read_input_tokens'],
  cacheWriteTokens: ['cacheWriteTokens', 'cache_write_tokens', 'cache_creation_input_tokens'],
  reasoningTokens: ['reasoningTokens', 'reasoning_tokens'],
};

/**
 * Checks an answer that an application, a user's function or a file gave. `output` is a text, or an object or array, which
 * becomes its JSON; it may be absent beside tool calls or a refusal. Keys that are none of a completion's are ignored, unless
 * one looks like a misspelt one.
 * @param also other keys that the value may have
 * @returns the completion, or what is wrong with the value
 */
export function readCompletion(
  value: unknown,
  also: readonly string[] = [],
): { ok: true; completion: Completion } | { ok: false; message: string } {
  try {
    const completion = checked(value, [...KEYS, ...also]);
    return typeof completion === 'string' ? { ok: false, message: completion } : { ok: true, completion };
  } catch {
    // A getter or toJSON of a user's object may throw, and JSON cannot hold loops or big integers.
    return { ok: false, message: 'the answer cannot be written as JSON' };
  }
}

/** `readCompletion` for providers. @throws ProviderError `bad-response`; asking again would bring the same */
export function completionFrom(value: unknown, whose: string): Completion {
  const read = readCompletion(value);
  if (read.ok) return read.completion;
  throw new ProviderError({ kind: 'bad-response', message: `${whose}: ${read.message}` }, { retry: 'no' });
}

function checked(value: unknown, known: readonly string[]): Completion | string {
  if (!isRecord(value)) return `the answer is ${named(value)}, not an object with an "output"`;
  for (const key of Object.keys(value)) {
    const near = nearMiss(key, known);
    if (near && value[near] === undefined) return `the answer has an unknown key "${key}"; did you mean "${near}"?`;
  }
  const toolCalls = readToolCalls(value.toolCalls);
  if (typeof toolCalls === 'string') return toolCalls;
  const texts = readTexts(value, ['finishReason', 'finishDetail', 'refusal', 'answeredBy']);
  if (typeof texts === 'string') return texts;
  const numbers = readNumbers(value, ['latencyMs', 'firstTokenMs', 'costUsd']);
  if (typeof numbers === 'string') return numbers;
  const { finishReason, ...rest } = texts;
  const mayBeEmpty = toolCalls.length > 0 || rest.refusal !== undefined;
  const output = readOutput(value.output, mayBeEmpty);
  if (output === undefined) return `"output" is ${named(value.output)}, not a text`;
  const usage = readUsage(value.usage);
  return {
    output,
    ...(toolCalls.length > 0 && { toolCalls }),
    ...readFinish(finishReason, toolCalls.length > 0, rest.refusal !== undefined),
    ...rest,
    ...(usage && { usage }),
    ...numbers,
  };
}

function readOutput(value: unknown, mayBeEmpty: boolean): string | undefined {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return mayBeEmpty ? '' : undefined;
  return typeof value === 'object' ? JSON.stringify(value) : undefined;
}

function readToolCalls(value: unknown): ToolCall[] | string {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return `"toolCalls" is ${named(value)}, not a list`;
  const calls: ToolCall[] = [];
  for (const each of value as unknown[]) {
    if (!isRecord(each) || typeof each.name !== 'string' || each.name === '') return 'a tool call has no name';
    calls.push({
      ...(typeof each.id === 'string' && { id: each.id }),
      name: each.name,
      arguments: each.arguments === undefined ? {} : plain(each.arguments),
    });
  }
  return calls;
}

type Texts = { finishReason?: string; finishDetail?: string; refusal?: string; answeredBy?: string };

function readTexts(value: Record<string, unknown>, keys: readonly (keyof Texts)[]): Texts | string {
  const texts: Texts = {};
  for (const key of keys) {
    const text = value[key];
    if (text === undefined || text === null) continue;
    if (typeof text !== 'string') return `"${key}" is ${named(text)}, not a text`;
    texts[key] = text;
  }
  return texts;
}

type Numbers = { latencyMs?: number; firstTokenMs?: number; costUsd?: number };

function readNumbers(value: Record<string, unknown>, keys: readonly (keyof Numbers)[]): Numbers | string {
  const numbers: Numbers = {};
  for (const key of keys) {
    const number = value[key];
    if (number === undefined || number === null) continue;
    if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) {
      return `"${key}" is ${named(number)}, not a number of at least 0`;
    }
    numbers[key] = number;
  }
  return numbers;
}

function readFinish(
  word: string | undefined,
  calls: boolean,
  refused: boolean,
): Pick<Completion, 'finishReason' | 'finishDetail'> {
  if (word === undefined) return { finishReason: refused ? 'refusal' : calls ? 'tool-calls' : 'stop' };
  const known =
    FINISH_REASONS.find((reason) => reason === word) ?? (Object.hasOwn(FINISH_WORDS, word) && FINISH_WORDS[word]);
  return known ? { finishReason: known } : { finishReason: 'other', finishDetail: word };
}

/** Numbers of tokens under the names that SDKs use; what is no whole number of at least 0 is left out, never taken for 0. */
export function readUsage(value: unknown): Usage | undefined {
  if (!isRecord(value)) return undefined;
  const usage: Usage = {};
  for (const [key, names] of Object.entries(USAGE_NAMES) as [keyof Usage, readonly string[]][]) {
    const count = names.map((name) => value[name]).find((each) => Number.isSafeInteger(each) && Number(each) >= 0);
    if (typeof count === 'number') usage[key] = count;
  }
  return Object.keys(usage).length > 0 ? usage : undefined;
}

/** The value as plain JSON: what a report or recording would hold of it. */
function plain(value: unknown): Json {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? null : (JSON.parse(text) as Json);
}

function named(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return Array.isArray(value) ? 'a list' : typeof value === 'string' ? 'a text' : `a value of type ${typeof value}`;
}
