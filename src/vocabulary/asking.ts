import type { Json, JsonObject } from './common.js';
import type { Message, Parameters, Tool } from './library.js';

/** Why a model is asked: the trial's own answer, a judge's grading, or vectors for a similarity. */
export type Purpose = 'trial' | 'judge' | 'embedding';

/** Everything that can change a model's answer. `model` is `provider:name`. */
export interface ModelRequest {
  model: string;
  messages: Message[];
  parameters: Parameters;
  tools: Tool[];
  /** JSON Schema that the answer should follow, in the provider's structured mode. */
  schema?: JsonObject;
  /** The case's variables: only for providers that run an application rather than a model (`exec`, `module`, `http`). */
  vars?: JsonObject;
  /** Texts to embed: only for the purpose `embedding`, where `messages` is empty. */
  texts?: string[];
}

/** A function call that the model asked for; `arguments` as the model wrote them, parsed when they are JSON. */
export interface ToolCall {
  id?: string;
  name: string;
  arguments: Json;
}

/** Tokens used. A number the provider did not state, or stated as nonsense, is absent, never 0. */
export interface Usage {
  inputTokens?: number;
  outputTokens?: number;
  /** Read from a cache, and part of `inputTokens`, as those are that were written to one. */
  cachedInputTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
}

/** Why the answer ended. `other` is a reason we do not know; the provider's own word is kept in `Completion.finishDetail`. */
export type FinishReason = 'stop' | 'length' | 'tool-calls' | 'content-filter' | 'refusal' | 'other';

/** A model's answer. */
export interface Completion {
  /** The text; empty when the model only called tools or refused without text. */
  output: string;
  toolCalls?: ToolCall[];
  finishReason: FinishReason;
  finishDetail?: string;
  /** The provider's own refusal text. */
  refusal?: string;
  usage?: Usage;
  /** The provider's time for the successful attempt in milliseconds, from request to last byte. */
  latencyMs?: number;
  /** Milliseconds to the first token; only when streaming. */
  firstTokenMs?: number;
  /** The model that says it answered, e.g. the dated one behind an alias. */
  answeredBy?: string;
  /** Price of the call in US dollars; absent when the price or the usage is unknown. */
  costUsd?: number;
  /** One vector per text; only for the purpose `embedding`. */
  embeddings?: number[][];
}

/**
 * What kind of trouble kept a model from answering. `budget` and `unavailable`: it was not asked, because the budget is spent or
 * its provider or the model has been given up.
 */
export type FailureKind =
  | 'rate-limited'
  | 'quota'
  | 'overloaded'
  | 'server'
  | 'network'
  | 'timeout'
  | 'bad-response'
  | 'auth'
  | 'bad-request'
  | 'not-found'
  | 'too-large'
  | 'not-recorded'
  | 'blocked'
  | 'aborted'
  | 'budget'
  | 'unavailable'
  | 'code';

/** Why there is no answer; the message is safe to print: no headers, no keys. */
export interface Failure {
  kind: FailureKind;
  message: string;
  /** HTTP status, where there was one. */
  status?: number;
}

/** Where an answer came from. `local`: computed without a model (mock, finished outputs). */
export type AnswerSource = 'call' | 'recording' | 'local';

/** Would trying again help? `rate-limited` may carry the server's own delay in milliseconds. Absent or `no`: it would not. */
export type Retry = { retry: 'no' } | { retry: 'transient' } | { retry: 'rate-limited'; afterMs?: number };

/** What a server says of one of its rate limits: how much is left, and in how many milliseconds it will be whole again. */
export interface RateWindow {
  of: 'requests' | 'tokens' | 'input-tokens' | 'output-tokens';
  remaining: number;
  resetMs: number;
}

/**
 * The port's result. `attempts` counts network tries, 0 for a recording; `handWritten` marks a sample recording; `rateLimits`
 * is what the server said of its limits beside the answer.
 */
export type Answer = { rateLimits?: readonly RateWindow[] } & (
  | { ok: true; completion: Completion; attempts: number; source: AnswerSource; handWritten?: boolean }
  | { ok: false; failure: Failure; attempts: number; retry?: Retry }
);
