import { type FileHandle, lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { problems, UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import type { JsonObject, TrialResult } from '../vocabulary.js';
import { type Appender, appender, growing } from './appender.js';
import { type CallNote, callLine, endLine, headerLine, trialLine } from './entries.js';
import { firstDifference } from './fingerprint.js';
import { makeFolders } from './folders.js';
import type { LinePlace } from './lines.js';
import { type Lock, takeLock } from './lock.js';
import { refuseLink } from './plain-file.js';
import { indexJournal, type JournalIndex } from './reader.js';
import { fileErrorCode, writeTrouble } from './write-trouble.js';

/** What a run is: `fingerprint` is what must be equal for a run to be resumed; the rest is kept as it is. */
export interface JournalHeader extends JsonObject {
  fingerprint: JsonObject;
}

/** The one writer of a run's results. */
export interface Journal {
  /** Resolves, with the line's place, when the operating system has the line: from then on the trial counts as done. */
  append(result: TrialResult): Promise<LinePlace>;
  /**
   * Notes a call before its reply is stored elsewhere, so that who goes on with the run knows the reply for its own. Rejects once
   * the run has ended: a reply that nobody waits for any more is dropped.
   */
  note(call: CallNote): Promise<unknown>;
  /** Writes how the run ended, as its last line, and begins to flush all to the disk. */
  end(facts: JsonObject): Promise<void>;
  /** Resolves when the disk has all up to the end: from then on no power cut loses it. */
  flushed(): Promise<void>;
  /** Lets go of file and lock; a journal without an end can be resumed. */
  close(): Promise<void>;
}

/** How a journal is written. */
export interface JournalOptions {
  /** Takes secrets out of a line and leaves it JSON of one line. */
  redact(text: string): string;
}

/**
 * Begins a journal, in place of the one before. Missing folders are made.
 * @throws UserError `locked` while another run writes there; `cannot-write` or `not-a-plain-file` (exit code 2: nothing has been
 * called yet)
 */
export async function openJournal(path: string, header: JournalHeader, options: JournalOptions): Promise<Journal> {
  return locked(path, (lock) => begin(path, header, options, lock));
}

/** A journal that goes on, and what is in it: its header tells the id and start of the run that goes on. */
export interface Resumed {
  journal: Journal;
  /** Absent when there was nothing to resume: no file, or a run killed before it began. The journal is a new one then. */
  kept?: JournalIndex;
}

/**
 * Goes on with a journal: a cut last line is taken off, and what follows is appended. Completed trials in `kept` need not be run
 * again; errored and skipped ones do, and their later line wins.
 * @throws UserError `other-run` naming the first field of the fingerprint that differs; as openJournal and readJournal
 */
export async function resumeJournal(path: string, header: JournalHeader, options: JournalOptions): Promise<Resumed> {
  return locked(path, async (lock) => {
    const kept = await existing(path);
    if (!kept) return { journal: await begin(path, header, options, lock) };
    // Ours as it would have been written: a redacted field must not differ from itself.
    const ours = (JSON.parse(options.redact(headerLine(header))) as JournalHeader).fingerprint;
    const difference = firstDifference(kept.header.fingerprint, ours);
    if (difference) throw new UserError([problems['other-run'](path, difference)]);
    const journal = await opened(path, async (file) => {
      await file.truncate(kept.size);
      return writer(path, file, appender(growing(file), kept.size), options, lock);
    });
    return { journal, kept };
  });
}

async function existing(path: string): Promise<JournalIndex | undefined> {
  const there = await lstat(path).catch((error: unknown) => {
    if (fileErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  });
  return there && indexJournal(path);
}

/** Does something under the journal's lock, which is given up again if it fails. */
async function locked<T>(path: string, act: (lock: Lock) => Promise<T>): Promise<T> {
  let lock: Lock | undefined;
  try {
    await makeFolders(dirname(path));
    await refuseLink(path);
    lock = await takeLock(`${path}.lock`).catch((error: unknown) => {
      throw writeTrouble(`${path}.lock`, error, { exitCode: EXIT.usage });
    });
    return await act(lock);
  } catch (error) {
    await lock?.release();
    throw writeTrouble(path, error, { exitCode: EXIT.usage });
  }
}

async function begin(path: string, header: JournalHeader, options: JournalOptions, lock: Lock): Promise<Journal> {
  return opened(path, async (file) => {
    await file.truncate(0);
    const lines = appender(growing(file), 0);
    await lines.append(options.redact(headerLine(header)));
    return writer(path, file, lines, options, lock);
  });
}

/** Makes something of a file that is open for appending, which is closed if it fails. */
async function opened<T>(path: string, make: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await open(path, 'a');
  try {
    return await make(file);
  } catch (error) {
    await file.close();
    throw error;
  }
}

function writer(path: string, file: FileHandle, lines: Appender, { redact }: JournalOptions, lock: Lock): Journal {
  const append = (line: string) =>
    lines.append(redact(line)).catch((error: unknown) => {
      throw writeTrouble(path, error);
    });
  let closed: Promise<void> | undefined;
  let ended = false;
  let flushing: Promise<void> = Promise.resolve();
  const flush = () =>
    file.sync().catch((error: unknown) => {
      throw writeTrouble(path, error);
    });
  const close = async () => {
    await lines.idle();
    await flushing.catch(() => undefined);
    await file.close();
    await lock.release();
  };
  return {
    append: (result) => append(trialLine(result)),
    note: (call) => (ended ? Promise.reject(new Error('the run has ended')) : append(callLine(call))),
    async end(facts) {
      ended = true;
      await append(endLine(facts));
      flushing = flush();
      // Told by `flushed`.
      flushing.catch(() => undefined);
    },
    flushed: () => flushing,
    close: () => (closed ??= close()),
  };
}
