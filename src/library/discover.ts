import type { Library } from '../vocabulary.js';
import type { DiscoverOptions } from './options.js';
import type { Tree } from './tree.js';

export type { DiscoverOptions } from './options.js';

/**
 * Finds and checks all that a project declares: config, prompts, cases, baselines. Cases are read once now, to check them, and
 * again when they are asked for; large data sets are streamed both times.
 * @throws UserError with every problem of every file, by file and line; exit code 2. An empty library is none: it has no prompts.
 */
export async function discover(tree: Tree, options: DiscoverOptions): Promise<Library> {
  // The parsers and validators behind it take some 100 ms to load.
  const { discoverLibrary } = await import('./discovery.js');
  return discoverLibrary(tree, options);
}
