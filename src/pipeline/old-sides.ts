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
  sides: OldSide[];
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

/** Finds the evals whose prompt or model differ from those of a commit, each with what it was. */
export async function findOldSides(session: Opened, tree: GitTree, names: Names): Promise<OldSides> {
  const { project, types, pool } = session;
  const found: OldSides = { sides: [], notes: [], reasons: [] };
  const isFinished = ({ model }: Eval) => pool.describe(model.model).type === 'outputs';
  for (const { prompt, model } of session.evals.filter(isFinished)) {
    found.notes.push(`${prompt.id} [${model.model}]: finished outputs have one version only`);
  }
  const evals = session.evals.filter((each) => !isFinished(each));
  const wanted = new Set(evals.map(({ prompt }) => prompt.id));
  const config = project.configPath ?? CONFIG_FILE;
  const was = readPrompts(tree, tree.has(config) ? config : undefined, types, wanted);
  for (const id of wanted) {
    const its = evals.filter(({ prompt }) => prompt.id === id);
    await addPrompt(its, was, { session, tree, names, found });
  }
  return found;
}

interface Search {
  session: Opened;
  tree: GitTree;
  names: Names;
  found: OldSides;
}

async function addPrompt(news: readonly Eval[], was: Prompts, search: Search): Promise<void> {
  const { session, tree, names, found } = search;
  const prompt = news[0]?.prompt;
  if (!prompt) return;
  const before = was.prompts.find(({ id }) => id === prompt.id);
  if (!before) {
    const broken = tree.has(prompt.path);
    const text = `${prompt.id} ${broken ? `cannot be read at ${names.title}` : `is new since ${names.title}`}`;
    if (broken) found.reasons.push(`${text}${why(was.problems, prompt)}`);
    else found.notes.push(`${text}: there is nothing to run it against`);
    return;
  }
  const old: Prompt = { ...before, id: `${before.id}@${names.label}`, repeats: prompt.repeats };
  const olds = evalsOf([old], was.config, session.selection);
  const paired = pairModels(news, olds);
  for (const {
    prompt: { id },
    model,
  } of paired.alone) {
    found.notes.push(`${id} [${model.model}]: ${names.title} has no model to run it against`);
  }
  const changed = paired.sides.filter(({ now, old: { prompt: then, model } }) => {
    return now.prompt.version !== then.version || now.model.model !== model.model;
  });
  if (changed.length === 0) return;
  const trouble = await misfit(old, prompt, session);
  if (trouble !== undefined) found.reasons.push(`${old.id} cannot run the cases of the working tree: ${trouble}`);
  else found.sides.push(...changed);
}

/**
 * Each new eval with the old one of its model, or of the model that it replaces; where one is left of either, those are a change of
 * model.
 */
function pairModels(news: readonly Eval[], olds: readonly Eval[]): { sides: OldSide[]; alone: Eval[] } {
  const sides: OldSide[] = [];
  const alone: Eval[] = [];
  for (const now of news) {
    const old = olds.find(({ model }) => model.model === (now.model.replaces ?? now.model.model));
    if (old) sides.push({ now, old });
    else alone.push(now);
  }
  const left = olds.filter((each) => !sides.some(({ old }) => old === each));
  const [now] = alone;
  const [old] = left;
  if (!now || !old || alone.length > 1 || left.length > 1) return { sides, alone };
  const replacing: Eval = { ...now, model: { ...now.model, replaces: old.model.model } };
  return { sides: [...sides, { now: replacing, old }], alone: [] };
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

function why(problems: readonly Problem[], { path }: Prompt): string {
  const problem = problems.find(({ place }) => place?.file === path) ?? problems[0];
  if (!problem) return '';
  const at = problem.place ? `${problem.place.file}:${problem.place.line}: ` : '';
  return `: ${at}${problem.message}`;
}
