import { type Context, createContext, Script } from 'node:vm';
import { readPattern } from './pattern.js';

/** Milliseconds that a pattern in a schema may take on one text. It blocks, since a schema is checked in one go. */
const TIME_LIMIT = 250;

/** What a schema's validator tests texts with. */
export interface SchemaPattern {
  test(text: string): boolean;
  /** Distinguishes patterns within one validator. */
  toString(): string;
}

/**
 * The patterns of a schema: linear time wherever the pattern allows it, else JavaScript's engine with a time limit.
 * `code` is asked for by ajv and only used when it writes modules.
 * @throws SyntaxError for what is no pattern
 */
export const schemaPattern = Object.assign(
  (source: string, flags: string): SchemaPattern => {
    const pattern = readPattern(source, flags);
    if (pattern.engine === 'none') throw new SyntaxError(`/${source}/: ${pattern.message}`);
    const test =
      pattern.engine === 'linear'
        ? (text: string) => pattern.compiled.test(text)
        : (text: string) => testInTime(pattern.source, pattern.flags, text);
    return { test, toString: () => `/${source}/${flags}` };
  },
  { code: 'new RegExp' },
);

const SCRIPT = new Script('new RegExp(source, flags).test(text)');
let sandbox: Context | undefined;

function testInTime(source: string, flags: string, text: string): boolean {
  sandbox ??= createContext({});
  Object.assign(sandbox, { source, flags, text });
  try {
    return SCRIPT.runInContext(sandbox, { timeout: TIME_LIMIT }) === true;
  } catch (error) {
    // Errors out of a sandbox are no instances of this realm's Error.
    const code = error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Error(`the schema's pattern /${source}/ took longer than ${TIME_LIMIT} ms`, { cause: error });
  }
}
