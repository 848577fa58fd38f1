import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe as group, expect, test, vi } from 'vitest';
import type { Ask, AskContext } from '../../src/ask/ask.js';
import { HAND_WRITTEN } from '../../src/ask/recording-row.js';
import { recordings } from '../../src/ask/recordings.js';
import { type RecordingStore, recordingStore } from '../../src/ask/recordings-file.js';
import { type ProjectFiles, projectFiles } from '../../src/journal/project-files.js';
import type { Answer, Mode, ModelRequest } from '../../src/vocabulary.js';
import { bad, context, describeAs, good, request } from './fakes.js';

const describe = describeAs({ mock: { calls: 'none' }, local: { type: 'openai' } });
const FILE = 'fixtures/recordings/p.jsonl';
let root = '';
const opened: ProjectFiles[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'recordings-'));
});
afterEach(async () => {
  for (const files of opened.splice(0)) await files.close();
  rmSync(root, { recursive: true });
});

interface Session {
  ask: Ask;
  store: RecordingStore;
  port: ReturnType<typeof vi.fn<Ask>>;
  end(): Promise<void>;
}

/** A run in this project. Unless it is ended, it was killed. */
function session(
  mode: Mode,
  port: Ask = answering,
  { refresh = false, redact = (text: string) => text } = {},
): Session {
  const files = projectFiles((path) => join(root, path));
  opened.push(files);
  const store = recordingStore({ files, redact, writable: mode === 'record' });
  const spy = vi.fn<Ask>(port);
  const end = async () => {
    await store.flush();
    await files.close();
  };
  return { ask: recordings({ mode, refresh, store, describe })(spy), store, port: spy, end };
}

/** Lets go of a killed session's lock, as the death of its process would. */
async function kill(): Promise<void> {
  for (const files of opened.splice(0)) await files.close();
}

const answering: Ask = async ({ messages }, { trial }) => good(`${messages[0]?.content} ${trial.case} ${trial.repeat}`);

/** Answers equal requests alike. */
const byRequest: Ask = async ({ model }, { purpose, trial }) => good(`${model} ${purpose} ${trial.repeat}`);

/** A request that no other case makes. */
function saying(id: string) {
  return [request({ messages: [{ role: 'user', content: id }] }), context({ case: id })] as const;
}

function withoutCanary(line: string): string {
  return line.replaceAll('sk-CANARY', '[redacted]');
}

const at = (path = FILE) => join(root, path);
const text = (path = FILE) => readFileSync(at(path), 'utf8');
const rows = () =>
  text()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

function put(content: string, path = FILE): void {
  mkdirSync(join(at(path), '..'), { recursive: true });
  writeFileSync(at(path), content);
}

function asks(ask: Ask, ...cases: string[]): Promise<Answer[]> {
  return Promise.all(cases.map((id) => ask(request(), context({ case: id }))));
}

async function record(asked: [Partial<ModelRequest>, Parameters<typeof context>[0]][], port?: Ask): Promise<void> {
  const run = session('record', port);
  for (const [changes, named] of asked) await run.ask(request(changes), context(named));
  await run.end();
}

