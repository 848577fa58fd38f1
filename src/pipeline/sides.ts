import { statSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import { problems, UserError } from '../errors.js';
import { evalOfBaseline, runOf } from '../gate/sides.js';
import { libraryFolders } from '../library/prompts.js';
import type { Tree } from '../library/tree.js';
import { providerTypes } from '../providers/map.js';
import type { Baseline, EvalRun, Run, RunInfo } from '../vocabulary.js';
import { committed, readAll, readBaselineFile, type Whence } from './baselines.js';
import { JOURNAL } from './books.js';
import type { Project } from './project.js';
import { evalsOfJournal, evalsOfReport, type PromptFacts, type StoredEvals } from './stored-evals.js';

/** One of two sides of a comparison. */
export interface Side {
  /** What people call it. */
  title: string;
  kind: 'run' | 'baselines';
  run: Run;
}

/** What opening a side needs. */
export interface SideContext extends Whence {
  project: Project;
  factsOf: PromptFacts;
}

const REPORT = 'report.json';

/**
 * Opens a side: a run (its folder, its `run.jsonl` or `report.json`), a baseline file, `.` (the baselines of the working tree),
 * `merge-base`, or a git ref (the baselines there).
 * @throws UserError when it is none of these, or cannot be read
 */
export async function openSide(given: string, context: SideContext): Promise<Side> {
  if (given === '.') return ofTree(context.project.tree, 'baselines of the working tree', context);
  const path = resolve(context.cwd, given);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) return ofFile(given, path, context);
  if (found?.isDirectory() && isFile(join(path, JOURNAL))) return ofFile(given, join(path, JOURNAL), context);
  if (found?.isDirectory() && isFile(join(path, REPORT))) return ofFile(given, join(path, REPORT), context);
  try {
    const { tree, title } = await committed(given, context);
    return ofTree(tree, `baselines at ${title}`, context);
  } catch (error) {
    const unknown = error instanceof UserError && error.problems[0]?.code === 'unknown-ref';
    throw unknown ? new UserError([problems['nothing-to-compare'](given)]) : error;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

async function ofFile(given: string, path: string, context: SideContext): Promise<Side> {
  const { project, factsOf } = context;
  if (path.endsWith('.jsonl')) return ofRun(given, await evalsOfJournal(path, project.root, factsOf));
  if (!path.endsWith('.baseline.json')) return ofRun(given, evalsOfReport(path, factsOf));
  const inRoot = relative(project.root, path).split(sep).join('/');
  const id = idOf(inRoot, foldersOf(project.tree, context)) ?? basename(path, '.baseline.json');
  return ofBaselines(`baseline ${given}`, new Map([[id, readBaselineFile(path)]]), factsOf);
}

function ofRun(given: string, { info, evals }: StoredEvals): Side {
  const commit = info.git.commit === undefined ? '' : `, commit ${info.git.commit.slice(0, 7)}`;
  const dirty = info.git.dirty ? ' and changes' : '';
  return {
    title: `run in ${given}, ${info.mode}, ${info.startedAt}${commit}${dirty}`,
    kind: 'run',
    run: runOf(info, evals),
  };
}

function ofTree(tree: Tree, title: string, context: SideContext): Side {
  const folders = foldersOf(tree, context);
  const ids = new Map<string, string>();
  const patterns = folders.map((folder) => (folder === '.' ? '' : `${literal(folder)}/`));
  for (const path of tree.glob(patterns.map((pattern) => `${pattern}**/*.baseline.json`))) {
    const id = idOf(path, folders);
    if (id !== undefined) ids.set(path, id);
  }
  const baselines = [...readAll(tree, [...ids.keys()], title)];
  const byId = new Map(baselines.map(([path, baseline]) => [ids.get(path) ?? path, baseline]));
  return ofBaselines(title, byId, context.factsOf);
}

function literal(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}

function foldersOf(tree: Tree, { project }: SideContext): string[] {
  const config = project.configPath;
  return libraryFolders(tree, config !== undefined && tree.has(config) ? config : undefined, providerTypes);
}

/** The id of the prompt whose baseline this is; undefined outside the library. */
function idOf(path: string, folders: readonly string[]): string | undefined {
  const stem = path.slice(0, -'.baseline.json'.length);
  const folder = folders.find((each) => each === '.' || stem.startsWith(`${each}/`));
  return folder === undefined || folder === '.' ? folder && stem : stem.slice(folder.length + 1);
}

function ofBaselines(title: string, baselines: ReadonlyMap<string, Baseline>, factsOf: PromptFacts): Side {
  const evals = [...baselines].flatMap(([id, { models }]) => {
    const { gate, ...where } = factsOf(id);
    return Object.entries(models).map(([model, accepted]): EvalRun => {
      return evalOfBaseline({ id, version: accepted.version, ...where }, model, accepted, gate);
    });
  });
  const dates = [...baselines.values()].flatMap(({ models }) => Object.values(models).map(({ date }) => date));
  const info: RunInfo = {
    id: title,
    startedAt: dates.toSorted().at(-1) ?? '',
    // Nothing was called for: scores under the same version are the same answers.
    mode: 'replay',
    git: {},
    configHash: '',
  };
  return { title, kind: 'baselines', run: runOf(info, evals) };
}
