import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { Ask } from '../../src/ask/ask.js';
import { openFiles } from '../support/open-files.js';
import { evaluateInside, type Inside, mistakeOf } from './inside.js';
import { type Simulated, simulated } from './simulated.js';

const CASES = 6;
const JUDGED = [
  'defaults: { assert: [{ type: equals, value: yes }, { type: judge, value: "Is {{word}} polite?", metric: polite }] }',
  'cases:',
  ...Array.from({ length: CASES }, (_, at) => `  - { id: c00${at}, vars: { word: c00${at} } }`),
];

function library(): Simulated {
  return simulated(CASES, {
    lines: ['judge: { model: "sim:judge-2026-01-31" }'],
    files: { 'evals/sim.cases.yaml': JUDGED },
  });
}

const says = (output: string) =>
  ({ ok: true, completion: { output, finishReason: 'stop' }, attempts: 2, source: 'call' }) as const;
const answer: Ask = async (_request, { purpose }) => says(purpose === 'judge' ? '{"reason":"kind","score":1}' : 'yes');

/** A run that is interrupted while its judge grades: answers are stored that no finished trial has. */
async function interrupted(made: Simulated, options: object = {}): Promise<number> {
  const stop = new AbortController();
  let answered = 0;
  const port: Ask = async (request, context) => {
    if (context.purpose === 'trial') {
      answered += 1;
      return answer(request, context);
    }
    if (context.trial.case === 'c000') return answer(request, context);
    stop.abort();
    return { ok: false, failure: { kind: 'aborted', message: 'ended' }, attempts: 1 };
  };
  const { code } = await evaluateInside(made, {
    mode: 'record',
    port,
    signal: stop.signal,
    interruptedBy: () => 'SIGINT',
    concurrency: 1,
    ...options,
  });
  expect(code).toBe(130);
  return answered;
}

/** What a report says of where its answers came from. */
function sources({ report }: Inside): object {
  const [evaluation] = report.evals;
  const results = evaluation?.results.map(({ source, attempts }) => `${source} ${attempts}`);
  return { replayed: (evaluation as { replayed?: boolean } | undefined)?.replayed, results };
}

/** A port that counts the answers it gives; judges' replies are not counted. */
function counting(): { port: Ask; asked: { trial: number } } {
  const asked = { trial: 0 };
  const port: Ask = async (request, context) => {
    if (context.purpose === 'trial') asked.trial += 1;
    return answer(request, context);
  };
  return { port, asked };
}

test('what an interrupted run called and recorded is no replay when it is resumed', async () => {
  const made = library();
  const before = await interrupted(made);
  expect(before).toBeGreaterThan(1);
  const { port, asked } = counting();
  const resumed = await evaluateInside(made, { mode: 'record', port, resume: true });
  expect(asked.trial).toBe(CASES - before);
  expect(sources(resumed)).toEqual({ replayed: false, results: Array(CASES).fill('call 2') });

  // A run of its own replays all of it.
  const after = await evaluateInside(made, { mode: 'record', port });
  expect(sources(after)).toEqual({ replayed: true, results: Array(CASES).fill('recording 0') });
});

test('a run that a signal ends is no pass, whether or not it is said which', async () => {
  const made = library();
  const stop = new AbortController();
  const port: Ask = async (request, context) => {
    if (context.purpose === 'trial' && context.trial.case === 'c004') stop.abort();
    return answer(request, context);
  };
  const { code, report } = await evaluateInside(made, { mode: 'record', port, signal: stop.signal, concurrency: 1 });
  expect({ code, verdict: report.verdict, incomplete: report.incomplete }).toEqual({
    code: 130,
    verdict: 'unverified',
    incomplete: true,
  });
  expect(report.trials.skipped).toBeGreaterThan(0);
});

test('what was recorded before a run that is resumed is a replay still', async () => {
  const made = library();
  await evaluateInside(made, { mode: 'record', port: answer, filter: ['sim/c00[23]'] });
  await interrupted(made);
  const resumed = await evaluateInside(made, { mode: 'record', port: answer, resume: true });
  const results = ['call 2', 'call 2', 'recording 0', 'recording 0', 'call 2', 'call 2'];
  expect(sources(resumed)).toEqual({ replayed: true, results });
});