group('modes', () => {
  test('record stores what it called; replay answers from that without a call', async () => {
    await record([[{}, { case: 'a' }]]);
    const replay = session('replay');
    expect(await replay.ask(request(), context({ case: 'a' }))).toEqual({
      ok: true,
      completion: { output: 'hi a 1', finishReason: 'stop' },
      attempts: 0,
      source: 'recording',
    });
    expect(replay.port).not.toHaveBeenCalled();
  });

  test('record uses what is recorded', async () => {
    await record([[{}, { case: 'a' }]]);
    const again = session('record');
    expect(await again.ask(request(), context({ case: 'a' }))).toMatchObject({ source: 'recording', attempts: 0 });
    expect(again.port).not.toHaveBeenCalled();
  });

  test('a miss in replay is loud, and counted', async () => {
    await record([[{}, { case: 'a' }]]);
    const { ask, store, port } = session('replay');
    await ask(request(), context({ case: 'a' }));
    const changed = request({ messages: [{ role: 'user', content: 'changed' }] });
    expect(await ask(changed, context({ case: 'a' }))).toMatchObject({
      ok: false,
      attempts: 0,
      failure: { kind: 'not-recorded', message: 'not recorded: answer of openai:m to p, case a, repeat 1' },
    });
    expect(store.misses()).toEqual({ asked: 2, missing: 1, models: { 'openai:m': { count: 1, inputChars: 7 } } });
    expect(port).not.toHaveBeenCalled();
  });

  test('live neither reads nor stores', async () => {
    await record([[{}, { case: 'a' }]]);
    const before = text();
    const live = session('live', async () => good('fresh'));
    expect(await live.ask(request(), context({ case: 'a' }))).toEqual(good('fresh'));
    await live.ask(request(), context({ case: 'b' }));
    await live.end();
    expect(text()).toBe(before);
  });

  test('what asks no model is never recorded, and answers in replay', async () => {
    for (const mode of ['record', 'replay'] as const) {
      const run = session(mode, async () => ({ ...good('echo'), source: 'local' }) as Answer);
      expect(await run.ask(request({ model: 'mock:echo' }), context())).toMatchObject({ ok: true, source: 'local' });
      await run.end();
    }
    expect(existsSync(at())).toBe(false);
  });

  test('failures are not stored: the next run calls again', async () => {
    await record([[{}, {}]], async () => bad('server'));
    expect(existsSync(at())).toBe(false);
    const again = session('record');
    expect(await again.ask(request(), context())).toMatchObject({ ok: true, source: 'call' });
  });

  test('refresh records anew in the place of the old reply, and keeps that one when the call fails', async () => {
    await record([[{}, {}]], async () => good('old'));
    const failing = session('record', async () => bad('server'), { refresh: true });
    expect(await failing.ask(request(), context())).toMatchObject({ ok: false });
    await failing.end();
    expect(rows()).toMatchObject([{ completion: { output: 'old' } }]);
    const run = session('record', async () => good('new'), { refresh: true });
    expect(await run.ask(request(), context())).toMatchObject({ source: 'call' });
    // Asked again in the same run it is not paid for again.
    expect(await run.ask(request(), context())).toMatchObject({ source: 'recording', completion: { output: 'new' } });
    await run.end();
    expect(rows()).toMatchObject([{ completion: { output: 'new' } }]);
  });
});

group('requests that are equal', () => {
  test('are paid for once, and each case has its row', async () => {
    const run = session('record', async () => good('one'));
    const answers = await asks(run.ask, 'b', 'a', 'c');
    await run.end();
    expect(run.port).toHaveBeenCalledTimes(1);
    expect(answers.map((each) => each.ok && each.completion.output)).toEqual(['one', 'one', 'one']);
    expect(answers.map((each) => each.attempts).toSorted()).toEqual([0, 0, 1]);
    expect(rows().map((row) => row.case)).toEqual(['a', 'b', 'c']);
  });

  test('do not share a failure', async () => {
    let calls = 0;
    const run = session('record', async () => (++calls === 1 ? bad('server') : good()));
    const answers = await asks(run.ask, 'a', 'b');
    expect(answers.map((each) => each.ok)).toEqual([false, true]);
  });

  test('are found after a case or the name of a provider was changed', async () => {
    await record([[{ model: 'openai:m' }, { case: 'old name' }]]);
    const replay = session('replay');
    const answer = await replay.ask(request({ model: 'local:m' }), context({ case: 'new name' }));
    expect(answer).toMatchObject({ ok: true, completion: { output: 'hi old name 1' } });
  });
});

test('refresh renews the rows of all cases that make one request', async () => {
  const both: [Partial<ModelRequest>, { case: string }][] = [
    [{}, { case: 'a' }],
    [{}, { case: 'b' }],
  ];
  await record(both, async () => good('old'));
  const run = session('record', async () => good('new'), { refresh: true });
  for (const id of ['b', 'a']) {
    expect(await run.ask(request(), context({ case: id }))).toMatchObject({ completion: { output: 'new' } });
  }
  await run.end();
  expect(run.port).toHaveBeenCalledTimes(1);
  expect(rows()).toMatchObject(['a', 'b'].map((id) => ({ case: id, completion: { output: 'new' } })));
});

