import { posix } from 'node:path';
import type { Report } from './findings.js';
import { loadText } from './load.js';
import type { FindPartial, PartialFile } from './template.js';
import type { Tree } from './tree.js';

/** Names that stay below `_partials/`. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/**
 * Looks partials up: of the folders `_partials/` beside the including file and upward to the project root, the nearest wins. One
 * that cannot be read is reported and empty. A partial is always the same object, so that it is taken apart once.
 */
export function partialFinder(tree: Tree, report: Report): FindPartial {
  const known = new Map<string, PartialFile | undefined>();
  /** Most folders have no partials: a look at each of them is quicker than at every name that could be in it. */
  const folders = new Map<string, boolean>();
  const hasPartials = (folder: string): boolean => {
    const has = folders.get(folder) ?? tree.hasFolder?.(folder) ?? true;
    folders.set(folder, has);
    return has;
  };
  const read = (file: string): PartialFile | undefined => {
    if (!known.has(file)) {
      known.set(file, tree.has(file) ? { file, text: loadText(tree, file, report) ?? '' } : undefined);
    }
    return known.get(file);
  };
  return (name, fromFile) => {
    if (!NAME.test(name)) return undefined;
    for (let folder = posix.dirname(fromFile); ; folder = posix.dirname(folder)) {
      const partials = posix.join(folder, '_partials');
      const found = hasPartials(partials) ? read(`${partials}/${name}.md`) : undefined;
      if (found) return found;
      if (folder === '.' || folder === '/') return undefined;
    }
  };
}
