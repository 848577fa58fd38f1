import type { JsonObject, TrialId, TrialResult } from '../vocabulary.js';
import type { LinePlace } from './lines.js';

/** A reply that the run called for and stored: of which trial, under which name, and how many attempts it took. */
export interface CallNote {
  trial: TrialId;
  name: string;
  attempts: number;
}

/**
 * A line of a journal: how a run began, what it called for, what became of a trial, how the run ended; or a last line that was cut
 * off.
 */
export type JournalEntry = LinePlace &
  (
    | { kind: 'run'; header: JsonObject }
    | { kind: 'call'; call: CallNote }
    | { kind: 'trial'; result: TrialResult }
    | { kind: 'end'; facts: JsonObject }
    | { kind: 'cut'; line: number }
  );

export const SCHEMA_VERSION = 1;

/** Names a trial in maps. */
export function trialKey({ prompt, model, case: id, repeat }: TrialId): string {
  return JSON.stringify([prompt, model, id, repeat]);
}

/** A journal's first line. */
export function headerLine(header: JsonObject): string {
  return JSON.stringify({ kind: 'run', schemaVersion: SCHEMA_VERSION, ...header });
}

/** The line of a trial. */
export function trialLine(result: TrialResult): string {
  return JSON.stringify({ kind: 'trial', ...result });
}

/** The line of a call. */
export function callLine({ trial: { prompt, model, case: id, repeat }, name, attempts }: CallNote): string {
  return JSON.stringify({ kind: 'call', prompt, model, case: id, repeat, name, attempts });
}

/** The line of an end. */
export function endLine(facts: JsonObject): string {
  return JSON.stringify({ kind: 'end', ...facts });
}

/**
 * Reads a whole line.
 * @returns the entry, or in words what is wrong with it
 */
export function parseEntry(text: string, { offset, length }: LinePlace): JournalEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is no object';
  const { kind, ...rest } = value as JsonObject;
  if (kind === 'run') {
    if (rest.schemaVersion !== SCHEMA_VERSION) return `its schemaVersion is not ${SCHEMA_VERSION}`;
    return { kind, header: rest, offset, length };
  }
  if (kind === 'end') return { kind, facts: rest, offset, length };
  if (kind === 'call') return callIn(rest, { offset, length });
  if (kind !== 'trial') return 'it is of no known kind';
  // What a trial holds beyond its name and status was written by us and is not looked through again.
  return isTrial(rest) ? { kind, result: rest as unknown as TrialResult, offset, length } : 'it names no trial';
}

function callIn(rest: JsonObject, place: LinePlace): JournalEntry | string {
  const { prompt, model, case: id, repeat, name, attempts } = rest;
  if (!isNamed(rest) || typeof name !== 'string' || typeof attempts !== 'number') return 'it names no call';
  const trial = { prompt, model, case: id, repeat } as TrialId;
  return { kind: 'call', call: { trial, name, attempts }, ...place };
}

function isTrial(rest: JsonObject): boolean {
  return isNamed(rest) && ['completed', 'errored', 'skipped'].some((each) => each === rest.status);
}

function isNamed({ prompt, model, case: id, repeat }: JsonObject): boolean {
  return [prompt, model, id].every((each) => typeof each === 'string') && Number.isSafeInteger(repeat);
}
