import { inTime, OutOfTime } from './in-time.js';
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
        : testerOf(new RegExp(pattern.source, pattern.flags), source);
    return { test, toString: () => `/${source}/${flags}` };
  },
  { code: 'new RegExp' },
);

function testerOf(pattern: RegExp, source: string): (text: string) => boolean {
  return (text) => {
    try {
      return inTime(TIME_LIMIT, () => pattern.test(text));
    } catch (error) {
      if (!(error instanceof OutOfTime)) throw error;
      throw new OutOfTime(`the schema's pattern /${source}/ took longer than ${TIME_LIMIT} ms`, { cause: error });
    }
  };
}

/** Patterns by their source, each read once. */
export function schemaPatterns(): (source: string) => SchemaPattern {
  const read = new Map<string, SchemaPattern>();
  return (source) => {
    const known = read.get(source) ?? schemaPattern(source, 'u');
    read.set(source, known);
    return known;
  };
}
