import type { JsonObject } from '../vocabulary.js';
import { messages, messagesBody } from './anthropic-messages.js';
import { withOwnParameters } from './passthrough.js';
import type { ProviderContext, ProviderDefinition } from './provider.js';
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
import { closableSchema } from './strict-schema.js';

const DEFAULTS: SdkDefaults = {
  url: 'https://api.anthropic.com',
  urlVariable: 'ANTHROPIC_BASE_URL',
  keyVariable: 'ANTHROPIC_API_KEY',
  headersVariable: 'ANTHROPIC_CUSTOM_HEADERS',
};

/** Anthropic's models through the official SDK. It has no embeddings. */
export const anthropic: ProviderDefinition = {
  type: 'anthropic',
  calls: 'network',
  embeds: () => false,
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: {
      baseURL: { type: 'string', minLength: 1, description: 'Base URL of a compatible server.' },
      apiKeyEnv: { type: 'string', minLength: 1, description: 'The environment variable that holds the key.' },
    },
  },
  keys: (settings) => keyVariables(settings, DEFAULTS),
  hosts: (context) => [baseUrl(context, DEFAULTS)],
  check: (context) => checkSdk(context, DEFAULTS),
  create: async (context) => {
    const base = baseUrl(context, DEFAULTS);
    const { key, secrets } = apiKey(context, base, DEFAULTS);
    const client = await makeClient(context, base, key);
    const caller: Caller = { client, name: context.name, secrets, redact: context.redact, now: context.now };
    return {
      complete: async (request, call) => {
        const format = request.schema && (await outputFormat(request.schema));
        const body = withOwnParameters(messagesBody(request, format), request.parameters, 'anthropic', context.name);
        return callSdk(caller, messages, body, call);
      },
    };
  },
};

/**
 * The SDK without its own retries, deadline, log and traces, and without credentials it would look for by itself. Requests are
 * made with its `post`: `messages.create` prints a warning on each call of an older model.
 */
async function makeClient(context: ProviderContext, base: BaseUrl, key: string): Promise<Caller['client']> {
  const { Anthropic } = await import('@anthropic-ai/sdk');
  const client = new Anthropic({
    apiKey: key,
    webhookKey: null,
    baseURL: base.url,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: 'off',
    openTelemetry: false,
    defaultHeaders: withheldHeaders(context, base, DEFAULTS),
    fetch: context.fetch,
  });
  takeShortcuts(client, context.fetch);
  return client;
}

const formats = new WeakMap<JsonObject, Promise<JsonObject | undefined>>();

/**
 * A schema in the form that the API guarantees, made once per schema: the SDK closes its objects and turns limits that the API
 * cannot enforce into hints. A schema that does not bear this is not sent; the prompt and the assertions then speak for it.
 */
function outputFormat(schema: JsonObject): Promise<JsonObject | undefined> {
  const made = formats.get(schema) ?? makeFormat(schema);
  formats.set(schema, made);
  return made;
}

async function makeFormat(schema: JsonObject): Promise<JsonObject | undefined> {
  if (!closableSchema(schema)) return undefined;
  const { transformJSONSchema } = await import('@anthropic-ai/sdk/lib/transform-json-schema');
  const closed: JsonObject = JSON.parse(JSON.stringify(transformJSONSchema(structuredClone(schema))));
  return { type: 'json_schema', schema: closed };
}
