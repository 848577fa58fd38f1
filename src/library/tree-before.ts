import { inRepository } from '../git/place.js';
import { type GitTree, gitTree } from './git-tree.js';
import type { Tree } from './tree.js';

/**
 * The files of a project as they were in a commit, where it is known which of them differ from those of today: only these are asked
 * of git, and the others, mostly thousands, are read where they lie.
 * @param commit a full hash
 * @param now the project as it is today
 * @param differing paths relative to the root: all that differ, however little
 * @throws UserError as `gitTree`
 */
export async function treeBefore(
  root: string,
  commit: string,
  now: Tree,
  differing: readonly string[],
): Promise<GitTree> {
  const was = await gitTree(root, commit, undefined, differing);
  const place = inRepository(root);
  const changed = new Set(differing);
  const isSame = (path: string): boolean => {
    const inGit = place?.toGit(path);
    return inGit !== undefined && !changed.has(place?.fromGit(inGit) ?? path);
  };
  return {
    ...was,

    expect(paths) {
      was.expect?.(paths.filter((path) => !isSame(path)));
    },

    read(path) {
      // What is no file there is told as such; what is not checked out here is read there.
      return was.has(path) && isSame(path) && now.has(path) ? now.read(path) : was.read(path);
    },
  };
}
