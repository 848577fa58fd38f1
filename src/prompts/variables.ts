import type { Json, JsonObject } from '../vocabulary.js';
import { isObject } from '../objects.js';
import { type Check, checkCommon, type Fault, join } from './common-check.js';

/** What variables are held against. */
export interface Declared {
  /** JSON Schema of the variables. */
  input?: JsonObject;
  /** Names that the template reads. */
  uses: ReadonlySet<string>;
}

/** Values nested deeper than this are refused: people write far less, and every walk over values stays safe. */
const DEEPEST = 100;

/** Holds variables against an `input`. */
export type InputCheck = (input: JsonObject, vars: JsonObject, fault: Fault) => void;

/** The check of an `input` that says no more than nearly all do; what it says beyond that is not looked at. */
export const checkUsual: InputCheck = (input, vars, fault) => {
  const check: Check = (schema, value, path) => {
    if (schema === false) fault(path, 'is not allowed');
    if (isObject(schema)) checkCommon(schema, value, path, fault, check);
  };
  check(input, vars, '');
};

/**
 * Checks the variables that an application gives. Members that are `undefined` count as not given.
 * @param checkInput holds them against `input`
 * @returns the variables as plain JSON, or what is wrong, in words that hold no value: values may be secret
 */
export function checkVariables(
  given: unknown,
  { input, uses }: Declared,
  checkInput: InputCheck = checkUsual,
): { ok: true; vars: JsonObject } | { ok: false; faults: string[] } {
  const faults: string[] = [];
  const vars = toJson(given, '', 0, faults);
  if (faults.length > 0) return { ok: false, faults };
  if (!isObject(vars)) return { ok: false, faults: ['they must be an object of names and values'] };
  if (input) checkInput(input, vars, (path, what) => faults.push(`${named(path)} ${what}`));
  for (const name of Object.keys(vars)) {
    if (!uses.has(name) && !isDeclared(name, input)) faults.push(`"${name}" is neither declared nor used`);
  }
  const unique = [...new Set(faults)];
  return unique.length > 0 ? { ok: false, faults: unique } : { ok: true, vars };
}

function isDeclared(name: string, input: JsonObject | undefined): boolean {
  if (isObject(input?.properties) && Object.hasOwn(input.properties, name)) return true;
  // `false` was reported with its own words; what is allowed by name of a pattern or by a schema is declared.
  return input?.additionalProperties !== undefined || input?.patternProperties !== undefined;
}

/** A copy that holds JSON only; what is none is told. */
function toJson(value: unknown, path: string, depth: number, faults: string[]): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (depth > DEEPEST) {
    faults.push(`${named(path)} is nested too deeply, or holds itself`);
    return null;
  }
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => toJson(item ?? null, `${path}[${index}]`, depth + 1, faults));
  }
  if (typeof value === 'object' && isPlain(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(
      members.map(([key, member]) => [key, toJson(member, join(path, key), depth + 1, faults)]),
    );
  }
  faults.push(`${named(path)} must be JSON, not ${kindOf(value)}`);
  return null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // An object of another realm has another Object.prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `an object of class ${value.constructor?.name ?? 'unknown'}`;
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}

function named(path: string): string {
  return path === '' ? 'the whole' : `"${path}"`;
}
