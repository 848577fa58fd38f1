import { posix } from 'node:path';
import { covering } from '../library/covering.js';
import type { Config, Prompt } from '../vocabulary.js';

/** The config file a project has when none is named. */
const CONFIG = 'assay.config.yaml';

/**
 * The prompts that a change of these files could reach: never one too few, often some too many. What they really mean is compared
 * afterwards, and only of these.
 * @param library the library as it is after the change; of its prompts no more is asked than must be
 * @param changed paths relative to the root: changed, added, or removed
 * @param serves whether a provider's setting names the file
 */
export function reachable<P extends Pick<Prompt, 'path' | 'partials' | 'caseFiles'>>(
  library: { config: Pick<Config, 'file'>; prompts: readonly P[] },
  changed: readonly string[],
  serves: (path: string) => boolean,
): readonly P[] {
  const config = library.config.file ?? CONFIG;
  if (changed.some((path) => path === config || serves(path))) return library.prompts;
  const data = new Set(changed.filter((path) => DATA.test(path)));
  // A partial that was added or removed stands before, or uncovers, another one of its name.
  const partials = new Set(changed.flatMap((path) => partialName(path) ?? []));
  const groups = new Set(changed.filter((path) => FILE.test(path)).map(groupOf));
  const touched = (prompt: P): boolean =>
    groups.has(groupOf(prompt.path)) ||
    (data.size > 0 && prompt.caseFiles.some((path) => data.has(path))) ||
    (partials.size > 0 && prompt.partials.some((path) => partials.has(partialName(path) ?? '')));
  // Variants run the cases of another prompt, and what is a variable of a row depends on all their templates.
  for (const prompt of library.prompts) if (touched(prompt)) groups.add(groupOf(prompt.path));
  return library.prompts.filter((prompt) => groups.has(groupOf(prompt.path)));
}

/**
 * The prompts with a file that git does not look at, each with one such file: whether they changed cannot be told.
 * @param unseen files and folders, relative to the root
 */
export function unseenAmong<P extends Pick<Prompt, 'path' | 'partials' | 'caseFiles'>>(
  library: { config: Pick<Config, 'file'>; prompts: readonly P[] },
  unseen: readonly string[],
): ReadonlyMap<P, string> {
  if (unseen.length === 0) return new Map();
  const cover = covering(unseen);
  const hidden = (path: string): boolean => cover(path) !== undefined;
  const config = library.config.file;
  if (config !== undefined && hidden(config)) return new Map(library.prompts.map((prompt) => [prompt, config]));
  // Partials lie beside or above the prompt that includes them: only these folders can be ignored without it.
  const partials = unseen.some((path) => /(?:^|\/)_partials(?:\/|$)/.test(path));
  const groups = new Map<string, string>();
  const including = new Map<P, string>();
  for (const prompt of library.prompts) {
    const partial = partials ? prompt.partials.find(hidden) : undefined;
    if (partial !== undefined) including.set(prompt, partial);
    const own = [prompt.path, ...prompt.caseFiles].find(hidden);
    const file = own ?? (prompt.caseFiles.some(hasColumns) ? partial : undefined);
    const group = groupOf(prompt.path);
    if (file !== undefined && !groups.has(group)) groups.set(group, file);
  }
  return new Map(
    library.prompts.flatMap((prompt): [P, string][] => {
      const file = including.get(prompt) ?? groups.get(groupOf(prompt.path));
      return file === undefined ? [] : [[prompt, file]];
    }),
  );
}

/**
 * Whether a file may be one of rows: what of these is a variable, depends on the templates of all prompts that run them. Cases that
 * are written out name their variables.
 */
function hasColumns(path: string): boolean {
  return !/\.cases\.(?:yaml|json)$/.test(path);
}

/** What a cases file can name. */
const DATA = /\.(?:csv|jsonl|json|yaml)$/;
const FILE = /\.(?:prompt\.md|cases\.[a-z]+)$/;

/** A prompt, its variants and their cases have a folder and the first part of a name in common. */
function groupOf(path: string): string {
  const name = posix.basename(path);
  return posix.join(posix.dirname(path), name.slice(0, name.indexOf('.')));
}

/** The last part of its name: a superset, as names may have folders. */
function partialName(path: string): string | undefined {
  return /(?:^|\/)_partials\/(?:.*\/)?([^/]+)\.md$/.exec(path)?.[1];
}
