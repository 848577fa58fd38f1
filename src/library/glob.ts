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
  const glob = loadGlob(patterns);
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

/**
 * fast-glob takes some 30 ms to load: only commands that look for files pay.
 * @param patterns what it is needed for
 * @throws UserError `no-fast-glob` in an application that was bundled without it
 */
export function loadGlob(patterns: readonly string[]): typeof fastGlob {
  try {
    loaded ??= createRequire(import.meta.url)('fast-glob') as typeof fastGlob;
    return loaded;
  } catch {
    // Not found; or, in a script, there is no address of this module to find it from.
    throw new UserError([fileProblems['no-fast-glob'](patterns)]);
  }
}
let loaded: typeof fastGlob | undefined;
