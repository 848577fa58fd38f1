import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { module } from '../../src/providers/module.js';
import type { Provider } from '../../src/providers/provider.js';
import { contextFor, failureOf, requestFor } from './support.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'module-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(code: string, file = 'app.mjs', settings: object = {}): Promise<Provider> {
  writeFileSync(join(root, file), code);
  return module.create(contextFor(root, { type: 'module', path: file, ...settings }));
}

const complete = (provider: Provider, signal = new AbortController().signal) =>
  provider.complete(requestFor({ vars: { a: 1 } }), { signal });

describe('a function is found', () => {
  it.each<[string, string, object]>([
    ['app.mjs', "export default () => 'yes'", {}],
    ['app.mjs', "export const other = () => 'yes'", { export: 'other' }],
    ['app.js', "module.exports = () => 'yes'", {}],
    ['app.cjs', "module.exports = { other: () => 'yes' }", { export: 'other' }],
    ['app.cjs', "module.exports = { default: () => 'yes' }", {}],
    ['app.js', "export default async function app() { return 'yes' }", {}],
    [
      'app.ts',
      "interface A { b: string }\nexport default (_: unknown): string => { const a: A = { b: 'yes' }; return a.b }",
      {},
    ],
    [
      'app.mts',
      "enum E { A = 'yes' }\nexport const app = async (): Promise<{ output: string }> => ({ output: E.A })",
      { export: 'app' },
    ],
    ['with space #%.ts', "export default () => 'yes' as string", {}],
  ])('in %s: %s', async (file, code, settings) => {
    expect((await complete(await open(code, file, settings))).output).toBe('yes');
  });

  it('with what it imports, TypeScript too', async () => {
    writeFileSync(join(root, 'helper.ts'), "export const help = (): string => 'helped'");
    const provider = await open("import { help } from './helper.js'; export default () => help()", 'app.ts');
    expect((await complete(provider)).output).toBe('helped');
  });

  it('and leaves no cache behind', async () => {
    mkdirSync(join(root, 'node_modules'));
    writeFileSync(join(root, 'package.json'), '{}');
    await complete(await open("export default (x: unknown) => 'yes'", 'app.ts'));
    expect(readdirSync(root, { recursive: true }).toSorted()).toEqual(['app.ts', 'node_modules', 'package.json']);
  });
});

it('gets the request, and what it does to it stays with it', async () => {
  const provider = await open(
    'export default (request) => { const output = JSON.stringify(request); request.vars.a = 2; request.messages.length = 0; return { output } }',
  );
  const request = requestFor({ vars: { a: 1 }, schema: { type: 'object' }, trial: { case: 'c', repeat: 2 } });
  const before = structuredClone(request);
  const { output } = await provider.complete(request, { signal: new AbortController().signal });
  expect(request).toEqual(before);
  const { trial: _, ...rest } = before;
  expect(JSON.parse(output)).toEqual({ ...rest, case: 'c', repeat: 2 });
});

it('measures the time, and believes the function that knows better', async () => {
  const slow = await open("export default () => new Promise((done) => setTimeout(done, 60, 'x'))", 'slow.mjs');
  expect((await complete(slow)).latencyMs).toBeGreaterThan(50);
  const own = await open("export default () => ({ output: 'x', latencyMs: 5, usage: { outputTokens: 2 } })");
  expect(await complete(own)).toEqual({ output: 'x', latencyMs: 5, usage: { outputTokens: 2 }, finishReason: 'stop' });
});