test('a resumed run that records anew pays for no reply twice', async () => {
  const made = library();
  await evaluateInside(made, { mode: 'record', port: answer });
  const before = await interrupted(made, { refresh: true });
  const { port, asked } = counting();
  const resumed = await evaluateInside(made, { mode: 'record', port, resume: true, refresh: true });
  expect(asked.trial).toBe(CASES - before);
  expect(sources(resumed)).toEqual({ replayed: false, results: Array(CASES).fill('call 2') });
});

test('a run goes on with fewer calls at a time, and not with another server, which is named', async () => {
  const made = library();
  await interrupted(made);
  const config = made.read('assay.config.yaml');
  const resumed = (text: string) => {
    made.write('assay.config.yaml', text);
    return evaluateInside(made, { mode: 'record', port: answer, resume: true });
  };
  const { exit, text } = await mistakeOf(resumed(config.replace('127.0.0.1:1/v1', '127.0.0.1:2/v1')));
  expect(exit).toBe(2);
  expect(text).toContain('providers.sim.baseURL was "http://127.0.0.1:1/v1" and is "http://127.0.0.1:2/v1"');
  const slower = config.replace('api: chat', 'api: chat, concurrency: 1, limits: { requestsPerMinute: 60000 }');
  expect((await resumed(slower)).code).toBe(0);
});

test('trials of a resumed run are added to those accepted before, as those of an undisturbed run are', async () => {
  const made = library();
  const run = async () => {
    made.remove('fixtures');
    await interrupted(made);
    await evaluateInside(made, { mode: 'record', port: answer, resume: true });
    await made.accept({ port: answer });
    const { models } = JSON.parse(made.read('evals/sim.baseline.json'));
    return models['sim:m'].cases.c003.scores.pass.repeats.length;
  };
  made.write('fixtures/recordings/sim.jsonl', '');
  // Accepting tops each up to 8.
  expect(await run()).toBe(8);
  expect(await run()).toBe(16);
});

test('nobody else may begin a run in the folder before the reports are there', async () => {
  const made = simulated(40);
  const state = { over: false };
  const running = made.evaluate().finally(() => {
    state.over = true;
  });
  const held: boolean[] = [];
  while (!state.over) {
    const ended = made.has('reports/run.jsonl') && made.read('reports/run.jsonl').includes('{"kind":"end"');
    if (ended && !made.has('reports/report.json')) held.push(made.has('reports/run.jsonl.lock'));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await running;
  expect(held.length).toBeGreaterThan(0);
  expect(held).not.toContain(false);
  expect(made.has('reports/run.jsonl.lock')).toBe(false);
});

test('no report is written before the disk has the journal', async () => {
  const made = simulated(3);
  const handle = await open(join(made.root, 'assay.config.yaml'));
  const sync = vi
    .spyOn(Object.getPrototypeOf(handle) as typeof handle, 'sync')
    .mockRejectedValueOnce(Object.assign(new Error('EIO: i/o error'), { code: 'EIO', syscall: 'fsync' }));
  try {
    expect(await mistakeOf(made.evaluate())).toMatchObject({ code: 'cannot-write', exit: 3 });
  } finally {
    sync.mockRestore();
    await handle.close();
  }
  expect(made.has('reports/report.json')).toBe(false);
  expect(made.has('reports/run.jsonl.lock')).toBe(false);
});

test('a journal that cannot be gone on with is let go of', async () => {
  const made = simulated(2);
  await made.evaluate();
  // Somebody has put in what no score is.
  made.write('reports/run.jsonl', made.read('reports/run.jsonl').replaceAll('"scores":[', '"scores":[null,'));
  await expect(made.evaluate({ resume: true })).rejects.toThrow(/null/);
  expect(made.has('reports/run.jsonl.lock')).toBe(false);
});

test.skipIf(process.platform !== 'linux')('where a report cannot be written, no results stay open', async () => {
  const made = simulated(2);
  const onResult = () => void mkdirSync(join(made.root, 'reports/summary.md'), { recursive: true });
  expect(await mistakeOf(made.evaluate({ onResult }))).toMatchObject({ code: 'not-a-plain-file' });
  expect(openFiles(join(made.root, 'reports/run.jsonl'))).toBe(0);
});
