import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scratch } from '../pages.js';
import { readTrouble } from './write-trouble.js';

/** Closes the file of a scratch that nobody can reach any more: it stands for memory, and is let go as memory is. */
const unreachable = new FinalizationRegistry<number>(closeSync);

/**
 * A scratch in the system's folder for temporary files, made when it is first written to. Its name is removed at once: however this
 * process ends, nothing is left of it, and nobody else can open it. Where no such file can be made, or the disk is full, it takes
 * nothing.
 */
export function scratchFile(folder = tmpdir()): Scratch {
  const path = join(folder, `assay-${randomBytes(8).toString('hex')}.tmp`);
  let file: number | undefined;
  const opened = (): number => {
    if (file !== undefined) return file;
    file = openUnnamed(path);
    unreachable.register(scratch, file);
    return file;
  };
  const scratch: Scratch = {
    write(bytes, offset) {
      try {
        const to = opened();
        for (let done = 0; done < bytes.length; ) {
          done += writeSync(to, bytes, done, bytes.length - done, offset + done);
        }
        return true;
      } catch {
        return false;
      }
    },
    read(bytes, offset) {
      try {
        for (let done = 0; done < bytes.length; ) {
          const count = readSync(opened(), bytes, done, bytes.length - done, offset + done);
          if (count === 0) throw new Error(`${path} ended early`);
          done += count;
        }
      } catch (error) {
        throw readTrouble(path, error);
      }
    },
  };
  return scratch;
}

function openUnnamed(path: string): number {
  const file = openSync(path, 'wx+', 0o600);
  try {
    rmSync(path);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}
