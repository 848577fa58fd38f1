import { problems as make } from '../errors.js';
import { promptSchema, type WrittenPrompt } from '../schemas/prompt.js';
import type { JsonObject, ModelChoice, Parameters, Place, Prompt, Tool } from '../vocabulary.js';
import { checkSettings, type Settings } from './config.js';
import type { Report } from './findings.js';
import { splitFrontMatter } from './front-matter.js';
import { type NamedMetric, namedMetrics } from './gated-metrics.js';
import { leastRepeats, mergeGate, normaliseRepeats } from './gate-settings.js';
import type { PromptFiles } from './layout.js';
import { loadText } from './load.js';
import { normaliseModels } from './models.js';
import { nearest } from './nearest.js';
import type { Path, Source } from './source.js';
import { isObject } from '../objects.js';
import { type FindPartial, parseTemplate, tagNames } from './template.js';
import type { Tree } from './tree.js';
import { compileUserSchema, schemaProblems, type UserSchema } from './user-schema.js';
import { salvaged } from './validate.js';
import { promptVersion } from './version.js';
import { readYamlQuickly } from './quick-yaml.js';

/** A prompt with what checking its cases needs. */
export interface ReadPrompt {
  prompt: Prompt;
  /** Names of the variables that its template reads. */
  uses: ReadonlySet<string>;
  /** Its `input`, compiled; absent without one, or when that has mistakes. */
  input?: UserSchema & { ok: true };
  /** Its models without those of the command line: what a case consists of must not depend on flags. */
  models: readonly ModelChoice[];
  /** The metrics that its own gate names. */
  gated: NamedMetric[];
  /** With mistakes in it, what its cases lack cannot be told. */
  broken: boolean;
}

/** What reading any prompt of a project needs. */
export interface PromptContext {
  tree: Tree;
  settings: Settings;
  partials: FindPartial;
  /** Models of the command line. */
  models?: readonly string[];
  /** Nothing will be run: a prompt needs no model. */
  modelsOptional?: boolean;
  /** Whether the override at an index matches a file. */
  overridden(index: number, path: string): boolean;
}

/** Reads a prompt file: front matter over overrides over config. Undefined after reporting that there is nothing to read. */
export function readPrompt(files: PromptFiles, context: PromptContext, report: Report): ReadPrompt | undefined {
  let broken = false;
  const note: Report = (problem) => {
    broken = true;
    report(problem);
  };
  const text = loadText(context.tree, files.path, note);
  if (text === undefined) return undefined;
  const halves = splitFrontMatter(text, files.path);
  if ('problem' in halves) {
    note(halves.problem);
    return undefined;
  }
  const matter = readMatter(files.path, halves.yaml, note);
  const template = parseTemplate(
    halves.body.text,
    { file: files.path, lineOffset: halves.body.lineOffset },
    context.partials,
  );
  for (const problem of template.problems) note(problem);

  const written = merge(files.path, matter.written, context);
  checkSettings(matter.written, matter.place, context.settings.providers, note);
  checkReducer(matter, written, context, note);
  const schemas = checkSchemas(matter, note);
  const names = tagNames(template.parts);
  if (template.problems.length === 0) checkDeclared(names.topLevel, matter.written.input, note);

  const parameters = written.parameters as Parameters;
  const tools = (matter.written.tools ?? []) as Tool[];
  const output = matter.written.output as JsonObject | undefined;
  const structured = written.structured ?? 'auto';
  const own = written.models
    ? normaliseModels(
        written.models,
        () => undefined,
        context.settings.providers,
        () => {},
      )
    : context.settings.config.models;
  const models = chooseModels(own, context, note);
  const mayLack = context.modelsOptional || context.settings.modelsBroken || matter.broken.has('models');
  if (models.length === 0 && !mayLack) {
    note(make['no-models'](files.id, { file: files.path, line: 1, column: 1 }));
  }
  const prompt: Prompt = {
    id: files.id,
    path: files.path,
    version: promptVersion({ template: template.parts, parameters, output, structured, tools }),
    ...(files.variantOf !== undefined && { variantOf: files.variantOf }),
    ...(written.owner !== undefined && { owner: written.owner }),
    ...(written.why !== undefined && { why: written.why }),
    tags: [...(written.tags ?? [])],
    models,
    parameters,
    ...(matter.written.input && { input: matter.written.input as JsonObject }),
    ...(output && { output }),
    structured,
    tools,
    repeats: written.repeats === undefined ? context.settings.config.repeats : normaliseRepeats(written.repeats),
    gate: written.gate,
    ...(written.review !== undefined && { review: written.review as Prompt['review'] }),
    changelog: [...(matter.written.changelog ?? [])],
    template: template.parts,
    partials: template.partials,
    constraints: template.constraints,
    caseFiles: [...files.cases],
  };
  const gated = namedMetrics(matter.written.gate, matter.place);
  return { prompt, uses: names.roots, models: own, ...(schemas.input && { input: schemas.input }), gated, broken };
}

