import { open, type FileHandle } from 'node:fs/promises';
import { UserError } from '../errors.js';
import type { Completion, Problem } from '../vocabulary.js';
import { completionFrom, readCompletion } from './completion.js';
import { fileProblems, problemsOf } from './files.js';
import { ended } from './protocol.js';
import { ProviderError, type Call, type Provider, type ProviderDefinition, type ProviderRequest } from './provider.js';
import { badRow, MOST_PROBLEMS, parseRow, readJsonl, unreadable, type FileRow } from './rows.js';
import { requiredText } from './settings.js';

/** Which request a row answers, and where it stands; an absent prompt or model matches any, an absent repeat the first. */
interface Entry {
  prompt?: string;
  model?: string;
  repeat?: number;
  line: number;
  offset: number;
  length: number;
}

/** Entries by case id. One entry stands for itself: with 100,000 rows the lists would weigh more than the entries. */
type Index = Map<string, Entry | Entry[]>;

const ROW_KEYS = ['id', 'prompt', 'model', 'repeat'] as const;
const REMEDY = 'A row is { id, output, prompt?, model?, repeat?, latencyMs?, usage? }.';
const MEANING = 'a JSONL file of finished answers';

/**
 * Finished answers from a JSONL file, graded without a call. The file is read once to check and index it; an answer is read
 * again when it is asked for, so memory holds ids and places, not outputs.
 */
export const outputs: ProviderDefinition = {
  type: 'outputs',
  calls: 'none',
  embeds: () => false,
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['path'],
    properties: { path: { type: 'string', minLength: 1, description: `Path of ${MEANING}.` } },
  },
  keys: () => [],
  check(context) {
    const wrong = problemsOf(() => requiredText(context, 'path', MEANING));
    return wrong.length > 0 ? [...wrong] : [...fileProblems(context, String(context.settings.path))];
  },
  async create(context) {
    const file = requiredText(context, 'path', MEANING);
    const absolute = context.resolve(file);
    const index = await indexFile(absolute, file, `${context.name}:`);
    const handle = await open(absolute, 'r').catch((error: unknown) => {
      throw unreadable(file, error);
    });
    return new Outputs(file, index, handle);
  },
};

class Outputs implements Provider {
  constructor(
    private readonly file: string,
    private readonly index: Index,
    private readonly handle: FileHandle,
  ) {}

  async complete(request: ProviderRequest, call: Call): Promise<Completion> {
    if (call.signal.aborted) throw ended(call.signal);
    const entry = this.find(request);
    const bytes = Buffer.allocUnsafe(entry.length);
    const { bytesRead } = await this.handle.read(bytes, 0, entry.length, entry.offset);
    const row = parseRow(bytes.subarray(0, bytesRead));
    if (typeof row !== 'object' || row.id !== request.trial.case) {
      throw failure('bad-response', `${this.file} changed while it was in use: line ${entry.line} is another`);
    }
    return completionFrom(row, `${this.file} line ${entry.line}`);
  }

  holds(request: Pick<ProviderRequest, 'name' | 'trial'>): boolean {
    return this.fitting(request).length > 0;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }

  /** Rows that answer this, the one that is meant first. */
  private fitting(request: Pick<ProviderRequest, 'name' | 'trial'>): Entry[] {
    const rows = listed(this.index.get(request.trial.case));
    return rows.filter((row) => matches(row, request)).toSorted((a, b) => exactness(b) - exactness(a));
  }

  private find(request: ProviderRequest): Entry {
    const id = request.trial.case;
    const rows = listed(this.index.get(id));
    const [best] = this.fitting(request);
    if (best) return best;
    const wanted = `prompt ${request.trial.prompt}, model ${request.name}, repeat ${request.trial.repeat}`;
    throw failure(
      'not-recorded',
      rows.length === 0 ? `${this.file} has no row for "${id}"` : `${this.file} has no row for "${id}" with ${wanted}`,
    );
  }
}

function failure(kind: 'not-recorded' | 'bad-response', message: string): ProviderError {
  return new ProviderError({ kind, message }, { retry: 'no' });
}

/** A row that names no repeat is one answer, the first: no second one, however often it is asked for. */
function matches(row: Entry, request: Pick<ProviderRequest, 'name' | 'trial'>): boolean {
  const { prompt, repeat } = request.trial;
  return (
    (row.prompt === undefined || row.prompt === prompt) &&
    (row.model === undefined || row.model === request.name) &&
    (row.repeat ?? 1) === repeat
  );
}

/** Of several rows that match, the one that says more is meant; of equals, the one with the model, then with the prompt. */
function exactness(row: Entry): number {
  const model = row.model === undefined ? 0 : 1;
  const prompt = row.prompt === undefined ? 0 : 1;
  const repeat = row.repeat === undefined ? 0 : 1;
  return (model + prompt + repeat) * 8 + model * 4 + prompt * 2 + repeat;
}

/** @param own what stands before the name of a model where it is written as it is in the config */
async function indexFile(absolute: string, file: string, own: string): Promise<Index> {
  const index: Index = new Map();
  const found: Problem[] = [];
  const seen: Seen = { own, texts: new Map(), lines: new Map() };
  for await (const row of readJsonl(absolute, file, (problem) => found.push(problem))) {
    if (found.length >= MOST_PROBLEMS) break;
    const wrong = rowProblem(row) ?? add(index, row, seen);
    if (wrong) found.push(badRow(file, row.line, wrong, REMEDY));
  }
  if (found.length > 0) throw new UserError(found.slice(0, MOST_PROBLEMS));
  return index;
}

function rowProblem({ value }: FileRow): string | undefined {
  if (typeof value.id !== 'string' || value.id === '') return 'the row has no "id", or one that is no text';
  for (const key of ['prompt', 'model'] as const) {
    if (value[key] !== undefined && typeof value[key] !== 'string') return `"${key}" is no text`;
  }
  const { repeat } = value;
  if (repeat !== undefined && !(Number.isSafeInteger(repeat) && Number(repeat) >= 1)) {
    return '"repeat" is no whole number from 1';
  }
  const read = readCompletion(value, ROW_KEYS);
  return read.ok ? undefined : read.message;
}

/** What is known while indexing only: each text as one string in memory, and the line of each id with its fields. */
interface Seen {
  own: string;
  texts: Map<string, string>;
  lines: Map<string, number>;
}

/** @returns what is wrong: another row answers the very same request */
function add(index: Index, row: FileRow, seen: Seen): string | undefined {
  const { id, prompt, model: written, repeat } = row.value;
  const model = typeof written === 'string' && written.startsWith(seen.own) ? written.slice(seen.own.length) : written;
  const request = JSON.stringify([id, prompt, model, repeat]);
  const twin = seen.lines.get(request);
  if (twin !== undefined) return `the row answers the same as line ${twin}: ${JSON.stringify(id)}`;
  seen.lines.set(request, row.line);
  const entry: Entry = { line: row.line, offset: row.offset, length: row.length };
  if (typeof prompt === 'string') entry.prompt = once(seen.texts, prompt);
  if (typeof model === 'string') entry.model = once(seen.texts, model);
  if (typeof repeat === 'number') entry.repeat = repeat;
  const key = String(id);
  const before = index.get(key);
  if (Array.isArray(before)) before.push(entry);
  else index.set(key, before ? [before, entry] : entry);
  return undefined;
}

/** The same text as one string in memory, however many rows repeat it. */
function once(texts: Map<string, string>, text: string): string {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
}

function listed(entries: Entry | Entry[] | undefined): Entry[] {
  return entries === undefined ? [] : Array.isArray(entries) ? entries : [entries];
}
