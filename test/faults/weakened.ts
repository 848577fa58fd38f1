import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AtEnd, BUILD, PACKAGE } from '../support/project.js';
import type { Role } from './row.js';

/** Something that keeps a fault from doing harm, and how to do without it. */
export interface Defence {
  what: string;
  /** Modules of the build that hold it, a piece of each that stands there once, and what to put in its place. */
  edits: readonly (readonly [module: string, piece: string, instead: string])[];
  /** A row that must be red without it, and as what; by default the model's. */
  row: string;
  role?: Role;
  /** Whether the run may not end by itself then: that is red, too. */
  endless?: boolean;
}

/**
 * A copy of the build without one defence: the product itself has no switch for any of them.
 * @param atEnd does something when the test is over: the copy is removed then
 * @returns the folder of the copy; throws where the piece is not there: then the control controls nothing
 */
export function without({ what, edits }: Defence, atEnd: AtEnd): string {
  // Within the package's own modules, so that it finds what the build finds.
  const folder = mkdtempSync(join(PACKAGE, 'node_modules/.weakened-'));
  atEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const build = join(folder, 'dist');
  cpSync(BUILD, build, { recursive: true, filter: (file) => !/\.(?:d\.ts|map)$|[\\/]bundled$/.test(file) });
  cpSync(join(PACKAGE, 'package.json'), join(folder, 'package.json'));
  // Of the modules, which can be edited one by one: what is built is a bundle of them.
  writeFileSync(join(build, 'cli/main.js'), "import { start } from './start.js';\nawait start();\n");
  for (const [module, text] of weakened({ what, edits })) writeFileSync(join(build, module), text);
  return build;
}

/**
 * The modules of the build without a defence.
 * @throws where a piece is not there once
 */
export function weakened({ what, edits }: Pick<Defence, 'what' | 'edits'>): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [module, piece, instead] of edits) {
    const text = texts.get(module) ?? readFileSync(join(BUILD, module), 'utf8');
    if (text.split(piece).length !== 2) throw new Error(`${what}: "${piece}" is not once in ${module}`);
    texts.set(
      module,
      text.replace(piece, () => instead),
    );
  }
  return texts;
}