interface Matter {
  written: WrittenPrompt;
  broken: ReadonlySet<string>;
  place: Source['place'];
}

function readMatter(file: string, yaml: { text: string; lineOffset: number } | undefined, report: Report): Matter {
  const start: Matter = { written: {}, broken: new Set(), place: () => ({ file, line: 1, column: 1 }) };
  if (!yaml) return start;
  const read = readYamlQuickly(yaml.text, { file, lineOffset: yaml.lineOffset });
  if ('problems' in read) {
    for (const problem of read.problems) report(problem);
    return { ...start, broken: new Set(['models']) };
  }
  if (read.source.value === null) return start;
  const { value, broken } = salvaged(promptSchema, read.source, report, 'the front matter');
  return { written: value, broken, place: read.source.place };
}

/** Config, then the overrides that match in their order, then front matter: what comes later wins, `gate` key by key. */
function merge(path: string, written: WrittenPrompt, { settings, overridden }: PromptContext) {
  const layers = [
    ...settings.overrides.flatMap((each, index) => (overridden(index, path) ? [each.written] : [])),
    written,
  ];
  const { files: _files, ...merged } = Object.assign(
    { files: '' },
    ...layers,
  ) as (typeof settings.overrides)[number]['written'];
  let gate = settings.config.gate;
  let parameters: JsonObject = {};
  for (const layer of layers) {
    gate = mergeGate(gate, layer.gate);
    parameters = { ...parameters, ...(layer.parameters as JsonObject | undefined) };
  }
  return { ...merged, gate, parameters };
}

/** A reducer must not need more repeats than a case is sure to get. */
function checkReducer(
  { written: { gate }, place }: Matter,
  merged: ReturnType<typeof merge>,
  { settings }: PromptContext,
  report: Report,
): void {
  const { reducer } = merged.gate;
  const { min } = merged.repeats === undefined ? settings.config.repeats : normaliseRepeats(merged.repeats);
  const least = leastRepeats(reducer);
  if (min >= least) return;
  report(
    make['too-few-repeats'](reducer, least, min, gate?.reducer === undefined ? place([]) : place(['gate', 'reducer'])),
  );
}

/** The command line's models, else the prompt's, else the config's. One from the command line keeps what it `replaces`. */
function chooseModels(own: ModelChoice[], context: PromptContext, report: Report): ModelChoice[] {
  const { providers, config } = context.settings;
  if (!context.models || context.models.length === 0) return own;
  const known = [...own, ...config.models];
  return normaliseModels(context.models, () => undefined, providers, report).map(
    (choice) => known.find(({ model }) => model === choice.model) ?? choice,
  );
}

function checkSchemas(matter: Matter, report: Report): { input?: UserSchema & { ok: true } } {
  const check = (schema: unknown, what: string, at: Path): UserSchema | undefined => {
    if (!isObject(schema)) return undefined;
    const compiled = compileUserSchema(schema);
    const place = (path: Path, of: 'key' | 'value'): Place => matter.place([...at, ...path], of);
    for (const problem of schemaProblems(compiled, what, place)) report(problem);
    return compiled;
  };
  const input = check(matter.written.input, 'input', ['input']);
  check(matter.written.output, 'output', ['output']);
  const names = new Set<string>();
  for (const [index, tool] of (matter.written.tools ?? []).entries()) {
    check(tool.parameters, `parameters of tool "${tool.name}"`, ['tools', index, 'parameters']);
    if (names.has(tool.name)) report(make['duplicate-key'](tool.name, matter.place(['tools', index, 'name'])));
    names.add(tool.name);
  }
  return input?.ok ? { input } : {};
}

function checkDeclared(tags: readonly { name: string; place: Place }[], input: unknown, report: Report): void {
  if (!isObject(input) || !isObject(input.properties)) return;
  const declared = Object.keys(input.properties);
  for (const { name, place } of tags) {
    if (!declared.includes(name)) report(make['undeclared-variable'](name, nearest(name, declared), place));
  }
}
