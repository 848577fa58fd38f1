import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { providerTypes } from '../../src/providers/map.js';
import { checkProviders, type OpenedProviders, providerPool, type ProviderWorld } from '../../src/providers/open.js';
import type { Config, Problem, ProviderSettings } from '../../src/vocabulary.js';
import { type ScriptedServer, startServer } from '../support/scripted-server.js';
import { failureOf, requestFor } from './support.js';

let root = '';
const pools: OpenedProviders[] = [];
const servers: ScriptedServer[] = [];
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), 'open-')), 'project');
  mkdirSync(root);
});
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
  for (const started of servers.splice(0)) await started.close();
  rmSync(dirname(root), { recursive: true, force: true });
});

type Providers = Config['providers'];

function world(more: Partial<ProviderWorld> = {}): ProviderWorld {
  const env = { PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}` };
  return { env, now: () => performance.now(), root, allowCode: false, allowHosts: [], allowKeys: [], ...more };
}

function check(
  models: string[],
  providers: Providers = {},
  more: Partial<ProviderWorld> = {},
  calling = true,
): Problem[] {
  return checkProviders(models, { providers }, world(more), { calling });
}

function open(providers: Providers = {}, more: Partial<ProviderWorld> = {}): OpenedProviders {
  const pool = providerPool({ providers }, world(more));
  pools.push(pool);
  return pool;
}

async function ask(pool: OpenedProviders, model: string) {
  const { name } = pool.describe(model);
  const provider = await pool.get(model);
  return provider.complete(requestFor({ model, name }), { signal: new AbortController().signal });
}

async function server(script: Parameters<typeof startServer>[0] = [{ json: { text: 'ok' } }]): Promise<ScriptedServer> {
  const started = await startServer(script);
  servers.push(started);
  return started;
}

const app = (url: string): ProviderSettings => ({ type: 'http', url });
const past = (path: string): Providers => ({ past: { type: 'outputs', path } });
const codes = (problems: readonly Problem[]) => problems.map((each) => each.code);

describe('a model names its provider', () => {
  it('by a configured name or a type; the rest may hold colons', () => {
    const pool = open({ local: { type: 'openai', baseURL: 'http://127.0.0.1:1/v1', concurrency: 3 } });
    expect(pool.describe('mock:echo')).toEqual({ provider: 'mock', type: 'mock', name: 'echo', calls: 'none' });
    expect(pool.describe('local:org/llama:8b:q4')).toEqual({
      provider: 'local',
      type: 'openai',
      name: 'org/llama:8b:q4',
      calls: 'network',
      concurrency: 3,
      account: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(check(['mock:echo'])).toEqual([]);
  });

  it('and shares the account of those that ask one address with one key', () => {
    const baseURL = 'https://api.example/v1';
    const one: ProviderSettings = { type: 'openai', baseURL, apiKeyEnv: 'ONE' };
    const pool = open(
      {
        one,
        alike: { ...one, apiKeyEnv: 'ALIKE', api: 'responses', concurrency: 2, limits: { requestsPerMinute: 9 } },
        key: { ...one, apiKeyEnv: 'OTHER' },
        address: { ...one, baseURL: 'https://api.example/v2' },
        charged: { ...one, organization: 'org-2' },
        language: { type: 'anthropic', baseURL, apiKeyEnv: 'ONE' },
      },
      { env: { ONE: 'sk-1', ALIKE: 'sk-1', OTHER: 'sk-2' } },
    );
    const account = (provider: string) => pool.describe(`${provider}:m`).account;
    expect(account('alike')).toBe(account('one'));
    const others = ['one', 'key', 'address', 'charged', 'language'].map(account);
    expect(new Set(others).size).toBe(others.length);
    expect(others.join(' ')).not.toContain('sk-');
  });

  it.each<[string, string, RegExp]>([
    ['gpt-5', 'bad-model', /provider:name/],
    ['openai:', 'bad-model', /provider:name/],
    [':gpt', 'bad-model', /provider:name/],
    ['', 'bad-model', /provider:name/],
    ['opnai:gpt-5', 'unknown-provider', /Did you mean "openai"/],
    ['nobody:gpt-5', 'unknown-provider', /anthropic, exec, http, mock, module, openai, outputs/],
    ['__proto__:x', 'unknown-provider', /Known are/],
    ['constructor:x', 'unknown-provider', /Known are/],
  ])('%s does not', (model, code, remedy) => {
    expect(check([model])).toMatchObject([{ code, remedy: expect.stringMatching(remedy) }]);
    expect(() => open().describe(model)).toThrow(UserError);
  });

  it('every type is in the map under its own name, and takes no setting it does not know', () => {
    for (const [type, definition] of providerTypes) {
      expect(definition.type).toBe(type);
      expect(definition.settings.additionalProperties).toBe(false);
    }
    expect([...providerTypes.keys()]).toEqual(['anthropic', 'exec', 'http', 'mock', 'module', 'openai', 'outputs']);
  });
});

describe('everything wrong is told at once, before anything is called', () => {
  it('with each provider once', () => {
    const found = check(
      ['openai:a', 'openai:b', 'oops', 'tool:x', 'tool:y', 'past:z', 'far:m', 'odd:q', 'mock:unscripted'],
      {
        tool: { type: 'exec', command: ['node', 'x.mjs'] },
        past: { type: 'outputs', path: 'missing.jsonl' },
        far: { type: 'http', url: 'https://evil.example/chat' },
        odd: { type: 'opneai' },
        http: { type: 'openai' },
      },
      { allowHosts: ['*.example'] },
    );
    expect(codes(found).toSorted()).toEqual(
      [
        'bad-allowed-host',
        'bad-model',
        'bad-provider',
        'bad-provider',
        'bad-provider',
        'code-not-allowed',
        'host-not-allowed',
        'missing-key',
        'no-such-file',
      ].toSorted(),
    );
    expect(found.every((each) => each.remedy.length > 10)).toBe(true);
    expect(JSON.stringify(found)).toContain('Did you mean \\"openai\\"');
  });

  it('a name that shadows a type must be of that type', () => {
    expect(codes(check([], { mock: { type: 'openai' } }))).toEqual(['bad-provider']);
    expect(check([], { mock: { type: 'mock', replies: 'x.yaml' } })).toEqual([]);
  });

  it('a provider that no model uses needs no key, file or permission', () => {
    const providers: Providers = {
      tool: { type: 'exec', command: ['x'] },
      far: { type: 'http', url: 'https://evil.example' },
      past: { type: 'outputs', path: 'missing' },
    };
    expect(check(['mock:echo'], providers)).toEqual([]);
  });
});

describe('keys', () => {
  it.each([
    ['openai:gpt', 'OPENAI_API_KEY'],
    ['anthropic:claude', 'ANTHROPIC_API_KEY'],
  ])('%s needs %s, but not where nothing is called', (model, variable) => {
    expect(check([model])).toMatchObject([{ code: 'missing-key', message: expect.stringContaining(variable) }]);
    expect(check([model], {}, { env: { [variable]: '' } })).toHaveLength(1);
    expect(check([model], {}, { env: { [variable]: 'sk-x' } })).toEqual([]);
    expect(check([model], {}, {}, false)).toEqual([]);
  });

  it('a server on this machine needs none', () => {
    expect(check(['local:m'], { local: { type: 'openai', baseURL: 'http://127.0.0.1:8080/v1' } })).toEqual([]);
    expect(check(['openai:m'], {}, { env: { OPENAI_BASE_URL: 'http://localhost:8080/v1' } })).toEqual([]);
  });

  it('are all handed to redaction, those of unused providers, too', () => {
    const env = {
      OPENAI_API_KEY: 'k-openai',
      ANTHROPIC_API_KEY: '',
      LOCAL: 'k-local',
      APP: 'k-app',
      TOOL: 'k-tool',
      HOME: '/x',
    };
    const pool = open(
      {
        local: { type: 'openai', apiKeyEnv: 'LOCAL' },
        app: { type: 'http', url: 'http://localhost', headersEnv: { A: 'APP' } },
        tool: { type: 'exec', command: 'x', env: ['TOOL'] },
      },
      { env },
    );
    expect(pool.secrets().toSorted()).toEqual(['k-app', 'k-local', 'k-openai', 'k-tool']);
  });
});

describe('hosts', () => {
  const evil: Providers = { far: { type: 'openai', baseURL: 'https://evil.example/v1', apiKeyEnv: 'KEY' } };

  it('a base URL of a config leads to no host that nobody named', () => {
    const env = { KEY: 'x', OPENAI_API_KEY: 'x' };
    expect(codes(check(['far:m'], evil, { env }))).toEqual(['host-not-allowed']);
    expect(check(['far:m'], evil, { env, allowHosts: ['evil.example'] })).toEqual([]);
    expect(check(['openai:m'], {}, { env: { ...env, OPENAI_BASE_URL: 'https://gateway.corp/v1' } })).toEqual([]);
    expect(codes(check(['openai:m'], {}, { env: { ...env, OPENAI_BASE_URL: 'ftp://gateway.corp' } }))).toEqual([
      'bad-url',
    ]);
  });

  it('one whose check was passed over gets no request either', async () => {
    const pool = open(evil, { env: { KEY: 'CANARY' } });
    const { failure } = await failureOf(ask(pool, 'far:m'));
    expect(failure.kind).toBe('blocked');
    expect(failure.message).not.toContain('CANARY');
  });

  it('a fetch of the world is held to the same rules', async () => {
    const asked: [string, unknown][] = [];
    const fetch: ProviderWorld['fetch'] = async (input, init) => {
      asked.push([String(input), init?.redirect]);
      return new Response('fine');
    };
    const pool = open({ near: app('http://127.0.0.1:9/x'), far: app('http://127.0.0.1.evil.example/x') }, { fetch });
    expect((await ask(pool, 'near:m')).output).toBe('fine');
    expect((await failureOf(ask(pool, 'far:m'))).failure.kind).toBe('blocked');
    expect(asked).toEqual([['http://127.0.0.1:9/x', 'error']]);
  });

  it('a redirect by an SDK provider gives the second host nothing', async () => {
    const second = await server();
    const first = await server([{ status: 307, headers: { location: `${second.url}/v1/chat/completions` } }]);
    for (const type of ['openai', 'anthropic']) {
      const pool = open({ local: { type, baseURL: `${first.url}/v1`, apiKeyEnv: 'KEY' } }, { env: { KEY: 'CANARY' } });
      expect((await failureOf(ask(pool, 'local:m'))).failure.kind).toBe('blocked');
    }
    expect(first.requests.length).toBe(2);
    expect(second.requests).toEqual([]);
  });
});

describe('code', () => {
  const MARK = "require('fs').writeFileSync('marker', '')";
  const cases: [string, ProviderSettings][] = [
    ['exec', { type: 'exec', command: ['node', 'evil.cjs'] }],
    ['module', { type: 'module', path: 'evil.cjs' }],
  ];

  it.each(cases)('of %s does not run without --allow-code, whatever a config says', async (_, settings) => {
    writeFileSync(
      join(root, 'evil.cjs'),
      `${MARK.replace("'marker'", JSON.stringify(join(root, 'marker')))}; module.exports = () => 'x'`,
    );
    const providers = { evil: { ...settings, allowCode: true } };
    const found = check(['evil:x'], providers);
    expect(found).toMatchObject([{ code: 'code-not-allowed', message: expect.stringContaining('need --allow-code') }]);
    expect(codes(check(['evil:x'], providers, {}, false))).toEqual(['code-not-allowed']);
    const pool = open(providers);
    expect(codes(await pool.prepare(['evil:x'], { calling: true }))).toEqual(['code-not-allowed']);
    await expect(pool.get('evil:x')).rejects.toBeInstanceOf(UserError);
    expect(existsSync(join(root, 'marker'))).toBe(false);
  });

  it.each(cases)('of %s runs with it', async (_, settings) => {
    const program =
      "if (require.main === module) process.stdout.write(JSON.stringify({ output: 'x' })); module.exports = () => 'x'";
    writeFileSync(join(root, 'evil.cjs'), program);
    const more = { allowCode: true };
    expect(check(['evil:x'], { evil: settings }, more)).toEqual([]);
    expect((await ask(open({ evil: settings }, more), 'evil:x')).output).toBe('x');
  });
});

describe('paths', () => {
  it.each([
    '../secret.jsonl',
    '/etc/passwd',
    '..\\secret.jsonl',
    'sub/../../secret.jsonl',
    'C:\\secret.jsonl',
    '\\\\host\\share\\x',
    'a\0b',
  ])('%j leads outside and is refused', async (path) => {
    writeFileSync(join(dirname(root), 'secret.jsonl'), '{"id":"one","output":"SECRET"}');
    expect(codes(check(['past:x'], past(path)))).toEqual(['outside-root']);
    await expect(open(past(path)).get('past:x')).rejects.toBeInstanceOf(UserError);
  });

  it.skipIf(process.platform === 'win32')('a link that leads outside is refused', async () => {
    writeFileSync(join(dirname(root), 'secret.jsonl'), '{"id":"one","output":"SECRET"}');
    symlinkSync(join(dirname(root), 'secret.jsonl'), join(root, 'link.jsonl'));
    expect(codes(check(['past:x'], past('link.jsonl')))).toEqual(['outside-root']);
    await expect(open(past('link.jsonl')).get('past:x')).rejects.toBeInstanceOf(UserError);
  });

  it.each(['file:///etc/passwd', '%2e%2e/secret.jsonl'])('%s is a name like any other', (path) => {
    expect(codes(check(['past:x'], past(path)))).toEqual(['no-such-file']);
  });

  it('may leave the project as long as they stay in its repository', async () => {
    mkdirSync(join(dirname(root), '.git'));
    writeFileSync(join(dirname(root), 'shared.jsonl'), '{"id":"one","output":"shared"}');
    expect(check(['past:x'], past('../shared.jsonl'))).toEqual([]);
    expect((await ask(open(past('../shared.jsonl')), 'past:x')).output).toBe('shared');
    expect(codes(check(['past:x'], past('../../shared.jsonl')))).toEqual(['outside-root']);
  });
});

describe('the pool', () => {
  it('makes a provider once, for all its models and callers, and not before', async () => {
    writeFileSync(join(root, 'out.jsonl'), '{"id":"one","output":"x"}');
    const pool = open({ past: { type: 'outputs', path: 'out.jsonl' } });
    const [a, b] = await Promise.all([pool.get('past:a'), pool.get('past:b')]);
    expect(a).toBe(b);
    expect(await pool.get('past:a')).toBe(a);
  });

  it('tells the mistakes in files before a run, of all providers, and loads no SDK for it', async () => {
    writeFileSync(join(root, 'bad.jsonl'), 'x\ny');
    writeFileSync(join(root, 'bad.yaml'), '- oops: 1');
    const pool = open({
      past: { type: 'outputs', path: 'bad.jsonl' },
      fake: { type: 'mock', replies: 'bad.yaml' },
      local: { type: 'openai' },
    });
    const found = await pool.prepare(['past:a', 'past:b', 'fake:a', 'local:m'], { calling: true });
    expect(found.map(({ place }) => [place?.file, place?.line])).toEqual([
      ['bad.jsonl', 1],
      ['bad.jsonl', 2],
      ['bad.yaml', 1],
    ]);
  });

  it('leaves code alone when nothing is called', async () => {
    writeFileSync(join(root, 'app.mjs'), 'throw new Error("loaded")');
    const pool = open({ app: { type: 'module', path: 'app.mjs' } }, { allowCode: true });
    expect(await pool.prepare(['app:x'], { calling: false })).toEqual([]);
    expect(codes(await pool.prepare(['app:x'], { calling: true }))).toEqual(['bad-provider']);
  });

  it('closes what it made, and lets go of sockets', async () => {
    const running = await server([{ body: 'fine' }]);
    const pool = open({ app: app(running.url) });
    expect((await ask(pool, 'app:x')).output).toBe('fine');
    expect(running.openConnections).toBe(1);
    await pool.close();
    await pool.close();
    await expect.poll(() => running.openConnections).toBe(0);
  });
});
