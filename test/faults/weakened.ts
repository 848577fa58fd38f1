import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILD, PACKAGE } from '../support/project.js';
import type { Role } from './row.js';

/** Something that keeps a fault from doing harm, and how to do without it. */
export interface Defence {
  what: string;
  /** Modules of the build that hold it, a piece of each that stands there once, and what to put in its place. */
  edits: readonly (readonly [module: string, piece: string, instead: string])[];
  /** A row that must be red without it, and as what; by default the model's. */
  row: string;
  role?: Role;
  /** Whether the run does not end by itself then. */
  endless?: boolean;
}

/** Copies of the build, each without one defence. The product itself has no switch for any of them. */
export interface Weakened {
  /** @returns the folder of the build; throws where the piece is not there: then the control controls nothing */
  without(defence: Defence): string;
  remove(): void;
}

/** Where the copies lie, until they are removed. */
export function weakened(): Weakened {
  const folder = mkdtempSync(join(tmpdir(), 'assay-weakened-'));
  symlinkSync(join(PACKAGE, 'node_modules'), join(folder, 'node_modules'), 'junction');
  let count = 0;
  return {
    without({ what, edits }) {
      count += 1;
      const copy = join(folder, String(count));
      cpSync(BUILD, join(copy, 'dist'), { recursive: true, filter: (file) => !/\.(?:d\.ts|map)$/.test(file) });
      for (const beside of ['package.json', 'schemas']) {
        if (existsSync(join(PACKAGE, beside))) cpSync(join(PACKAGE, beside), join(copy, beside), { recursive: true });
      }
      for (const [module, piece, instead] of edits) {
        const file = join(copy, 'dist', module);
        const text = readFileSync(file, 'utf8');
        if (text.split(piece).length !== 2) throw new Error(`${what}: "${piece}" is not once in ${module}`);
        writeFileSync(
          file,
          text.replace(piece, () => instead),
        );
      }
      return join(copy, 'dist');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
