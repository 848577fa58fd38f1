import { writeSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import type { LinePlace } from './lines.js';

/** Adds lines to the end of a file that is open for appending. */
export interface Appender {
  /** Resolves when the operating system has the line: from then on no crash of this process loses it. */
  append(line: string): Promise<LinePlace>;
  /** Resolves when nothing is being written. */
  idle(): Promise<void>;
}

/** Bytes. */
const LARGEST_BATCH = 1 << 20;

/** A file to which bytes are added at its end. */
export interface GrowingFile {
  /** @returns how many of the bytes behind `from` it took */
  write(bytes: Buffer, from: number): number;
  truncate(size: number): Promise<void>;
}

/**
 * A file that is open for appending. Writes are synchronous: a line costs microseconds, since the operating system takes it into
 * memory, and a trip through the thread pool ten times that.
 */
export function growing(file: FileHandle): GrowingFile {
  return {
    write: (bytes, from) => writeSync(file.fd, bytes, from),
    truncate: (size) => file.truncate(size),
  };
}

interface Waiting {
  line: string;
  /** In bytes, its end counted. */
  length: number;
  resolve(place: LinePlace): void;
  reject(error: unknown): void;
}

/**
 * One writer for many callers: lines that come in the same turn of the event loop share a write. A write that fails (a full
 * disk) is undone, so that no half line stays for later ones to be glued to.
 * @param start the size of the file in bytes
 */
export function appender(file: GrowingFile, start: number): Appender {
  let size = start;
  const waiting: Waiting[] = [];
  let writing: Promise<void> | undefined;
  let broken: { error: unknown } | undefined;

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      // Answers come in flocks: all that are read in this turn of the event loop are written at once.
      await turn();
      const batch = waiting.splice(0, batchSize(waiting));
      try {
        if (broken) throw broken.error;
        writeAll(file, Buffer.from(batch.map(({ line }) => `${line}\n`).join('')));
        for (const { length, resolve } of batch) {
          resolve({ offset: size, length: length - 1 });
          size += length;
        }
      } catch (error) {
        await file.truncate(size).catch(() => {
          broken = { error };
        });
        for (const { reject } of batch) reject(error);
      }
    }
    writing = undefined;
  }

  return {
    append: (line) =>
      new Promise((resolve, reject) => {
        waiting.push({ line, length: Buffer.byteLength(line) + 1, resolve, reject });
        writing ??= work();
      }),
    idle: async () => writing,
  };
}

/** How many lines go into one write: it is put together in memory, which must not double what large answers take. */
function batchSize(waiting: readonly Waiting[]): number {
  let bytes = 0;
  const after = waiting.findIndex((each) => {
    bytes += each.length;
    return bytes >= LARGEST_BATCH;
  });
  return after === -1 ? waiting.length : after + 1;
}

function writeAll(file: GrowingFile, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += file.write(bytes, written);
}
