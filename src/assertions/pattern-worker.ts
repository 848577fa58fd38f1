import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** A pattern to run beside the main thread: JavaScript's own engine, or RE2 with its flag bits. */
export type WorkerPattern =
  | { engine: 'native'; source: string; flags: string }
  | { engine: 'linear'; source: string; flags: number };

/** What became of a test: found or not; out of time; or the engine gave up with an error. */
export type WorkerOutcome =
  | { kind: 'tested'; found: boolean }
  | { kind: 'out-of-time' }
  | { kind: 'gave-up'; why: string };

// Plain JavaScript in a string: a file of its own would be found neither by test runners nor by bundlers.
const CODE = `
const { parentPort, workerData } = require('node:worker_threads');
parentPort.on('message', ({ pattern, text }) => {
  try {
    const compiled = pattern.engine === 'native'
      ? new RegExp(pattern.source, pattern.flags)
      : require(workerData.re2js).RE2JS.compile(pattern.source, pattern.flags);
    parentPort.postMessage({ kind: 'tested', found: compiled.test(text) });
  } catch (error) {
    parentPort.postMessage({ kind: 'gave-up', why: String(error && error.message) });
  }
});`;

let worker: Worker | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Tests a pattern in a worker thread, where it can be stopped. Tests wait for each other; the wait does not count against the
 * limit. An idle worker does not keep the process alive.
 * @param limitMs wall-clock milliseconds after which the worker is ended and a new one takes over
 */
export function testInWorker(pattern: WorkerPattern, text: string, limitMs: number): Promise<WorkerOutcome> {
  const outcome = queue.then(() => runOne(pattern, text, limitMs));
  queue = outcome.catch(() => undefined);
  return outcome;
}

async function runOne(pattern: WorkerPattern, text: string, limitMs: number): Promise<WorkerOutcome> {
  worker ??= await start();
  const current = worker;
  current.ref();
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  const outcome = await answerOf(current, () => current.postMessage({ pattern, text }), limitMs);
  if (outcome.kind === 'tested') current.unref();
  else {
    worker = undefined;
    await current.terminate();
  }
  return outcome;
}

function answerOf(current: Worker, send: () => void, limitMs: number): Promise<WorkerOutcome> {
  return new Promise((resolve) => {
    const end = (outcome: WorkerOutcome) => {
      clearTimeout(timer);
      current.removeAllListeners();
      // An ended worker may still report an error; with no listener at all that would end the process.
      current.on('error', () => undefined);
      resolve(outcome);
    };
    const timer = setTimeout(() => end({ kind: 'out-of-time' }), limitMs);
    current.once('message', (outcome: WorkerOutcome) => end(outcome));
    current.once('error', (error) =>
      end({ kind: 'gave-up', why: error instanceof Error ? error.message : String(error) }),
    );
    current.once('exit', () => end({ kind: 'gave-up', why: 'the worker thread ended' }));
    send();
  });
}

/** Starts the worker and waits until it runs, so that starting does not count against a pattern's time. */
async function start(): Promise<Worker> {
  const re2js = createRequire(import.meta.url).resolve('re2js');
  const started = new Worker(CODE, { eval: true, workerData: { re2js }, env: {}, execArgv: [] });
  await new Promise<void>((resolve, reject) => {
    started.once('online', resolve);
    started.once('error', reject);
  });
  started.removeAllListeners();
  started.on('error', () => undefined);
  return started;
}
