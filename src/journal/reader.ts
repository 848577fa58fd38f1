import { closeSync, openSync, readSync } from 'node:fs';
import { problems, UserError } from '../errors.js';
import { trialKey } from '../eval-key.js';
import { EXIT } from '../exit-codes.js';
import { Pages } from '../pages.js';
import type { JsonObject, TrialId, TrialResult } from '../vocabulary.js';
import { type CallNote, type JournalEntry, parseEntry, rowIn } from './entries.js';
import { type LinePlace, readLines } from './lines.js';
import { rowText } from './result-row.js';
import { scratchFile } from './scratch-file.js';
import { TrialIndex } from './trial-index.js';
import { fileErrorCode } from './write-trouble.js';

/** A sum over calls, in US dollars and tokens. */
export interface Noted {
  usd: number;
  tokens: number;
  /** How many do not tell their part of it. Who tells tokens but no price has none that is known. */
  untold: { usd: number; tokens: number };
}

/** What a journal says: places and outcomes, no outputs. */
export interface JournalIndex {
  header: JsonObject;
  /** What the end line says; absent while a run is not ended, and for one that was killed. */
  end?: JsonObject;
  /** The number of the last line when it was cut off. */
  cutLine?: number;
  /** The latest line of each trial, by trialKey. */
  trials: TrialIndex;
  /** Attempts of the replies that were called for and stored, by trialKey and name: only of trials without a completion. */
  calls: Map<string, Map<string, number>>;
  /** What all calls took that are noted, and how many of them do not say. */
  noted: Noted;
  /** Bytes up to the end of the last whole line. */
  size: number;
}

/**
 * The entries of a journal in the order of the file. A last line without its end is reported as `cut`: a killed process leaves
 * one. A bad line before that was not left by us and nothing after it can be trusted.
 * @throws UserError `no-journal`, `corrupt-journal`
 */
export async function* readJournal(path: string): AsyncGenerator<JournalEntry> {
  let number = 0;
  try {
    for await (const line of readLines(path)) {
      number += 1;
      if (!line.complete) {
        yield { kind: 'cut', line: number, offset: line.offset, length: line.length };
        return;
      }
      const entry = parseEntry(line.text, line);
      const fault = typeof entry === 'string' ? entry : misplaced(entry, number);
      if (typeof entry === 'string' || fault) throw corrupt(path, number, fault ?? '');
      yield entry;
    }
  } catch (error) {
    if (fileErrorCode(error) === 'ENOENT') throw new UserError([problems['no-journal'](path)]);
    throw error;
  }
}

/**
 * Reads a journal through; later lines of a trial win.
 * @returns undefined when there is no whole header: the run was killed before it began
 * @throws UserError as readJournal
 */
export async function indexJournal(path: string): Promise<JournalIndex | undefined> {
  let index: JournalIndex | undefined;
  for await (const entry of readJournal(path)) {
    if (entry.kind === 'run') {
      const trials = new TrialIndex(new Pages(scratchFile()));
      index = { header: entry.header, trials, calls: new Map(), noted: nothingNoted(), size: 0 };
    }
    if (!index) return undefined;
    enter(index, entry);
  }
  return index;
}

/** Reads results at known places, in any order. */
export interface ResultReader {
  /** @throws UserError `corrupt-journal` when there is no trial at that place */
  at(place: LinePlace): TrialResult;
  /** The row of the report of a trial of this eval, as JSON. @throws UserError as `at` */
  rowAt(place: LinePlace, evaluation: Pick<TrialId, 'prompt' | 'model'>): string;
  close(): void;
}

/**
 * Opens a journal for random access. Reads are synchronous: one costs microseconds, and a trip through the thread pool ten
 * times that.
 */
export function openResults(path: string): ResultReader {
  const file = openSync(path, 'r');
  const memory = Buffer.allocUnsafeSlow(BLOCK);
  let block: { offset: number; bytes: Buffer } = { offset: 0, bytes: memory.subarray(0, 0) };
  /** Results are asked for about in the order in which they lie: a block holds the next ones. */
  const textAt = ({ offset, length }: LinePlace): string => {
    if (length > BLOCK) return readAt(file, { offset, length });
    if (offset < block.offset || offset + length > block.offset + block.bytes.length) {
      block = { offset, bytes: readInto(memory, file, offset) };
    }
    return block.bytes.toString('utf8', offset - block.offset, offset - block.offset + length);
  };
  const resultIn = (text: string, place: LinePlace): TrialResult => {
    const entry = parseEntry(text, place);
    if (typeof entry !== 'string' && entry.kind === 'trial') return entry.result;
    throw corrupt(path, undefined, 'it changed while it was being read');
  };
  return {
    at: (place) => resultIn(textAt(place), place),
    rowAt(place, evaluation) {
      const text = textAt(place);
      return rowIn(text, evaluation) ?? rowText(resultIn(text, place));
    },
    close: () => closeSync(file),
  };
}

/** The text at a place of an open file; cut short where the file ends. */
export function readAt(file: number, place: LinePlace): string {
  return readInto(Buffer.allocUnsafe(place.length), file, place.offset).toString('utf8');
}

/** In bytes. */
const BLOCK = 1 << 16;

/** Fills bytes with what stands behind an offset. @returns those that were filled: the file may end before */
function readInto(bytes: Buffer, file: number, offset: number): Buffer {
  let read = 0;
  for (let count = -1; read < bytes.length && count !== 0; read += count) {
    count = readSync(file, bytes, read, bytes.length - read, offset + read);
  }
  return bytes.subarray(0, read);
}

function enter(index: JournalIndex, entry: JournalEntry): void {
  if (entry.kind === 'cut') {
    index.cutLine = entry.line;
    return;
  }
  index.size = entry.offset + entry.length + 1;
  if (entry.kind === 'end') index.end = entry.facts;
  // A run that was resumed goes on after its first end.
  else delete index.end;
  if (entry.kind === 'call') {
    const { trial, name, attempts } = entry.call;
    note(index.noted, entry.call);
    const key = trialKey(trial);
    index.calls.set(key, (index.calls.get(key) ?? new Map<string, number>()).set(name, attempts));
  }
  if (entry.kind !== 'trial') return;
  const { offset, length, result } = entry;
  const key = trialKey(result);
  const ungraded = result.status === 'completed' && result.ungraded;
  index.trials.set(key, { offset, length, status: ungraded ? 'ungraded' : result.status });
  if (result.status === 'completed' && !ungraded) index.calls.delete(key);
}

function nothingNoted(): Noted {
  return { usd: 0, tokens: 0, untold: { usd: 0, tokens: 0 } };
}

function note(noted: Noted, { usd, tokens }: CallNote): void {
  noted.usd += usd ?? 0;
  noted.tokens += tokens ?? 0;
  if (tokens !== undefined) return;
  noted.untold.tokens += 1;
  if (usd === undefined) noted.untold.usd += 1;
}

function misplaced(entry: JournalEntry, number: number): string | undefined {
  if (number === 1) return entry.kind === 'run' ? undefined : 'it does not begin a run';
  return entry.kind === 'run' ? 'a second run begins in it' : undefined;
}

function corrupt(path: string, line: number | undefined, why: string): UserError {
  const place = line === undefined ? undefined : { file: path, line, column: 1 };
  return new UserError([problems['corrupt-journal'](path, why, place)], EXIT.usage);
}
