import { problems as catalogue } from '../errors.js';
import type { Problem } from '../vocabulary.js';
import { parseRow, type RowName, rowId } from './recording-row.js';

/** A line as it lies in a file: its text without line end, and where its bytes are. */
export interface FileLine {
  text: string;
  offset: number;
  length: number;
  /** It is ended: the writer was not cut off in it. */
  complete: boolean;
}

/** The files that recordings are kept in. Paths are relative to the project root; none leads out of it. */
export interface RecordingFiles {
  /** Nothing when there is no such file. */
  lines(path: string): AsyncIterable<FileLine>;
  at(path: string, place: { offset: number; length: number }): Promise<string>;
  /** Keeps a file for this process until it is removed. @throws UserError `locked` while another process keeps it */
  claim(path: string): Promise<void>;
  /** Adds a line; resolves with its place when the operating system has it. */
  append(path: string, line: string): Promise<{ offset: number; length: number }>;
  /** The whole new file or the old one, whatever happens. */
  replace(path: string, chunks: AsyncIterable<string>): Promise<void>;
  remove(path: string): Promise<void>;
}

/** A row as it is kept in memory: its name and place, not its reply. */
export type Row = RowName & { path: string; line: number; offset: number; length: number };

/** The rows of one prompt: names and places, no replies. */
export interface Shelf {
  rows: Map<string, Row>;
  byKey: Map<string, Row>;
  problems: Problem[];
  /** Lines in the side file, complete or not. */
  aside: number;
}

/** Reads a committed file. Every line that is no row, and every second row of a name, is a problem. */
export async function readMain(files: RecordingFiles, path: string, shelf: Shelf): Promise<void> {
  let line = 0;
  for await (const { text, offset, length } of files.lines(path)) {
    line += 1;
    const content = clean(text);
    if (content.trim() === '') continue;
    const place = { file: path, line, column: 1 };
    if (/^(<{7}|\|{7}|={7}|>{7})( |\r?$)/.test(content)) {
      shelf.problems.push(catalogue['recording-conflict'](place));
      continue;
    }
    const row = parseRow(content);
    const twin = typeof row === 'string' ? undefined : shelf.rows.get(rowId(row));
    if (typeof row === 'string') shelf.problems.push(catalogue['unreadable-recording'](row, place));
    else if (twin) shelf.problems.push(catalogue['unreadable-recording'](`it repeats line ${twin.line}`, place));
    else enter(shelf, { ...nameOf(row), path, line, offset, length });
  }
}

/** Rows of the side file win, later ones over earlier ones. Its last line may be cut: that reply never arrived whole. */
export async function readAside(files: RecordingFiles, path: string, shelf: Shelf): Promise<void> {
  let line = 0;
  for await (const { text, offset, length, complete } of files.lines(path)) {
    line += 1;
    shelf.aside += 1;
    if (!complete) continue;
    const row = parseRow(text);
    if (typeof row !== 'string') enter(shelf, { ...nameOf(row), path, line, offset, length });
    else shelf.problems.push(catalogue['unreadable-recording'](row, { file: path, line, column: 1 }));
  }
}

/** Puts a row on its shelf, in the place of the one of the same name. */
export function enter(shelf: Shelf, row: Row): void {
  shelf.rows.set(rowId(row), row);
  // Where several rows share a key, the first of a sorted file stands; a new one replaces it.
  if (row.path.endsWith('.new') || !shelf.byKey.has(row.key)) shelf.byKey.set(row.key, row);
}

/** The name of a row, without what else it holds. */
export function nameOf({ case: id, model, repeat, purpose, metric, key }: RowName): RowName {
  return { case: id, model, repeat, purpose, ...(metric !== undefined && { metric }), key };
}

/** A first line without the byte order mark that some editors put there. */
export function clean(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
