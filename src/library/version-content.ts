import type { JsonObject, Parameters, Prompt, Tool } from '../vocabulary.js';
import type { Canonical } from './canonical.js';

/** All that a model can see of a prompt whose template is canonical, as in a lock file. */
export interface CanonicalPrompt {
  messages: readonly Canonical[];
  parameters: Parameters;
  output?: JsonObject;
  structured: Prompt['structured'];
  tools: readonly Tool[];
}

/** What a version is the hash of. Here, apart from the hash, for applications, which go without node:crypto. */
export function versionContent({ messages, parameters, output, structured, tools }: CanonicalPrompt): unknown {
  const { stream: _, ...seen } = parameters;
  return { messages, parameters: seen, output: structured === 'off' ? undefined : output, tools };
}