describe('what it throws is failure "code", never a crash', () => {
  it.each<[string, string, string]>([
    ['an Error', '() => { throw new Error("broken\\u001b[2J\\nhere") }', 'threw: broken | here'],
    ['an Error, later', 'async () => { throw new TypeError("later") }', 'threw: later'],
    ['a text', '() => { throw "just text" }', 'threw: just text'],
    ['null', '() => { throw null }', 'threw: null'],
    ['undefined', '() => Promise.reject()', 'threw: undefined'],
    ['an object', '() => { throw { code: 5 } }', 'threw: {"code":5}'],
    ['a trap', '() => { throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } }) }', 'cannot be read'],
    ['a symbol', '() => { throw Symbol("s") }', 'Symbol(s)'],
    ['itself a broken thenable', '() => ({ then() { throw new Error("thenable") } })', 'threw: thenable'],
  ])('%s', async (_, code, message) => {
    const provider = await open(`export default ${code}`);
    expect(await failureOf(complete(provider))).toEqual({
      failure: { kind: 'code', message: expect.stringContaining(message) },
      retry: { retry: 'no' },
    });
  });
});

describe('what it returns is checked: bad-response, never an empty answer', () => {
  it.each<[string, string]>([
    ['undefined', '() => {}'],
    ['null', '() => null'],
    ['NaN', '() => NaN'],
    ['a number', '() => 1.5'],
    ['true', '() => true'],
    ['a list', '() => []'],
    ['an object without output', '() => ({ text: "x" })'],
    ['output NaN', '() => ({ output: NaN })'],
    ['a function', '() => () => "x"'],
    ['a loop', '() => { const output = {}; output.self = output; return { output } }'],
    ['a big integer', '() => ({ output: { n: 1n } })'],
    ['a getter that throws', '() => ({ get output() { throw new Error("no") } })'],
    ['a latency that is no number', '() => ({ output: "x", latencyMs: NaN })'],
    ['a negative cost', '() => ({ output: "x", costUsd: -1 })'],
  ])('%s', async (_, code) => {
    const provider = await open(`export default ${code}`);
    expect((await failureOf(complete(provider))).failure.kind).toBe('bad-response');
  });
});

describe('a function that never settles', () => {
  it('is left when the call ends, and its late failure is of no account', async () => {
    const provider = await open(
      'export default (_, { signal }) => new Promise((_, reject) => { signal.addEventListener("abort", () => setTimeout(reject, 10, new Error("late"))) })',
    );
    const controller = new AbortController();
    const call = failureOf(complete(provider, controller.signal));
    controller.abort();
    expect((await call).failure.kind).toBe('aborted');
    await sleep(30);
  });

  it('counts as timeout when a deadline ended it', async () => {
    const provider = await open('export default () => new Promise(() => {})');
    const result = await failureOf(complete(provider, AbortSignal.timeout(20)));
    expect(result).toMatchObject({ failure: { kind: 'timeout' }, retry: { retry: 'transient' } });
  });
});

describe('a file that cannot work is a user error', () => {
  it.each<[string, string, object, RegExp]>([
    ['a syntax error', 'export default (', {}, /app\.mjs cannot be loaded/],
    ['one that throws while loading', 'throw null', {}, /cannot be loaded: null/],
    ['a missing import', "import './missing.js'", {}, /cannot be loaded/],
    ['no default export', 'export const other = 1', {}, /no function "default"/],
    ['an export that is no function', 'export const other = 1', { export: 'other' }, /no function "other"/],
    ['a name of Object', 'export default {}', { export: 'missing' }, /no function "missing"/],
  ])('%s', async (_, code, settings, message) => {
    const error: unknown = await open(code, 'app.mjs', settings).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).problems[0]?.message).toMatch(message);
  });

  it('checking loads nothing', () => {
    const marker = join(root, 'marker');
    writeFileSync(
      join(root, 'app.mjs'),
      `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(marker)}, '')`,
    );
    const check = (path: string) =>
      module.check?.({ ...contextFor(root, { type: 'module', path }), models: [], calling: true });
    expect(check('app.mjs')).toEqual([]);
    expect(existsSync(marker)).toBe(false);
    expect(check('missing.mjs')).toMatchObject([{ code: 'no-such-file' }]);
    expect(check('../app.mjs')).toMatchObject([{ code: 'outside-root' }]);
  });
});