group('the file', () => {
  const many: [Partial<ModelRequest>, Partial<AskContext> & { case?: string; repeat?: number }][] = [
    [{}, { case: 'b' }],
    [{}, { case: 'B', repeat: 2 }],
    [{}, { case: 'a', repeat: 10 }],
    [{}, { case: 'a', repeat: 2 }],
    [{ model: 'anthropic:m' }, { case: 'a', repeat: 9 }],
    [{}, { case: 'a', repeat: 2, purpose: 'judge', metric: 'tone' }],
    [{}, { case: 'a', repeat: 2, purpose: 'judge', metric: 'facts' }],
    [{}, { case: 'é' }],
  ];
  const order = [
    ['B', 'openai:m', 2, 'trial', undefined],
    ['a', 'anthropic:m', 9, 'trial', undefined],
    ['a', 'openai:m', 2, 'judge', 'facts'],
    ['a', 'openai:m', 2, 'judge', 'tone'],
    ['a', 'openai:m', 2, 'trial', undefined],
    ['a', 'openai:m', 10, 'trial', undefined],
    ['b', 'openai:m', 1, 'trial', undefined],
    ['é', 'openai:m', 1, 'trial', undefined],
  ];

  test('is sorted by case, model, repeat, purpose and metric, whatever the order of calls', async () => {
    await record(many, byRequest);
    const first = text();
    expect(rows().map((row) => [row.case, row.model, row.repeat, row.purpose, row.metric])).toEqual(order);
    rmSync(at());
    await record(many.toReversed(), byRequest);
    expect(text()).toBe(first);
  });

  test('has its keys in fixed order', async () => {
    const completion = { usage: { outputTokens: 1, inputTokens: 2 }, answeredBy: 'm-1', latencyMs: 5, costUsd: 0.1 };
    await record([[{}, {}]], async () => good('x', completion));
    expect(text()).toMatch(
      /^\{"case":"c1","model":"openai:m","repeat":1,"purpose":"trial","key":"[0-9a-f]{16}","completion":\{"output":"x","finishReason":"stop","usage":\{"outputTokens":1,"inputTokens":2\},"latencyMs":5,"answeredBy":"m-1","costUsd":0.1\}\}\n$/,
    );
  });

  test('grows by rows put in order; a row that nobody asks for any more stays until it is pruned', async () => {
    await record(many);
    const before = text().trimEnd().split('\n');
    await record([[{ messages: [{ role: 'user', content: 'edited' }] }, { case: 'a', repeat: 2 }]]);
    const after = text().trimEnd().split('\n');
    expect(after).toHaveLength(before.length + 1);
    expect(after.filter((line) => !before.includes(line))).toHaveLength(1);

    const accept = session('record');
    await accept.ask(request({ messages: [{ role: 'user', content: 'edited' }] }), context({ case: 'a', repeat: 2 }));
    expect(await accept.store.prune('p', ({ key }) => accept.store.used().has(key))).toBe(before.length);
    expect(rows()).toMatchObject([{ case: 'a', repeat: 2, completion: { output: 'edited a 2' } }]);
    put(text().replace('{"case"', '{ "case"'));
    const spaced = text();
    expect(await accept.store.prune('p', () => true)).toBe(0);
    expect(text()).toBe(spaced);
    expect(await accept.store.prune('p', () => false)).toBe(1);
    expect(readdirSync(join(at(), '..'))).toEqual([]);
  });

  test('is not touched by a run that had nothing to record', async () => {
    put(
      '{"case":"a", "model":"openai:m","repeat":1,"purpose":"trial","key":"0123456789abcdef","completion":{"finishReason":"stop","output":"x"}}',
    );
    const before = text();
    const run = session('record', async () => bad('server'));
    await run.ask(request(), context());
    await run.end();
    expect(text()).toBe(before);
    expect(readdirSync(join(at(), '..'))).toEqual(['p.jsonl']);
  });

  test('holds vectors compactly, and a recorded run sees what its replay will see', async () => {
    const vectors = [
      [0.1, -2.5, 1e-30],
      [1, 2, 3],
    ];
    const asked = [
      request({ messages: [], texts: ['a', 'b'] }),
      context({ purpose: 'embedding', metric: 'similar' }),
    ] as const;
    const run = session('record', async () => good('', { embeddings: vectors }));
    const recorded = await run.ask(...asked);
    await run.end();
    const replayed = await session('replay').ask(...asked);
    expect(rows()[0].completion.embeddings[0]).toBe('zczMPQAAIMBgQqIN');
    expect(replayed.ok && replayed.completion).toEqual(recorded.ok && recorded.completion);
    expect(replayed.ok && replayed.completion.embeddings?.[0]).toEqual([0.1, -2.5, 1e-30].map(Math.fround));
  });

  test('keeps what a model wrote to the letter', async () => {
    const output = 'a\u0000\u2028\r\n\ud83d "quoted" \\ {"case":"x"} 😀';
    const toolCalls = [{ name: 'f', arguments: JSON.parse('{"__proto__":{"x":1},"constructor":2}') }];
    await record([[{}, {}]], async () => good(output, { toolCalls }));
    const answer = await session('replay').ask(request(), context());
    expect(answer.ok && answer.completion.output).toBe(output);
    expect(answer.ok && JSON.stringify(answer.completion.toolCalls)).toBe(JSON.stringify(toolCalls));
  });

  test('never holds a secret, nor does what is beside it before', async () => {
    const run = session('record', async () => good('your key is sk-CANARY'), { redact: withoutCanary });
    await run.ask(request(), context());
    expect(text(`${FILE}.new`)).not.toContain('CANARY');
    await run.end();
    expect(text()).not.toContain('CANARY');
    expect(rows()).toMatchObject([{ completion: { output: 'your key is [redacted]' } }]);
  });

  test('marks samples that a person wrote', async () => {
    await record([[{}, {}]]);
    put(text().replace('"completion"', `"note":"${HAND_WRITTEN}","completion"`));
    expect(await session('replay').ask(request(), context())).toMatchObject({ ok: true, handWritten: true });
    const run = session('record', answering, { refresh: true });
    await run.ask(request(), context());
    await run.end();
    expect(text()).not.toContain(HAND_WRITTEN);
  });

  test('may have been saved with a byte order mark and CRLF', async () => {
    await record(many);
    put(`\uFEFF${text().replaceAll('\n', '\r\n')}`);
    const { ask, store } = session('replay');
    expect(await store.problems(['p'])).toEqual([]);
    for (const [changes, named] of many)
      expect(await ask(request(changes), context(named))).toMatchObject({ ok: true });
  });
});

