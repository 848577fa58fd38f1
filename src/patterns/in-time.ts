import { type Context, createContext, Script } from 'node:vm';

const SCRIPT = new Script('work()');
let sandbox: Context | undefined;

/** Work was stopped because it took too long. */
export class OutOfTime extends Error {}

/**
 * Does work that blocks, and stops it when it takes too long, be it in the middle of a regular expression: V8 looks at the end of
 * a script's time there, too. Costs 0.1 ms of CPU. May be nested: the shortest limit counts.
 * @param limitMs wall-clock milliseconds
 * @throws OutOfTime, and what the work itself throws
 */
export function inTime<Result>(limitMs: number, work: () => Result): Result {
  sandbox ??= createContext({});
  const outer: unknown = sandbox['work'];
  sandbox['work'] = work;
  try {
    return SCRIPT.runInContext(sandbox, { timeout: limitMs }) as Result;
  } catch (error) {
    // Node makes this error in the sandbox, where it is no instance of this realm's Error.
    const code = error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new OutOfTime(`it took longer than ${limitMs} ms`, { cause: error });
  } finally {
    sandbox['work'] = outer;
  }
}
