import type { Completion, FinishReason, JsonObject } from '../vocabulary.js';
import { badAnswer, count, list, toolCall, usageOf } from './answers.js';
import { isRecord } from '../objects.js';
import { present } from './passthrough.js';
import type { ProviderRequest } from './provider.js';
import type { Collector, Endpoint } from './sdk-call.js';
import { strictSchema, withTypes } from './strict-schema.js';

/** Chat Completions: the older of OpenAI's two ways, and the one that compatible servers speak. */
export const chatCompletions: Endpoint = {
  path: '/chat/completions',
  read: readChat,
  collector: () => new ChatCollector(),
};

const FINISH: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'content-filter',
};

/**
 * The body of a request. @param official whether it goes to OpenAI itself, which has a newer name for the largest number of
 * tokens that compatible servers may not know
 */
export function chatBody(request: ProviderRequest, official: boolean): JsonObject {
  const { maxTokens, temperature, topP, stop, seed, stream } = request.parameters;
  return present({
    model: request.name,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    max_completion_tokens: official ? maxTokens : undefined,
    max_tokens: official ? undefined : maxTokens,
    temperature,
    top_p: topP,
    stop,
    seed,
    tools: request.tools.length > 0 ? request.tools.map(chatTool) : undefined,
    response_format: request.schema && { type: 'json_schema', json_schema: namedSchema(request.schema) },
    stream: stream ? true : undefined,
    stream_options: stream ? { include_usage: true } : undefined,
  });
}

/** A schema for the answer as OpenAI takes it: strict where it qualifies. */
export function namedSchema(schema: JsonObject): JsonObject {
  const strict = strictSchema(schema);
  return { name: 'answer', strict, schema: strict ? withTypes(schema) : schema };
}

function chatTool({ name, description, parameters }: ProviderRequest['tools'][number]): JsonObject {
  const strict = strictSchema(parameters);
  const schema = strict ? withTypes(parameters) : parameters;
  return {
    type: 'function',
    function: present({ name, description, parameters: schema, strict: strict || undefined }),
  };
}

function readChat(answer: Record<string, unknown>): Completion {
  const [choice] = list(answer.choices);
  if (!isRecord(choice)) throw badAnswer('the answer has no choices');
  const { message } = choice;
  if (!isRecord(message)) throw badAnswer('the answer has no message');
  const text = contentText(message.content);
  const refusal = typeof message.refusal === 'string' && message.refusal !== '' ? message.refusal : undefined;
  const toolCalls = readToolCalls(message);
  const word = typeof choice.finish_reason === 'string' ? choice.finish_reason : undefined;
  const cutShort = word === 'length' || word === 'content_filter';
  if (text === undefined && refusal === undefined && toolCalls.length === 0 && !cutShort) {
    throw badAnswer('the answer has no content');
  }
  return {
    output: text ?? '',
    ...(toolCalls.length > 0 && { toolCalls }),
    ...finish(word, refusal),
    ...(refusal !== undefined && { refusal }),
    ...readUsage(answer.usage),
    ...(typeof answer.model === 'string' && { answeredBy: answer.model }),
  };
}

/** Text, or the text among typed parts, which some compatible servers send. */
function contentText(content: unknown): string | undefined {
  if (typeof content === 'string') return content;
  const texts = list(content).map((part) => (isRecord(part) && typeof part.text === 'string' ? part.text : undefined));
  return texts.some((text) => text !== undefined) ? texts.join('') : undefined;
}

function readToolCalls(message: Record<string, unknown>): NonNullable<Completion['toolCalls']> {
  const calls = list(message.tool_calls).map((call) => {
    const asked = isRecord(call) && isRecord(call.function) ? call.function : undefined;
    return isRecord(call) && asked ? toolCall(call.id, asked.name, asked.arguments) : undefined;
  });
  const known = calls.filter((call) => call !== undefined);
  if (known.length < calls.length) throw badAnswer('the answer has a tool call without a name');
  return known;
}

function finish(
  word: string | undefined,
  refusal: string | undefined,
): Pick<Completion, 'finishReason' | 'finishDetail'> {
  if (refusal !== undefined) return { finishReason: 'refusal' };
  const reason = word !== undefined && Object.hasOwn(FINISH, word) ? FINISH[word] : undefined;
  if (reason !== undefined) return { finishReason: reason };
  return word === undefined ? { finishReason: 'other' } : { finishReason: 'other', finishDetail: word };
}

function readUsage(usage: unknown): Pick<Completion, 'usage'> {
  if (!isRecord(usage)) return {};
  const input = isRecord(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const output = isRecord(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  return usageOf({
    inputTokens: count(usage.prompt_tokens),
    outputTokens: count(usage.completion_tokens),
    cachedInputTokens: count(input.cached_tokens),
    reasoningTokens: count(output.reasoning_tokens),
  });
}

interface CallPieces {
  id?: unknown;
  name: string;
  arguments: string;
}

/** Puts the chunks of a chat stream together. A stream without a finish reason was cut off. */
class ChatCollector implements Collector {
  #content: string | undefined;
  #refusal: string | undefined;
  #finish: string | undefined;
  #model: unknown;
  #usage: unknown;
  readonly #calls = new Map<unknown, CallPieces>();

  take(chunk: Record<string, unknown>): boolean {
    if (isRecord(chunk.usage)) this.#usage = chunk.usage;
    if (typeof chunk.model === 'string') this.#model = chunk.model;
    // Several answers to one request are told apart by index; the first is the one that counts.
    const choice = list(chunk.choices).find((each) => isRecord(each) && (each.index ?? 0) === 0);
    if (!isRecord(choice)) return false;
    if (typeof choice.finish_reason === 'string') this.#finish = choice.finish_reason;
    return isRecord(choice.delta) && this.#takeDelta(choice.delta);
  }

  answer(): Record<string, unknown> | undefined {
    if (this.#finish === undefined) return undefined;
    const calls = [...this.#calls.values()].map(({ id, name, arguments: written }) => ({
      id,
      function: { name, arguments: written },
    }));
    const message = { content: this.#content ?? null, refusal: this.#refusal ?? null, tool_calls: calls };
    return { model: this.#model, usage: this.#usage, choices: [{ finish_reason: this.#finish, message }] };
  }

  #takeDelta(delta: Record<string, unknown>): boolean {
    let something = false;
    if (typeof delta.content === 'string') {
      this.#content = (this.#content ?? '') + delta.content;
      something = delta.content !== '';
    }
    if (typeof delta.refusal === 'string') {
      this.#refusal = (this.#refusal ?? '') + delta.refusal;
      something = true;
    }
    for (const call of list(delta.tool_calls)) if (isRecord(call)) something = this.#takeCall(call) || something;
    return something;
  }

  #takeCall(call: Record<string, unknown>): boolean {
    const pieces = this.#calls.get(call.index) ?? { name: '', arguments: '' };
    this.#calls.set(call.index, pieces);
    if (typeof call.id === 'string' && call.id !== '') pieces.id = call.id;
    if (!isRecord(call.function)) return false;
    if (typeof call.function.name === 'string') pieces.name += call.function.name;
    if (typeof call.function.arguments === 'string') pieces.arguments += call.function.arguments;
    return true;
  }
}
