import { comparePrompts, type PromptDiff, type PromptSide } from '../catalogue/compare.js';
import { problems, UserError } from '../errors.js';
import { formerNames } from '../git/changes.js';
import { type GitTree, gitTree } from '../library/git-tree.js';
import type { PromptFiles } from '../library/layout.js';
import { locate } from '../library/locate.js';
import { readPrompts } from '../library/prompts.js';
import type { Tree } from '../library/tree.js';
import { providerTypes } from '../providers/map.js';
import type { Case } from '../vocabulary.js';
import type { World } from '../world.js';
import { openSound, readOne } from './catalogue.js';
import { CONFIG_FILE, type Project, projectPaths } from './project.js';
import { oneByOne } from '../lists.js';

/** How a prompt differs from what it was at a commit, as `assay diff --json` prints it. */
export interface DiffedPrompt extends PromptDiff {
  prompt: string;
  /** Its id at the commit, where that was another. */
  was?: string;
  ref: string;
  commit: string;
}

/**
 * Compares a prompt of the working tree with the same one at a commit: the one with its id, or in its file, or in the file that was
 * renamed to it.
 * @throws UserError when it is in neither, or cannot be read
 */
export async function diff(
  given: string,
  ref: string,
  options: { cwd: string; config?: string },
  world: Pick<World, 'date'>,
): Promise<DiffedPrompt> {
  const project = openSound(options.cwd, options.config);
  const [path = ''] = projectPaths(project, options.cwd, [given]);
  const old = await gitTree(project.root, ref);
  const now = find(project, project.tree, { given, path });
  const was = await findOld(project, old, now.files, { given, path });
  if (!now.files && !was.files) throw now.error;
  const before = was.files && (await oldSide(project, old, was.files.path, world));
  const after = now.files && (await sideOf(project, project.tree, now.files.path, world));
  const id = now.files?.id ?? was.files?.id ?? given;
  const renamed = was.files && was.files.id !== id && { was: was.files.id };
  return { prompt: id, ...renamed, ref, commit: old.commit, ...comparePrompts(before, after) };
}

type Found = { files: PromptFiles } | { files?: undefined; error: UserError };

function find({ configPath = CONFIG_FILE }: Project, tree: Tree, name: { given: string; path: string }): Found {
  try {
    const located = locate(tree, tree.has(configPath) ? configPath : undefined, providerTypes, name);
    if (located.kind === 'prompt') return located;
    return { error: new UserError([problems['a-partial'](name.given)]) };
  } catch (error) {
    if (error instanceof UserError) return { error };
    throw error;
  }
}

async function findOld(
  project: Project,
  old: GitTree,
  now: PromptFiles | undefined,
  name: { given: string; path: string },
): Promise<Found> {
  if (!now) return find(project, old, name);
  const same = find(project, old, { given: now.id, path: now.path });
  const former = same.files ? undefined : (await formerNames(project.root, old.commit)).get(now.path);
  return former === undefined ? same : find(project, old, { given: former, path: former });
}

async function sideOf(project: Project, tree: Tree, path: string, world: Pick<World, 'date'>): Promise<PromptSide> {
  const { prompt, library } = await readOne(project, tree, path, world);
  const cases: Case[] = [];
  for await (const each of oneByOne(library.cases(prompt))) cases.push(each);
  const baseline = library.baseline(prompt);
  return { prompt, cases, ...(baseline && { baseline }) };
}

/** What was committed with mistakes in its cases can still be compared in all but these. */
async function oldSide(project: Project, tree: Tree, path: string, world: Pick<World, 'date'>): Promise<PromptSide> {
  try {
    return await sideOf(project, tree, path, world);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { configPath = CONFIG_FILE } = project;
    const { prompts } = readPrompts(tree, tree.has(configPath) ? configPath : undefined, providerTypes);
    const prompt = prompts.find((each) => each.path === path);
    if (!prompt) throw error;
    return { prompt };
  }
}
