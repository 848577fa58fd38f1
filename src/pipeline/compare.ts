import { evalKey, evalsOfPrompt } from '../eval-key.js';
import { compare } from '../gate/compare.js';
import { baselinesOfRun, runOf } from '../gate/sides.js';
import { readPrompts } from '../library/prompts.js';
import { grouped } from '../lists.js';
import { providerTypes } from '../providers/map.js';
import type { Comparison, EvalRun } from '../vocabulary.js';
import type { World } from '../world.js';
import type { EvaluateOptions } from './options.js';
import { openProject } from './project.js';
import { openSide, type Side } from './sides.js';
import type { PromptFacts } from './stored-evals.js';

/** Two sides compared, the second with the first. */
export interface SidesCompared {
  before: Pick<Side, 'title' | 'kind'>;
  after: Pick<Side, 'title' | 'kind'>;
  comparison: Comparison;
  /** Evals of the first side that the second does not have. */
  gone: { prompt: string; model: string }[];
  /** How evals were brought together that are not named alike. */
  notes: string[];
  /** Whether any score could be compared. */
  comparable: boolean;
}

/**
 * Compares any two of: runs, baseline files, git refs (the baselines there), `.` (those of the working tree). By the same
 * statistics as the gate, and without its rules.
 * @throws UserError when a side is none of these
 */
export async function compareSides(
  before: string,
  after: string,
  options: Pick<EvaluateOptions, 'cwd' | 'config'>,
  world: World,
): Promise<SidesCompared> {
  const project = openProject(options.cwd, options.config);
  const factsOf = promptFacts(readPrompts(project.tree, project.configPath, providerTypes));
  const context = { project, factsOf, root: project.root, cwd: options.cwd, env: world.env };
  const a = await openSide(before, context);
  const b = await openSide(after, context);
  const { evals, notes } = aligned(a.run.evals, b.run.evals);
  const comparison = compare(
    runOf(
      b.run.info,
      evals.map(({ now }) => now),
    ),
    baselineOf(a, evals),
  );
  const used = new Set(evals.map(({ was }) => was));
  return {
    before: { title: a.title, kind: a.kind },
    after: { title: b.title, kind: b.kind },
    comparison,
    gone: a.run.evals.filter((each) => !used.has(each)).map(({ prompt, model }) => ({ prompt: prompt.id, model })),
    notes,
    comparable: comparison.evals.some((each) => Object.values(each.metrics).some(({ delta }) => delta !== undefined)),
  };
}

/** What the working tree knows of a prompt that a side names; the config's gate for one that is not there any more. */
function promptFacts({ prompts, config }: ReturnType<typeof readPrompts>): PromptFacts {
  const known = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  return (id) => {
    const prompt = known.get(id);
    if (!prompt) return { path: '', gate: config.gate };
    return { path: prompt.path, gate: prompt.gate, ...(prompt.owner !== undefined && { owner: prompt.owner }) };
  };
}

/** An eval of the second side and the one of the first that it is compared with. */
interface Pair {
  now: EvalRun;
  was?: EvalRun;
}

function baselineOf(a: Side, pairs: readonly Pair[]) {
  const accepted = baselinesOfRun(a.run);
  const wasOf = new Map(pairs.map(({ now, was }) => [evalKey(now.prompt.id, now.replaces ?? now.model), was]));
  return (prompt: string, model: string) => {
    const was = wasOf.get(evalKey(prompt, model));
    return was && accepted(was.prompt.id, was.model);
  };
}

/** Brings evals together: by prompt and model; else where only one of either is left, those. */
function aligned(before: readonly EvalRun[], after: readonly EvalRun[]): { evals: Pair[]; notes: string[] } {
  const notes: string[] = [];
  const prompts = partners(idsOf(before), idsOf(after));
  const evals = idsOf(after).flatMap((id) => {
    const its = evalsOfPrompt(after, id);
    const old = prompts.get(id);
    if (old === undefined) return its.map((now): Pair => ({ now }));
    if (old !== id) notes.push(`${old} is compared with ${id}`);
    return alignModels(evalsOfPrompt(before, old), its, notes);
  });
  return { evals, notes };
}

function alignModels(before: readonly EvalRun[], after: readonly EvalRun[], notes: string[]): Pair[] {
  const pairs = after.map((now): Pair => {
    const was = before.find(({ model }) => model === (now.replaces ?? now.model));
    return { now, ...(was && { was }) };
  });
  const [left, ...others] = before.filter((each) => !pairs.some(({ was }) => was === each));
  const [open, ...more] = pairs.filter(({ was }) => was === undefined);
  if (!left || !open || others.length > 0 || more.length > 0) return pairs;
  notes.push(`${open.now.prompt.id}: ${left.model} is compared with ${open.now.model}`);
  return pairs.map((pair) => (pair === open ? { now: { ...open.now, replaces: left.model }, was: left } : pair));
}

function idsOf(evals: readonly EvalRun[]): string[] {
  return [...new Set(evals.map((each) => each.prompt.id))];
}

/** Per id of the second side the id of the first: itself; the same name in another folder; the only one there is. */
function partners(before: readonly string[], after: readonly string[]): Map<string, string> {
  const all = new Set(before);
  const found = new Map(after.filter((id) => all.has(id)).map((id) => [id, id]));
  const left = grouped(
    before.filter((id) => !found.has(id)),
    nameOf,
  );
  for (const id of after.filter((each) => !found.has(each))) {
    const named = left.get(nameOf(id)) ?? [];
    const alone = before.length === 1 && after.length === 1 ? before : [];
    const [only, ...others] = named.length > 0 ? named : alone;
    if (only !== undefined && others.length === 0) found.set(id, only);
  }
  return found;
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}
