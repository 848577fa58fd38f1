import { contentHash } from '../hash.js';
import type { ModelDescription } from '../providers/provider.js';
import type { Json, ModelRequest, Parameters } from '../vocabulary.js';
import type { AskContext } from './ask.js';

const KEY_DIGITS = 16;

/** The neutral parameters that change an answer: `stream` changes its transport only. */
const NEUTRAL = ['maxTokens', 'temperature', 'topP', 'stop', 'seed'] as const;

/**
 * Names a reply by everything that can change it: kind of provider, model, messages, the parameters that reach this provider,
 * tools, schema, texts, repeat and purpose. Not by the base URL, nor by the name a provider has in the config: the same model
 * behind another address gives the same answers. A user's application is told apart by that name, though, since its settings
 * are the application; it sees the variables, and its code the case, too.
 * @returns 16 hex digits
 */
export function recordingKey(
  model: Pick<ModelDescription, 'type' | 'name' | 'provider' | 'calls'>,
  request: ModelRequest,
  { purpose, trial }: Pick<AskContext, 'purpose' | 'trial'>,
): string {
  const code = model.calls === 'code';
  const application = code || model.type === 'http';
  const everything = {
    type: model.type,
    name: model.name,
    messages: request.messages,
    parameters: reaching(model, request.parameters),
    tools: request.tools,
    schema: request.schema,
    texts: request.texts,
    purpose,
    repeat: trial.repeat,
    application: application ? { provider: model.provider, vars: request.vars } : undefined,
    case: code ? trial.case : undefined,
  };
  return contentHash(everything, KEY_DIGITS);
}

/** The parameters that this provider is sent; those of other providers lie beside them in the same prompt. */
function reaching({ type, provider }: Pick<ModelDescription, 'type' | 'provider'>, parameters: Parameters) {
  const neutral: Record<string, Json | undefined> = {};
  for (const key of NEUTRAL) neutral[key] = parameters[key];
  const own = (key: string): Json | undefined => (Object.hasOwn(parameters, key) ? parameters[key] : undefined);
  return { neutral, byType: own(type), byName: provider === type ? undefined : own(provider) };
}
