import { posix, win32 } from 'node:path';
import { fileProblems as make } from '../errors/files.js';
import { UserError } from '../errors/user-error.js';
import type { Place } from '../vocabulary.js';
import type { Report } from './findings.js';
import type { Tree } from './tree.js';

/**
 * A file's text. Undefined after reporting why there is none.
 * @param mentioned where the path is written, when it is the user's
 */
export function loadText(tree: Tree, path: string, report: Report, mentioned?: Place): string | undefined {
  try {
    return tree.read(path);
  } catch (error) {
    reportUnreadable(error, path, report, mentioned);
    return undefined;
  }
}

/** Files that match; none after reporting why the tree refuses to look there. */
export function globFiles(
  tree: Tree,
  patterns: readonly string[],
  report: Report,
  mentioned?: Place,
  ignore?: readonly string[],
): string[] {
  try {
    return tree.glob(patterns, ignore);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    for (const problem of error.problems) report(mentioned ? { ...problem, place: mentioned } : problem);
    return [];
  }
}

/** Reports the problems a tree found in a file. @throws anything that is no UserError */
export function reportUnreadable(error: unknown, path: string, report: Report, mentioned?: Place): void {
  if (!(error instanceof UserError)) throw error;
  const start = mentioned ?? { file: path, line: 1, column: 1 };
  for (const problem of error.problems) report(problem.place ? problem : { ...problem, place: start });
}

/**
 * A path that stands in a file, made relative to the project root. Undefined after reporting that it is absolute: it would mean
 * another file on each machine.
 */
export function resolveFrom(file: string, path: string, place: Place, report: Report): string | undefined {
  if (posix.isAbsolute(path) || win32.isAbsolute(path)) {
    report(make['outside-root'](path, 'it is absolute; write it relative to this file', place));
    return undefined;
  }
  return posix.normalize(posix.join(posix.dirname(file), path));
}
