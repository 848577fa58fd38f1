import { createRequire } from 'node:module';
import { Thread, type ThreadOutcome } from './thread.js';

/** A pattern to run beside the main thread: JavaScript's own engine, or RE2 with its flag bits. */
export type WorkerPattern =
  | { engine: 'native'; source: string; flags: string }
  | { engine: 'linear'; source: string; flags: number };

const CODE = `
  const { pattern, text } = message;
  const compiled = pattern.engine === 'native'
    ? new RegExp(pattern.source, pattern.flags)
    : require(data.re2js).RE2JS.compile(pattern.source, pattern.flags);
  return compiled.test(text);`;

let thread: Thread<{ pattern: WorkerPattern; text: string }, boolean> | undefined;

/**
 * Tests a pattern in a thread, where it can be stopped. Tests wait for each other; the wait does not count against the limit.
 * @param limitMs wall-clock milliseconds after which the test is stopped
 */
export function testInWorker(pattern: WorkerPattern, text: string, limitMs: number): Promise<ThreadOutcome<boolean>> {
  thread ??= new Thread(CODE, { re2js: createRequire(import.meta.url).resolve('re2js') });
  return thread.ask({ pattern, text }, limitMs);
}
