import { describe, expect, test, vi } from 'vitest';
import { UserError } from '../../src/errors.js';
import { anthropic } from '../../src/providers/anthropic.js';
import { openai } from '../../src/providers/openai.js';
import type { ProviderSettings } from '../../src/vocabulary.js';
import { chatAnswer, responsesAnswer } from '../support/replies.js';
import type { Reply } from '../support/scripted-server.js';
import { patient, saying } from './conformance.js';
import { type Env, sdkWorld } from './sdk-world.js';
import { contextFor, failureOf } from './support.js';

const { server, openaiWith } = sdkWorld();

const created = async (definition: typeof openai, settings: ProviderSettings, env: Env): Promise<UserError> => {
  const error: unknown = await definition
    .create(contextFor('/', settings, { name: 'p', env }))
    .catch((reason: unknown) => reason);
  if (error instanceof UserError) return error;
  throw new Error(`no UserError: ${String(error)}`);
};

const hosts = (settings: object, env: Env) =>
  openai.hosts?.({ settings: { type: 'openai', ...settings }, env }).map(({ url, trusted }) => ({ url, trusted }));

describe('keys and addresses', () => {
  const CHAT: Reply = { json: chatAnswer('x') };
  const authorization = async (settings: Partial<ProviderSettings>, env: Env): Promise<string | undefined> => {
    server().script([CHAT]);
    await (await openaiWith(settings, env)).complete(saying('x'), patient());
    return server().requests.at(-1)?.headers.authorization;
  };

  test('a server on this machine gets the key that is named, and needs none', async () => {
    const env = { OPENAI_API_KEY: 'sk-own', LOCAL_KEY: 'sk-local' };
    expect(await authorization({ apiKeyEnv: 'LOCAL_KEY' }, env)).toBe('Bearer sk-local');
    expect(await authorization({ apiKeyEnv: 'OPENAI_API_KEY' }, env)).toBe('Bearer sk-own');
    expect(await authorization({}, env)).toBe('Bearer no-key');
    expect(await authorization({}, {})).toBe('Bearer no-key');
    expect(await authorization({ apiKeyEnv: 'ABSENT' }, env)).toBe('Bearer no-key');
  });

  test('the SDK’s own key goes to a server on this machine that the environment names', async () => {
    const env = { OPENAI_BASE_URL: `${server().url}/v1` };
    expect(await authorization({ baseURL: undefined }, { ...env, OPENAI_API_KEY: 'sk-own' })).toBe('Bearer sk-own');
    expect(await authorization({ baseURL: undefined }, env)).toBe('Bearer no-key');
  });

  test('no header tells of an organization that is none of this server’s', async () => {
    const env = { OPENAI_ORG_ID: 'org-secret', OPENAI_PROJECT_ID: 'proj-secret' };
    await authorization({}, env);
    expect(server().requests.at(-1)?.headers).not.toHaveProperty('openai-organization');
    await authorization({ organization: 'org-here' }, env);
    expect(server().requests.at(-1)?.headers['openai-organization']).toBe('org-here');
    expect(JSON.stringify(server().requests.at(-1)?.headers)).not.toContain('secret');
  });

  test('a missing key is the user’s to mend', async () => {
    expect((await created(openai, { type: 'openai' }, {})).problems[0]).toMatchObject({
      code: 'missing-key',
      message: expect.stringContaining('OPENAI_API_KEY'),
    });
    expect((await created(anthropic, { type: 'anthropic' }, { ANTHROPIC_API_KEY: '' })).problems[0]?.message).toContain(
      'ANTHROPIC_API_KEY',
    );
    const named = await created(openai, { type: 'openai', apiKeyEnv: 'MY_KEY' }, { OPENAI_API_KEY: 'sk' });
    expect(named.problems[0]?.message).toContain('MY_KEY');
  });

  test('the SDK’s own key does not go to a host from a config', async () => {
    const settings = { type: 'openai', baseURL: 'https://llm.example/v1' };
    const error = await created(openai, settings, { OPENAI_API_KEY: 'sk' });
    expect(error.problems[0]?.message).toContain('apiKeyEnv');
  });

  test('what would fail at the first call is said before it, and in replay no key is needed', () => {
    const settings = { type: 'openai', apiKeyEnv: 'MINE' };
    const check = (env: Env, calling: boolean) =>
      openai
        .check?.({ ...contextFor('/', settings, { name: 'p', env }), models: ['m'], calling })
        .map(({ code }) => code);
    expect(check({ OPENAI_API_KEY: 'sk' }, true)).toEqual(['missing-key']);
    expect(check({ OPENAI_API_KEY: 'sk' }, false)).toEqual([]);
    expect(check({ MINE: 'sk' }, true)).toEqual([]);
  });

  test('a line break behind a key is no part of it; a key that no header can carry is not printed', async () => {
    expect(await authorization({ apiKeyEnv: 'MINE' }, { MINE: ' sk-own\r\n' })).toBe('Bearer sk-own');
    const error = await created(openai, { type: 'openai' }, { OPENAI_API_KEY: 'sk-gr\u00fcn\nX: y' });
    expect(error.problems[0]?.message).toContain('OPENAI_API_KEY');
    expect(JSON.stringify(error.problems)).not.toContain('sk-gr');
  });

  test.each([
    ['openai', openai, 'OPENAI'],
    ['anthropic', anthropic, 'ANTHROPIC'],
  ] as const)(
    '%s: headers that the SDK takes from the process go to trusted hosts only',
    async (type, definition, prefix) => {
      const lines = 'X-Gateway: gate-secret\nX-Other: 1';
      vi.stubEnv(`${prefix}_CUSTOM_HEADERS`, lines);
      const seen: (string | null)[] = [];
      const answer: typeof fetch = async (_, init) => {
        seen.push(new Headers(init?.headers).get('x-gateway'));
        return Response.json({});
      };
      const env = { [`${prefix}_CUSTOM_HEADERS`]: lines, KEY: 'sk', [`${prefix}_API_KEY`]: 'sk' };
      const addresses = [undefined, 'https://other.example', 'http://127.0.0.1:8080'];
      for (const baseURL of addresses) {
        const settings = { type, ...(baseURL && { baseURL, apiKeyEnv: 'KEY' }) };
        const provider = await definition.create(contextFor('/', settings, { name: 'p', env, fetch: answer }));
        await failureOf(provider.complete(saying('x'), patient()));
      }
      expect(seen).toEqual(['gate-secret', null, null]);
      vi.unstubAllEnvs();
    },
  );

  test('addresses: a config’s is not trusted, the SDK’s and the environment’s are', () => {
    expect(hosts({}, {})).toEqual([{ url: 'https://api.openai.com/v1', trusted: true }]);
    expect(hosts({}, { OPENAI_BASE_URL: 'https://gate.example/v1' })).toEqual([
      { url: 'https://gate.example/v1', trusted: true },
    ]);
    expect(hosts({ baseURL: 'https://evil.example' }, { OPENAI_BASE_URL: 'https://gate.example/v1' })).toEqual([
      { url: 'https://evil.example', trusted: false },
    ]);
    expect(hosts({ baseURL: 'https://api.openai.com/v2' }, {})).toEqual([
      { url: 'https://api.openai.com/v2', trusted: true },
    ]);
    expect(hosts({ baseURL: 'https://api.openai.com.evil.example' }, {})?.[0]?.trusted).toBe(false);
    expect(hosts({ baseURL: 'http://api.openai.com/v1' }, {})?.[0]?.trusted).toBe(false);
    expect(
      anthropic.hosts?.({ settings: { type: 'anthropic' }, env: { ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' } })[0],
    ).toMatchObject({ url: 'http://127.0.0.1:1', trusted: true });
  });

  test('another server is spoken to in chat, also when the environment names it', async () => {
    const env = { OPENAI_BASE_URL: `${server().url}/v1` };
    server().script([CHAT]);
    await (await openaiWith({ baseURL: undefined }, env)).complete(saying('x'), patient());
    expect(server().requests.at(-1)?.path).toBe('/v1/chat/completions');
  });

  test('OpenAI itself is spoken to in Responses, with its own names', async () => {
    const seen: { url: string; body: unknown }[] = [];
    const answer = async (url: unknown, init?: RequestInit): Promise<Response> => {
      seen.push({ url: String(url), body: JSON.parse(String(init?.body)) });
      return Response.json(String(url).endsWith('/responses') ? responsesAnswer('x') : chatAnswer('x'));
    };
    const context = (settings: object) =>
      contextFor(
        '/',
        { type: 'openai', ...settings },
        { name: 'openai', env: { OPENAI_API_KEY: 'sk' }, fetch: answer },
      );
    const parameters = { maxTokens: 3 };
    await (await openai.create(context({}))).complete(saying('x', { parameters }), patient());
    const completion = await (await openai.create(context({ api: 'chat' }))).complete(
      saying('x', { parameters }),
      patient(),
    );
    expect(seen).toMatchObject([
      { url: 'https://api.openai.com/v1/responses', body: { max_output_tokens: 3 } },
      { url: 'https://api.openai.com/v1/chat/completions', body: { max_completion_tokens: 3 } },
    ]);
    expect(completion.latencyMs).toBeGreaterThanOrEqual(0);
  });

  test('every variable that may hold a key is named', () => {
    expect(openai.keys({ type: 'openai', apiKeyEnv: 'MINE' })).toEqual([
      'MINE',
      'OPENAI_API_KEY',
      'OPENAI_CUSTOM_HEADERS',
    ]);
    expect(anthropic.keys({ type: 'anthropic' })).toEqual(['ANTHROPIC_API_KEY', 'ANTHROPIC_CUSTOM_HEADERS']);
  });
});