group('an unreadable recording is a problem with its line', () => {
  const fine =
    '{"case":"a","model":"openai:m","repeat":1,"purpose":"trial","key":"0123456789abcdef","completion":{"output":"x","finishReason":"stop"}}';
  const wrong: [string, string, string][] = [
    ['no JSON', fine.slice(0, -5), 'it is no JSON'],
    ['no object', '[]', 'it is no object'],
    ['a missing key', fine.replace('"case":"a",', ''), 'it has no "case"'],
    ['an unknown key', fine.replace('"case"', '"x":1,"case"'), 'it has an unknown key "x"'],
    ['a repeat of 0', fine.replace('"repeat":1', '"repeat":0'), 'its "repeat" is not valid'],
    ['an unknown purpose', fine.replace('trial', 'fun'), 'its "purpose" is not valid'],
    ['a key that is none', fine.replace('0123456789abcdef', '../../x'), 'its "key" is not valid'],
    ['no output', fine.replace('"output":"x",', ''), 'it has no "output"'],
    ['an unknown reason', fine.replace('stop', 'tired'), 'its "finishReason" is not valid'],
    ['a bad vector', fine.replace('"output"', '"embeddings":["x"],"output"'), 'its "embeddings" is not valid'],
    ['a second one of the same name', fine, 'it repeats line 1'],
  ];

  test.each(wrong)('%s', async (_, line, why) => {
    put(`${fine}\n\n${line}\n`);
    expect(await session('replay').store.problems(['p'])).toMatchObject([
      { code: 'unreadable-recording', message: expect.stringContaining(why), place: { file: FILE, line: 3 } },
    ]);
  });

  test('conflict markers of git, and all other problems at once', async () => {
    put(`<<<<<<< HEAD\n${fine}\n=======\n${fine.replace('"x"', '"y"')}\n>>>>>>> other\n`);
    const run = session('record');
    const found = await run.store.problems(['p', 'no such prompt']);
    expect(found.map((each) => [each.code, each.place?.line])).toEqual([
      ['recording-conflict', 1],
      ['recording-conflict', 3],
      ['unreadable-recording', 4],
      ['recording-conflict', 5],
    ]);
    await expect(run.ask(request(), context())).rejects.toMatchObject({ name: 'UserError' });
    expect(run.port).not.toHaveBeenCalled();
  });
});

