import { afterAll, beforeAll, beforeEach } from 'vitest';
import { anthropic } from '../../src/providers/anthropic.js';
import { openai } from '../../src/providers/openai.js';
import type { Provider, ProviderContext, ProviderRequest } from '../../src/providers/provider.js';
import { guardedFetch } from '../../src/providers/wire.js';
import type { Completion, ProviderSettings } from '../../src/vocabulary.js';
import { type Reply, type ScriptedServer, startServer } from '../support/scripted-server.js';
import { patient, saying } from './conformance.js';
import { contextFor } from './support.js';

/** The environment that a provider sees. */
export type Env = ProviderContext['env'];

/** A server for a test file, and SDK providers that talk to it. */
export interface SdkWorld {
  server(): ScriptedServer;
  openaiWith(settings?: Partial<ProviderSettings>, env?: Env): Promise<Provider>;
  anthropicWith(env?: Env): Promise<Provider>;
  /** What the server is sent for a request, when it replies so. */
  sent(provider: Promise<Provider>, request: ProviderRequest, reply: Reply): Promise<unknown>;
  /** What a provider makes of a reply. */
  ask(provider: Promise<Provider>, reply: Reply): Promise<Completion>;
}

/** Starts the server before a file's tests and ends it after them. */
export function sdkWorld(): SdkWorld {
  const { fetch, close } = guardedFetch();
  let started: ScriptedServer | undefined;
  const server = (): ScriptedServer => {
    if (started === undefined) throw new Error('the server runs in tests only');
    return started;
  };
  beforeAll(async () => {
    started = await startServer([{}]);
  });
  afterAll(async () => {
    await close();
    await started?.close();
  });
  beforeEach(() => server().forget());
  const openaiWith: SdkWorld['openaiWith'] = (settings = {}, env = {}) => {
    const all: ProviderSettings = { type: 'openai', baseURL: `${server().url}/v1`, ...settings };
    return openai.create(contextFor('/', all, { name: 'local', env, fetch }));
  };
  const anthropicWith: SdkWorld['anthropicWith'] = (env = {}) => {
    const all: ProviderSettings = { type: 'anthropic', baseURL: server().url };
    return anthropic.create(contextFor('/', all, { name: 'anthropic', env, fetch }));
  };
  const sent: SdkWorld['sent'] = async (provider, request, reply) => {
    server().script([reply]);
    await (await provider).complete(request, patient());
    return server().requests.at(-1)?.json;
  };
  const ask: SdkWorld['ask'] = async (provider, reply) => {
    server().script([reply]);
    return (await provider).complete(saying('x'), patient());
  };
  return { server, openaiWith, anthropicWith, sent, ask };
}
