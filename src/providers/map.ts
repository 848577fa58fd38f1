import { anthropic } from './anthropic.js';
import { exec } from './exec.js';
import { http } from './http.js';
import { mock } from './mock.js';
import { module } from './module.js';
import { openai } from './openai.js';
import { outputs } from './outputs.js';
import type { ProviderDefinition } from './provider.js';

const definitions: readonly ProviderDefinition[] = [anthropic, exec, http, mock, module, openai, outputs];

/** Every kind of provider by its type. A definition is small; what it needs to answer loads when it is created. */
export const providerTypes: ReadonlyMap<string, ProviderDefinition> = new Map(
  definitions.map((definition) => [definition.type, definition]),
);
