import { inRepository } from '../git/place.js';
import { covering } from './covering.js';
import { type GitTree, gitTree } from './git-tree.js';
import type { Tree } from './tree.js';

/**
 * The files of a project as they were in a commit, where it is known which of them differ from those of today: only these are asked
 * of git, and the others, mostly thousands, are read where they lie.
 * @param commit a full hash
 * @param now the project as it is today
 * @param differing paths relative to the root: all files that may differ, however little, or folders that they lie in
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
  const differs = covering(differing);
  const isSame = (path: string): boolean => {
    const inGit = place?.toGit(path);
    return inGit !== undefined && differs(place?.fromGit(inGit) ?? path) === undefined;
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
