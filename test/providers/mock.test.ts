import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { mock } from '../../src/providers/mock.js';
import { embeddings } from '../../src/providers/mock-embeddings.js';
import type { Provider, ProviderRequest } from '../../src/providers/provider.js';
import type { FailureKind, Problem, Retry } from '../../src/vocabulary.js';
import { contextFor, failureOf, requestFor } from './support.js';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'mock-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(content?: string | object[], file = 'replies.yaml'): Promise<Provider> {
  if (content === undefined) return mock.create(contextFor(root, { type: 'mock' }));
  writeFileSync(join(root, file), typeof content === 'string' ? content : JSON.stringify(content));
  return mock.create(contextFor(root, { type: 'mock', replies: file }));
}

function ask(provider: Provider, part: Parameters<typeof requestFor>[0] = {}, signal = new AbortController().signal) {
  return provider.complete(requestFor({ name: 'gpt', ...part }), { signal });
}

const text = async (provider: Provider, part: Parameters<typeof requestFor>[0] = {}) =>
  (await ask(provider, part)).output;

function said(content: string): Pick<ProviderRequest, 'messages'> {
  return { messages: [{ role: 'user', content }] };
}

const check = (...models: string[]) => mock.check?.({ ...contextFor(root, { type: 'mock' }), models, calling: false });

async function problemsOf(content: string, file?: string): Promise<readonly Problem[]> {
  const error: unknown = await open(content, file).catch((reason: unknown) => reason);
  if (error instanceof UserError) return error.problems;
  throw new Error('the file was accepted');
}

describe('mock:echo', () => {
  it('answers with the last user message', async () => {
    const provider = await open();
    const messages: ProviderRequest['messages'] = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'a' },
      { role: 'user', content: 'last' },
      { role: 'assistant', content: 'b' },
    ];
    expect(await ask(provider, { name: 'echo', messages })).toEqual({ output: 'last', finishReason: 'stop' });
    expect(await text(provider, { name: 'echo', messages: [{ role: 'system', content: 's' }] })).toBe('');
  });

  it('asks no model, so nothing of it is recorded or charged', () => {
    expect(mock.calls).toBe('none');
    expect(mock.keys({ type: 'mock' })).toEqual([]);
  });

  it('is the only name that answers without a script', async () => {
    const provider = await open();
    expect((await failureOf(ask(provider))).failure.kind).toBe('bad-request');
    expect(check('echo', 'embed')).toEqual([]);
    expect(check('echo', 'gpt')).toMatchObject([{ message: expect.stringContaining('no replies for "gpt"') }]);
  });
});

