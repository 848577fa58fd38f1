import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { providerTypes } from '../../src/providers/map.js';
import { embeddings } from '../../src/providers/mock-embeddings.js';
import type { Provider, ProviderContext, ProviderRequest } from '../../src/providers/provider.js';
import { guardedFetch } from '../../src/providers/wire.js';
import { createRedactor } from '../../src/trust/redact.js';
import type { ProviderSettings } from '../../src/vocabulary.js';
import { CANARY } from '../support/canary.js';
import { type Reply, type Seen, startServer } from '../support/scripted-server.js';
import { providerConformance, type Subject, saying } from './conformance.js';
import { contextFor } from './support.js';

/** Every provider that is not an SDK's, against the same promises. */
let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'conformance-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const ECHO_CASES = ['one', 'never', 'after', 'x'];

async function create(settings: ProviderSettings, more: Partial<ProviderContext> = {}): Promise<Provider> {
  const definition = providerTypes.get(settings.type);
  if (!definition) throw new Error(`no provider ${settings.type}`);
  return definition.create(contextFor(root, settings, more));
}

function file(name: string, content: string): string {
  writeFileSync(join(root, name), content);
  return name;
}

const echo = (text: string) => saying(text, { name: 'echo' });
const forCase = (id: string): ProviderRequest => saying('', { trial: { prompt: 'p', case: id, repeat: 1 } });

/** The same behaviours, written as a program, a function, and a server: the text says what to do. */
const BEHAVIOUR = `
function behave(text) {
  if (text === 'endless') return new Promise((done) => setTimeout(done, 60_000));
  if (text === 'throw') throw new Error('line one\\n\\u001b[31mline two\\u0007');
  if (text === 'null') return null;
  if (text === 'number') return { output: 4 };
  if (text === 'typo') return { ouput: 'x' };
  return { output: 'said: ' + text, usage: { inputTokens: 3, outputTokens: -1 }, finishReason: 'end_turn' };
}`;
const TROUBLES = ['throw', 'null', 'number', 'typo'];

function behaved(provider: Provider, rest: Partial<Subject> = {}): Subject {
  return {
    provider,
    ask: saying,
    endless: saying('endless'),
    troubles: Object.fromEntries(TROUBLES.map((text) => [text, saying(text)])),
    ...rest,
  };
}

providerConformance('mock', async () => {
  const replies = file(
    'replies.yaml',
    [
      '- { contains: endless, delayMs: 60000, output: x }',
      '- { contains: limited, error: { kind: rate-limited, afterMs: 5 } }',
      '- { contains: broken, error: { kind: server, message: down } }',
    ].join('\n'),
  );
  const provider = await create({ type: 'mock', replies });
  return {
    provider,
    ask: echo,
    endless: echo('endless'),
    troubles: { limited: echo('limited'), broken: echo('broken'), unscripted: saying('unscripted') },
    vectors: {
      request: saying('', { name: 'embed', texts: ['b a', 'c', 'a b'] }),
      expected: embeddings(['a b', 'c', 'b a']),
    },
  };
});

providerConformance('outputs', async () => {
  const ids = [...ECHO_CASES, ...Array.from({ length: 16 }, (_, index) => `marker-${index}-`), 'one-marker'];
  const path = file('out.jsonl', ids.map((id) => JSON.stringify({ id, output: `said: ${id}` })).join('\n'));
  const provider = await create({ type: 'outputs', path });
  return { provider, ask: forCase, troubles: { absent: forCase('absent'), proto: forCase('__proto__') } };
});

providerConformance('exec', async () => {
  const program = file(
    'app.cjs',
    `${BEHAVIOUR}
const text = JSON.parse(require('fs').readFileSync(0, 'utf8')).messages.at(-1).content;
Promise.resolve(behave(text)).then((answer) => process.stdout.write(JSON.stringify(answer)));`,
  );
  return behaved(await create({ type: 'exec', command: ['node', program] }));
});

providerConformance('module', async () => {
  const path = file('app.mjs', `${BEHAVIOUR}\nexport default (request) => behave(request.messages.at(-1).content);`);
  return behaved(await create({ type: 'module', path }));
});

function reply(seen: Seen): Reply {
  const { text = '' } = seen.json as { text?: string };
  if (text === 'endless') return { stall: 'head' };
  if (text === 'throw') return { status: 500, json: { error: `bad key ${CANARY}\u0007\nline two` } };
  if (text === 'null') return { json: null };
  if (text === 'number') return { body: '<html>\u001b[31m' };
  if (text === 'typo') return { json: { anwser: text } };
  return { json: { answer: `said: ${text}`, usage: { input_tokens: 2 } } };
}

providerConformance('http', async () => {
  const server = await startServer(reply);
  const wire = guardedFetch();
  const settings = {
    type: 'http',
    url: server.url,
    headersEnv: { Authorization: 'APP_TOKEN' },
    body: { text: '{{prompt}}' },
    output: '$.answer',
    usage: '$.usage',
  };
  const provider = await create(settings, {
    env: { APP_TOKEN: CANARY },
    fetch: wire.fetch,
    redact: createRedactor([CANARY]),
  });
  return behaved(provider, {
    secrets: [CANARY],
    dispose: async () => {
      await wire.close();
      await server.close();
    },
  });
});
