import type { JsonObject } from '../vocabulary.js';
import { chatBody, chatCompletions } from './openai-chat.js';
import { embeddings, embeddingsBody } from './openai-embeddings.js';
import { responses, responsesBody } from './openai-responses.js';
import { withOwnParameters } from './passthrough.js';
import type { Provider, ProviderContext, ProviderDefinition, ProviderRequest } from './provider.js';
import { type Caller, callSdk, NO_TIMEOUT_MS } from './sdk-call.js';
import { takeShortcuts } from './sdk-shortcuts.js';
import {
  apiKey,
  type BaseUrl,
  baseUrl,
  checkSdk,
  keyVariables,
  type SdkDefaults,
  withheldHeaders,
} from './sdk-settings.js';
import { textSetting } from './settings.js';

const DEFAULTS: SdkDefaults = {
  url: 'https://api.openai.com/v1',
  urlVariable: 'OPENAI_BASE_URL',
  keyVariable: 'OPENAI_API_KEY',
  headersVariable: 'OPENAI_CUSTOM_HEADERS',
};

/**
 * OpenAI, and every server that speaks its language, through the official SDK. `api` chooses between Responses (the default
 * for OpenAI itself) and Chat Completions (the default for any other base URL).
 */
export const openai: ProviderDefinition = {
  type: 'openai',
  calls: 'network',
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: {
      baseURL: { type: 'string', minLength: 1, description: 'Base URL of a compatible server.' },
      apiKeyEnv: { type: 'string', minLength: 1, description: 'The environment variable that holds the key.' },
      api: { enum: ['responses', 'chat'], description: 'Which API to use.' },
      organization: { type: 'string', minLength: 1, description: 'The organization that is charged.' },
    },
  },
  keys: (settings) => keyVariables(settings, DEFAULTS),
  hosts: (context) => [baseUrl(context, DEFAULTS)],
  check: (context) => checkSdk(context, DEFAULTS),
  create: async (context) => {
    const base = baseUrl(context, DEFAULTS);
    const { key, secrets } = apiKey(context, base, DEFAULTS);
    const client = await makeClient(context, base, key);
    const useChat = (context.settings.api ?? (base.official ? 'responses' : 'chat')) === 'chat';
    return provider(
      { client, name: context.name, secrets, redact: context.redact, now: context.now },
      useChat,
      base.official,
    );
  },
};

function provider(caller: Caller, useChat: boolean, official: boolean): Provider {
  const own = (body: JsonObject, request: ProviderRequest): JsonObject =>
    withOwnParameters(body, request.parameters, 'openai', caller.name);
  return {
    complete: async (request, call) => {
      const body = own(useChat ? chatBody(request, official) : responsesBody(request), request);
      return callSdk(caller, useChat ? chatCompletions : responses, body, call);
    },
    embed: async (request, call) => {
      const body = own(embeddingsBody(request), request);
      return callSdk(caller, embeddings(request.texts?.length ?? 0), body, call);
    },
  };
}

/** The SDK without its own retries, deadline and log, and without what it would read from the environment by itself. */
async function makeClient(context: ProviderContext, base: BaseUrl, key: string): Promise<Caller['client']> {
  const { OpenAI } = await import('openai');
  const client = new OpenAI({
    apiKey: key,
    adminAPIKey: null,
    webhookSecret: null,
    baseURL: base.url,
    organization: textSetting(context, 'organization') ?? (base.official ? context.env.OPENAI_ORG_ID : null) ?? null,
    project: (base.official ? context.env.OPENAI_PROJECT_ID : null) ?? null,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    defaultHeaders: withheldHeaders(context, base, DEFAULTS),
    fetch: context.fetch,
  });
  takeShortcuts(client, context.fetch);
  return client;
}
