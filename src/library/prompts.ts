import { problems as make } from '../errors.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Config, Problem, Prompt } from '../vocabulary.js';
import { readConfig, type Settings } from './config.js';
import { Findings } from './findings.js';
import { badId } from './ids.js';
import { expectPrompts, findFiles, type PromptFiles } from './layout.js';
import { globFiles } from './load.js';
import { partialFinder } from './partials.js';
import { readPrompt } from './prompt.js';
import type { Tree } from './tree.js';

/** The prompts of a tree without their cases. */
export interface Prompts {
  config: Config;
  /** Those that could be read, sorted by id. */
  prompts: Prompt[];
  /** Others with mistakes, as far as they can be read; of some that is nothing. */
  broken: Prompt[];
  /** What is wrong with the others, and with the config. */
  problems: Problem[];
  /** The config's models or overrides cannot be read: what a prompt asks which model, cannot be told. */
  modelsBroken: boolean;
  /** The config's library folders cannot be read: these prompts are those of the default one. */
  libraryBroken: boolean;
}

/**
 * Reads the prompts of a tree, and nothing of their cases: what a prompt was in a commit can be told when its cases no longer fit
 * it, or have mistakes. That no model is named for a prompt is no mistake here.
 * @param configPath the config file, relative to the root; absent where the tree has none
 * @param wanted which prompts; absent: all
 */
export function readPrompts(
  tree: Tree,
  configPath: string | undefined,
  providers: ReadonlyMap<string, ProviderDefinition>,
  wanted?: (files: Pick<PromptFiles, 'id' | 'path'>) => boolean,
): Prompts {
  const findings = new Findings();
  const settings = readConfig(tree, configPath, providers, findings.add);
  const layout = findFiles(tree, settings.config.library, findings.add);
  // A file with a name that nobody reads is no mistake of the prompts beside it; two prompts with one name are.
  for (const problem of layout.problems) if (problem.code === 'duplicate-id') findings.add(problem);
  const context = {
    tree,
    settings,
    partials: partialFinder(tree, findings.add),
    overridden: overrides(tree, settings),
    modelsOptional: true,
  };
  const chosen = wanted ? layout.prompts.filter(wanted) : layout.prompts;
  if (wanted) expectPrompts(tree, chosen);
  const prompts: Prompt[] = [];
  const broken: Prompt[] = [];
  for (const files of chosen) {
    const why = badId(files.id);
    if (why !== undefined) {
      findings.add(make['bad-id'](files.id, why, { file: files.path, line: 1, column: 1 }));
      continue;
    }
    const read = readPrompt(files, context, findings.add);
    if (read) (read.broken ? broken : prompts).push(read.prompt);
  }
  const { config, modelsBroken, libraryBroken } = settings;
  return { config, prompts, broken, problems: findings.sorted(), modelsBroken, libraryBroken };
}

/** The folders that a tree's library lies in, as its config says. A config with mistakes says what it can. */
export function libraryFolders(
  tree: Tree,
  configPath: string | undefined,
  providers: ReadonlyMap<string, ProviderDefinition>,
): string[] {
  return readConfig(tree, configPath, providers, () => {}).config.library;
}

/** What is wrong with a config. */
export function configProblems(
  tree: Tree,
  configPath: string | undefined,
  providers: ReadonlyMap<string, ProviderDefinition>,
): Problem[] {
  const findings = new Findings();
  readConfig(tree, configPath, providers, findings.add);
  return findings.sorted();
}

/** Whether an override matches a file; what is wrong with its patterns is told by discovery. */
function overrides(tree: Tree, settings: Settings): (index: number, path: string) => boolean {
  const matches = new Map<number, ReadonlySet<string>>();
  return (index, path) => {
    let found = matches.get(index);
    if (!found) {
      const files = settings.overrides[index]?.written.files ?? [];
      found = new Set(globFiles(tree, typeof files === 'string' ? [files] : [...files], () => {}));
      matches.set(index, found);
    }
    return found.has(path);
  };
}
