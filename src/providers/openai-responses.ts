import type { Completion, JsonObject } from '../vocabulary.js';
import { badAnswer, count, list, toolCall, usageOf } from './answers.js';
import { isRecord } from '../objects.js';
import { namedSchema } from './openai-chat.js';
import { present } from './passthrough.js';
import { ProviderError, type ProviderRequest } from './provider.js';
import type { Collector, Endpoint } from './sdk-call.js';
import { strictSchema, withTypes } from './strict-schema.js';

/** The Responses API: what OpenAI itself speaks today. */
export const responses: Endpoint = { path: '/responses', read: readResponse, collector: () => new ResponseCollector() };

/**
 * The body of a request. Replies are not kept on the server (`store: false`): each trial stands alone.
 * @throws ProviderError for parameters that this API does not have: dropping them would change the answer unseen
 */
export function responsesBody(request: ProviderRequest): JsonObject {
  const { maxTokens, temperature, topP, stop, seed, stream } = request.parameters;
  const unknown = [stop !== undefined && 'stop', seed !== undefined && 'seed'].filter((each) => each !== false);
  if (unknown.length > 0) {
    const message = `the Responses API has no ${unknown.join(' and no ')}: configure a provider with api: chat, or leave it out`;
    throw new ProviderError({ kind: 'bad-request', message }, { retry: 'no' });
  }
  return present({
    model: request.name,
    input: request.messages.map(({ role, content }) => ({ role, content })),
    max_output_tokens: maxTokens,
    temperature,
    top_p: topP,
    tools: request.tools.length > 0 ? request.tools.map(responsesTool) : undefined,
    text: request.schema && { format: { type: 'json_schema', ...namedSchema(request.schema) } },
    store: false,
    stream: stream ? true : undefined,
  });
}

/** Strictness is always said: here the server takes silence for `true`. */
function responsesTool({ name, description, parameters }: ProviderRequest['tools'][number]): JsonObject {
  const strict = strictSchema(parameters);
  return present({
    type: 'function',
    name,
    description,
    parameters: strict ? withTypes(parameters) : parameters,
    strict,
  });
}

function readResponse(answer: Record<string, unknown>): Completion {
  const items = list(answer.output).filter(isRecord);
  const parts = items.filter((item) => item.type === 'message').flatMap((item) => list(item.content).filter(isRecord));
  const texts = parts.flatMap((part) =>
    part.type === 'output_text' && typeof part.text === 'string' ? [part.text] : [],
  );
  const refusals = parts.flatMap((part) =>
    part.type === 'refusal' && typeof part.refusal === 'string' ? [part.refusal] : [],
  );
  const toolCalls = readToolCalls(items);
  const finish = finishOf(answer, toolCalls.length > 0, refusals.length > 0);
  if (texts.length + refusals.length + toolCalls.length === 0 && answer.status !== 'incomplete') {
    throw badAnswer('the answer has no content');
  }
  return {
    output: texts.join(''),
    ...(toolCalls.length > 0 && { toolCalls }),
    ...finish,
    ...(refusals.length > 0 && { refusal: refusals.join('') }),
    ...readUsage(answer.usage),
    ...(typeof answer.model === 'string' && { answeredBy: answer.model }),
  };
}

function readToolCalls(items: Record<string, unknown>[]): NonNullable<Completion['toolCalls']> {
  const calls = items.filter((item) => item.type === 'function_call');
  const known = calls
    .map((item) => toolCall(item.call_id, item.name, item.arguments))
    .filter((call) => call !== undefined);
  if (known.length < calls.length) throw badAnswer('the answer has a tool call without a name');
  return known;
}

function finishOf(
  answer: Record<string, unknown>,
  calls: boolean,
  refused: boolean,
): Pick<Completion, 'finishReason' | 'finishDetail'> {
  if (answer.status === 'completed') return { finishReason: refused ? 'refusal' : calls ? 'tool-calls' : 'stop' };
  if (answer.status !== 'incomplete') throw badAnswer(`the answer is not finished (${String(answer.status)})`);
  const reason = isRecord(answer.incomplete_details) ? answer.incomplete_details.reason : undefined;
  if (reason === 'max_output_tokens') return { finishReason: 'length' };
  if (reason === 'content_filter') return { finishReason: 'content-filter' };
  return { finishReason: 'other', finishDetail: typeof reason === 'string' ? reason : 'incomplete' };
}

function readUsage(usage: unknown): Pick<Completion, 'usage'> {
  if (!isRecord(usage)) return {};
  const input = isRecord(usage.input_tokens_details) ? usage.input_tokens_details : {};
  const output = isRecord(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return usageOf({
    inputTokens: count(usage.input_tokens),
    outputTokens: count(usage.output_tokens),
    cachedInputTokens: count(input.cached_tokens),
    reasoningTokens: count(output.reasoning_tokens),
  });
}

const LAST_EVENTS: ReadonlySet<unknown> = new Set(['response.completed', 'response.incomplete', 'response.failed']);
const CONTENT_EVENTS: ReadonlySet<unknown> = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.function_call_arguments.delta',
]);

/** The last event of a stream has the whole answer in it; an error event is the answer, too, as the error it names. */
class ResponseCollector implements Collector {
  #last: Record<string, unknown> | undefined;

  take(event: Record<string, unknown>): boolean {
    if (event.type === 'error') this.#last = event;
    else if (LAST_EVENTS.has(event.type) && isRecord(event.response)) this.#last = event.response;
    return CONTENT_EVENTS.has(event.type);
  }

  answer(): Record<string, unknown> | undefined {
    return this.#last;
  }
}
