import { posix, sep } from 'node:path';
import type { Tree } from '../library/tree.js';
import type { Json, ProviderSettings } from '../vocabulary.js';

/**
 * The files of the project that a provider's settings name: finished answers, scripts and the like, alone or as words of a command.
 * @returns paths as `pathsIn` gives them
 */
export function filesNamedBy(settings: ProviderSettings, tree: Tree): string[] {
  return [...pathsIn(settings)].filter((path) => tree.has(path)).toSorted();
}

/**
 * All that could be the path of a file among a provider's settings, whether there is one or not.
 * @returns paths relative to the root as git writes them, however the user does; one that was written from the root of the system
 *   stays as it is
 */
export function pathsIn(settings: ProviderSettings): Set<string> {
  const folders = typeof settings.cwd === 'string' ? ['.', settings.cwd] : ['.'];
  const found = new Set<string>();
  const walk = (value: Json | undefined): void => {
    if (typeof value === 'string') for (const word of wordsOf(value)) add(word.split(sep).join('/'));
    if (typeof value === 'object' && value !== null) for (const item of Object.values(value)) walk(item);
  };
  const add = (path: string): void => {
    if (posix.isAbsolute(path)) found.add(posix.normalize(path));
    else for (const folder of folders) found.add(posix.join(folder, path));
  };
  for (const value of Object.values(settings)) walk(value);
  return found;
}

/** A text, and its words, also behind the `=` of a flag. */
function wordsOf(text: string): string[] {
  return [text, ...text.split(/[\s'"]+/), ...text.split(/[\s'"=,;]+/)].filter((word) => word !== '');
}
