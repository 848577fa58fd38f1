import { statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { problems, UserError } from '../errors.js';
import type { BaselineOf } from '../gate/compare.js';
import { mergeBase } from '../git/refs.js';
import { baselinePathOf, readBaseline } from '../library/baseline.js';
import { folderTree } from '../library/folder-tree.js';
import { type GitTree, gitTree } from '../library/git-tree.js';
import type { Tree } from '../library/tree.js';
import type { Baseline, Library, Problem, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { listed } from '../words.js';

/** Where baselines are looked for. */
export interface Whence {
  /** The project root, absolute. */
  root: string;
  /** The working folder, absolute. */
  cwd: string;
  env: World['env'];
}

/**
 * A library whose prompts have other baselines than those in the working tree.
 * @param chosen a baseline file, a git ref, or `merge-base`
 * @throws UserError when it is none of these, or what it names cannot be used
 */
export async function withBaselines(library: Library, chosen: string, whence: Whence): Promise<Library> {
  const path = resolve(whence.cwd, chosen);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return fromFile(library, chosen, path);
  return fromCommit(library, await committed(chosen, whence));
}

/** A commit that was named, as a tree, and what people call it. */
export interface Committed {
  tree: GitTree;
  /** E.g. `main (1a2b3c4)`. */
  title: string;
}

/** The commit that a git ref, or the word `merge-base`, stands for. */
export async function committed(ref: string, { root, env }: Whence): Promise<Committed> {
  if (ref !== 'merge-base') {
    const tree = await gitTree(root, ref);
    const hash = tree.commit.slice(0, 7);
    return { tree, title: tree.commit.startsWith(ref) ? hash : `${ref} (${hash})` };
  }
  const { commit, of } = await mergeBase(root, env);
  return { tree: await gitTree(root, commit), title: `the merge-base with ${of} (${commit.slice(0, 7)})` };
}

/** The path of a prompt's baseline. */
export function baselinePath({ path }: Pick<Prompt, 'path'>): string {
  return baselinePathOf(path);
}

function fromCommit(library: Library, { tree, title }: Committed): Library {
  const paths = new Map(library.prompts.map((prompt) => [prompt.id, baselinePath(prompt)]));
  // Looked for together, they are read together.
  tree.glob(['**/*.baseline.json']);
  const baselines = readAll(tree, [...paths.values()], title);
  const without = library.prompts.filter(({ id }) => !baselines.has(paths.get(id) ?? ''));
  const lacking = without.length > 0 ? [`no baseline there for ${listedIds(without)}: held to minPassRate`] : [];
  return {
    ...library,
    baseline: ({ id }) => baselines.get(paths.get(id) ?? ''),
    notes: [...library.notes, [`baselines: those at ${title}, not those of the working tree`, ...lacking].join('; ')],
  };
}

/** The accepted scores of a prompt's model, from the committed baselines. */
export function acceptedOf(library: Pick<Library, 'prompts' | 'baseline'>): BaselineOf {
  const baselines = new Map(library.prompts.map((prompt) => [prompt.id, library.baseline(prompt)]));
  return (prompt, model) => {
    const models = baselines.get(prompt)?.models;
    return models && Object.hasOwn(models, model) ? models[model] : undefined;
  };
}

/**
 * Reads baselines from a tree; paths that it does not have are left out.
 * @throws UserError with every problem of all of them, each with where that is
 */
export function readAll(tree: Tree, paths: readonly string[], where: string): Map<string, Baseline> {
  const found: Problem[] = [];
  const baselines = new Map<string, Baseline>();
  for (const path of paths) {
    if (!tree.has(path)) continue;
    const baseline = readBaseline(tree, path, (problem) => found.push(problem));
    if (baseline) baselines.set(path, baseline);
  }
  if (found.length > 0) {
    throw new UserError(found.map((each) => ({ ...each, message: `at ${where}: ${each.message}` })));
  }
  return baselines;
}

function fromFile(library: Library, given: string, path: string): Library {
  const baseline = readBaselineFile(path);
  const named = new Set(namesakes(library.prompts, path).map(({ id }) => id));
  if (named.size === 0) throw new UserError([problems['baseline-for-nobody'](given)]);
  const whose = library.prompts.filter(({ id }) => named.has(id));
  return {
    ...library,
    baseline: (prompt) => (named.has(prompt.id) ? baseline : library.baseline(prompt)),
    notes: [...library.notes, `baseline of ${listedIds(whose)}: ${given}`],
  };
}

/** A baseline wherever it lies. @throws UserError */
export function readBaselineFile(path: string): Baseline {
  const found: Problem[] = [];
  const baseline = readBaseline(folderTree(dirname(path)), basename(path), (problem) => found.push(problem));
  if (!baseline) throw new UserError(found);
  return baseline;
}

/**
 * The prompts that a baseline file belongs to by its name: those whose own baseline shares the longest end of the path with it; a
 * single prompt takes a file of any name.
 */
export function namesakes<P extends Pick<Prompt, 'path'>>(prompts: readonly P[], file: string): P[] {
  const segments = file.replaceAll('\\', '/').split('/');
  const shared = prompts.map((prompt) => sharedEnd(baselinePath(prompt).split('/'), segments));
  const longest = Math.max(0, ...shared);
  if (longest === 0) return prompts.length === 1 ? [...prompts] : [];
  return prompts.filter((_, index) => shared[index] === longest);
}

function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < a.length && count < b.length && a[a.length - 1 - count] === b[b.length - 1 - count]) count += 1;
  return count;
}

/** Ids in a row: the first few, then how many more. */
export function listedIds(prompts: readonly Pick<Prompt, 'id'>[]): string {
  return listed(prompts.map(({ id }) => id));
}
