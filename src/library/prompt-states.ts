import { posix } from 'node:path';
import { type Blobs, blobsOf, type CommittedFile } from '../git/objects.js';
import { objectsAt, readFolders } from '../git/snapshots.js';
import type { InRepository } from '../git/place.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Baseline, Prompt } from '../vocabulary.js';
import { baselinePathOf, readBaseline } from './baseline.js';
import { treeOfFiles } from './git-tree.js';
import { readPrompts } from './prompts.js';
import type { Tree } from './tree.js';

/** What reading a prompt out of many commits needs. */
export interface StatesContext {
  /** The project root, absolute, and where it lies in its repository. */
  root: string;
  place: InRepository;
  /** The config file, relative to the root. */
  configPath: string;
  providers: ReadonlyMap<string, ProviderDefinition>;
}

/** The files that a version depends on, and the accepted scores: as they are in one commit, by their blobs. */
export interface PromptState {
  /** The prompt's file in that commit, relative to the root. */
  path: string;
  /** Undefined: there is no such file. */
  prompt: string | undefined;
  config: string | undefined;
  baseline: string | undefined;
  /** The blob of any partial that the prompt could include. */
  partial(path: string): string | undefined;
}

/** The states of many commits, and what all of their files hold. */
export interface PromptStates {
  /** In the order asked for. */
  states: PromptState[];
  blobs: Blobs;
}

/** Files and folders, relative to the root, that can change the version of a prompt or its accepted scores. */
export function filesBehind(path: string, configPath: string): string[] {
  return [path, configPath, baselinePathOf(path), ...partialFolders(path)];
}

/** The folders that are searched for partials, the nearest first. */
function partialFolders(path: string): string[] {
  const folders: string[] = [];
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    folders.push(posix.join(folder, '_partials'));
    if (folder === '.' || folder === '/') return folders;
  }
}

/**
 * Looks up the state of a prompt's files in many commits at once, and has git read all of them together.
 * @param wanted commits, and where the prompt's file is in each
 * @throws GitFailure
 */
export function statesAt(
  wanted: readonly { commit: string; path: string }[],
  { root, place, configPath }: StatesContext,
): PromptStates {
  const asked = wanted.map(({ commit, path }) => {
    return filesBehind(path, configPath).map((file) => ({ commit, path: place.toGit(file) ?? '' }));
  });
  const answers = objectsAt(root, asked.flat());
  let next = 0;
  const found = wanted.map(({ commit, path }) => {
    const [prompt, config, baseline] = answers.slice(next, next + 3);
    const folders = partialFolders(path).map((folder, at) => ({ folder, tree: answers[next + 3 + at] }));
    next += 3 + folders.length;
    return { commit, path, prompt, config, baseline, folders };
  });
  const trees = found.flatMap(({ folders }) => folders.flatMap(({ tree }) => tree ?? []));
  const { fileIn, isLinked, blobs: shared } = readFolders(root, trees);
  const states = found.map(({ folders, commit, ...state }): PromptState => {
    const linked = new Map<string, string | undefined>();
    return {
      ...state,
      partial(path) {
        const { folder, tree } = folders.find((each) => path.startsWith(`${each.folder}/`)) ?? {};
        if (tree === undefined || folder === undefined) return undefined;
        const rest = path.slice(folder.length + 1);
        if (!isLinked(tree, rest)) return fileIn(tree, rest);
        if (!linked.has(path)) linked.set(path, objectsAt(root, [{ commit, path: place.toGit(path) ?? '' }])[0]);
        return linked.get(path);
      },
    };
  });
  const blobs = blobsOf(root);
  const own = states.flatMap(({ prompt, config, baseline }) => [prompt, config, baseline]);
  blobs.load([...own.filter((blob) => blob !== undefined), ...shared]);
  return { states, blobs };
}

/** Reads prompts and baselines out of states: what was read of the same files is not read again. */
export interface StateReader {
  /** Undefined: it has mistakes, or the library does not reach so far. */
  prompt(state: PromptState): Prompt | undefined;
  /** Undefined: there is none, or it cannot be read. */
  baseline(state: PromptState): Baseline | undefined;
}

/** What was read, and the partials that were looked for meanwhile: with the same ones the same is read. */
interface Known {
  partials: Map<string, string | undefined>;
  prompt: Prompt | undefined;
}

/** A reader of states. */
export function stateReader(
  { blobs }: PromptStates,
  { root, place, configPath, providers }: StatesContext,
): StateReader {
  const known = new Map<string, Known[]>();
  const baselines = new Map<string, Baseline | undefined>();
  const treeOf = (files: readonly CommittedFile[]): Tree =>
    treeOfFiles(files, { name: 'a commit', root, place, blobs });
  const fileOf = (path: string, blob: string | undefined): CommittedFile[] =>
    blob === undefined ? [] : [{ path: place.toGit(path) ?? path, blob, link: false }];

  const read = (state: PromptState): Known => {
    const partials: Known['partials'] = new Map();
    // Partials are found one by one: of their folders this tree knows nothing.
    const { hasFolder: _few, ...own } = treeOf([
      ...fileOf(state.path, state.prompt),
      ...fileOf(configPath, state.config),
    ]);
    const tree: Tree = {
      ...own,
      has(path) {
        if (own.has(path)) return true;
        partials.set(path, state.partial(path));
        return state.partial(path) !== undefined;
      },
      read: (path) => (own.has(path) ? own : treeOf(fileOf(path, state.partial(path)))).read(path),
    };
    const { prompts } = readPrompts(tree, own.has(configPath) ? configPath : undefined, providers);
    return { partials, prompt: prompts.find(({ path }) => path === state.path) };
  };

  return {
    prompt(state) {
      if (state.prompt === undefined) return undefined;
      const key = JSON.stringify([state.path, state.prompt, state.config]);
      const readings = known.get(key) ?? [];
      known.set(key, readings);
      const same = readings.find(({ partials }) => [...partials].every(([path, blob]) => state.partial(path) === blob));
      if (same) return same.prompt;
      const fresh = read(state);
      readings.push(fresh);
      return fresh.prompt;
    },
    baseline({ path, baseline }) {
      if (baseline === undefined) return undefined;
      if (!baselines.has(baseline)) {
        const name = baselinePathOf(path);
        baselines.set(
          baseline,
          readBaseline(treeOf(fileOf(name, baseline)), name, () => {}),
        );
      }
      return baselines.get(baseline);
    },
  };
}
