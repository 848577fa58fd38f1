import { setImmediate } from 'node:timers/promises';
import { UserError } from '../errors.js';
import { grouped } from '../lists.js';
import type { Baseline, Case, Library, Prompt } from '../vocabulary.js';
import { AssertionTypes } from './assertion-types.js';
import { readBaseline } from './baseline.js';
import type { CaseContext, Uses } from './case.js';
import { CaseIds, type NamedCase } from './case-ids.js';
import { CaseFiles, readCases } from './cases.js';
import { readConfig, type Settings } from './config.js';
import { Findings, type Report } from './findings.js';
import { badId } from './ids.js';
import { checkNamed, MetricNames, namedMetrics } from './gated-metrics.js';
import { expectPrompts, findFiles, type Layout, type PromptFiles } from './layout.js';
import { problems as make } from '../errors.js';
import type { DiscoverOptions } from './options.js';
import { globFiles } from './load.js';
import { partialFinder } from './partials.js';
import { type PromptContext, type ReadPrompt, readPrompt } from './prompt.js';
import { select } from './select.js';
import type { Tree } from './tree.js';

/** Cases of a prompt that stay in memory; of larger sets only one case at a time does. */
const MOST_KEPT = 10_000;
/** After so many prompts others get their turn: git, which was asked what changed, is told the next question. */
const BREATH = 50;

/** All that is known of a prompt. */
interface Known {
  files: PromptFiles;
  context: CaseContext;
  /** Its cases, where there are few. */
  kept?: readonly Case[];
  /** The metrics of all its cases, where all could be read. */
  metrics?: ReadonlySet<string>;
  baseline?: Baseline;
}

/** What `discover` does, with everything heavy loaded. */
export async function discoverLibrary(tree: Tree, options: DiscoverOptions): Promise<Library> {
  const findings = new Findings();
  const report = findings.add;
  const settings = readConfig(tree, options.configPath, options.providers, report);
  const layout = findFiles(tree, settings.config.library, report);
  const notes = new Set<string>();
  const prompts = new Prompts(tree, settings, options, report, notes);
  const quiet = new CaseFiles(tree, () => {});
  const servants = (files: PromptFiles): string[] => [...prompts.partialsOf(files), ...quiet.paths(files)];
  const expand = (pattern: string): string[] => globFiles(tree, [pattern], report);
  const selected = select(layout, options.paths, expand, servants, report);
  for (const problem of selected.problems) report(problem);
  // What has no id that can be named was told; no more can be said of it.
  const chosen = selected.prompts.filter(({ id }) => badId(id) === undefined);
  if (options.paths) expectPrompts(tree, chosen);

  const types = new AssertionTypes(options.assertions);
  const sources = new CaseFiles(tree, report);
  const groups = groupsOf(layout);
  const known = new Map<string, Known>();
  // All before the first case: which variables are used depends on other prompts, too, and each is read once.
  for (const [index, files] of chosen.entries()) {
    if (index % BREATH === 0) await setImmediate();
    prompts.get(files, report);
  }
  for (const [index, files] of chosen.entries()) {
    if (index % BREATH === 0) await setImmediate();
    const read = prompts.get(files, report);
    if (!read) continue;
    const templates = usesOfGroup(groups.get(files.variantOf ?? files.id) ?? [], prompts, settings);
    const { output } = read.prompt;
    const context: CaseContext = {
      types,
      providers: settings.providers,
      ...(output && { output }),
      ...(options.checkTransform && { checkTransform: options.checkTransform }),
      read,
      templates,
      today: options.today,
    };
    read.prompt.caseFiles = sources.paths(files);
    const checked = await checkCases(files, sources, context, report, notes, options.onCase);
    // Those that variants share would be read, and their mistakes told, again.
    const shared = (groups.get(files.variantOf ?? files.id)?.length ?? 0) > 1;
    if (options.onCase && !shared) sources.release(files);
    checkNamed(read.gated, [checked.metrics], report);
    const baseline = files.baseline === undefined ? undefined : readBaseline(tree, files.baseline, report);
    known.set(files.id, { files, context, ...checked, ...(baseline && { baseline }) });
  }
  prompts.noteIdleOverrides(layout, options.paths === undefined);
  for (const { context } of known.values()) {
    const { tolerance, detect } = context.read.prompt.gate;
    if (tolerance > detect) {
      notes.add(
        `gate.tolerance ${tolerance} is above gate.detect ${detect}: a drop between the two may stay inconclusive`,
      );
    }
  }
  const metricsOf = ({ id }: PromptFiles) => known.get(id)?.metrics;
  const note = (text: string): void => void notes.add(text);
  checkNamed(settings.gated, layout.prompts.map(metricsOf), report, note);
  for (const [index, { written, place }] of settings.overrides.entries()) {
    checkNamed(namedMetrics(written.gate, place), prompts.governed(index, layout).map(metricsOf), report, note);
  }
  const problems = findings.sorted();
  if (problems.length > 0) throw new UserError(problems);
  const the = (prompt: Prompt): Known => {
    const found = known.get(prompt.id);
    if (!found) throw new TypeError(`prompt ${prompt.id} is not of this library`);
    return found;
  };
  return {
    config: settings.config,
    prompts: [...known.values()].map(({ context }) => context.read.prompt),
    cases: (prompt) => casesOf(the(prompt), sources),
    baseline: (prompt) => the(prompt).baseline,
    notes: [...notes],
  };
}

