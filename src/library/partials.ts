import { posix } from 'node:path';
import type { Report } from './findings.js';
import { loadText } from './load.js';
import type { FindPartial } from './template.js';
import type { Tree } from './tree.js';

/** Names that stay below `_partials/`. */
const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/;

/**
 * Looks partials up: of the folders `_partials/` beside the including file and upward to the project root, the nearest wins. One
 * that cannot be read is reported and empty.
 */
export function partialFinder(tree: Tree, report: Report): FindPartial {
  const texts = new Map<string, string | undefined>();
  const read = (path: string): string | undefined => {
    if (!texts.has(path)) texts.set(path, tree.has(path) ? (loadText(tree, path, report) ?? '') : undefined);
    return texts.get(path);
  };
  return (name, fromFile) => {
    if (!NAME.test(name)) return undefined;
    for (let folder = posix.dirname(fromFile); ; folder = posix.dirname(folder)) {
      const file = posix.join(folder, '_partials', `${name}.md`);
      const text = read(file);
      if (text !== undefined) return { file, text };
      if (folder === '.' || folder === '/') return undefined;
    }
  };
}
