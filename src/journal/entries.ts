import type { JsonObject, Score, ScoreDetail, TrialId, TrialResult } from '../vocabulary.js';
import type { LinePlace } from './lines.js';
import { resultOfRow, rowText } from './result-row.js';

/** A reply that the run called for and stored: of which trial, under which name, how many attempts it took, and what, as far as known. */
export interface CallNote {
  trial: TrialId;
  name: string;
  attempts: number;
  /** US dollars. */
  usd?: number;
  tokens?: number;
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

export const SCHEMA_VERSION = 2;

/** A journal's first line. */
export function headerLine(header: JsonObject): string {
  return JSON.stringify({ kind: 'run', schemaVersion: SCHEMA_VERSION, ...header });
}

/**
 * The line of a trial: its eval, what the report leaves out (the texts beside its scores, that it was cut off or is still to be graded), and the row of the
 * report, member by member. A report of a million trials is put together of these rows as they stand here.
 */
export function trialLine(result: TrialResult): string {
  return `${beginning(result)}${besideRow(result)}${rowText(result).slice(1)}`;
}

/** What the row of the report leaves out. */
function besideRow(result: TrialResult): string {
  if (result.status === 'skipped' && result.cutOff) return '"cutOff":true,';
  const ungraded = result.status === 'completed' && result.ungraded ? '"ungraded":true,' : '';
  const details = detailsOf(result);
  return details ? `${ungraded}"details":${JSON.stringify(details)},` : ungraded;
}

function beginning({ prompt, model }: Pick<TrialId, 'prompt' | 'model'>): string {
  return `{"kind":"trial","prompt":${JSON.stringify(prompt)},"model":${JSON.stringify(model)},`;
}

/**
 * The row of the report in a trial's line.
 * @returns undefined when the line does not begin with this eval and its row: it is to be read then
 */
export function rowIn(line: string, evaluation: Pick<TrialId, 'prompt' | 'model'>): string | undefined {
  const start = beginning(evaluation);
  const plain = line.startsWith(`${start}"case":`) && line.endsWith('}');
  return plain ? `{${line.slice(start.length)}` : undefined;
}

/** The detail of each score, by its index; undefined when none has one. */
function detailsOf(result: TrialResult): Record<string, ScoreDetail> | undefined {
  if (result.status !== 'completed') return undefined;
  const found = result.scores.flatMap((score, index) =>
    score.status === 'scored' && score.detail ? [[index, score.detail] as const] : [],
  );
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

function withDetails(result: TrialResult, details: unknown): TrialResult {
  if (result.status !== 'completed' || typeof details !== 'object' || details === null) return result;
  const known = details as Record<string, ScoreDetail>;
  const scores = result.scores.map((score, index): Score => {
    const detail = known[index];
    return detail && score.status === 'scored' ? { ...score, detail } : score;
  });
  return { ...result, scores };
}

/** The line of a call. */
export function callLine({ trial, name, attempts, usd, tokens }: CallNote): string {
  const { prompt, model, case: id, repeat } = trial;
  return JSON.stringify({ kind: 'call', prompt, model, case: id, repeat, name, attempts, usd, tokens });
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
  if (!isTrial(rest)) return 'it names no trial';
  const { prompt, model, details, ...row } = rest;
  return { kind, result: withDetails(resultOfRow(row, { prompt, model }), details), offset, length };
}

function callIn(rest: JsonObject, place: LinePlace): JournalEntry | string {
  const { prompt, model, case: id, repeat, name, attempts, usd, tokens } = rest;
  if (!isNamed(rest) || typeof name !== 'string' || typeof attempts !== 'number') return 'it names no call';
  const trial = { prompt, model, case: id, repeat } as TrialId;
  const call: CallNote = { trial, name, attempts };
  if (typeof usd === 'number') call.usd = usd;
  if (typeof tokens === 'number') call.tokens = tokens;
  return { kind: 'call', call, ...place };
}

function isTrial(rest: JsonObject): rest is JsonObject & { prompt: string; model: string } {
  return isNamed(rest) && ['completed', 'errored', 'skipped'].some((each) => each === rest.status);
}

function isNamed({ prompt, model, case: id, repeat }: JsonObject): boolean {
  return [prompt, model, id].every((each) => typeof each === 'string') && Number.isSafeInteger(repeat);
}
