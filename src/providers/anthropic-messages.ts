import type { Completion, FinishReason, JsonObject } from '../vocabulary.js';
import { badAnswer, count, list, toolCall, usageOf } from './answers.js';
import { isRecord } from '../objects.js';
import { present } from './passthrough.js';
import { ProviderError, type ProviderRequest } from './provider.js';
import type { Collector, Endpoint } from './sdk-call.js';

/** Anthropic's Messages API. */
export const messages: Endpoint = { path: '/v1/messages', read: readMessage, collector: () => new MessageCollector() };

/** The API wants a limit; this one holds where a prompt names none. */
export const DEFAULT_MAX_TOKENS = 4096;

const FINISH: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool-calls',
  refusal: 'refusal',
};

/**
 * The body of a request: system messages are joined to one text, the others keep their order and roles.
 * @param format the schema for the answer as the API takes it, if any
 * @throws ProviderError for `seed`, which the API does not have
 */
export function messagesBody(request: ProviderRequest, format: JsonObject | undefined): JsonObject {
  const { maxTokens, temperature, topP, stop, seed, stream } = request.parameters;
  if (seed !== undefined) {
    throw new ProviderError(
      { kind: 'bad-request', message: 'the Messages API has no seed: leave it out' },
      { retry: 'no' },
    );
  }
  const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  return present({
    model: request.name,
    max_tokens: maxTokens ?? DEFAULT_MAX_TOKENS,
    system: system.length > 0 ? system.join('\n\n') : undefined,
    messages: request.messages.filter(({ role }) => role !== 'system').map(({ role, content }) => ({ role, content })),
    temperature,
    top_p: topP,
    stop_sequences: stop,
    tools: request.tools.length > 0 ? request.tools.map(messagesTool) : undefined,
    output_config: format && { format },
    ...(stream && { stream: true }),
  });
}

function messagesTool({ name, description, parameters }: ProviderRequest['tools'][number]): JsonObject {
  return present({ name, description, input_schema: parameters });
}

function readMessage(answer: Record<string, unknown>): Completion {
  const blocks = list(answer.content).filter(isRecord);
  const texts = blocks.flatMap((block) =>
    block.type === 'text' && typeof block.text === 'string' ? [block.text] : [],
  );
  const toolCalls = readToolCalls(blocks);
  const word = typeof answer.stop_reason === 'string' ? answer.stop_reason : undefined;
  const reason = word !== undefined && Object.hasOwn(FINISH, word) ? FINISH[word] : undefined;
  const mayBeEmpty = reason === 'refusal' || reason === 'length' || word === 'stop_sequence' || word === 'pause_turn';
  if (!Array.isArray(answer.content) || (texts.length === 0 && toolCalls.length === 0 && !mayBeEmpty)) {
    throw badAnswer('the answer has no content');
  }
  return {
    output: texts.join(''),
    ...(toolCalls.length > 0 && { toolCalls }),
    finishReason: reason ?? 'other',
    ...(reason === undefined && word !== undefined && { finishDetail: word }),
    ...refusalOf(answer, reason, texts.join('')),
    ...readUsage(answer.usage),
    ...(typeof answer.model === 'string' && { answeredBy: answer.model }),
  };
}

/** The API's own explanation, else what the model said. */
function refusalOf(
  answer: Record<string, unknown>,
  reason: FinishReason | undefined,
  text: string,
): Pick<Completion, 'refusal'> {
  if (reason !== 'refusal') return {};
  const explanation = isRecord(answer.stop_details) ? answer.stop_details.explanation : undefined;
  return { refusal: typeof explanation === 'string' && explanation !== '' ? explanation : text };
}

function readToolCalls(blocks: Record<string, unknown>[]): NonNullable<Completion['toolCalls']> {
  const calls = blocks.filter((block) => block.type === 'tool_use');
  const known = calls.map((block) => toolCall(block.id, block.name, block.input)).filter((call) => call !== undefined);
  if (known.length < calls.length) throw badAnswer('the answer has a tool call without a name');
  return known;
}

/** `input_tokens` leaves out what was read from or written to the cache; ours is all that went in. */
function readUsage(usage: unknown): Pick<Completion, 'usage'> {
  if (!isRecord(usage)) return {};
  const fresh = count(usage.input_tokens);
  const read = count(usage.cache_read_input_tokens);
  const written = count(usage.cache_creation_input_tokens);
  const details = isRecord(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return usageOf({
    inputTokens: fresh === undefined ? undefined : fresh + (read ?? 0) + (written ?? 0),
    outputTokens: count(usage.output_tokens),
    cachedInputTokens: read,
    cacheWriteTokens: written,
    reasoningTokens: count(details.thinking_tokens),
  });
}

interface BlockPieces {
  start: Record<string, unknown>;
  text: string;
  json: string;
}

/** Puts the events of a message stream together. A stream without a stop reason was cut off. */
class MessageCollector implements Collector {
  #message: Record<string, unknown> | undefined;
  #delta: Record<string, unknown> = {};
  #usage: Record<string, unknown> = {};
  readonly #blocks = new Map<unknown, BlockPieces>();

  take(event: Record<string, unknown>): boolean {
    if (event.type === 'message_start' && isRecord(event.message)) {
      this.#message = event.message;
      this.#addUsage(event.message.usage);
    } else if (event.type === 'content_block_start' && isRecord(event.content_block)) {
      const { text } = event.content_block;
      this.#blocks.set(event.index, {
        start: event.content_block,
        text: typeof text === 'string' ? text : '',
        json: '',
      });
    } else if (event.type === 'content_block_delta' && isRecord(event.delta)) {
      return this.#takeDelta(this.#blocks.get(event.index), event.delta);
    } else if (event.type === 'message_delta') {
      if (isRecord(event.delta)) this.#delta = { ...this.#delta, ...event.delta };
      this.#addUsage(event.usage);
    }
    return false;
  }

  answer(): Record<string, unknown> | undefined {
    if (this.#message === undefined || typeof this.#delta.stop_reason !== 'string') return undefined;
    return {
      ...this.#message,
      ...this.#delta,
      content: [...this.#blocks.values()].map(wholeBlock),
      usage: this.#usage,
    };
  }

  #takeDelta(block: BlockPieces | undefined, delta: Record<string, unknown>): boolean {
    if (block === undefined) return false;
    if (delta.type === 'text_delta' && typeof delta.text === 'string') block.text += delta.text;
    else if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string')
      block.json += delta.partial_json;
    else return false;
    return true;
  }

  /** Later numbers stand for the whole message; a `null` says nothing. */
  #addUsage(usage: unknown): void {
    if (!isRecord(usage)) return;
    for (const [key, value] of Object.entries(usage)) if (value !== null) this.#usage[key] = value;
  }
}

function wholeBlock({ start, text, json }: BlockPieces): Record<string, unknown> {
  if (start.type === 'text') return { ...start, text };
  return start.type === 'tool_use' && json !== '' ? { ...start, input: json } : start;
}
