import type { Completion, JsonObject } from '../vocabulary.js';
import { badAnswer, count, list, usageOf } from './answers.js';
import { isRecord } from '../objects.js';
import { ProviderError, type ProviderRequest } from './provider.js';
import type { Endpoint } from './sdk-call.js';

/** The body of a request for vectors; as floats, for the SDK would ask for base64. @throws ProviderError without texts */
export function embeddingsBody(request: ProviderRequest): JsonObject {
  const texts = request.texts ?? [];
  if (texts.length === 0) {
    throw new ProviderError({ kind: 'bad-request', message: 'there is no text to embed' }, { retry: 'no' });
  }
  return { model: request.name, input: texts, encoding_format: 'float' };
}

/** Embeddings of so many texts: exactly one vector each, all of one length, in the order of the texts. */
export function embeddings(texts: number): Endpoint {
  return { path: '/embeddings', read: (answer) => readEmbeddings(answer, texts) };
}

function readEmbeddings(answer: Record<string, unknown>, texts: number): Completion {
  const vectors = new Map<unknown, number[]>();
  for (const item of list(answer.data)) {
    if (isRecord(item) && isVector(item.embedding)) vectors.set(item.index, item.embedding);
  }
  const inOrder = Array.from({ length: texts }, (_, index) => vectors.get(index));
  const complete = inOrder.filter((vector) => vector !== undefined);
  if (complete.length < texts || vectors.size !== texts)
    throw badAnswer(`the answer has not one vector for each of ${texts} texts`);
  if (new Set(complete.map((vector) => vector.length)).size !== 1)
    throw badAnswer('the answer has vectors of several lengths');
  const usage = isRecord(answer.usage) ? answer.usage : {};
  return {
    output: '',
    finishReason: 'stop',
    embeddings: complete,
    ...usageOf({
      inputTokens: count(usage.prompt_tokens),
      outputTokens: undefined,
      cachedInputTokens: undefined,
      reasoningTokens: undefined,
    }),
    ...(typeof answer.model === 'string' && { answeredBy: answer.model }),
  };
}

function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((each) => Number.isFinite(each));
}
