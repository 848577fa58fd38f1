import type { Completion, Purpose } from '../vocabulary.js';
import { COMPLETION_KEYS, completionFault } from './completion.js';
import { hasKeyTwice } from '../json-text.js';
import { isRecord } from '../objects.js';

/** The note of a reply that a person wrote and no model gave. */
export const HAND_WRITTEN = 'hand-written sample';

/** What a reply is filed under. `model` is `provider:name` as asked. */
export interface RowName {
  case: string;
  model: string;
  repeat: number;
  purpose: Purpose;
  metric?: string;
  /** From recordingKey: what decides whether the reply answers a request. The rest is for readers and for the order. */
  key: string;
}

/** A stored reply: one line of a recordings file. */
export interface RecordingRow extends RowName {
  note?: string;
  completion: Completion;
}

const PURPOSES: readonly Purpose[] = ['trial', 'judge', 'embedding'];
const ROW_KEYS = ['case', 'model', 'repeat', 'purpose', 'metric', 'key', 'note', 'completion'];

/** The row as a line without its end: keys in fixed order, absent ones left out, vectors as base64 of little-endian float32. */
export function formatRow(row: RecordingRow): string {
  const { embeddings, ...rest } = row.completion;
  const members: Record<string, unknown> = { ...rest, embeddings: embeddings?.map(packed) };
  const completion = Object.fromEntries(COMPLETION_KEYS.map((key) => [key, members[key]]));
  return JSON.stringify(
    Object.fromEntries(
      ROW_KEYS.map((key) => [key, key === 'completion' ? completion : row[key as keyof RecordingRow]]),
    ),
  );
}

/**
 * Reads a line of a recordings file.
 * @returns the row, or in words what is wrong with the line
 */
export function parseRow(line: string): RecordingRow | string {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch {
    return 'it is no JSON';
  }
  if (!isRecord(row)) return 'it is no object';
  const completion = unpackedCompletion(row.completion);
  const fault = rowFault(row) ?? completionFault(completion);
  if (fault !== undefined) return fault;
  // Checked member by member just above.
  const read = { ...row, completion } as unknown as RecordingRow;
  // What reads as it was written was edited by nobody.
  return line !== formatRow(read) && hasKeyTwice(line) ? 'it has a key twice' : read;
}

/** Names a row apart from all others of its file. */
export function rowId({ case: id, model, repeat, purpose, metric, key }: RowName): string {
  return JSON.stringify([id, model, repeat, purpose, metric ?? null, key]);
}

/** The order of rows in a file: case, model, repeat, purpose, metric, key; text by code unit, so that no locale matters. */
export function compareRows(a: RowName, b: RowName): number {
  return (
    byText(a.case, b.case) ||
    byText(a.model, b.model) ||
    a.repeat - b.repeat ||
    byText(a.purpose, b.purpose) ||
    byText(a.metric ?? '', b.metric ?? '') ||
    byText(a.key, b.key)
  );
}

/** The completion as it will be read back: a recorded run and its replay must see the same vectors. */
export function asStored(completion: Completion): Completion {
  if (!completion.embeddings) return completion;
  return { ...completion, embeddings: completion.embeddings.map((vector) => vector.map(Math.fround)) };
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function rowFault(row: Record<string, unknown>): string | undefined {
  const unknown = Object.keys(row).find((key) => !ROW_KEYS.includes(key));
  if (unknown !== undefined) return `it has an unknown key "${unknown}"`;
  const fits: [string, boolean][] = [
    ['case', isText(row.case)],
    ['model', isText(row.model)],
    ['repeat', Number.isSafeInteger(row.repeat) && Number(row.repeat) >= 1],
    ['purpose', PURPOSES.some((purpose) => purpose === row.purpose)],
    ['metric', row.metric === undefined || isText(row.metric)],
    ['key', typeof row.key === 'string' && /^[0-9a-f]{16,64}$/.test(row.key)],
    ['note', row.note === undefined || isText(row.note)],
    ['completion', isRecord(row.completion)],
  ];
  const wrong = fits.find(([, fit]) => !fit);
  if (!wrong) return undefined;
  return row[wrong[0]] === undefined ? `it has no "${wrong[0]}"` : `its "${wrong[0]}" is not valid`;
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function packed(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString('base64');
}

function unpackedCompletion(completion: unknown): unknown {
  if (!isRecord(completion) || !Array.isArray(completion.embeddings)) return completion;
  return { ...completion, embeddings: completion.embeddings.map(unpacked) };
}

/** The vector of a text that `packed` made; anything else gives undefined, which is no vector. */
function unpacked(text: unknown): number[] | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) return undefined;
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readFloatLE(index * 4));
}
