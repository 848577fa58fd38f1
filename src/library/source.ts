import type { Json, Place, Problem } from '../vocabulary.js';

/** Keys and indexes from the root of a value to one inside it. */
export type Path = readonly (string | number)[];

/** A value that was read from a file, and where each of its members stands. */
export interface Source {
  file: string;
  value: Json;
  /**
   * Where the member at `path` stands: its value, or its key. What has no place of its own (an absent member, a cell of a row)
   * gets the place of what is nearest around it.
   */
  place(path: Path, of?: 'key' | 'value'): Place;
}

/** A file's value, or why there is none. */
export type Read = { source: Source } | { problems: Problem[] };

/** Deepest nesting of a data file: what people write stays far below, and every recursion over values is safe. */
export const MAX_DEPTH = 100;

/** Largest YAML file in characters: its parser needs some hundred bytes per character; larger data belongs in .jsonl or .csv. */
export const MAX_YAML = 4_000_000;

/** Names through which an object's prototype could be reached: refused as keys wherever users write data. */
export const REFUSED_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** A path as people write it: `cases[3].assert[0].value`. */
export function pathName(path: Path): string {
  let name = '';
  for (const step of path) {
    if (typeof step === 'number') name += `[${step}]`;
    else if (/^[\w-]+$/.test(step)) name += name === '' ? step : `.${step}`;
    else name += `[${JSON.stringify(step)}]`;
  }
  return name;
}

/**
 * A place that is looked up when its line or column is asked for, as most never are. There are some for each case: the class keeps
 * each at a tenth of what an object with its own getters takes.
 */
export class LaterPlace implements Place {
  readonly #find: Source['place'];
  readonly #path: Path;
  readonly #of: 'key' | 'value' | undefined;
  #found: Place | undefined;

  /** @param find looks up where the member at `path` stands */
  constructor(
    readonly file: string,
    find: Source['place'],
    path: Path,
    of: 'key' | 'value' | undefined,
  ) {
    this.#find = find;
    this.#path = path;
    this.#of = of;
  }

  get line(): number {
    return this.#here().line;
  }

  get column(): number {
    return this.#here().column;
  }

  #here(): Place {
    return (this.#found ??= this.#find(this.#path, this.#of));
  }
}

/** A part of a source as a source of its own. */
export function within(source: Source, path: Path, value: Json): Source {
  return { file: source.file, value, place: (inner, of) => source.place([...path, ...inner], of) };
}

/** Whether a whole number, printed again, would have other digits than were written: `12345678901234567890` does. */
export function isInexact(written: string, value: number): boolean {
  if (Number.isSafeInteger(value) || !/^[-+]?\d+$/.test(written)) return false;
  const digits = written.replace('+', '');
  return String(value) !== digits && BigInt(digits) !== BigInt(value);
}
