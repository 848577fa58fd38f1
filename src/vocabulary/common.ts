/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
/** A JSON object. */
export interface JsonObject {
  [key: string]: Json;
}

/** Where something stands: a path relative to the project root (`/` on every system), line and column counted from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Something wrong in what the user wrote: what (`message`), where (`place`), and what to do (`remedy`). */
export interface Problem {
  /** Stable kebab-case name from the catalogue in errors.ts, e.g. `unknown-key`. */
  code: string;
  message: string;
  remedy: string;
  place?: Place;
}

/** How much a rule or an assertion weighs: `error` decides, `warn` is reported, `off` does nothing. */
export type Level = 'error' | 'warn' | 'off';

/** Where replies come from: recordings only; recordings, then calls that are stored; calls only, nothing stored. */
export type Mode = 'replay' | 'record' | 'live';

/** Names a trial: one planned answer. `repeat` counts from 1. */
export interface TrialId {
  prompt: string;
  model: string;
  case: string;
  repeat: number;
}

/** A list that may be too long to be in memory whole: its members are made when they are asked for. Every array is one. */
export interface List<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
  map<U>(of: (each: T) => U): U[];
  flatMap<U>(of: (each: T) => U | readonly U[]): U[];
  filter(fits: (each: T) => boolean): T[];
  some(fits: (each: T) => boolean): boolean;
}
