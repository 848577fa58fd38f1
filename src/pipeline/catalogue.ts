import { catalogueEntry, type CatalogueEntry } from '../catalogue/entry.js';
import { problems as make, UserError } from '../errors.js';
import { CaseCounts } from '../library/count-cases.js';
import { baselinePathOf, readBaseline } from '../library/baseline.js';
import { discover } from '../library/discover.js';
import { type Located, locate } from '../library/locate.js';
import { nearest, nearestPath } from '../library/nearest.js';
import { configProblems, readPrompts } from '../library/prompts.js';
import { pathsTo } from '../library/select.js';
import type { Tree } from '../library/tree.js';
import { filed, grouped } from '../lists.js';
import { modelPattern } from '../model-pattern.js';
import { providerTypes } from '../providers/map.js';
import type { Baseline, Library, Problem, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { definitionsOf, discoverOptions } from './library.js';
import { CONFIG_FILE, openProject, type Project, projectPaths } from './project.js';

/** Which prompts of a library are wanted. */
export interface CatalogueOptions {
  cwd: string;
  config?: string;
  /** Prompts by id or path, folders, cases files, partials; empty: all. */
  paths?: readonly string[];
  owners?: readonly string[];
  tags?: readonly string[];
  /** `*` stands for anything. */
  models?: readonly string[];
}

/** The prompts that are wanted, and what is wrong with those that cannot be read. */
export interface Catalogue {
  entries: CatalogueEntry[];
  problems: Problem[];
  /** Owners, tags and models that were asked for and that no prompt of the library has; that there is no prompt. */
  notes: string[];
}

/**
 * Reads the prompts of a library with their accepted scores. One that has mistakes is left out, and what they are is told.
 * @throws UserError where the config does not tell in which folders the library lies
 */
export async function readCatalogue(options: CatalogueOptions, world: Pick<World, 'date'>): Promise<Catalogue> {
  const project = openProject(options.cwd, options.config);
  const { tree } = project;
  const { prompts, problems, config, libraryBroken } = readPrompts(tree, project.configPath, providerTypes);
  if (libraryBroken) throw new UserError(problems);
  const report = (problem: Problem): void => void problems.push(problem);
  const counts = new CaseCounts(tree, report);
  const entries: CatalogueEntry[] = [];
  for (const prompt of chosen(prompts, project, options, report)) {
    const cases = await counts.of(prompt.caseFiles);
    entries.push(catalogueEntry(prompt, cases, baselineOf(prompt, tree, report), world.date()));
  }
  const empty = prompts.length === 0 && problems.length === 0;
  const notes = empty ? [make['empty-library'](config.library).message] : strangers(prompts, options);
  return { entries, problems, notes };
}

/** The prompts that ids or paths name (of their file, their cases, a partial that they include, a folder above), as far as filters let them. */
function chosen(
  prompts: readonly Prompt[],
  project: Project,
  options: CatalogueOptions,
  report: (problem: Problem) => void,
): Prompt[] {
  const { cwd, paths = [] } = options;
  const wanted = new Set<Prompt>(paths.length === 0 ? prompts : []);
  const byId = grouped(prompts, ({ id }) => id);
  const byPath = filed(prompts, ({ path, caseFiles, partials }) => [...pathsTo(path), ...caseFiles, ...partials]);
  for (const given of paths) {
    const [path = ''] = projectPaths(project, cwd, [given]);
    const found = [...(byPath.get(path) ?? []), ...(byId.get(given) ?? [])];
    if (found.length === 0) {
      report(make['unknown-path'](given, nearestPath(given, prompts)));
    }
    for (const each of found) wanted.add(each);
  }
  const filters = filtersOf(options).filter(({ asked }) => asked.length > 0);
  return prompts.filter(
    (each) => wanted.has(each) && filters.every(({ asked, of, fits }) => asked.some((one) => of(each).some(fits(one)))),
  );
}

/** What prompts are filtered by: any of what is asked for, of each kind. */
interface Filter {
  name: string;
  asked: readonly string[];
  of(prompt: Prompt): readonly string[];
  fits(one: string): (has: string) => boolean;
}

function filtersOf({ owners = [], tags = [], models = [] }: CatalogueOptions): Filter[] {
  const same = (one: string) => (has: string) => has === one;
  return [
    { name: 'owner', asked: owners, of: ({ owner }) => (owner === undefined ? [] : [owner]), fits: same },
    { name: 'tag', asked: tags, of: (prompt) => prompt.tags, fits: same },
    {
      name: 'model',
      asked: models,
      of: (prompt) => prompt.models.map(({ model }) => model),
      fits(one) {
        const pattern = modelPattern(one);
        return (has) => pattern.test(has);
      },
    },
  ];
}

/** What no prompt has was probably misspelt. */
function strangers(prompts: readonly Prompt[], options: CatalogueOptions): string[] {
  return filtersOf(options).flatMap(({ name, asked, of, fits }) => {
    const known = [...new Set(prompts.flatMap(of))];
    return asked
      .filter((one) => !known.some(fits(one)))
      .map((one) => {
        const near = nearest(one, known);
        return `no prompt has the ${name} "${one}"${near === undefined ? '' : `: did you mean "${near}"?`}`;
      });
  });
}

function baselineOf({ path }: Prompt, tree: Tree, report: (problem: Problem) => void): Baseline | undefined {
  const file = baselinePathOf(path);
  return tree.has(file) ? readBaseline(tree, file, report) : undefined;
}

/** A project in which one prompt or partial was named. */
export interface Named {
  project: Project;
  located: Located;
}

/**
 * Opens a project in which a prompt is looked for.
 * @throws UserError with what is wrong with its config: the prompt may lie elsewhere
 */
export function openSound(cwd: string, config: string | undefined): Project {
  const project = openProject(cwd, config);
  const wrong = configProblems(project.tree, project.configPath, providerTypes);
  if (wrong.length > 0) throw new UserError(wrong);
  return project;
}

/**
 * Finds a prompt or partial by what the user wrote.
 * @param options `partials`: a partial would do, and may be suggested
 * @throws UserError `unknown-prompt`, `not-one-prompt`; what is wrong with the config
 */
export function openNamed(given: string, options: { cwd: string; config?: string; partials?: boolean }): Named {
  const project = openSound(options.cwd, options.config);
  const [path = ''] = projectPaths(project, options.cwd, [given]);
  const { partials = false } = options;
  return { project, located: locate(project.tree, project.configPath, providerTypes, { given, path, partials }) };
}

/** A prompt with its whole library checked as far as it is concerned. */
export interface OnePrompt {
  prompt: Prompt;
  library: Library;
}

/**
 * Reads one prompt of a tree with its cases and baseline.
 * @throws UserError with everything that is wrong with it
 */
export async function readOne(
  project: Project,
  tree: Tree,
  path: string,
  world: Pick<World, 'date'>,
): Promise<OnePrompt> {
  const config = project.configPath ?? CONFIG_FILE;
  const library = await discover(tree, {
    ...discoverOptions(definitionsOf({}), world),
    ...(tree.has(config) && { configPath: config }),
    modelsOptional: true,
    paths: [path],
  });
  const prompt = library.prompts.find((each) => each.path === path);
  if (!prompt) throw new UserError([make['unknown-prompt'](path, tree.name, undefined)]);
  return { prompt, library };
}