/** Reads all cases once, reporting what is wrong. @returns what is worth keeping of them */
async function checkCases(
  files: PromptFiles,
  sources: CaseFiles,
  context: CaseContext,
  report: Report,
  notes: Set<string>,
  onCase: DiscoverOptions['onCase'],
): Promise<Pick<Known, 'kept' | 'metrics'>> {
  let kept: Case[] | undefined = onCase ? undefined : [];
  let failed = false;
  const ids = new CaseIds();
  const note: Report = (problem) => {
    failed = true;
    report(problem);
  };
  let count = 0;
  const metrics = new MetricNames();
  const lost = (one: NamedCase): void => ids.add(one);
  for await (const batch of readCases(files, sources, context, note, (text) => notes.add(text), lost)) {
    for (const one of batch) {
      ids.add(one);
      metrics.add(one.assert);
      onCase?.(context.read.prompt, one);
    }
    count += batch.length;
    if (kept && count <= MOST_KEPT) kept.push(...batch);
    else kept = undefined;
  }
  await ids.report(async (see) => {
    const silent = (): void => {};
    for await (const batch of readCases(files, sources, context, silent, silent, see))
      for (const one of batch) see(one);
  }, report);
  if (count === 0 && !failed && !sources.brokenOrFull(files)) {
    const file = files.cases[0] ?? files.path;
    report(make['prompt-without-cases'](files.id, { file, line: 1, column: 1 }));
  }
  const whole = count > 0 && !failed && sources.whole(files);
  return { ...(kept && { kept }), ...(whole && { metrics: metrics.names }) };
}

async function* casesOf(known: Known, sources: CaseFiles): AsyncGenerator<readonly Case[]> {
  if (known.kept) yield known.kept;
  else yield* readCases(known.files, sources, known.context, refuse, () => {});
}

/** Cases that are read again were checked before: a problem now means that a file was changed meanwhile. */
const refuse: Report = (problem) => {
  throw new UserError([problem]);
};

/** The prompts of a project, each read once; those that were not chosen only to know which variables they use. */
class Prompts {
  private readonly read = new Map<string, ReadPrompt | undefined>();
  private readonly silent = new Map<string, ReadPrompt | undefined>();
  private readonly context: PromptContext;
  private readonly matches: (Set<string> | undefined)[] = [];

  constructor(
    tree: Tree,
    private readonly settings: Settings,
    options: DiscoverOptions,
    private readonly report: Report,
    private readonly notes: Set<string>,
  ) {
    this.context = {
      tree,
      settings,
      partials: partialFinder(tree, report),
      ...(options.models && { models: options.models }),
      ...(options.modelsOptional && { modelsOptional: true }),
      overridden: (index, path) => this.matching(index, tree).has(path),
    };
  }

  get(files: PromptFiles, report: Report): ReadPrompt | undefined {
    if (!this.read.has(files.path)) this.read.set(files.path, readPrompt(files, this.context, report));
    return this.read.get(files.path);
  }

  /** A prompt whose own problems do not matter here. */
  peek(files: PromptFiles): ReadPrompt | undefined {
    if (this.read.has(files.path)) return this.read.get(files.path);
    if (!this.silent.has(files.path))
      this.silent.set(
        files.path,
        readPrompt(files, this.context, () => {}),
      );
    return this.silent.get(files.path);
  }

  partialsOf(files: PromptFiles): readonly string[] {
    return this.peek(files)?.prompt.partials ?? [];
  }

  /** The prompts that an override matches. */
  governed(index: number, layout: Layout): PromptFiles[] {
    return layout.prompts.filter(({ path }) => this.context.overridden(index, path));
  }

  /** An override that changes no prompt may be a slip, or be meant for prompts to come. */
  noteIdleOverrides(layout: Layout, complete: boolean): void {
    if (!complete) return;
    for (const [index, { written, place }] of this.settings.overrides.entries()) {
      if (this.governed(index, layout).length > 0) continue;
      const { file, line } = place([]);
      this.notes.add(`${file}:${line}: the override for ${JSON.stringify(written.files)} matches no prompt`);
    }
  }

  private matching(index: number, tree: Tree): ReadonlySet<string> {
    let found = this.matches[index];
    if (!found) {
      const override = this.settings.overrides[index];
      const files = override?.written.files ?? [];
      const patterns = typeof files === 'string' ? [files] : [...files];
      found = new Set(globFiles(tree, patterns, this.report, override?.place(['files'])));
      this.matches[index] = found;
    }
    return found;
  }
}

/** Each prompt that has cases with its variants, by its id. */
function groupsOf(layout: Layout): Map<string, PromptFiles[]> {
  return grouped(layout.prompts, ({ id, variantOf }) => variantOf ?? id);
}

/** What the templates of all prompts that run the same cases read: a variable that one of them uses is used. */
function usesOfGroup(group: readonly PromptFiles[], prompts: Prompts, { providers }: Settings): Uses {
  const names = new Set<string>();
  let all = false;
  for (const each of group) {
    const read = prompts.peek(each);
    if (!read || read.broken || providers.takeVariables(read.models)) all = true;
    for (const name of read?.uses ?? []) names.add(name);
  }
  return { names, all };
}
