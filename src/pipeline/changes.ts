import { changedFiles } from '../git/changes.js';
import { type MergeBase, mergeBase } from '../git/refs.js';

/** What differs between the working tree and where its branch began. */
export interface Changes {
  base: MergeBase;
  /** Paths relative to the project root. */
  files: string[];
}

/**
 * Asks git what changed since HEAD left a ref. Begun before a library is read, it costs no time: git works beside it.
 * @param ref absent: the default branch
 * @returns a promise that may be left alone: what goes wrong is told to whoever waits for it
 */
export function changesSince(
  root: string,
  ref: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Changes> {
  const changes = mergeBase(root, env, ref).then(async (base) => ({
    base,
    files: await changedFiles(root, base.commit),
  }));
  changes.catch(() => undefined);
  return changes;
}
