import { type Difference, differenceTo } from '../git/changes.js';
import { type MergeBase, mergeBase } from '../git/refs.js';
import type { GitTree } from '../library/git-tree.js';
import { treeBefore } from '../library/tree-before.js';
import type { Project } from './project.js';

/** What differs between the working tree and where its branch began. */
export interface Changes extends Difference {
  base: MergeBase;
  /** The project as it was there. @throws UserError */
  before(): Promise<GitTree>;
}

/**
 * Asks git what changed since HEAD left a ref. Begun before a library is read, it costs no time: git works beside it.
 * @param ref absent: the default branch
 * @returns a promise that may be left alone: what goes wrong is told to whoever waits for it
 */
export function changesSince(
  { root, tree }: Project,
  ref: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Changes> {
  const changes = mergeBase(root, env, ref).then(async (base): Promise<Changes> => {
    const difference = await differenceTo(root, base.commit);
    let asked: Promise<GitTree> | undefined;
    const before = (): Promise<GitTree> => (asked ??= treeBefore(root, base.commit, tree, mayDiffer(difference)));
    // Where something changed, it is likely to be asked for.
    if (difference.files.length > 0) before().catch(() => undefined);
    return { base, ...difference, before };
  });
  changes.catch(() => undefined);
  return changes;
}

/** All files that may differ, and folders with such files. */
export function mayDiffer({ files, others, unseen }: Difference): string[] {
  return [...files, ...others, ...unseen];
}
