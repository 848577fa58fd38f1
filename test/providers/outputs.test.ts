import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { outputs } from '../../src/providers/outputs.js';
import type { Provider } from '../../src/providers/provider.js';
import type { Completion, Problem } from '../../src/vocabulary.js';
import { contextFor, failureOf, requestFor } from './support.js';

let root = '';
const opened: Provider[] = [];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'outputs-'));
});
afterEach(async () => {
  for (const provider of opened.splice(0)) await provider.close?.();
  rmSync(root, { recursive: true, force: true });
});

async function open(content: string | Uint8Array): Promise<Provider> {
  writeFileSync(join(root, 'out.jsonl'), content);
  const provider = await outputs.create(contextFor(root, { type: 'outputs', path: 'out.jsonl' }));
  opened.push(provider);
  return provider;
}

const rows = (...list: object[]) => list.map((row) => `${JSON.stringify(row)}\n`).join('');

async function ask(provider: Provider, trial: { case: string; prompt?: string; repeat?: number }, name = 'any') {
  return provider.complete(requestFor({ name, trial }), { signal: new AbortController().signal });
}

async function problemsOf(content: string | Uint8Array): Promise<readonly Problem[]> {
  const error: unknown = await open(content).catch((reason: unknown) => reason);
  if (error instanceof UserError) return error.problems;
  throw new Error('the file was accepted');
}

