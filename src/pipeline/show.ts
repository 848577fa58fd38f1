import { shownConstraints, type ShownConstraint } from '../catalogue/constraints.js';
import { neededNames } from '../catalogue/declarations.js';
import { type Event, historyOf } from '../catalogue/history.js';
import { schemaType } from '../catalogue/schema-type.js';
import { type AcceptedScores, acceptedScores } from '../catalogue/scores.js';
import { loadTemplate } from '../library/load-template.js';
import { readPrompts } from '../library/prompts.js';
import { parseTemplate } from '../library/template.js';
import { partialFinder } from '../library/partials.js';
import type { Policy } from '../policy/rule.js';
import { providerTypes } from '../providers/map.js';
import type { Config, Json, JsonObject, Problem, Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { openNamed, readOne } from './catalogue.js';
import type { Project } from './project.js';
import { oneByOne } from '../lists.js';

/** A prompt as `assay show --json` prints it. */
export interface ShownPrompt
  extends Pick<
    Prompt,
    | 'id'
    | 'version'
    | 'path'
    | 'why'
    | 'tags'
    | 'parameters'
    | 'structured'
    | 'variantOf'
    | 'tools'
    | 'gate'
    | 'repeats'
  > {
  owner: string | null;
  models: string[];
  variables: { name: string; type: string; required: boolean }[];
  /** TypeScript's word for what it answers. */
  answer: string;
  input?: JsonObject;
  output?: JsonObject;
  cases: { total: number; critical: number; files: string[] };
  /** Prompts that run its cases beside it. */
  variants: string[];
  /** Partials, directly or through others. */
  includes: string[];
  constraints: ShownConstraint[];
  history: Event[];
  scores: AcceptedScores[];
}

/** A partial, and who includes it. */
export interface ShownPartial {
  path: string;
  /** Partials that it includes, directly or through others. */
  includes: string[];
  includedBy: { prompt: string; path: string }[];
  constraints: ShownConstraint[];
  /** What is wrong with prompts that cannot be read, and may include it, too. */
  problems: Problem[];
}

export type Shown = { kind: 'prompt'; prompt: ShownPrompt } | { kind: 'partial'; partial: ShownPartial };

/** Gathers all that is known of a prompt or partial. @throws UserError with what is wrong with the prompt */
export async function show(
  given: string,
  options: { cwd: string; config?: string },
  world: Pick<World, 'date'>,
): Promise<Shown> {
  const { project, located } = openNamed(given, { ...options, partials: true });
  if (located.kind === 'partial') return { kind: 'partial', partial: showPartial(project, located.path) };
  return { kind: 'prompt', prompt: await showPrompt(project, located.files.path, world) };
}

async function showPrompt(project: Project, path: string, world: Pick<World, 'date'>): Promise<ShownPrompt> {
  const { tree } = project;
  const { prompt, library } = await readOne(project, tree, path, world);
  const cases = { total: 0, critical: 0, files: prompt.caseFiles };
  for await (const { tags } of oneByOne(library.cases(prompt))) {
    cases.total += 1;
    cases.critical += Number(tags.includes('critical'));
  }
  const baseline = library.baseline(prompt);
  const { id, version, why, tags, parameters, structured, variantOf, tools, gate, repeats, input, output } = prompt;
  const siblings = readPrompts(tree, project.configPath, providerTypes).prompts;
  return {
    id,
    version,
    path,
    owner: prompt.owner ?? null,
    ...(why !== undefined && { why }),
    tags,
    models: prompt.models.map(({ model }) => model),
    variables: variablesOf(prompt),
    answer: output ? schemaType(output) : 'text',
    parameters,
    structured,
    tools,
    ...(input && { input }),
    ...(output && { output }),
    cases,
    ...(variantOf !== undefined && { variantOf }),
    variants: siblings.filter((each) => each.variantOf === id).map((each) => each.id),
    includes: prompt.partials,
    constraints: shownConstraints(prompt.constraints, (file) => loadTemplate(tree, file), whysOf(library.config)),
    history: historyOf(prompt, baseline),
    scores: baseline ? acceptedScores(baseline, gate) : [],
    gate,
    repeats,
  };
}

function variablesOf({ input, template }: Prompt): ShownPrompt['variables'] {
  const required: Json[] = Array.isArray(input?.required) ? input.required : [];
  const properties = input?.properties;
  if (properties === null || typeof properties !== 'object' || Array.isArray(properties)) {
    return neededNames(template).map(([name, always]) => ({ name, type: 'unknown', required: always }));
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    type: schemaType(schema, input),
    required: required.includes(name),
  }));
}

/** Discovery has checked its form. */
function whysOf({ policy }: Pick<Config, 'policy'>): Policy['whys'] {
  return (policy as Policy).whys;
}

function showPartial({ tree, configPath }: Project, path: string): ShownPartial {
  const { prompts, problems, config } = readPrompts(tree, configPath, providerTypes);
  const { partials, constraints } = parseTemplate(
    tree.read(path),
    { file: path },
    partialFinder(tree, () => {}),
  );
  return {
    path,
    includes: partials,
    includedBy: prompts
      .filter((each) => each.partials.includes(path))
      .map(({ id, path: file }) => ({ prompt: id, path: file })),
    constraints: shownConstraints(constraints, (file) => loadTemplate(tree, file), whysOf(config)),
    problems,
  };
}
