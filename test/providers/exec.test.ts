import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exec, splitWords } from '../../src/providers/exec.js';
import { UserError } from '../../src/errors.js';
import type { Provider, ProviderContext } from '../../src/providers/provider.js';
import type { ProviderSettings } from '../../src/vocabulary.js';
import { createRedactor } from '../../src/trust/redact.js';
import { CANARY } from '../support/canary.js';
import { contextFor, failureOf, requestFor } from './support.js';

let root = '';
const opened: Provider[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'exec-'));
});
afterEach(async () => {
  for (const provider of opened.splice(0)) await provider.close?.();
  rmSync(root, { recursive: true, force: true });
});

const unending = () => new AbortController().signal;

async function open(settings: Omit<ProviderSettings, 'type'>, more: Partial<ProviderContext> = {}): Promise<Provider> {
  const provider = await exec.create(contextFor(root, { type: 'exec', ...settings }, more));
  opened.push(provider);
  return provider;
}

/** A provider whose program is this JavaScript. */
function program(code: string, settings: Omit<ProviderSettings, 'type'> = {}, more: Partial<ProviderContext> = {}) {
  writeFileSync(join(root, 'app.cjs'), code);
  return open({ command: ['node', 'app.cjs'], ...settings }, more);
}

const READ = "const request = JSON.parse(require('fs').readFileSync(0, 'utf8'));";
const answer = (expression: string) => `${READ} process.stdout.write(JSON.stringify(${expression}));`;

const pids = () => readFileSync(join(root, 'pids'), 'utf8').split(' ').map(Number);

