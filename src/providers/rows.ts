import { createReadStream } from 'node:fs';
import { problems, UserError } from '../errors.js';
import type { Problem } from '../vocabulary.js';
import { isRecord } from '../objects.js';

/** An object read from a file, and where it stands there. */
export interface FileRow {
  value: Record<string, unknown>;
  /** From 1. */
  line: number;
  /** Bytes from the start of the file, and bytes of the row: enough to read it again. */
  offset: number;
  length: number;
}

/** No row is longer: a file without line ends must not fill the memory. In bytes. */
const LONGEST_ROW = 64 * 1024 * 1024;
const NEWLINE = 0x0a;

/** So many problems of one file are listed; a file that is wrong in every line needs no more. */
export const MOST_PROBLEMS = 20;

/** What is wrong with a row of a file, with its place. */
export function badRow(file: string, line: number, what: string, remedy: string): Problem {
  return problems['bad-row'](what, remedy, { file, line, column: 1 });
}

/**
 * The objects of a JSONL file in order, one line at a time; blank lines are skipped. UTF-8, with or without BOM, with any line
 * ends.
 * @param absolute where the file is; @param file what it is called in messages
 * @param onProblem told of each line that is no JSON object; reading goes on
 * @throws UserError when the file cannot be read
 */
export async function* readJsonl(
  absolute: string,
  file: string,
  onProblem: (problem: Problem) => void,
): AsyncGenerator<FileRow> {
  for await (const { line, offset, bytes } of byteLines(absolute, file)) {
    const read = parseRow(bytes);
    if (read === undefined) continue;
    if (typeof read === 'string') onProblem(badRow(file, line, read, 'Write one JSON object per line.'));
    else yield { value: read, line, offset, length: bytes.length };
  }
}

/** A line's object, what is wrong with it, or undefined for a blank line. */
export function parseRow(bytes: Uint8Array): Record<string, unknown> | string | undefined {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return 'the line is not UTF-8';
  }
  if (text.trim() === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : 'the line is no JSON object';
  } catch (error) {
    return `the line is no JSON: ${error instanceof Error ? error.message : 'unreadable'}`;
  }
}

async function* byteLines(
  absolute: string,
  file: string,
): AsyncGenerator<{ line: number; offset: number; bytes: Uint8Array }> {
  let pending: Uint8Array[] = [];
  let size = 0;
  let offset = 0;
  let line = 1;
  for await (const chunk of chunks(absolute, file)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const bytes = joined(pending, chunk.subarray(start, end));
      yield { line, offset, bytes };
      line += 1;
      offset += bytes.length + 1;
      start = end + 1;
      pending = [];
      size = 0;
    }
    pending.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > LONGEST_ROW) {
      throw new UserError([badRow(file, line, 'the line is over 64 MiB', 'Write one JSON object per line.')]);
    }
  }
  if (size > 0) yield { line, offset, bytes: joined(pending, new Uint8Array()) };
}

async function* chunks(absolute: string, file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(absolute, { highWaterMark: 1024 * 1024 });
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error);
  } finally {
    stream.destroy();
  }
}

function joined(before: Uint8Array[], last: Uint8Array): Uint8Array {
  return before.length === 0 ? last : Buffer.concat([...before, last]);
}

/** Why a file could not be read, as the user's problem. */
export function unreadable(file: string, error: unknown): UserError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  if (code === 'ENOENT') return new UserError([problems['no-such-file'](file)]);
  return new UserError([problems['unreadable-file'](file, code === 'EISDIR' ? 'it is a folder' : code)]);
}
