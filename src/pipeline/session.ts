import { resolve } from 'node:path';
import { RECORDINGS, recordingStore, type RecordingStore } from '../ask/recordings-file.js';
import type { AssertionDefinition } from '../assertions/assertion.js';
import { problems, UserError } from '../errors.js';
import { type GitStatus, gitStatus } from '../git/state.js';
import { contentHash } from '../hash.js';
import { textHash } from '../impact/content.js';
import { filesNamedBy } from '../impact/named-files.js';
import { projectFiles } from '../journal/project-files.js';
import { type DiscoverOptions, discover } from '../library/discover.js';
import { leastRepeats } from '../library/gate-settings.js';
import { evalsOf } from '../plan/evals.js';
import { caseFilter, type Filter } from '../plan/filter.js';
import { isInShard, type Shard } from '../plan/shard.js';
import { checkProviders, type OpenedProviders, providerPool, type ProviderWorld } from '../providers/open.js';
import type { TrialSource } from '../run/trials.js';
import type { ProviderDefinition } from '../providers/provider.js';
import { gitRootOf, insideRoot, within } from '../trust/paths.js';
import { createRedactor } from '../trust/redact.js';
import type { Config, Eval, JsonObject, Library, Mode, Problem, ReducerName } from '../vocabulary.js';
import type { World } from '../world.js';
import { type Against, openAgainst, refuseBeside } from './against.js';
import { type Whence, withBaselines } from './baselines.js';
import { changesSince } from './changes.js';
import { limitedToFinished } from './finished.js';
import { definitionsOf, discoverOptions } from './library.js';
import type { EvaluateOptions, Selection } from './options.js';
import { openProject, type Project, projectPaths } from './project.js';
import { onlyAffected } from './since.js';

/** A project opened for a command: everything found and checked, nothing called yet. */
export interface Session {
  project: Project;
  library: Library;
  /** The config with the command line's word on mode and concurrency. */
  config: Config;
  selection: Selection;
  evals: Eval[];
  includes: Filter;
  /** Which part of the cases `includes` is held to; absent: all that the filter leaves. */
  shard?: Shard;
  /** Why there is nothing to run, and nothing to gate: the change reaches no prompt. */
  nothing?: string;
  /** Old versions that are run beside the present ones, and compared with them. */
  against?: Against;
  /** Types of assertions, the user's own among them. */
  assertions: ReadonlyMap<string, AssertionDefinition>;
  /** Kinds of providers, likewise. */
  types: ReadonlyMap<string, ProviderDefinition>;
  pool: OpenedProviders;
  store: RecordingStore;
  git: Promise<GitStatus>;
  redact(text: string): string;
  /** What work is spelled out into trials with. */
  source: TrialSource;
  /** Per provider the hashes of the files that its settings name (answers, scripts), by path; absent for one that names none. */
  providerFiles: Readonly<Record<string, JsonObject>>;
  /** An absolute path in the output folder. */
  out(file: string): string;
  /** The absolute path of a file named relative to the project root. */
  file(path: string): string;
  close(): Promise<void>;
}

/** What a session is opened for. */
export interface SessionOptions extends EvaluateOptions {
  /** Of a run that is opened again: why it had nothing to run. */
  nothing?: string;
}

/**
 * Opens a project: finds it, reads config, prompts, cases and baselines, and checks providers and recordings.
 * @throws UserError with everything that is wrong in all of them
 */
