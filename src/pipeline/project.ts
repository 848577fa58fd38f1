import { existsSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { problems, UserError } from '../errors.js';
import { folderTree } from '../library/folder-tree.js';
import type { Tree } from '../library/tree.js';
import { gitRootOf } from '../trust/paths.js';

export const CONFIG_FILE = 'assay.config.yaml';

/** What a config is easily called that nobody reads. */
const NEAR_CONFIG = ['assay.config.yml', 'assay.config.json', 'assay.yaml', 'assay.yml'];

/** A project on disk. */
export interface Project {
  /** Its root, absolute. */
  root: string;
  /** The config file relative to the root; absent when there is none. */
  configPath?: string;
  tree: Tree;
}

/**
 * Finds the project: the folder of the named config file, else of the nearest `assay.config.yaml` upward (not beyond the git
 * repository), else the working folder.
 */
export function openProject(cwd: string, config?: string): Project {
  if (config !== undefined) {
    const file = resolve(cwd, config);
    if (!existsSync(file)) throw new UserError([problems['no-such-file'](config)]);
    const root = dirname(file);
    return { root, configPath: toRelative(root, file), tree: folderTree(root) };
  }
  const root = nearestWithConfig(cwd);
  return root === undefined
    ? { root: cwd, tree: folderTree(cwd) }
    : { root, configPath: CONFIG_FILE, tree: folderTree(root) };
}

function nearestWithConfig(cwd: string): string | undefined {
  const last = gitRootOf(cwd);
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(resolve(folder, CONFIG_FILE))) return folder;
    // All that it says, a gate perhaps, would be passed over.
    const near = NEAR_CONFIG.find((name) => existsSync(resolve(folder, name)));
    if (near !== undefined)
      throw new UserError([problems['misnamed-file'](toRelative(cwd, resolve(folder, near)), CONFIG_FILE)]);
    if (folder === last || folder === dirname(folder)) return undefined;
  }
}

/**
 * Paths as the user names them (relative to the working folder) into paths relative to the root, `/` on every system. What names no
 * file there may be the id of a prompt, which is the same in every folder.
 */
export function projectPaths(project: Project, cwd: string, paths: readonly string[]): string[] {
  return paths.map((path) => {
    const file = resolve(cwd, path);
    return MAYBE_ID.test(path) && !existsSync(file) ? path : toRelative(project.root, file);
  });
}

const MAYBE_ID = /^(?![./\\])[^*?[\]{}]+$/;

function toRelative(root: string, file: string): string {
  return relative(root, file).split(sep).join('/') || '.';
}
