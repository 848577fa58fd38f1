import { problems, UserError } from '../errors.js';
import { lastTouching, type LoggedCommit, shallowCommits } from '../git/log.js';
import { inRepository } from '../git/place.js';
import { resolveRef } from '../git/refs.js';
import { GitFailure } from '../git/run.js';
import type { Baseline, Prompt } from '../vocabulary.js';
import { stateReader, statesAt, type StatesContext } from './prompt-states.js';
import { trailOf } from './prompt-trail.js';

/** A commit that changed a file which a prompt depends on, and the prompt as it was there. */
export interface PromptCommit extends LoggedCommit {
  /** Where the prompt's file was: it may have been renamed since. Relative to the root. */
  path: string;
  /** Undefined: there was none. One with mistakes counts as what it was before them. */
  prompt?: Prompt;
  /** The accepted scores there. */
  baseline?: Baseline;
  /** The history of this clone begins here: what the commit changed is not known. */
  cut: boolean;
}

/** How a prompt came to be what it is. */
export interface PromptHistory {
  /** Each after those that follow it; parents are found by `commitOf`. */
  commits: PromptCommit[];
  commitOf(hash: string): PromptCommit | undefined;
  /** All files and folders that were looked at, from the top of the repository. */
  files: string[];
  /** The last of these commits that a commit comes after, or is. */
  at(commit: string): Promise<PromptCommit | undefined>;
}

/**
 * The history of a prompt: through renames of its file, merges, and partials at any depth. Git is asked for the commits that
 * touched any of its files, and for the names of what they hold; what two commits have in common is read once.
 * @param path the prompt's file as it is today, relative to the root
 * @param refs where to begin: branches, tags, hashes
 * @throws UserError `no-repository`, `unknown-ref`, …
 */
export async function promptHistory(
  path: string,
  refs: readonly string[],
  { root, ...rest }: Omit<StatesContext, 'place'>,
): Promise<PromptHistory> {
  const tips = await Promise.all(refs.map((ref) => resolveRef(root, ref)));
  const place = inRepository(root);
  if (!place) throw new UserError([problems['no-repository'](root)]);
  try {
    return await walk(path, tips, { root, place, ...rest });
  } catch (error) {
    throw error instanceof GitFailure ? error.asUserError(`the history of ${path}`) : error;
  }
}

async function walk(path: string, tips: readonly string[], context: StatesContext): Promise<PromptHistory> {
  const { root } = context;
  const { commits, paths, files } = await trailOf(path, tips, context);
  const found = statesAt(
    commits.map(({ commit }) => ({ commit, path: paths.get(commit) ?? path })),
    context,
  );
  const reader = stateReader(found, context);
  const cut = await shallowCommits(root);
  const known = new Map<string, PromptCommit>();
  // The oldest first: what has mistakes counts as what was before.
  for (const [index, each] of [...commits.entries()].toReversed()) {
    const state = found.states[index];
    if (!state) continue;
    const before = each.parents.flatMap((parent) => known.get(parent)?.prompt ?? [])[0];
    const prompt = state.prompt === undefined ? undefined : (reader.prompt(state) ?? before);
    const baseline = reader.baseline(state);
    known.set(each.commit, {
      ...each,
      path: state.path,
      ...(prompt && { prompt }),
      ...(baseline && { baseline }),
      cut: cut.has(each.commit),
    });
  }
  return {
    commits: commits.flatMap(({ commit }) => known.get(commit) ?? []),
    commitOf: (hash) => known.get(hash),
    files,
    async at(commit) {
      const last = await lastTouching(root, commit, files);
      return last === undefined ? undefined : known.get(last);
    },
  };
}
