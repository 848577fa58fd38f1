import { isAbsolute } from 'node:path';
import { UserError } from '../errors.js';
import { type Affected, affectedBy } from '../impact/affected.js';
import { pathsIn } from '../impact/named-files.js';
import { reachable, unseenAmong } from '../impact/reach.js';
import type { Side } from '../impact/side.js';
import { covering } from '../library/covering.js';
import { discover } from '../library/discover.js';
import type { GitTree } from '../library/git-tree.js';
import { outlineOf, type PromptOutline } from '../library/outline.js';
import { within } from '../trust/paths.js';
import type { Config, Library, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { type Changes, mayDiffer } from './changes.js';
import { type Found, openFor, readLibrary } from './library.js';
import type { EvaluateOptions } from './options.js';
import { CONFIG_FILE, type Project } from './project.js';

/** What a change reaches. */
export interface Since extends Changes {
  affected: Affected[];
  /** Why the library could not be read as it was; then everything a changed file could reach counts as affected. */
  unreadable?: string;
}

/** The prompts that changes reach. Of a library of a thousand, those few are read and checked that a change could reach. */
export async function affectedOf(
  asked: Promise<Changes>,
  options: EvaluateOptions,
  world: Pick<World, 'date'>,
): Promise<Since & { prompts: number }> {
  const opened = openFor(options, world);
  if (opened.how.paths) {
    const found = await readLibrary(opened);
    return { ...(await affectedSince(await asked, found)), prompts: found.library.prompts.length };
  }
  const outline = outlineOf(opened.project.tree, opened.how);
  const prompts = outline.prompts.length;
  const changes = await asked;
  const { among, unseen } = reachOf(outline, changes, opened.project);
  if (among.length + unseen.size === 0) return { ...changes, affected: [], prompts };
  const paths = [...among, ...unseen.keys()].map(({ path }) => path);
  const found = await readLibrary({ ...opened, how: { ...opened.how, ...(paths.length < prompts && { paths }) } });
  return { ...(await affectedSince(changes, found)), prompts };
}

/** The prompts of a library that changes reach. */
export async function affectedSince(changes: Changes, after: Found): Promise<Since> {
  const { among, unseen } = reachOf(after.library, changes, after.project);
  const blind = [...unseen].map(([prompt, file]): Affected => {
    const path = file === prompt.path ? [file] : [file, prompt.path];
    return { prompt, causes: [{ change: 'unknown', path }] };
  });
  if (among.length === 0) return { ...changes, affected: blind };
  const before = await sideAt(await changes.before(), after, among);
  const found =
    'unreadable' in before
      ? await affectedBy(undefined, after, among)
      : await affectedBy(before, after, among, mayDiffer(changes));
  const order = new Map(after.library.prompts.map((prompt, index) => [prompt, index]));
  const affected = [...found, ...blind].toSorted((a, b) => (order.get(a.prompt) ?? 0) - (order.get(b.prompt) ?? 0));
  return { ...changes, affected, ...('unreadable' in before && { unreadable: before.unreadable }) };
}

/** The prompts that changes could reach: those to compare, and those of which git does not look at some file, with that. */
function reachOf<P extends PromptOutline>(
  library: { config: Config; prompts: readonly P[] },
  changes: Changes,
  project: Project,
): { among: P[]; unseen: ReadonlyMap<P, string> } {
  const unseen = unseenAmong(library, changes.unseen);
  const reached = reachable(library, mayDiffer(changes), servesIn(library.config, changes, project));
  return { among: reached.filter((prompt) => !unseen.has(prompt)), unseen };
}

/**
 * Whether a file is one that a provider's settings name, though it may be gone. Any could be where they name one of the project from
 * the root of the system, or one that git does not look at.
 */
function servesIn({ providers }: Config, { unseen }: Changes, { root, tree }: Project): (path: string) => boolean {
  const serving = new Set(Object.values(providers).flatMap((settings) => [...pathsIn(settings)]));
  const hiding = covering(unseen);
  const any = [...serving].some((path) => {
    if (isAbsolute(path)) return within(root, path) || tree.has(path);
    return hiding(path) !== undefined && tree.has(path);
  });
  return (path) => any || serving.has(path);
}

/**
 * The part of a library that changes reach.
 * @returns with `nothing`, the reason, where there is none; a library without prompts is no such reason
 */
export async function onlyAffected(changes: Changes, found: Found): Promise<{ library: Library; nothing?: string }> {
  const { library } = found;
  const since = await affectedSince(changes, found);
  const prompts = since.affected.map(({ prompt }) => prompt);
  const said = sentence(since, library.prompts.length);
  if (library.prompts.length === 0) return { library };
  if (prompts.length === 0) return { library: { ...library, prompts }, nothing: said };
  const notes = since.unreadable === undefined ? [said] : [said, unreadableNote(since.unreadable)];
  return { library: { ...library, prompts, notes: [...library.notes, ...notes] } };
}

/**
 * A library as it was in a commit, as far as some prompts of today are concerned.
 * @param tree the project as it was there
 * @returns why it cannot be read, where it has mistakes
 */
async function sideAt(
  tree: GitTree,
  { project, library, options, assertions }: Found,
  among: readonly Prompt[],
): Promise<Side | { unreadable: string }> {
  const { configPath: _now, paths: chosen, ...rest } = options;
  const config = project.configPath ?? CONFIG_FILE;
  const paths = among.map(({ path }) => path).filter((path) => tree.has(path));
  // Where all are looked at, the library may have lain elsewhere.
  const all = chosen === undefined && among.length === library.prompts.length;
  if (paths.length === 0 && !all) return { tree, library: { ...library, prompts: [] }, assertions };
  try {
    const was = await discover(tree, {
      ...rest,
      ...(tree.has(config) && { configPath: config }),
      ...(!all && { paths }),
      // What has expired since had not then.
      today: '0000-01-01',
    });
    return { tree, library: was, assertions };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { unreadable: firstOf(error) };
  }
}

function firstOf({ problems }: UserError): string {
  const [first] = problems;
  const where = first?.place ? `${first.place.file}:${first.place.line}: ` : '';
  return `${where}${first?.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''}`;
}

/** Why more may be affected than was found to be. */
export function unreadableNote(why: string): string {
  return `the library could not be read as it was, so all that a changed file could reach counts: ${why}`;
}

/** What a change reaches, in a sentence. @param prompts how many there are */
export function sentence({ affected, base, files }: Since, prompts: number): string {
  const since = `since ${base.of} (${base.commit.slice(0, 7)})`;
  if (affected.length > 0) {
    return `${affected.length} of ${prompts} ${prompts === 1 ? 'prompt' : 'prompts'} affected ${since}`;
  }
  if (files.length === 0) return `no prompt is affected: no file changed ${since}`;
  if (files.length === 1) return `no prompt is affected: the one changed file ${since} reaches none`;
  return `no prompt is affected: none of the ${files.length} changed files ${since} reaches one`;
}
