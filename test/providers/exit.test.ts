import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chatAnswer, messagesAnswer } from '../support/replies.js';
import { type ScriptedServer, startServer } from '../support/scripted-server.js';
import { lastSaid } from './languages.js';

const BUILT = new URL('../../dist/providers/', import.meta.url).href;

/** A program that asks both SDKs, abandons a call each that is never answered, and then closes or does not. */
const PROGRAM = `
const [folder, url, end] = process.argv.slice(-3);
const load = (file) => import(folder + file);
const [{ guardedFetch }, { openai }, { anthropic }] = await Promise.all([load('wire.js'), load('openai.js'), load('anthropic.js')]);
const wire = guardedFetch();
const context = (settings) => ({ name: 'p', settings, env: {}, fetch: wire.fetch, resolve: (p) => p, root: '/', now: () => performance.now() });
const say = (content) => ({ model: 'p:m', name: 'm', messages: [{ role: 'user', content }], parameters: {}, tools: [], trial: { prompt: 'p', case: 'c', repeat: 1 } });
const providers = await Promise.all([
  openai.create(context({ type: 'openai', baseURL: url + '/v1' })),
  anthropic.create(context({ type: 'anthropic', baseURL: url })),
]);
const { signal } = new AbortController();
for (const provider of providers) {
  const { output } = await provider.complete(say('hello'), { signal });
  provider.complete(say('endless'), { signal }).catch(() => {});
  if (output !== 'hi') throw new Error('wrong answer');
}
await new Promise((resolve) => setTimeout(resolve, 100));
if (end === 'close') await wire.close();
console.log('done');
`;

let server: ScriptedServer;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer((seen) => {
    if (lastSaid(seen) === 'endless') return { stall: 'head' };
    return { json: seen.path === '/v1/messages' ? messagesAnswer('hi') : chatAnswer('hi') };
  });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await server.close();
});

/** How long a program lived after its last line, in milliseconds; undefined when it still lives after `patience`. */
async function lifeAfterDone(end: 'close' | 'leave', patience: number): Promise<number | undefined> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, BUILT, server.url, end], {
    cwd: fileURLToPath(new URL('../../', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const exited = once(child, 'exit');
  const [line]: unknown[] = await once(child.stdout, 'data');
  expect(String(line)).toContain('done');
  const done = performance.now();
  const code = await Promise.race([
    exited.then(([status]) => status),
    new Promise((resolve) => setTimeout(resolve, patience)),
  ]);
  if (code === undefined) return undefined;
  expect(code).toBe(0);
  return performance.now() - done;
}

describe.concurrent('a process', () => {
  test('ends at once after close, whatever calls were abandoned', async () => {
    expect(await lifeAfterDone('close', 10_000)).toBeLessThan(3000);
  });

  test('would not end without it', async () => {
    expect(await lifeAfterDone('leave', 3500)).toBeUndefined();
  });
});
