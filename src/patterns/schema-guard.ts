import { isLongJson } from '../json-text.js';
import type { Json } from '../vocabulary.js';
import { inTime, OutOfTime } from './in-time.js';
import { readPattern } from './pattern.js';

/** How long checks of one schema may take. */
export interface Patience {
  /** Wall-clock milliseconds for one value. */
  limitMs: number;
  /** So often may a check run out of time before the schema is given up; else a thousand values would wait one by one. */
  strikes: number;
}

/**
 * Characters of a schema times characters of a value: up to here, a schema without references whose patterns take linear time
 * is done with a value in less than a second, mostly far less, and needs no guard.
 */
const SMALL = 1_000_000;

/**
 * Guards checks of values against a schema that may be hostile: its patterns may backtrack for ever, and references that double at
 * each step make a small schema stand for a huge one.
 * @param check does the work in one go
 * @returns the same check, which throws OutOfTime where it takes too long
 */
export function guarded<Result>(
  schema: Json,
  check: (value: Json) => Result,
  { limitMs, strikes }: Patience,
): (value: Json) => Result {
  const size = JSON.stringify(schema).length;
  let explosive: boolean | undefined;
  let struck = 0;
  return (value) => {
    explosive ??= canExplode(schema);
    if (!explosive && !isLongJson(value, SMALL / size)) return check(value);
    if (struck >= strikes) {
      throw new OutOfTime(`the schema was given up: it took longer than ${limitMs} ms ${times(strikes)}`);
    }
    try {
      return inTime(limitMs, () => check(value));
    } catch (error) {
      if (error instanceof OutOfTime) struck += 1;
      throw error;
    }
  };
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/** Whether the time that a schema takes may grow faster than schema and value do. Takes too many for such, none too few. */
function canExplode(schema: Json): boolean {
  if (schema === null || typeof schema !== 'object') return false;
  return Object.entries(schema).some(
    ([key, member]) =>
      /^\$(?:ref|dynamicRef|recursiveRef)$/.test(key) ||
      (key === 'pattern' && typeof member === 'string' && canBacktrack(member)) ||
      (key === 'patternProperties' && Object.keys(member ?? {}).some(canBacktrack)) ||
      canExplode(member),
  );
}

function canBacktrack(source: string): boolean {
  return readPattern(source, 'u').engine === 'native';
}
