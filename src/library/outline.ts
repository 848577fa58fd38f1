import { UserError } from '../errors.js';
import type { Config, Prompt } from '../vocabulary.js';
import { CaseFiles } from './cases.js';
import { readConfig } from './config.js';
import { Findings } from './findings.js';
import { splitFrontMatter } from './front-matter.js';
import { findFiles, type PromptFiles } from './layout.js';
import { loadText } from './load.js';
import type { DiscoverOptions } from './options.js';
import { partialFinder } from './partials.js';
import { type FindPartial, parseTemplate } from './template.js';
import type { Tree } from './tree.js';

/** A prompt by the files that it is made of; partials that it lacks are among them, as they may have been removed. */
export type PromptOutline = Pick<Prompt, 'path' | 'partials' | 'caseFiles'>;

/** A library by its files. */
export interface Outline {
  config: Config;
  prompts: PromptOutline[];
}

/**
 * Finds the prompts of a tree. What one is made of is read when it is asked for, and checked by nobody: whoever wants to know
 * which few of a thousand prompts have to do with some files needs not read them all.
 * @throws UserError with what is wrong in the config, and with names of files
 */
export function outlineOf(
  tree: Tree,
  { configPath, providers }: Pick<DiscoverOptions, 'configPath' | 'providers'>,
): Outline {
  const findings = new Findings();
  const { config } = readConfig(tree, configPath, providers, findings.add);
  const layout = findFiles(tree, config.library, findings.add);
  for (const problem of layout.problems) findings.add(problem);
  const problems = findings.sorted();
  if (problems.length > 0) throw new UserError(problems);
  const find = partialFinder(tree, silent);
  const cases = new CaseFiles(tree, silent);
  return { config, prompts: layout.prompts.map((files) => outline(files, tree, find, cases)) };
}

const silent = (): void => {};

function outline(files: PromptFiles, tree: Tree, find: FindPartial, cases: CaseFiles): PromptOutline {
  let partials: string[] | undefined;
  return {
    path: files.path,
    get partials() {
      return (partials ??= partialsOf(files.path, tree, find));
    },
    get caseFiles() {
      return files.cases.some((path) => mayName(path, tree)) ? cases.paths(files) : files.cases;
    },
  };
}

/** Whether a cases file could name data files, told at the least price: most name none. A letter may be written as an escape. */
function mayName(path: string, tree: Tree): boolean {
  return /from|\\[xuU\r\n]/.test(loadText(tree, path, silent) ?? '');
}

function partialsOf(path: string, tree: Tree, find: FindPartial): string[] {
  const halves = splitFrontMatter(loadText(tree, path, silent) ?? '', path);
  if ('problem' in halves) return [];
  const lacking: string[] = [];
  const found = parseTemplate(halves.body.text, { file: path, lineOffset: halves.body.lineOffset }, (name, from) => {
    const partial = find(name, from);
    if (!partial) lacking.push(`_partials/${name}.md`);
    return partial;
  });
  return [...found.partials, ...lacking];
}
