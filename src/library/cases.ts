import { posix } from 'node:path';
import { inPieces } from '../lists.js';
import { isObject } from '../objects.js';
import { caseSchema, type WrittenCase } from '../schemas/cases.js';
import type { Case, Place } from '../vocabulary.js';
import { buildCase, type CaseContext, type Defaults, type Lost, prepareDefaults } from './case.js';
import { type CaseFile, readCaseFile } from './case-file.js';
import type { Report } from './findings.js';
import { badId } from './ids.js';
import type { PromptFiles } from './layout.js';
import { readRows } from './rows.js';
import type { Source } from './source.js';
import type { Tree } from './tree.js';
import { checked } from './validate.js';

/** Remarks that are no mistakes. */
export type Note = (text: string) => void;

/** The cases files of a project, each parsed once; data files are streamed and not kept. */
export class CaseFiles {
  private readonly parsed = new Map<string, CaseFile>();

  constructor(
    readonly tree: Tree,
    private readonly report: Report,
  ) {}

  get(path: string): CaseFile {
    let file = this.parsed.get(path);
    if (!file) {
      file = readCaseFile(this.tree, path, this.report);
      this.parsed.set(path, file);
    }
    return file;
  }

  /** Forgets what was read of a prompt's files. */
  release(files: PromptFiles): void {
    for (const path of files.cases) this.parsed.delete(path);
  }

  /** All files that a prompt's cases come from, in reading order. */
  paths(files: PromptFiles): string[] {
    const list = files.cases.flatMap((path) =>
      isRows(path) ? [path] : [path, ...this.get(path).from.map((each) => each.path)],
    );
    return [...new Set(list)];
  }

  /** Whether what is wrong with these files hides how many cases there are. */
  brokenOrFull(files: PromptFiles): boolean {
    return files.cases.some((path) => !isRows(path) && (this.get(path).broken || this.get(path).count > 0));
  }

  /** Whether all that these files say of cases could be read; rows are told of where they are read. */
  whole(files: PromptFiles): boolean {
    return files.cases.every((path) => isRows(path) || !(this.get(path).broken || this.get(path).wrong.length > 0));
  }
}

function isRows(path: string): boolean {
  return /\.(?:jsonl|csv)$/.test(path);
}

/**
 * Reads the cases of a prompt in order, some at a time: file by file, in each the rows of `from` before the cases written
 * out. Problems are reported; a case with problems is left out.
 * @param lost told of those that are left out and have an id
 */
export async function* readCases(
  files: PromptFiles,
  sources: CaseFiles,
  context: CaseContext,
  report: Report,
  note: Note,
  lost: Lost = () => {},
): AsyncGenerator<Case[]> {
  const own = files.cases.filter((path) => !isRows(path));
  const main = own.find((path) => posix.basename(path).startsWith(`${posix.basename(baseStem(files))}.cases.`));
  const prepared = new Map<string, Defaults>();
  const defaultsOf = (path: string | undefined): Defaults => {
    const key = path ?? '';
    let defaults = prepared.get(key);
    if (!defaults) {
      const file = path === undefined ? undefined : sources.get(path);
      defaults = prepareDefaults(file?.defaults.written ?? {}, file?.defaults.source ?? NOWHERE, context, report);
      prepared.set(key, defaults);
    }
    return defaults;
  };
  for (const path of files.cases) {
    if (isRows(path)) {
      yield* fromRows(sources.tree, path, defaultsOf(main), context, { report, note, lost });
      continue;
    }
    const file = sources.get(path);
    if (file.broken) continue;
    const defaults = defaultsOf(path);
    for (const each of file.from) {
      yield* fromRows(sources.tree, each.path, defaults, context, { report, note, lost }, each.place);
    }
    for (const source of file.wrong) loseNamed(source, lost);
    for (const { piece } of inPieces(file.cases)) {
      yield piece.flatMap((source) => {
        const one = buildCase({ written: source.value as WrittenCase, source, defaults }, context, report, lost);
        return one ? [one] : [];
      });
    }
  }
  for (const defaults of prepared.values()) for (const problem of defaults.idle.values()) report(problem);
}

/** What does not fit the schema may have an id still. */
function loseNamed({ value, place }: Source, lost: Lost): void {
  const id = isObject(value) ? value.id : undefined;
  if (typeof id === 'string' && badId(id) === undefined) lost({ id, place: place([]) });
}

const NOWHERE: Source = { file: '', value: {}, place: () => ({ file: '', line: 1, column: 1 }) };

/** The stem of the cases: for a variant that of the prompt whose cases it runs. */
function baseStem(files: PromptFiles): string {
  if (files.variantOf === undefined) return files.stem;
  return files.stem.slice(0, files.stem.length - files.id.length) + files.variantOf;
}

async function* fromRows(
  tree: Tree,
  path: string,
  defaults: Defaults,
  context: CaseContext,
  { report, note, lost }: { report: Report; note: Note; lost: Lost },
  mentioned?: Place,
): AsyncGenerator<Case[]> {
  const columns = { seen: new Set<string>(), used: new Set<string>() };
  for await (const rows of readRows(tree, path, report, mentioned)) {
    yield rows.flatMap((row) => {
      const written = checked(caseSchema, row.source, report, 'a row');
      if (!written) {
        loseNamed(row.source, lost);
        return [];
      }
      const raw = { written, source: row.source, defaults, ...(row.columns && { columns }) };
      const one = buildCase(raw, context, report, lost);
      return one ? [one] : [];
    });
  }
  const unused = [...columns.seen].filter((name) => !columns.used.has(name));
  if (unused.length > 0) {
    const names = unused.map((name) => `"${name}"`).join(', ');
    note(
      `${path}: nothing uses ${unused.length === 1 ? 'the column' : 'the columns'} ${names} (prompt "${context.read.prompt.variantOf ?? context.read.prompt.id}")`,
    );
  }
}
