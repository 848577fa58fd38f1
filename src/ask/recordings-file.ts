import { problems as catalogue, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { ModelRequest, Problem } from '../vocabulary.js';
import { compareRows, formatRow, parseRow, type RecordingRow, type RowName, rowId } from './recording-row.js';
import {
  clean,
  enter,
  nameOf,
  type RecordingFiles,
  readAside,
  readMain,
  type Row,
  type Shelf,
} from './recording-shelf.js';

/** What was asked for in replay, and what was not there. */
export interface Misses {
  asked: number;
  missing: number;
  /** Per model: how many questions would be called, and how many characters they would send. */
  models: Record<string, { count: number; inputChars: number }>;
}

/** The stored replies of a project. */
export interface RecordingStore {
  /**
   * A prompt's reply to a request: the one filed under this name, else one filed under another case or provider name that has
   * the same key. `fresh`: only what was stored in this session.
   * @throws UserError when the file cannot be read
   */
  find(prompt: string, name: RowName, only?: { fresh: boolean }): Promise<RecordingRow | undefined>;
  /** To be called before a call is made whose reply is to be stored. @throws UserError while another run records here */
  reserve(prompt: string): Promise<void>;
  /** Resolves when the row survives a crash of the process. */
  put(prompt: string, row: RecordingRow): Promise<void>;
  /** Keeps count of what a replay asked for. */
  tally(prompt: string, name: RowName, request: ModelRequest, found: boolean): void;
  /** Everything unreadable in the files of these prompts, with file and line. */
  problems(prompts: Iterable<string>): Promise<Problem[]>;
  misses(): Misses;
  /** The prompts that lacked a reply, each with the key of the first. */
  lacked(): ReadonlyMap<string, string>;
  /** The keys that were found or stored in this session. */
  used(): ReadonlySet<string>;
  /** Remarks for the user about what was found. */
  notes(): readonly string[];
  /** Puts what was stored into its sorted file. To be called at the end, and on the way out of an interrupted run. */
  flush(): Promise<void>;
  /** Drops rows. @returns how many */
  prune(prompt: string, keep: (row: RowName) => boolean): Promise<number>;
}

/** The folder of recordings, relative to the project root. */
export const RECORDINGS = 'fixtures/recordings';

/** What a store works with. */
export interface StoreOptions {
  files: RecordingFiles;
  /** Takes secrets out of a line and leaves it JSON. */
  redact(text: string): string;
  /** Whether replies of an interrupted run may be put in place: a replay changes no file. */
  writable: boolean;
  folder?: string;
}

/**
 * The store over `fixtures/recordings/<prompt id>.jsonl`, read when a prompt is first asked for. New rows are appended to
 * `….jsonl.new` beside it as they come, so that a crash loses no paid reply and never leaves the committed file half sorted; they
 * are merged into it at the end, or by the next recording run. In memory stay names and places, not replies.
 */
export function recordingStore(options: StoreOptions): RecordingStore {
  const { files, redact, writable, folder = RECORDINGS } = options;
  const shelves = new Map<string, Promise<Shelf>>();
  const fresh = new Set<string>();
  const used = new Set<string>();
  const notes: string[] = [];
  const lacked = new Map<string, string>();
  const count: Misses = { asked: 0, missing: 0, models: {} };
  const main = (prompt: string) => `${folder}/${prompt}.jsonl`;
  const aside = (prompt: string) => `${main(prompt)}.new`;

  async function read(prompt: string): Promise<Shelf> {
    const shelf: Shelf = { rows: new Map(), byKey: new Map(), problems: [], aside: 0 };
    await readMain(files, main(prompt), shelf);
    await readAside(files, aside(prompt), shelf);
    return shelf;
  }

  async function open(prompt: string): Promise<Shelf> {
    const shelf = await read(prompt);
    if (shelf.aside === 0 || shelf.problems.length > 0) return shelf;
    if (!writable) {
      notes.push(`${aside(prompt)} holds replies of an interrupted run: --mode record puts them in place`);
      return shelf;
    }
    await settle(prompt, () => true);
    return read(prompt);
  }

  function shelfOf(prompt: string): Promise<Shelf> {
    const known = shelves.get(prompt);
    if (known) return known;
    const opened = open(prompt);
    shelves.set(prompt, opened);
    opened.catch(() => shelves.delete(prompt));
    return opened;
  }

  async function reply(row: Row): Promise<RecordingRow> {
    const found = parseRow(clean(await files.at(row.path, row)));
    if (typeof found !== 'string' && rowId(found) === rowId(row)) return found;
    throw new UserError([catalogue['recording-changed'](row.path)], EXIT.unverified);
  }

  /** Rewrites a prompt's file in order. Lines are copied one by one: the file may be larger than memory. */
  async function write(prompt: string, shelf: Shelf, keep: (row: RowName) => boolean): Promise<number> {
    const kept = [...shelf.rows.values()].filter(keep).toSorted(compareRows);
    async function* lines(): AsyncGenerator<string> {
      for (const row of kept) yield `${redact(formatRow(await reply(row)))}\n`;
    }
    const changes = shelf.aside > 0 || kept.length < shelf.rows.size;
    if (changes && kept.length > 0) await files.replace(main(prompt), lines());
    else if (changes) await files.remove(main(prompt));
    await files.remove(aside(prompt));
    return shelf.rows.size - kept.length;
  }

  /** Reads again before writing: the file may have changed under a long run, and another run may have added rows. */
  async function settle(prompt: string, keep: (row: RowName) => boolean): Promise<number> {
    await files.claim(aside(prompt));
    const dropped = await write(prompt, await sound(read(prompt)), keep);
    shelves.delete(prompt);
    return dropped;
  }

  const changed = new Set<string>();
  return {
    async find(prompt, name, only) {
      const shelf = await sound(shelfOf(prompt));
      const isFresh = fresh.has(freshId(prompt, name));
      if (only?.fresh && !isFresh) return undefined;
      const row = (isFresh ? undefined : shelf.rows.get(rowId(name))) ?? shelf.byKey.get(name.key);
      if (!row) return undefined;
      used.add(name.key);
      return reply(row);
    },
    reserve: (prompt) => files.claim(aside(prompt)),
    async put(prompt, row) {
      const shelf = await sound(shelfOf(prompt));
      const path = aside(prompt);
      const place = await files.append(path, redact(formatRow(row)));
      enter(shelf, { ...nameOf(row), path, line: 0, ...place });
      changed.add(prompt);
      used.add(row.key);
      fresh.add(freshId(prompt, row));
    },
    tally(prompt, { model, key }, request, found) {
      count.asked += 1;
      if (found) return;
      if (!lacked.has(prompt)) lacked.set(prompt, key);
      count.missing += 1;
      const sums = (count.models[model] ??= { count: 0, inputChars: 0 });
      sums.count += 1;
      for (const text of [...request.messages.map((each) => each.content), ...(request.texts ?? [])]) {
        sums.inputChars += text.length;
      }
    },
    async problems(prompts) {
      const found: Problem[] = [];
      for (const prompt of prompts) for (const problem of (await shelfOf(prompt)).problems) found.push(problem);
      return found;
    },
    misses: () => count,
    lacked: () => lacked,
    used: () => used,
    notes: () => notes,
    async flush() {
      const found: Problem[] = [];
      for (const prompt of [...changed].toSorted()) {
        try {
          await settle(prompt, () => true);
          changed.delete(prompt);
        } catch (error) {
          // One broken file must not keep the replies of the others out of theirs.
          if (!(error instanceof UserError)) throw error;
          for (const problem of error.problems) found.push(problem);
        }
      }
      if (found.length > 0) throw new UserError(found, EXIT.unverified);
    },
    prune: (prompt, keep) => settle(prompt, keep),
  };
}

/** Keys are hexadecimal: no two pairs give one text. */
function freshId(prompt: string, { key }: RowName): string {
  return `${key} ${prompt}`;
}

/** A shelf whose file could be read whole. */
async function sound(opened: Promise<Shelf>): Promise<Shelf> {
  const shelf = await opened;
  if (shelf.problems.length > 0) throw new UserError(shelf.problems);
  return shelf;
}
