import { posix } from 'node:path';
import { type Blobs, blobsOf, type CommittedFile } from '../git/objects.js';
import { filesBelow, objectsAt } from '../git/snapshots.js';
import type { InRepository } from '../git/place.js';
import type { ProviderDefinition } from '../providers/provider.js';
import type { Baseline, Prompt } from '../vocabulary.js';
import { readBaseline } from './baseline.js';
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
  partials(): CommittedFile[];
}

/** Files and folders, relative to the root, that can change the version of a prompt or its accepted scores. */
export function filesBehind(path: string, configPath: string): string[] {
  return [path, configPath, baselineOf(path), ...partialFolders(path)];
}

function baselineOf(path: string): string {
  return path.replace(/\.prompt\.md$/, '.baseline.json');
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
 * Looks up the state of a prompt's files in many commits at once. No file is read.
 * @param wanted commits, and where the prompt's file is in each
 * @returns in the order asked for
 * @throws GitFailure
 */
export function statesAt(
  wanted: readonly { commit: string; path: string }[],
  { root, place, configPath }: StatesContext,
): PromptState[] {
  const asked = wanted.map(({ commit, path }) => {
    const files = [path, configPath, baselineOf(path), ...partialFolders(path)];
    return files.map((file) => ({ commit, path: place.toGit(file) ?? '' }));
  });
  const answers = objectsAt(root, asked.flat());
  let next = 0;
  const found = wanted.map(({ path }) => {
    const [prompt, config, baseline] = answers.slice(next, next + 3);
    const folders = partialFolders(path).map((folder, at) => ({ folder, tree: answers[next + 3 + at] }));
    next += 3 + folders.length;
    return { path, prompt, config, baseline, folders };
  });
  const trees = filesBelow(root, new Set(found.flatMap(({ folders }) => folders.flatMap(({ tree }) => tree ?? []))));
  const indexes = new Map([...trees].map(([tree, files]) => [tree, new Map(files.map((file) => [file.path, file]))]));
  return found.map(({ folders, ...state }) => ({
    ...state,
    partial(path) {
      const { folder, tree } = folders.find((each) => path.startsWith(`${each.folder}/`)) ?? {};
      const file = tree && folder !== undefined ? indexes.get(tree)?.get(path.slice(folder.length + 1)) : undefined;
      return file?.link === false ? file.blob : undefined;
    },
    partials: () =>
      folders.flatMap(({ folder, tree }) =>
        (trees.get(tree ?? '') ?? []).map((file) => ({ ...file, path: posix.join(folder, file.path) })),
      ),
  }));
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

/** A reader that has the contents of all these states at hand. @throws GitFailure */
export function stateReader(states: readonly PromptState[], context: StatesContext): StateReader {
  const { root, place, configPath, providers } = context;
  const blobs: Blobs = blobsOf(root);
  blobs.load(states.flatMap(({ prompt, config }) => [prompt, config].filter((each) => each !== undefined)));
  blobs.load(states.flatMap(({ baseline }) => baseline ?? []));
  const known = new Map<string, Known[]>();
  const baselines = new Map<string, Baseline | undefined>();
  const treeOf = (files: readonly CommittedFile[]): Tree =>
    treeOfFiles(
      files.map((file) => ({ ...file, path: place.toGit(file.path) ?? file.path })),
      { name: 'a commit', root, place, blobs },
    );

  const read = (state: PromptState): Known => {
    const partials: Known['partials'] = new Map();
    const own = [fileOf(state.path, state.prompt), fileOf(configPath, state.config)].flat();
    const tree = treeOf([...own, ...state.partials()]);
    const watched: Tree = {
      ...tree,
      has(path) {
        if (path !== configPath) partials.set(path, state.partial(path));
        return tree.has(path);
      },
    };
    const { prompts } = readPrompts(watched, tree.has(configPath) ? configPath : undefined, providers);
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
        const name = baselineOf(path);
        baselines.set(
          baseline,
          readBaseline(treeOf(fileOf(name, baseline)), name, () => {}),
        );
      }
      return baselines.get(baseline);
    },
  };
}

function fileOf(path: string, blob: string | undefined): CommittedFile[] {
  return blob === undefined ? [] : [{ path, blob, link: false }];
}
