import { statSync } from 'node:fs';
import { problems, UserError } from '../errors.js';
import type { Problem } from '../vocabulary.js';
import type { ProviderContext } from './provider.js';

/**
 * The problems of a file that a provider's setting names: none when it is there, inside the root, and a file.
 * @param file the path as written, relative to the project root
 */
export function fileProblems(context: Pick<ProviderContext, 'resolve'>, file: string): readonly Problem[] {
  try {
    const stat = statSync(context.resolve(file), { throwIfNoEntry: false });
    if (!stat) return [problems['no-such-file'](file)];
    return stat.isFile() ? [] : [problems['unreadable-file'](file, 'it is not a file')];
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return [problems['unreadable-file'](file, code)];
  }
}

/** The problems that reading settings throws as a UserError, as a list. */
export function problemsOf(read: () => void): readonly Problem[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof UserError) return error.problems;
    throw error;
  }
}
