import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Engine, execute } from '../../src/run/execute.js';
import type { Case, Eval, TrialResult } from '../../src/vocabulary.js';

const CASES = ['a', 'b', 'c', 'd', 'e', 'f'].map((id) => ({ id, vars: {} }) as Case);

/** An engine whose disk is full: it takes no completed trial. What is entered and what else it is given is kept. */
function onFullDisk() {
  const entered: string[] = [];
  const recorded: TrialResult[] = [];
  const evaluation = { prompt: { id: 'p', parameters: {}, tools: [] }, model: { model: 'm:x' } } as unknown as Eval;
  const ask: Engine['ask'] = async (_request, { trial, signal }) => {
    await turn();
    // All but the first wait for their answers until they are stopped.
    if (trial.case !== 'a' && signal?.aborted === false) await once(signal, 'abort');
    return signal?.aborted
      ? { ok: false, failure: { kind: 'aborted', message: 'ended' }, attempts: 1 }
      : { ok: true, completion: { output: 'yes', finishReason: 'stop' }, attempts: 1, source: 'call' };
  };
  const score: Engine['score'] = async ({ trial }) => ({ ...trial, status: 'completed' }) as TrialResult;
  const record: Engine['record'] = async (result) => {
    if (result.status === 'completed') throw new Error('the disk is full');
    recorded.push(result);
  };
  const engine = {
    library: {
      async *cases() {
        yield CASES;
      },
    },
    evals: [evaluation],
    includes: () => true,
    ledger: { completed: () => false, enter: (result: TrialResult) => entered.push(result.status) },
    render: () => [],
    ask,
    score,
    record,
    laneOf: () => 'm',
    window: () => ({ trials: 3, asking: 3 }),
    signal: new AbortController().signal,
  } as unknown as Engine;
  return { engine, entered, recorded };
}

test('what a full disk cuts off is not written down as interrupted', async () => {
  const { engine, entered, recorded } = onFullDisk();
  await expect(execute([{ prompt: 'p', model: 'm:x', repeat: 1 }], engine)).rejects.toThrow('the disk is full');
  expect(entered).toEqual(Array(CASES.length - 1).fill('skipped'));
  expect(recorded).toEqual([]);
});