export async function openSession(options: SessionOptions, world: World): Promise<Session> {
  refuseBeside(options);
  const project = openProject(options.cwd, options.config);
  const git = gitStatus(project.root);
  const selection: Selection = {
    paths: projectPaths(project, options.cwd, options.paths ?? []),
    models: options.models ?? [],
    filter: options.filter ?? [],
    ...(options.repeats && { repeats: options.repeats }),
  };
  const { assertions, types } = definitionsOf(options);
  const how: DiscoverOptions = {
    ...discoverOptions({ assertions, types }, world),
    ...(project.configPath !== undefined && { configPath: project.configPath }),
    ...(selection.paths.length > 0 && { paths: selection.paths }),
    models: selection.models,
  };
  const changes = options.since === undefined ? undefined : changesSince(project, options.since, world.env);
  const all = await discover(project.tree, how).catch(async (error: unknown) => {
    throw await withRecordings(error, project, options.mode);
  });
  const whole = { project, tree: project.tree, options: how, library: all, assertions };
  const part = changes && (await onlyAffected(await changes, whole));
  // A run of what is affected is a run of these files: it is resumed, merged and accepted as such.
  if (part) selection.paths = part.library.prompts.map(({ path }) => path);
  const nothing = options.nothing ?? part?.nothing;
  if (nothing !== undefined) selection.nothing = nothing;
  const found = nothing === undefined ? (part?.library ?? all) : { ...all, prompts: [] };
  const whence = { root: project.root, cwd: options.cwd, env: world.env };
  const library = options.baseline === undefined ? found : await withBaselines(found, options.baseline, whence);
  const config: Config = {
    ...library.config,
    mode: options.mode ?? library.config.mode,
    concurrency: options.concurrency ?? library.config.concurrency,
  };
  const evals = evalsOf(library.prompts, config, selection);
  const { shard } = options;
  const filter = caseFilter(selection.filter);
  const includes: Filter = (prompt, testCase) => isInShard(shard, prompt, testCase.id) && filter(prompt, testCase);
  const pool = providerPool({ ...config, types }, providerWorld(options, world, project));
  const redact = createRedactor(pool.secrets());
  world.conceal?.(pool.secrets());
  const held = inside(project);
  const files = projectFiles((path) => held(resolve(project.root, path)));
  const store = recordingStore({ files, redact, writable: config.mode === 'record' });

  const session: Session = {
    project,
    library,
    config,
    selection,
    evals,
    includes,
    ...(shard && { shard }),
    ...(nothing !== undefined && { nothing }),
    source: { library, evals, includes },
    providerFiles: await filesOfProviders(config, project),
    assertions,
    types,
    pool,
    store,
    git,
    redact,
    out: outputFolder(options, project, held),
    file: (path) => held(resolve(project.root, path)),
    async close() {
      try {
        await pool.close();
      } finally {
        await files.close();
      }
    },
  };
  try {
    if (options.against !== undefined) await addAgainst(session, options.against, whence);
    await checkSession(session, options, world);
    if (options.port === undefined) await limitRepeats(session);
    return session;
  } catch (error) {
    // What looking for mistakes has opened: providers that were made ready, locks of recordings that were put in place.
    await session.close();
    throw error;
  }
}

/** Makes the session one of changed prompts and their old versions. */
async function addAgainst(session: Session, ref: string, whence: Whence): Promise<void> {
  const against = await openAgainst(ref, session, whence);
  const { evals, library, includes, store, nothing } = against;
  session.selection.against = against.commit;
  Object.assign(session, { against, evals, library, includes, store, source: { library, evals, includes } });
  if (nothing !== undefined) session.nothing ??= nothing;
}

/** Makes the session one of as many repeats as finished answers are there for. */
async function limitRepeats(session: Session): Promise<void> {
  const { evals, notes } = await limitedToFinished(session);
  if (notes.length === 0) return;
  const library = { ...session.library, notes: [...session.library.notes, ...notes] };
  Object.assign(session, { evals, library, source: { ...session.source, library, evals } });
}

/** All mistakes of all files are told at once: where discovery fails, those in recordings are looked for, too. */
async function withRecordings(error: unknown, project: Project, mode: Mode | undefined): Promise<unknown> {
  if (!(error instanceof UserError) || mode === 'live') return error;
  const held = inside(project);
  const files = projectFiles((path) => held(resolve(project.root, path)));
  const store = recordingStore({ files, redact: (text) => text, writable: false });
  const found = project.tree.glob([`${RECORDINGS}/**/*.jsonl`]);
  const prompts = found.map((path) => path.slice(RECORDINGS.length + 1, -'.jsonl'.length));
  try {
    return new UserError([...error.problems, ...(await store.problems(prompts))], error.exitCode);
  } finally {
    await files.close();
  }
}

