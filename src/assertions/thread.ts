import type { Worker } from 'node:worker_threads';

/** What came of a message: its answer; nothing in time; or an error, also of the thread itself. */
export type ThreadOutcome<Answer> =
  | { kind: 'answered'; answer: Answer }
  | { kind: 'out-of-time' }
  | { kind: 'gave-up'; why: string };

/**
 * A thread that answers messages one after the other. It is started when first needed, replaced when it had to be stopped, and
 * keeps the process alive only while it works.
 */
export class Thread<Message, Answer> {
  readonly #code: string;
  readonly #data: unknown;
  #worker: Worker | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /**
   * @param code the body of an async function (message, data) → answer, in plain JavaScript with `require` and `import`: a file
   *   of its own would be found neither by test runners nor by bundlers
   * @param data handed to each call
   */
  constructor(code: string, data: unknown) {
    this.#code = code;
    this.#data = data;
  }

  /** Messages that are not answered yet. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @param limitMs wall-clock milliseconds for this message alone, without its wait; then the thread is stopped */
  ask(message: Message, limitMs?: number): Promise<ThreadOutcome<Answer>> {
    this.#waiting += 1;
    const outcome = this.#queue.then(() => this.#askNow(message, limitMs)).finally(() => (this.#waiting -= 1));
    this.#queue = outcome.catch(() => undefined);
    return outcome;
  }

  async #askNow(message: Message, limitMs: number | undefined): Promise<ThreadOutcome<Answer>> {
    this.#worker ??= await start(this.#code, this.#data);
    const worker = this.#worker;
    worker.ref();
    const outcome = await answerOf<Answer>(worker, message, limitMs);
    worker.unref();
    if (outcome.kind === 'answered') return outcome;
    this.#worker = undefined;
    await worker.terminate();
    return outcome;
  }
}

function answerOf<Answer>(
  worker: Worker,
  message: unknown,
  limitMs: number | undefined,
): Promise<ThreadOutcome<Answer>> {
  return new Promise((resolve) => {
    const end = (outcome: ThreadOutcome<Answer>) => {
      clearTimeout(timer);
      quiet(worker);
      resolve(outcome);
    };
    const timer = limitMs === undefined ? undefined : setTimeout(() => end({ kind: 'out-of-time' }), limitMs);
    worker.once('message', (outcome: ThreadOutcome<Answer>) => end(outcome));
    worker.once('error', (error: unknown) => end({ kind: 'gave-up', why: String(error) }));
    worker.once('exit', () => end({ kind: 'gave-up', why: 'the thread ended' }));
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(message);
  });
}

/** Starts a thread and waits until it runs, so that starting does not count against a message's time. */
async function start(code: string, data: unknown): Promise<Worker> {
  const body = `
    const { parentPort, workerData } = require('node:worker_threads');
    const run = async (message, data) => {${code}};
    parentPort.on('message', (message) => run(message, workerData).then(
      (answer) => parentPort.postMessage({ kind: 'answered', answer }),
      (error) => parentPort.postMessage({ kind: 'gave-up', why: String(error && error.message) }),
    ));`;
  // The process's own flags may change what the code means (--input-type), and it has no use for the environment's keys.
  const { Worker: NodeWorker } = await import('node:worker_threads');
  const worker = new NodeWorker(body, { eval: true, workerData: data, execArgv: [], env: {} });
  await new Promise<void>((resolve, reject) => {
    worker.once('online', resolve);
    worker.once('error', reject);
  });
  quiet(worker);
  return worker;
}

/** Listens no more, but to errors: an ended thread may still report one, and unheard it would end the process. */
function quiet(worker: Worker): void {
  worker.removeAllListeners();
  worker.on('error', () => undefined);
}