group('a crash', () => {
  test('loses no reply that was answered: the next recording run puts all in place, a replay uses them meanwhile', async () => {
    await record([[{}, { case: 'a' }]]);
    const killed = session('record', async () => good('paid'));
    await killed.ask(request({ messages: [{ role: 'user', content: 'b' }] }), context({ case: 'b' }));
    await kill();
    expect(rows()).toHaveLength(1);

    const b = [request({ messages: [{ role: 'user', content: 'b' }] }), context({ case: 'b' })] as const;
    const replay = session('replay');
    expect(await replay.ask(...b)).toMatchObject({ ok: true, completion: { output: 'paid' } });
    expect(replay.store.notes()).toEqual([expect.stringContaining(`${FILE}.new`)]);
    expect(rows()).toHaveLength(1);

    const next = session('record');
    expect(await next.ask(...b)).toMatchObject({ source: 'recording', completion: { output: 'paid' } });
    await next.end();
    expect(next.port).not.toHaveBeenCalled();
    expect(rows().map((row) => row.case)).toEqual(['a', 'b']);
    expect(readdirSync(join(at(), '..'))).toEqual(['p.jsonl']);
  });

  test('in the middle of a line costs that line only, cut at whatever byte', async () => {
    const killed = session('record', async () => good('paid 😀'));
    await asks(killed.ask, 'a');
    await kill();
    const side = readFileSync(at(`${FILE}.new`));
    const whole = side.toString();
    for (let cut = 0; cut < side.length; cut += 1) {
      rmSync(join(root, 'fixtures'), { recursive: true });
      put(whole);
      writeFileSync(at(`${FILE}.new`), Buffer.concat([side, side.subarray(0, cut)]));
      const next = session('record');
      expect(await next.store.problems(['p'])).toEqual([]);
      await next.end();
      expect(text()).toBe(whole);
    }
  });

  test('replies that cannot be merged stay where they are', async () => {
    const run = session('record');
    await asks(run.ask, 'a');
    put('<<<<<<< HEAD\n');
    await expect(run.store.flush()).rejects.toMatchObject({ problems: [{ code: 'recording-conflict' }] });
    expect(text(`${FILE}.new`)).toContain('"case":"a"');
    put('');
    await run.end();
    expect(rows()).toHaveLength(1);
  });
});

test('as many problems as a file has lines are told, however many', async () => {
  const many = 200_000;
  put('x\n'.repeat(many));
  expect(await session('replay').store.problems(['p'])).toHaveLength(many);
});

test('two runs never record one prompt at a time, and the second has called nobody', async () => {
  const first = session('record');
  await asks(first.ask, 'a');
  const second = session('record');
  const other = request({ messages: [{ role: 'user', content: 'other' }] });
  await expect(second.ask(other, context())).rejects.toMatchObject({ problems: [{ code: 'locked' }] });
  expect(second.port).not.toHaveBeenCalled();
  await first.end();
  expect(await second.ask(other, context())).toMatchObject({ ok: true });
  await second.end();
  expect(rows()).toHaveLength(2);
});

test('hundreds of replies at once all arrive whole', async () => {
  const run = session('record', async ({ messages }) => good(`${messages[0]?.content}`.repeat(1000)));
  const ids = Array.from({ length: 300 }, (_, index) => `case-${index}`);
  await Promise.all(ids.map((id) => run.ask(...saying(id))));
  await run.end();
  const replay = session('replay');
  for (const id of ids) {
    expect(await replay.ask(...saying(id))).toMatchObject({ completion: { output: id.repeat(1000) } });
  }
});
