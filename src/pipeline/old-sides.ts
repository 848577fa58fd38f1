import { evalsOfPrompt } from '../eval-key.js';
import { formerNames } from '../git/changes.js';
import type { GitTree } from '../library/git-tree.js';
import { type Prompts, readPrompts } from '../library/prompts.js';
import { missingVariables, renderMessages } from '../library/render.js';
import { evalsOf } from '../plan/evals.js';
import type { Filter } from '../plan/filter.js';
import type { Case, Eval, Library, Problem, Prompt } from '../vocabulary.js';
import type { OpenedProviders } from '../providers/open.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Pair } from './beside.js';
import type { Selection } from './options.js';
import { CONFIG_FILE, type Project } from './project.js';
import { oneByOne } from '../lists.js';
import { listed } from '../words.js';

/** A project that is open, before its old sides are known. */
export interface Opened {
  project: Project;
  library: Library;
  evals: readonly Eval[];
  includes: Filter;
  types: ReadonlyMap<string, ProviderDefinition>;
  pool: Pick<OpenedProviders, 'describe'>;
  selection: Selection;
  redact(text: string): string;
}

/** An eval that changed, and what it was. */
export type OldSide = Pair;

/** What of a commit can be run beside the working tree. */
export interface OldSides {
  /** What is to be run of the working tree: the evals of the sides, and those that the commit has nothing for. */
  news: Eval[];
  sides: OldSide[];
  /** The name under which the replies of an old version, by its id, were filed then. */
  filed: Map<string, string>;
  /** What is left out, and needs not be told to judge. */
  notes: string[];
  /** What should be run and cannot be. */
  reasons: string[];
}

/** A commit as people call it, and as the ids of old versions end: `support/triage@main`. */
interface Names {
  title: string;
  label: string;
}

/**
 * Finds the evals whose prompt or model differ from those of a commit, each with what it was. A prompt keeps its past where its
 * file was renamed; what has none is new, and run by itself.
 * @throws UserError
 */
export async function findOldSides(session: Opened, tree: GitTree, names: Names): Promise<OldSides> {
  const { project, types, evals } = session;
  const found: OldSides = { news: [], sides: [], filed: new Map(), notes: [], reasons: [] };
  const prompts = new Map(evals.map(({ prompt }) => [prompt.id, prompt]));
  const all = [...prompts.values()];
  const former = all.every(({ path }) => tree.has(path)) ? new Map() : await formerNames(project.root, tree.commit);
  const paths = new Set(all.map(({ path }) => former.get(path)));
  const config = project.configPath ?? CONFIG_FILE;
  const wanted = ({ id, path }: { id: string; path: string }) => prompts.has(id) || paths.has(path);
  const was = readPrompts(tree, tree.has(config) ? config : undefined, types, wanted);
  if (was.modelsBroken) {
    found.reasons.push(`which models were asked at ${names.title} cannot be told${why(was.problems, [config])}`);
    return found;
  }
  for (const prompt of all) {
    await addPrompt(prompt, evalsOfPrompt(evals, prompt.id), was, { session, tree, former, names, found });
  }
  return found;
}

interface Search {
  session: Opened;
  tree: GitTree;
  /** New names of files to those that they had in the commit. */
  former: ReadonlyMap<string, string>;
  names: Names;
  found: OldSides;
}