describe('the first reply that fits answers', () => {
  const replies = [
    { contains: 'urgent', output: 'urgent' },
    { case: 'a', repeat: 2, output: 'a 2' },
    { case: 'a', model: 'other', output: 'a other' },
    { prompt: 'p', output: 'p' },
    { case: 'a', output: 'a' },
    { case: 'b', output: { score: 1 } },
  ];

  it.each<[Parameters<typeof requestFor>[0], string]>([
    [{ trial: { case: 'a' } }, 'a'],
    [{ trial: { case: 'a', repeat: 2 } }, 'a 2'],
    [{ trial: { case: 'a' }, name: 'other' }, 'a other'],
    [{ trial: { case: 'a', prompt: 'p' } }, 'p'],
    [{ trial: { case: 'z', prompt: 'p' } }, 'p'],
    [{ trial: { case: 'a', repeat: 2 }, ...said('an urgent one') }, 'urgent'],
    [{ trial: { case: 'b' } }, '{"score":1}'],
  ])('%j', async (request, expected) => {
    expect(await text(await open(replies), request)).toBe(expected);
  });

  it('in the order of the file, whichever fields they have', async () => {
    const reply = fc.record(
      { case: fc.constantFrom('a', 'b'), repeat: fc.constantFrom(1, 2), model: fc.constantFrom('m', 'n') },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(reply, { maxLength: 12 }),
        reply,
        async (list, { repeat = 1, model = 'm', ...rest }) => {
          const id = rest.case ?? 'a';
          const expected = list.findIndex(
            (each) => (each.case ?? id) === id && (each.repeat ?? repeat) === repeat && (each.model ?? model) === model,
          );
          const provider = await open(list.map((each, index) => ({ ...each, output: String(index) })));
          const answer = await text(provider, { name: model, trial: { case: id, repeat } }).catch(() => '-1');
          expect(answer).toBe(String(expected));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('and none is bad-request, naming the case', async () => {
    const provider = await open(replies);
    expect(await failureOf(ask(provider, { trial: { case: 'nobody', repeat: 3 } }))).toEqual({
      failure: { kind: 'bad-request', message: 'replies.yaml has no reply for case "nobody", repeat 3, model "gpt"' },
      retry: { retry: 'no' },
    });
  });

  it('with everything a completion has, anew each time', async () => {
    const provider = await open([
      {
        toolCalls: [{ name: 'find', arguments: { q: ['x'] } }],
        usage: { inputTokens: 1, outputTokens: 2 },
        finishReason: 'tool-calls',
        latencyMs: 12,
        answeredBy: 'gpt-2026-01-01',
      },
    ]);
    const first = await ask(provider);
    const expected = {
      output: '',
      toolCalls: [{ name: 'find', arguments: { q: ['x'] } }],
      usage: { inputTokens: 1, outputTokens: 2 },
      finishReason: 'tool-calls',
      latencyMs: 12,
      answeredBy: 'gpt-2026-01-01',
    };
    expect(first).toEqual(expected);
    first.toolCalls?.splice(0);
    expect(await ask(provider)).toEqual(expected);
  });
});

describe('files', () => {
  it.each<[string, string]>([
    ['replies.yaml', '# comment\r\n- case: a\r\n  output: "x"\r\n'],
    ['replies.yml', '- { case: a, output: x }'],
    ['replies.yaml', '\uFEFF- { case: a, output: x }\n- { case: b, output: y }\n'],
    ['replies.json', '\uFEFF[{"case":"a","output":"x"}]'],
    ['replies.jsonl', '{"case":"a","output":"x"}\n\n{"case":"b","output":"y"}\n'],
  ])('%s', async (file, content) => {
    expect(await text(await open(content, file), { trial: { case: 'a' } })).toBe('x');
  });

  it.each<[string, string, number, RegExp]>([
    ['an unknown key', '- output: x\n- output: y\n  contain: z', 2, /did you mean "contains"/],
    ['neither output nor error', '- case: a', 1, /neither/],
    ['an answer behind trouble that never ends', '- output: x\n  error: { kind: server }', 1, /never given/],
    ['a kind that is none', '- error: { kind: oops }', 1, /error.kind/],
    ['a kind that is ours to say', '- error: { kind: not-recorded }', 1, /error.kind/],
    ['an unknown key of error', '- error: { kind: server, time: 1 }', 1, /did you mean "times"/],
    ['a repeat of 0', '- { repeat: 0, output: x }', 1, /repeat/],
    ['a delay without end', '- { delayMs: 1e300, output: x }', 1, /delayMs/],
    ['an output that is none', '- { output: 3 }', 1, /output/],
    ['a case that is no text', '- { case: 3, output: x }', 1, /case/],
    ['no list', 'output: x', 1, /no list/],
    ['an empty file', '', 1, /no list/],
    ['bad YAML', '- output: "x\n- y', 2, /quote/],
    ['a key twice', '- output: x\n  output: y', 2, /unique/],
    ['a text for a row', '- x', 1, /no object/],
  ])('%s is refused with its line', async (_, content, line, message) => {
    expect(await problemsOf(content)).toMatchObject([
      { code: 'bad-row', message: expect.stringMatching(message), place: { file: 'replies.yaml', line } },
    ]);
  });

  it('an alias bomb is refused', async () => {
    const bomb = ['- &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++) bomb.push(`- &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(', ')}]`);
    expect((await problemsOf(bomb.join('\n'))).length).toBeGreaterThan(0);
  });

  it('one that is not there is found before a run', () => {
    const context = { ...contextFor(root, { type: 'mock', replies: 'missing.yaml' }), models: ['gpt'], calling: true };
    expect(mock.check?.(context)).toMatchObject([{ code: 'no-such-file' }]);
  });
});

describe('scripted trouble', () => {
  it.each<[object, FailureKind, Retry]>([
    [{ kind: 'rate-limited' }, 'rate-limited', { retry: 'rate-limited' }],
    [{ kind: 'rate-limited', afterMs: 1500 }, 'rate-limited', { retry: 'rate-limited', afterMs: 1500 }],
    [{ kind: 'overloaded', afterMs: 10 }, 'overloaded', { retry: 'rate-limited', afterMs: 10 }],
    [{ kind: 'server' }, 'server', { retry: 'transient' }],
    [{ kind: 'network' }, 'network', { retry: 'transient' }],
    [{ kind: 'quota' }, 'quota', { retry: 'no' }],
    [{ kind: 'auth' }, 'auth', { retry: 'no' }],
  ])('%j', async (error, kind, retry) => {
    const provider = await open([{ error: { ...error, message: 'as scripted' } }]);
    expect(await failureOf(ask(provider))).toEqual({ failure: { kind, message: 'as scripted' }, retry });
  });

  it('of "times" ends after so many tries of the same question, for each question anew', async () => {
    const provider = await open([{ error: { kind: 'server', times: 2 }, output: 'at last' }]);
    for (const id of ['a', 'b']) {
      const trial = { case: id };
      expect((await failureOf(ask(provider, { trial }))).failure.kind).toBe('server');
      expect((await failureOf(ask(provider, { trial }))).failure.kind).toBe('server');
      expect(await text(provider, { trial })).toBe('at last');
      expect(await text(provider, { trial })).toBe('at last');
    }
  });

  it('without an answer of its own gives way to the next reply', async () => {
    const provider = await open([{ error: { kind: 'server', times: 1 } }, { output: 'next' }]);
    expect((await failureOf(ask(provider))).failure.kind).toBe('server');
    expect(await text(provider)).toBe('next');
  });
});

describe('a delay', () => {
  it('is waited, and ended by abort at once', async () => {
    const provider = await open([
      { case: 'short', delayMs: 40, output: 'x' },
      { case: 'long', delayMs: 60_000, output: 'x' },
    ]);
    const started = performance.now();
    expect(await text(provider, { trial: { case: 'short' } })).toBe('x');
    expect(performance.now() - started).toBeGreaterThan(35);
    const controller = new AbortController();
    const call = failureOf(ask(provider, { trial: { case: 'long' } }, controller.signal));
    controller.abort();
    expect((await call).failure.kind).toBe('aborted');
    expect((await failureOf(ask(provider, { trial: { case: 'long' } }, AbortSignal.abort()))).failure.kind).toBe(
      'aborted',
    );
  });
});

describe('mock:embed', () => {
  it('makes a vector per text, the same for the same words', async () => {
    const provider = await open();
    const request = requestFor({
      name: 'embed',
      messages: [],
      texts: ['The cat sat', 'sat the CAT!', 'dogs bark', ''],
    });
    const { embeddings: vectors } = (await provider.embed?.(request, { signal: new AbortController().signal })) ?? {};
    const cosine = (a = 0, b = 0) => (vectors?.[a] ?? []).reduce((sum, x, i) => sum + x * (vectors?.[b]?.[i] ?? 0), 0);
    expect(vectors?.length).toBe(4);
    expect(cosine(0, 1)).toBeCloseTo(1, 12);
    expect(cosine(0, 2)).toBeLessThan(0.5);
    expect(cosine(3, 3)).toBeCloseTo(1, 12);
  });

  it('never gives a vector without length or with a number that is none', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const [vector = []] = embeddings([any]);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 9);
      }),
    );
  });

  it('answers no questions, and other names make no vectors', async () => {
    const provider = await open([{ model: 'gpt', output: 'x' }]);
    expect((await failureOf(ask(provider, { name: 'embed' }))).failure.kind).toBe('bad-request');
    const call = provider.embed?.(requestFor({ name: 'gpt', texts: ['x'] }), { signal: new AbortController().signal });
    expect((await failureOf(call ?? Promise.resolve())).failure.kind).toBe('bad-request');
  });
});