async function filesOfProviders({ providers }: Config, { tree }: Project): Promise<Record<string, JsonObject>> {
  const found: Record<string, JsonObject> = {};
  for (const [name, settings] of Object.entries(providers)) {
    const paths = filesNamedBy(settings, tree);
    const hashes = await Promise.all(paths.map((path) => textHash(tree, path)));
    if (paths.length > 0) found[name] = Object.fromEntries(paths.map((path, index) => [path, hashes[index] ?? null]));
  }
  return found;
}

/** The models that a session may ask. */
export function modelsOf({ evals, config }: Pick<Session, 'evals' | 'config'>): string[] {
  const judge = config.judge ? [config.judge.model] : [];
  return [...new Set([...evals.map(({ model }) => model.model), ...judge])];
}

/** @throws UserError with everything that is wrong */
async function checkSession(session: Session, options: EvaluateOptions, world: World): Promise<void> {
  const { config, store, library, evals } = session;
  const found = config.mode === 'live' ? [] : await store.problems(library.prompts.map(({ id }) => id));
  if (options.refresh && config.mode !== 'record') found.push(problems['refresh-without-record'](config.mode));
  for (const problem of await checkModels(modelsOf(session), session, options, world)) found.push(problem);
  for (const model of new Set(evals.flatMap((each) => each.model.replaces ?? []))) {
    if (!model.includes(':')) found.push(problems['bad-model'](model));
  }
  for (const [reducer, min] of tooFew(evals)) {
    found.push(problems['too-few-repeats'](reducer, leastRepeats(reducer), min));
  }
  if (found.length > 0) throw new UserError(found);
}

/** What is wrong with models before they are asked: hosts, keys, code; those without mistakes are made ready. */
export async function checkModels(
  models: readonly string[],
  { config, types, project, pool }: Session,
  options: EvaluateOptions,
  world: World,
): Promise<Problem[]> {
  const calling = config.mode !== 'replay' && options.port === undefined && options.planOnly !== true;
  const used = options.port === undefined ? models : [];
  const providers = { providers: config.providers, types };
  const found = checkProviders(used, providers, providerWorld(options, world, project), { calling });
  return found.length > 0 ? found : pool.prepare(used, { calling });
}

/** Reducers that need more repeats than `--repeats` gives: what files say was checked with them. */
function tooFew(evals: readonly Eval[]): Map<ReducerName, number> {
  return new Map(
    evals.flatMap(({ prompt: { gate, repeats } }): [ReducerName, number][] =>
      repeats.min < leastRepeats(gate.reducer) ? [[gate.reducer, repeats.min]] : [],
    ),
  );
}

function providerWorld(options: EvaluateOptions, world: World, project: Project): ProviderWorld {
  return {
    env: world.env,
    now: world.now,
    root: project.root,
    allowCode: options.allowCode ?? false,
    allowHosts: options.allowHosts ?? [],
    allowKeys: options.allowKeys ?? [],
    ...(options.idleTimeoutMs !== undefined && { idleMs: options.idleTimeoutMs }),
  };
}

/** Keeps absolute paths inside the git repository, else inside the project. */
function inside(project: Project): (path: string) => string {
  const border = gitRootOf(project.root) ?? project.root;
  return (path) => insideRoot(border, path);
}

/** An output folder named on the command line may lie anywhere; the default one stays in the project. */
export function outputFolder(
  options: Pick<EvaluateOptions, 'cwd' | 'out'>,
  project: Project,
  held = inside(project),
): (file: string) => string {
  if (options.out === undefined) return (file: string) => held(resolve(project.root, 'reports', file));
  const folder = resolve(options.cwd, options.out);
  if (!within(project.root, folder)) return (file: string) => resolve(folder, file);
  return (file: string) => held(resolve(folder, file));
}

/** All that a run is made of but its cases: equal for two runs that may be joined or compared. */
export function configHash({ config, selection }: Pick<Session, 'config' | 'selection'>): string {
  const { file: _file, concurrency: _concurrency, ...rest } = config;
  const { nothing, ...chosen } = selection;
  // That nothing was chosen is part of it; the words for why may tell of files that are no part of the library.
  return contentHash({ rest, selection: { ...chosen, ...(nothing !== undefined && { nothing: true }) } });
}