describe('a finished answer', () => {
  it('is found by its model, written as in the config or without its provider', async () => {
    const own = contextFor(root, { type: 'outputs', path: 'out.jsonl' }).name;
    const provider = await open(
      rows({ id: 'a', model: `${own}:old`, output: 'one' }, { id: 'a', model: 'new', output: 'two' }),
    );
    expect(await ask(provider, { case: 'a' }, 'old')).toMatchObject({ output: 'one' });
    expect(await ask(provider, { case: 'a' }, 'new')).toMatchObject({ output: 'two' });
    const [twin] = await problemsOf(
      rows({ id: 'a', model: `${own}:old`, output: 'x' }, { id: 'a', model: 'old', output: 'y' }),
    );
    expect(twin?.message).toContain('answers the same as line 1');
  });

  it('carries what its row says, and nothing is invented', async () => {
    const usage = { inputTokens: 3, outputTokens: 4 };
    const provider = await open(rows({ id: 'a', output: 'one', latencyMs: 12.5, usage }, { id: 'b', output: 'two' }));
    expect(await ask(provider, { case: 'a' })).toEqual({ output: 'one', finishReason: 'stop', latencyMs: 12.5, usage });
    expect(await ask(provider, { case: 'b' })).toEqual({ output: 'two', finishReason: 'stop' });
  });

  it.each([
    [
      'a BOM, CRLF, blank lines, no last line end',
      '\uFEFF{"id":"a","output":"ä\\n"}\r\n\r\n  \n{"id":"b","output":"🦀"}',
    ],
    ['LF', '{"id":"a","output":"ä\\n"}\n{"id":"b","output":"🦀"}\n'],
  ])('is read from a file with %s', async (_, content) => {
    const provider = await open(content);
    expect((await ask(provider, { case: 'a' })).output).toBe('ä\n');
    expect((await ask(provider, { case: 'b' })).output).toBe('🦀');
  });

  it('is found in a file larger than what is read at a time', async () => {
    const long = 'é'.repeat(700_000);
    const provider = await open(
      rows({ id: 'a', output: long }, { id: 'b', output: `${long}b` }, { id: 'c', output: 'c' }),
    );
    expect((await ask(provider, { case: 'b' })).output).toBe(`${long}b`);
    expect((await ask(provider, { case: 'c' })).output).toBe('c');
  });

  it('comes back for any id and text, in any order of asking', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), { selector: ([id]) => id, minLength: 1 }),
        async (list) => {
          const provider = await open(rows(...list.map(([id, output]) => ({ id, output }))));
          const asked = await Promise.all(list.toReversed().map(([id]) => ask(provider, { case: id })));
          expect(asked.map((each) => each.output)).toEqual(list.toReversed().map(([, output]) => output));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('a row without prompt or model matches any, one without repeat the first; the row that says more wins', () => {
  it.each<[{ case: string; prompt?: string; repeat?: number }, string, string]>([
    [{ case: 'x' }, 'other', 'general'],
    [{ case: 'x', repeat: 2 }, 'gpt', 'gpt 2'],
    [{ case: 'x', repeat: 1 }, 'gpt', 'gpt 1'],
    [{ case: 'x', prompt: 'p' }, 'other', 'p'],
    [{ case: 'x', prompt: 'p' }, 'mini', 'mini'],
  ])('%j for %s', async (trial, model, expected) => {
    const provider = await open(
      rows(
        { id: 'x', output: 'general' },
        { id: 'x', output: 'p', prompt: 'p' },
        { id: 'x', output: 'mini', model: 'mini' },
        { id: 'x', output: 'gpt 1', model: 'gpt', repeat: 1 },
        { id: 'x', output: 'gpt 2', model: 'gpt', repeat: 2 },
      ),
    );
    expect((await ask(provider, trial, model)).output).toBe(expected);
  });
});

describe('no row', () => {
  it('is not-recorded, never an empty answer, and says which case and file', async () => {
    const provider = await open(rows({ id: 'a', output: '' }));
    expect((await ask(provider, { case: 'a' })).output).toBe('');
    expect(await failureOf(ask(provider, { case: 'missing' }))).toEqual({
      failure: { kind: 'not-recorded', message: 'out.jsonl has no row for "missing"' },
      retry: { retry: 'no' },
    });
  });

  it('is there for a second repeat where the rows name none', async () => {
    const provider = await open(rows({ id: 'a', output: 'x' }));
    expect((await failureOf(ask(provider, { case: 'a', repeat: 2 }))).failure.kind).toBe('not-recorded');
    const trial = { prompt: 'p', case: 'a' };
    expect([1, 2].map((repeat) => provider.holds?.({ name: 'm', trial: { ...trial, repeat } }))).toEqual([true, false]);
  });

  it('for this model or repeat is told apart from none at all', async () => {
    const provider = await open(rows({ id: 'a', output: 'x', model: 'gpt', repeat: 1 }));
    for (const [repeat, model] of [
      [2, 'gpt'],
      [1, 'other'],
    ] as const) {
      const { failure } = await failureOf(ask(provider, { case: 'a', repeat }, model));
      expect(failure.message).toContain(`model ${model}, repeat ${repeat}`);
    }
  });

  it.each(['__proto__', 'constructor', 'toString'])('is found for the id %s', async (id) => {
    const provider = await open(rows({ id: 'a', output: 'x' }));
    expect((await failureOf(ask(provider, { case: id }))).failure.kind).toBe('not-recorded');
  });
});

describe('a wrong file is refused with the place of every mistake', () => {
  it('all at once', async () => {
    const found = await problemsOf(
      [
        '{"id":"a","output":"x"}',
        '{"id":"a","output":"y"}',
        'no json',
        '["a list"]',
        '{"output":"x"}',
        '{"id":7,"output":"x"}',
        '{"id":"b","output":7}',
        '{"id":"c"}',
        '{"id":"d","output":"x","repeat":0}',
        '{"id":"e","output":"x","model":1}',
        '{"id":"f","output":"x","latencyMs":-1}',
        '{"id":"g","output":"x","Latency_ms":1}',
        '{"id":"h","output":"x","modle":"gpt"}',
      ].join('\n'),
    );
    expect(found.map((each) => each.place)).toEqual(
      [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13].map((line) => ({ file: 'out.jsonl', line, column: 1 })),
    );
    expect(found[0]?.message).toContain('line 1');
    expect(found.at(-2)?.message).toContain('did you mean "latencyMs"');
    expect(found.every((each) => each.code === 'bad-row' && each.remedy !== '')).toBe(true);
  });

  it('but columns of other tools are no mistake', async () => {
    const provider = await open(rows({ id: 'a', output: 'x', instruction: 'why', generator: 'gpt', dataset: 'd' }));
    expect((await ask(provider, { case: 'a' })).output).toBe('x');
  });

  it('a file that is wrong in every line does not flood', async () => {
    expect((await problemsOf('x\n'.repeat(1000))).length).toBe(20);
  });

  it('bytes that are no UTF-8', async () => {
    expect(await problemsOf(Buffer.from('{"id":"a","output":"\xff"}', 'latin1'))).toMatchObject([
      { message: 'the line is not UTF-8', place: { line: 1 } },
    ]);
    expect((await problemsOf(Buffer.from('\uFEFF{"id":"a"}', 'utf16le'))).length).toBeGreaterThan(0);
  });

  it('that is not there, is a folder, or lies outside', async () => {
    const check = (path: string) =>
      outputs.check?.({ ...contextFor(root, { type: 'outputs', path }), models: [], calling: false });
    expect(check('missing.jsonl')).toMatchObject([{ code: 'no-such-file' }]);
    expect(check('.')).toMatchObject([{ code: 'unreadable-file' }]);
    expect(check('../x.jsonl')).toMatchObject([{ code: 'outside-root' }]);
    expect(check('/etc/passwd')).toMatchObject([{ code: 'outside-root' }]);
    await expect(outputs.create(contextFor(root, { type: 'outputs', path: 'missing.jsonl' }))).rejects.toBeInstanceOf(
      UserError,
    );
    await expect(outputs.create(contextFor(root, { type: 'outputs', path: '.' }))).rejects.toBeInstanceOf(UserError);
    await expect(outputs.create(contextFor(root, { type: 'outputs' }))).rejects.toBeInstanceOf(UserError);
  });
});

it('notices a file whose rows changed places while it was in use', async () => {
  const provider = await open(rows({ id: 'a', output: 'one' }, { id: 'b', output: 'two' }));
  writeFileSync(join(root, 'out.jsonl'), rows({ id: 'b', output: 'two' }, { id: 'a', output: 'one' }));
  expect((await failureOf(ask(provider, { case: 'a' }))).failure.kind).toBe('bad-response');
});

it('notices a file that was cut while it was in use', async () => {
  const provider = await open(rows({ id: 'a', output: 'one' }, { id: 'b', output: 'two' }));
  truncateSync(join(root, 'out.jsonl'), 5);
  const { failure } = await failureOf(ask(provider, { case: 'b' }));
  expect(failure).toMatchObject({ kind: 'bad-response', message: expect.stringContaining('changed while') });
});

it('holds places, not outputs: 20,000 rows of 2 kB cost far less memory than the file has bytes', async () => {
  const content = Array.from({ length: 20_000 }, (_, i) =>
    JSON.stringify({ id: `case-${i}`, output: 'x'.repeat(2000) }),
  );
  writeFileSync(join(root, 'big.jsonl'), content.join('\n'));
  content.length = 0;
  const before = process.memoryUsage().heapUsed;
  const provider = await outputs.create(contextFor(root, { type: 'outputs', path: 'big.jsonl' }));
  opened.push(provider);
  const answers: Promise<Completion>[] = [0, 19_999].map((i) => ask(provider, { case: `case-${i}` }));
  expect((await Promise.all(answers)).every((each) => each.output.length === 2000)).toBe(true);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(40_000_000);
});
