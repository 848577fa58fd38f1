import { createRequire } from 'node:module';
import { posix } from 'node:path';
import type fastGlob from 'fast-glob';
import { fileProblems } from '../errors/files.js';
import { UserError } from '../errors/user-error.js';
import { costOfGlob } from '../patterns/glob-cost.js';

/** Dot-folders are left out by fast-glob itself unless a pattern names one. */
const IGNORED = ['**/node_modules/**'];

/** How the files of a project are looked for. */
export function globOptions(root: string, ignore: readonly string[]) {
  return { cwd: root, ignore: [...IGNORED, ...ignore], followSymbolicLinks: false, onlyFiles: false };
}

/** Patterns that start from the same folder. */
export interface GlobTask {
  /** The folder, relative to the root. */
  base: string;
  positive: string[];
  /** The same, apart where what is wrong with one must not keep the others from being found. */
  groups: string[][];
  negative: string[];
  /** Those of `negative` that keep a folder they match from being entered. */
  closing: string[];
}

/**
 * Patterns as fast-glob takes them: braces unfolded, `!` sorted out, by the folder that the search starts from.
 * @throws UserError `costly-glob`
 */
export function globTasks(root: string, patterns: readonly string[], ignore: readonly string[]): GlobTask[] {
  const costly = patterns.flatMap((pattern) => {
    const why = costOfGlob(pattern);
    return why === undefined ? [] : [fileProblems['costly-glob'](pattern, why)];
  });
  if (costly.length > 0) throw new UserError(costly);
  const glob = loadGlob();
  const isClosing = (pattern: string) => pattern.endsWith('/**') || !glob.isDynamicPattern(posix.basename(pattern));
  return glob.generateTasks([...patterns], globOptions(root, ignore)).map(({ base, dynamic, positive, negative }) => ({
    base,
    positive,
    groups: dynamic ? [positive] : positive.map((pattern) => [pattern]),
    negative,
    // What has no wildcard is looked for by its name, and no folder is entered.
    closing: dynamic ? negative.filter(isClosing) : [],
  }));
}

/** fast-glob takes some 30 ms to load: only commands that look for files pay. */
let loaded: typeof fastGlob | undefined;
export function loadGlob(): typeof fastGlob {
  loaded ??= createRequire(import.meta.url)('fast-glob') as typeof fastGlob;
  return loaded;
}