async function addPrompt(prompt: Prompt, its: readonly Eval[], was: Prompts, search: Search): Promise<void> {
  const { session, tree, former, names, found } = search;
  const known = [prompt.path, former.get(prompt.path)].filter((path) => path !== undefined && tree.has(path));
  const before = was.prompts.find(({ id }) => id === prompt.id) ?? was.prompts.find(({ path }) => known.includes(path));
  if (!before && known.length > 0) {
    found.reasons.push(`${prompt.id} cannot be read at ${names.title}${why(was.problems, known)}`);
    return;
  }
  if (!before) {
    addNew(prompt.id, its, search);
    return;
  }
  const finished = its.filter(({ model }) => session.pool.describe(model.model).type === 'outputs');
  for (const { model } of finished) {
    found.notes.push(`${prompt.id} [${model.model}]: finished outputs have one version only`);
  }
  const asked = its.filter((each) => !finished.includes(each));
  if (asked.length === 0 && before.version !== prompt.version) {
    found.reasons.push(
      `${prompt.id} changed since ${names.title}, and has finished outputs only: compare them with --baseline`,
    );
  }
  const old: Prompt = { ...before, id: `${before.id}@${names.label}`, repeats: prompt.repeats };
  const olds = evalsOf([old], was.config, session.selection);
  const { sides, alone, left } = pairModels(asked, olds, finished);
  const changed = sides.filter(({ now, old: { model } }) => {
    return now.prompt.version !== old.version || now.model.model !== model.model;
  });
  if (changed.length > 0) {
    const trouble = await misfit(old, prompt, session);
    if (trouble !== undefined) found.reasons.push(`${old.id} cannot run the cases of the working tree: ${trouble}`);
    else addSides(changed, before.id, found);
  }
  for (const each of alone) {
    const name = `${prompt.id} [${each.model.model}]`;
    const others = listed(left.map(({ model }) => model.model));
    if (olds.length === 0) {
      found.reasons.push(
        `${name}: ${names.title} names no model to run it against: --model runs both versions with one`,
      );
    } else if (left.length > 0) {
      found.reasons.push(
        `${name}: ${names.title} asked ${others} instead: name the one that it \`replaces\` under models`,
      );
    } else addNew(name, [each], search);
  }
}

/** What the commit has nothing for is held to its minimum, as without a baseline. */
function addNew(name: string, evals: readonly Eval[], { names, found }: Search): void {
  found.notes.push(`${name} is new since ${names.title}: it is run by itself`);
  found.news.push(...evals);
}

function addSides(sides: readonly OldSide[], filed: string, found: OldSides): void {
  found.sides.push(...sides);
  found.news.push(...sides.map(({ now }) => now));
  for (const { old } of sides) found.filed.set(old.prompt.id, filed);
}

/**
 * Each new eval with the old one of its model, or of the model that it replaces; where one is left of either, those are a change of
 * model.
 * @param others new evals that are not run beside old ones: the old ones of their models are no others'
 */
function pairModels(
  news: readonly Eval[],
  olds: readonly Eval[],
  others: readonly Eval[],
): { sides: OldSide[]; alone: Eval[]; left: Eval[] } {
  const sides: OldSide[] = [];
  const alone: Eval[] = [];
  for (const now of news) {
    const old = olds.find(({ model }) => model.model === (now.model.replaces ?? now.model.model));
    if (old) sides.push({ now, old });
    else alone.push(now);
  }
  const left = olds.filter((each) => {
    return !sides.some(({ old }) => old === each) && !others.some(({ model }) => model.model === each.model.model);
  });
  const [now] = alone;
  const [old] = left;
  if (!now || !old || alone.length > 1 || left.length > 1) return { sides, alone, left };
  const replacing: Eval = { ...now, model: { ...now.model, replaces: old.model.model } };
  return { sides: [...sides, { now: replacing, old }], alone: [], left: [] };
}

/** Why an old version cannot be run on today's cases; undefined when it can. */
export async function misfit(
  old: Prompt,
  now: Prompt,
  { library, includes }: Pick<Opened, 'library' | 'includes'>,
): Promise<string | undefined> {
  for await (const testCase of oneByOne(library.cases(now))) {
    if (!includes(now.id, testCase)) continue;
    const found = faultOf(old, testCase);
    if (found !== undefined) return `case ${testCase.id}: ${found}`;
  }
  return undefined;
}

function faultOf(old: Prompt, { vars }: Case): string | undefined {
  const required = Array.isArray(old.input?.required) ? old.input.required.map(String) : [];
  const missing = missingVariables(old.template, vars, old.input ? required : undefined, old.path);
  if (missing.length > 0) return `it needs ${missing.map(({ name }) => `"${name}"`).join(', ')}`;
  return renderMessages(old.template, vars).problems[0]?.message;
}

function why(problems: readonly Problem[], files: readonly (string | undefined)[]): string {
  const problem = problems.find(({ place }) => files.includes(place?.file)) ?? problems[0];
  if (!problem) return '';
  const at = problem.place ? `${problem.place.file}:${problem.place.line}: ` : '';
  return `: ${at}${problem.message}`;
}