async function until(condition: () => boolean, ms = 3000): Promise<boolean> {
  for (const end = performance.now() + ms; performance.now() < end; await sleep(10)) if (condition()) return true;
  return condition();
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A killed child that nobody has waited for yet still has its number.
    return !existsSync(`/proc/${pid}/stat`) || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('the protocol', () => {
  it('hands the request over as JSON', async () => {
    const provider = await program(answer('{ output: JSON.stringify(request) }'));
    const request = requestFor({
      name: 'big:v2',
      messages: [
        { role: 'system', content: 'Büro 🦀' },
        { role: 'user', content: '$(touch x) `y` "z" \\ \u2028' },
      ],
      parameters: { maxTokens: 5, openai: { x: 1 } },
      tools: [{ name: 'find', parameters: { type: 'object' } }],
      schema: { type: 'object' },
      vars: { ticket: 'I was charged twice' },
      trial: { case: 'double-charge', repeat: 3 },
    });
    const { output } = await provider.complete(request, { signal: unending() });
    const { model, messages, parameters, tools, schema, vars } = request;
    const rest = { name: 'big:v2', case: 'double-charge', repeat: 3 };
    expect(JSON.parse(output)).toEqual({ model, messages, parameters, tools, schema, vars, ...rest });
  });

  it('takes output, tool calls, usage and finish reason, and measures the time', async () => {
    const provider = await program(
      answer(
        "{ output: '', toolCalls: [{ name: 'find', arguments: { q: 1 } }], usage: { prompt_tokens: 3, outputTokens: -1 }, finishReason: 'tool_calls' }",
      ),
    );
    expect(await provider.complete(requestFor(), { signal: unending() })).toEqual({
      output: '',
      toolCalls: [{ name: 'find', arguments: { q: 1 } }],
      usage: { inputTokens: 3 },
      finishReason: 'tool-calls',
      latencyMs: expect.any(Number),
    });
  });

  it('takes an object as its JSON, and bytes of a character in pieces', async () => {
    const provider = await program(
      `${READ} const bytes = Buffer.from(JSON.stringify({ output: { queue: 'ä🦀' } }));
       let at = 0; const next = () => { if (at < bytes.length) { process.stdout.write(bytes.subarray(at, ++at)); setTimeout(next); } }; next();`,
    );
    expect((await provider.complete(requestFor(), { signal: unending() })).output).toBe('{"queue":"ä🦀"}');
  });

  it('answers many at a time, each its own', async () => {
    const provider = await program(answer('{ output: request.case }'));
    const cases = ['a', 'b', 'c', 'd'];
    const calls = cases.map((id) => provider.complete(requestFor({ trial: { case: id } }), { signal: unending() }));
    expect((await Promise.all(calls)).map((each) => each.output)).toEqual(cases);
  });

  it('does not mind a program that never reads what it is asked', async () => {
    const provider = await program('process.stdin.destroy(); console.log(JSON.stringify({ output: "x" }))');
    const request = requestFor({ vars: { long: 'x'.repeat(1_000_000) } });
    expect((await provider.complete(request, { signal: unending() })).output).toBe('x');
  });
});

describe('a wrong answer is bad-response', () => {
  it.each<[string, string, RegExp]>([
    ['nothing', '', /printed nothing/],
    ['prose', "console.log('hello\\u001b[31m')", /no JSON: it printed "hello"/],
    ['two values', 'console.log(\'{"output":"a"}{"output":"b"}\')', /no JSON/],
    ['a bare text', 'console.log(JSON.stringify("text"))', /a text, not an object/],
    ['null', 'console.log("null")', /null, not an object/],
    ['no output', 'console.log("{}")', /"output" is missing/],
    ['output null', 'console.log(JSON.stringify({ output: null }))', /"output" is null/],
    ['output a number', 'console.log(JSON.stringify({ output: 3 }))', /"output" is 3/],
    ['a misspelt key', 'console.log(JSON.stringify({ output: "x", toolcalls: [] }))', /did you mean "toolCalls"/],
    ['tool calls that are none', 'console.log(JSON.stringify({ output: "x", toolCalls: {} }))', /not a list/],
    ['a tool call without name', 'console.log(JSON.stringify({ output: "x", toolCalls: [{}] }))', /no name/],
    [
      'a finish reason that is no text',
      'console.log(JSON.stringify({ output: "x", finishReason: 3 }))',
      /finishReason/,
    ],
  ])('%s', async (_, code, message) => {
    const provider = await program(code);
    expect(await failureOf(provider.complete(requestFor(), { signal: unending() }))).toEqual({
      failure: { kind: 'bad-response', message: expect.stringMatching(message) },
      retry: { retry: 'no' },
    });
  });
});

describe('a program that fails is failure "code"', () => {
  it('with its status and its last words, without escapes and control characters', async () => {
    const provider = await program(
      "console.log('{}'); for (let i = 0; i < 50; i++) console.error(`line ${i}`); console.error('\\u001b[31mred\\u001b[0m \\u0007bell'); process.exitCode = 7;",
    );
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(failure).toEqual({
      kind: 'code',
      message: 'under-test: the command ended with status 7: line 46 | line 47 | line 48 | line 49 | red  bell',
    });
  });

  it('with at most a line of them', async () => {
    const provider = await program("process.stderr.write('x'.repeat(5_000_000)); process.exitCode = 1;");
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(failure.message.length).toBeLessThan(700);
  });

  it.each([
    ['shown', ' bad'.repeat(140)],
    ['kept, behind colours that take no room', '\u001b[31m'.repeat(6_550)],
  ])('without a key that begins before what is %s', async (_, behind) => {
    const code = `process.stderr.write(${JSON.stringify(`${CANARY}${behind}`)}); process.exitCode = 1;`;
    const provider = await program(code, {}, { redact: createRedactor([CANARY]) });
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(failure.message).toContain('the command ended with status 1');
    expect(failure.message).not.toContain(CANARY.slice(-10));
  });

  it.skipIf(process.platform === 'win32')('with the signal that ended it', async () => {
    const provider = await program("process.kill(process.pid, 'SIGSEGV'); setTimeout(() => {}, 5000)");
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(failure).toMatchObject({ kind: 'code', message: expect.stringContaining('SIGSEGV') });
  });

  it('when there is no such program', async () => {
    const provider = await open({ command: ['no-such-program-anywhere'] });
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(failure).toMatchObject({ kind: 'code', message: expect.stringContaining('cannot be started (ENOENT') });
  });

  it('when an argument holds a NUL', async () => {
    const provider = await open({ command: ['node', 'a\0b'] });
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(failure.kind).toBe('code');
  });
});

describe('what does not end is ended', () => {
  /** Starts a child of its own, writes both numbers into `pids`, and goes on for ever. */
  const FAMILY = `const child = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' });
    process.on('SIGTERM', () => {}); require('fs').writeFileSync('pids', process.pid + ' ' + child.pid); setInterval(() => {}, 1000);`;

  it('by abort, with all that it started, at once', async () => {
    const provider = await program(FAMILY);
    const controller = new AbortController();
    const call = failureOf(provider.complete(requestFor(), { signal: controller.signal }));
    expect(await until(() => existsSync(join(root, 'pids')))).toBe(true);
    const started = performance.now();
    controller.abort();
    expect((await call).failure.kind).toBe('aborted');
    expect(performance.now() - started).toBeLessThan(500);
    expect(await until(() => pids().every((pid) => !alive(pid)))).toBe(true);
  });

  it('by its own time limit', async () => {
    const provider = await program(FAMILY, { timeout: '300ms' });
    const result = await failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(result).toMatchObject({ failure: { kind: 'timeout' }, retry: { retry: 'transient' } });
    expect(await until(() => !existsSync(join(root, 'pids')) || pids().every((pid) => !alive(pid)))).toBe(true);
  });

  it('by closing the provider', async () => {
    const provider = await program(FAMILY);
    const call = failureOf(provider.complete(requestFor(), { signal: unending() }));
    expect(await until(() => existsSync(join(root, 'pids')))).toBe(true);
    await provider.close?.();
    expect((await call).failure.kind).toBe('aborted');
    expect(await until(() => pids().every((pid) => !alive(pid)))).toBe(true);
  });

  it('by the end of the process that started it', async () => {
    writeFileSync(join(root, 'app.cjs'), FAMILY);
    const source = fileURLToPath(new URL('../../src/providers/', import.meta.url));
    writeFileSync(
      join(root, 'parent.ts'),
      `import { existsSync } from 'node:fs';
       import { CommandRun } from ${JSON.stringify(join(source, 'exec-process.js'))};
       const command = { name: 'x', program: process.execPath, args: ['app.cjs'], cwd: process.cwd(), env: {}, timeoutMs: undefined };
       void new CommandRun(command).finish('', new AbortController().signal);
       setInterval(() => existsSync('pids') && process.exit(0), 20);`,
    );
    const jiti = fileURLToPath(new URL('../../node_modules/jiti/lib/jiti-cli.mjs', import.meta.url));
    execFileSync(process.execPath, [jiti, 'parent.ts'], { cwd: root, timeout: 15_000 });
    expect(await until(() => pids().every((pid) => !alive(pid)))).toBe(true);
  });

  it('is not even started when the call was ended before', async () => {
    const provider = await program("require('fs').writeFileSync('marker', '')");
    const { failure } = await failureOf(provider.complete(requestFor(), { signal: AbortSignal.abort() }));
    expect(failure.kind).toBe('aborted');
    await sleep(100);
    expect(existsSync(join(root, 'marker'))).toBe(false);
  });

  it('when it prints without end: 8 MiB are enough', async () => {
    const provider = await program(
      "const piece = 'x'.repeat(1 << 20); const go = () => { while (process.stdout.write(piece)); }; process.stdout.on('drain', go); go();",
    );
    expect((await failureOf(provider.complete(requestFor(), { signal: unending() }))).failure).toEqual({
      kind: 'too-large',
      message: 'under-test: the command printed more than 8 MiB',
    });
  });

  it('does not wait for what a program left behind holding its output', async () => {
    const provider = await program(
      `require('child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20000)'], { stdio: 'inherit' }).unref();
       process.stdout.write(JSON.stringify({ output: 'x' }), () => process.exit(0));`,
    );
    const started = performance.now();
    expect((await provider.complete(requestFor(), { signal: unending() })).output).toBe('x');
    expect(performance.now() - started).toBeLessThan(4000);
  });
});

describe('the environment', () => {
  it('holds no key but those named', async () => {
    const env = { PATH: process.env.PATH, OPENAI_API_KEY: 'CANARY', APP_TOKEN: 'named', LC_ALL: 'C' };
    const names = answer('{ output: Object.keys(process.env).join() + process.env.APP_TOKEN }');
    const provider = await program(names, { env: ['APP_TOKEN'] }, { env });
    const { output } = await provider.complete(requestFor(), { signal: unending() });
    expect(output).not.toContain('OPENAI_API_KEY');
    expect(output).toContain('LC_ALL');
    expect(output).toMatch(/named$/);
  });

  it('names its keys for redaction, and misses those that are not set', async () => {
    const settings = { type: 'exec', command: 'node app.cjs', env: ['APP_TOKEN'] };
    expect(exec.keys(settings)).toEqual(['APP_TOKEN']);
    const context = { ...contextFor(root, settings, { env: {} }), models: [], calling: true };
    expect(exec.check?.(context)).toMatchObject([{ message: expect.stringContaining('APP_TOKEN') }]);
    expect(exec.check?.({ ...context, calling: false })).toEqual([]);
  });
});

describe('the command', () => {
  it('runs in the folder it is given', async () => {
    mkdirSync(join(root, 'sub'));
    writeFileSync(join(root, 'sub', 'app.cjs'), answer("{ output: require('path').basename(process.cwd()) }"));
    const provider = await open({ command: 'node app.cjs', cwd: 'sub' });
    expect((await provider.complete(requestFor(), { signal: unending() })).output).toBe('sub');
  });

  it('is seen by no shell', async () => {
    const provider = await open({
      command: `node -e "console.log(JSON.stringify({ output: process.argv[1] }))" $(id)>x;*`,
    });
    expect((await provider.complete(requestFor(), { signal: unending() })).output).toBe('$(id)>x;*');
    expect(existsSync(join(root, 'x'))).toBe(false);
  });

  it.each<[string, string[] | undefined]>([
    ['node app.mjs', ['node', 'app.mjs']],
    ['  node\t "a b" \'c "d\' ', ['node', 'a b', 'c "d']],
    ['C:\\tools\\app.exe --x="a b"', ['C:\\tools\\app.exe', '--x=a b']],
    ['node ""', ['node', '']],
    ['node "open', undefined],
    ["it's", undefined],
  ])('%s is split', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });

  it('words in quotes come out as they went in', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.string().map((word) => word.replaceAll('"', '')),
          { minLength: 1 },
        ),
        (words) => {
          expect(splitWords(words.map((word) => `"${word}"`).join(' '))).toEqual(words);
        },
      ),
    );
  });

  it.each<[string, Omit<ProviderSettings, 'type'>, RegExp]>([
    ['missing', {}, /"command" is missing/],
    ['empty', { command: [] }, /empty/],
    ['blank', { command: ' ' }, /empty/],
    ['numbers', { command: [1] }, /list of texts/],
    ['an open quote', { command: 'node "x' }, /quote/],
    ['a folder that is not there', { command: 'node', cwd: 'nowhere' }, /no folder/],
    ['a folder outside', { command: 'node', cwd: '..' }, /outside/],
    ['no duration', { command: 'node', timeout: 'soon' }, /duration/],
    ['a duration that no timer can wait', { command: 'node', timeout: 1e10 }, /duration/],
  ])('%s: is refused before anything runs', async (_, settings, message) => {
    const context = contextFor(root, { type: 'exec', ...settings });
    expect(exec.check?.({ ...context, models: [], calling: true })).toMatchObject([
      { message: expect.stringMatching(message) },
    ]);
    await expect(exec.create(context)).rejects.toBeInstanceOf(UserError);
  });
});
