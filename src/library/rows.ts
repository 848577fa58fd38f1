import { problems as make } from '../errors.js';
import { inPieces } from '../lists.js';
import type { Json, JsonObject, Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import { readJson } from './json.js';
import { reportUnreadable } from './load.js';
import { loadSource } from './load-source.js';
import type { Path, Source } from './source.js';
import { isObject } from '../objects.js';
import type { Tree } from './tree.js';

/** A row of a data set as a case: what is a column of its own has become a variable. */
export interface Row {
  /** A case as it would be written in YAML. */
  source: Source;
  /** Variables may be more than anything uses, as columns may. False in YAML and JSON where a row has `vars` of its own. */
  columns: boolean;
}

/** Keys of a flat row that are no variables; `assert` and `quarantine` only where values can be more than text. */
const TEXT_KEYS = new Set(['id', 'tags', 'expected', 'group']);
const DATA_KEYS = new Set([...TEXT_KEYS, 'assert', 'quarantine']);

/**
 * The rows of a data file, some at a time: .jsonl and .csv are never held whole. Problems are reported; rows with problems
 * of their own are left out.
 * @param mentioned where the file is named, when a cases file names it
 */
export async function* readRows(tree: Tree, path: string, report: Report, mentioned?: Place): AsyncGenerator<Row[]> {
  try {
    if (path.endsWith('.jsonl')) yield* jsonLines(tree, path, report);
    else if (path.endsWith('.csv')) yield* csvRows(tree, path, report);
    else if (/\.(?:json|yaml|yml)$/.test(path)) yield* listRows(tree, path, report, mentioned);
    else report(make['unknown-data-format'](path, mentioned));
  } catch (error) {
    reportUnreadable(error, path, report, mentioned);
  }
}

async function* jsonLines(tree: Tree, file: string, report: Report): AsyncGenerator<Row[]> {
  let lineOffset = -1;
  for await (const lines of tree.lines(file)) {
    const rows: Row[] = [];
    for (const line of lines) {
      lineOffset++;
      if (line.trim() === '') continue;
      const read = readJson(line, { file, lineOffset });
      if ('problems' in read) for (const problem of read.problems) report(problem);
      else {
        const row = toRow(read.source, report);
        if (row) rows.push(row);
      }
    }
    yield rows;
  }
}

function* listRows(tree: Tree, file: string, report: Report, mentioned?: Place): Generator<Row[]> {
  const source = loadSource(tree, file, report, mentioned);
  if (!source) return;
  if (!Array.isArray(source.value)) {
    report(
      make['wrong-type'](
        'a data file',
        'a list of rows',
        isObject(source.value) ? 'a map of keys' : 'a value',
        source.place([]),
      ),
    );
    return;
  }
  for (const { start, piece } of inPieces(source.value)) {
    yield piece.flatMap((value, at) => {
      const row = toRow({ file, value, place: (path, of) => source.place([start + at, ...path], of) }, report);
      return row ? [row] : [];
    });
  }
}

/** A row with `vars` is a case; in any other the members that are no keys of a case are variables. */
function toRow(source: Source, report: Report): Row | undefined {
  const { value } = source;
  if (!isObject(value)) {
    report(
      make['wrong-type'](
        'a row',
        'a map of keys',
        Array.isArray(value) ? 'a list' : JSON.stringify(value),
        source.place([]),
      ),
    );
    return undefined;
  }
  const id = typeof value.id === 'number' && Number.isInteger(value.id) ? String(value.id) : value.id;
  if (Object.hasOwn(value, 'vars')) {
    return {
      columns: source.file.endsWith('.jsonl'),
      source: { ...source, value: id === undefined ? value : { ...value, id } },
    };
  }
  const row: JsonObject = {};
  const vars: JsonObject = {};
  for (const key of Object.keys(value)) {
    const member = value[key] ?? null;
    if (!DATA_KEYS.has(key)) vars[key] = member;
    else if (member !== null || key === 'expected') row[key] = member;
  }
  if (id !== undefined && id !== null) row.id = id;
  if (typeof row.tags === 'string') row.tags = splitTags(row.tags);
  row.vars = vars;
  return {
    columns: true,
    source: { file: source.file, value: row, place: (path, of) => source.place(flat(path), of) },
  };
}

/** Where a member of the case stands in the flat row it was made from. */
function flat(path: Path): Path {
  return path[0] === 'vars' ? path.slice(1) : path;
}

async function* csvRows(tree: Tree, file: string, report: Report): AsyncGenerator<Row[]> {
  let header: string[] | undefined;
  for await (const { cells, line } of csvRecords(tree, file, report)) {
    const place: Place = { file, line, column: 1 };
    if (header) {
      yield [{ columns: true, source: { file, value: csvCase(header, cells), place: () => place } }];
      continue;
    }
    header = cells.map((cell) => cell.trim());
    const wrong = headerFault(header);
    if (wrong) {
      report(make['bad-csv'](wrong, place));
      return;
    }
  }
}

function headerFault(header: readonly string[]): string | undefined {
  const [only = ''] = header;
  if (header.length === 1 && /[;\t]/.test(only)) return 'its columns are divided by something else than commas';
  const empty = header.indexOf('');
  if (empty !== -1) return `column ${empty + 1} has no name`;
  const twice = header.find((name, index) => header.indexOf(name) !== index);
  if (twice !== undefined) return `there are two columns "${twice}"`;
  const refused = header.find((name) => ['__proto__', 'constructor', 'prototype'].includes(name));
  return refused === undefined ? undefined : `a column may not be named "${refused}"`;
}

function csvCase(header: readonly string[], cells: readonly string[]): JsonObject {
  const row: JsonObject = {};
  const vars: JsonObject = {};
  for (const [index, name] of header.entries()) {
    const cell = cells[index] ?? '';
    if (!TEXT_KEYS.has(name)) vars[name] = cell;
    else if (cell !== '') row[name] = name === 'tags' ? splitTags(cell) : cell;
  }
  row.vars = vars;
  return row;
}

function splitTags(cell: string): Json[] {
  const tags = cell.split(/[,;]/).map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

async function* csvRecords(
  tree: Tree,
  file: string,
  report: Report,
): AsyncGenerator<{ cells: string[]; line: number }> {
  const [{ CsvError, parse }, { Readable }] = await Promise.all([import('csv-parse'), import('node:stream')]);
  const parser = parse({ bom: true, info: true, skip_empty_lines: true, max_record_size: 64_000_000 });
  const input = Readable.from(chunks(tree.lines(file)));
  input.on('error', (error) => parser.destroy(error));
  input.pipe(parser);
  try {
    for await (const each of parser) {
      const { record, info } = each as { record: string[]; info: { lines: number } };
      const breaks = record.reduce((sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
      yield { cells: record, line: info.lines - breaks };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = typeof error.lines === 'number' ? error.lines : 1;
    report(make['bad-csv'](csvFault(error), { file, line, column: 1 }));
  } finally {
    input.destroy();
    parser.destroy();
  }
}

function csvFault(error: { code: string; message: string; record?: unknown }): string {
  if (error.code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH')
    return 'this row has another number of cells than the header';
  if (error.code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is not closed';
  return error.message.split('\n')[0] ?? error.message;
}

/** Lines as the chunks of a stream. */
async function* chunks(batches: AsyncIterable<readonly string[]>): AsyncGenerator<string> {
  for await (const lines of batches) yield `${lines.join('\n')}\n`;
}
