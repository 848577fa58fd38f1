import { bringsVersion } from '../catalogue/versions.js';
import { problems, UserError } from '../errors.js';
import { commitsBetween, isAncestor } from '../git/log.js';
import { resolveRef } from '../git/refs.js';
import { GitFailure } from '../git/run.js';
import type { PromptCommit, PromptHistory } from '../library/prompt-history.js';
import type { Candidate } from '../plan/bisection.js';
import type { Prompt } from '../vocabulary.js';
import { historyOf } from './blame.js';
import type { Project } from './project.js';

/** A commit that was named as good or bad, and the prompt there. */
export interface End {
  ref: string;
  commit: string;
  prompt: Prompt;
}

/** What lies between a good and a bad commit. */
export interface Range {
  good: End;
  bad: End;
  /** The commits that brought a version, the newest first, and how they follow each other. */
  commits: PromptCommit[];
  candidates: Candidate[];
  /** The commit that brought the version which is there at the bad end. */
  last: string;
  history: PromptHistory;
}

/**
 * Finds the versions of a prompt between two commits. A version that several commits brought is there several times.
 * @throws UserError `not-an-ancestor`, `not-in-commit`, `same-version`, …
 */
export async function rangeOf(
  project: Project,
  { id, path }: Pick<Prompt, 'id' | 'path'>,
  refs: { good: string; bad: string },
): Promise<Range> {
  const { root } = project;
  const [good, bad] = await Promise.all([resolveRef(root, refs.good), resolveRef(root, refs.bad)]);
  try {
    if (!(await isAncestor(root, good, bad))) {
      const swapped = await isAncestor(root, bad, good);
      throw new UserError([problems['not-an-ancestor'](refs.good, refs.bad, swapped)]);
    }
    const history = await historyOf(project, path, ['HEAD', bad, good]);
    const [first, final] = await Promise.all([history.at(good), history.at(bad)]);
    if (!first?.prompt) throw new UserError([problems['not-in-commit'](id, refs.good)]);
    if (!final?.prompt) throw new UserError([problems['not-in-commit'](id, refs.bad)]);
    if (first.prompt.version === final.prompt.version) {
      throw new UserError([problems['same-version'](id, refs.good, refs.bad, first.prompt.version)]);
    }
    const within = await commitsBetween(root, good, bad, history.files);
    return {
      good: { ref: refs.good, commit: good, prompt: first.prompt },
      bad: { ref: refs.bad, commit: bad, prompt: final.prompt },
      ...candidatesOf(history, within, final),
      history,
    };
  } catch (error) {
    throw error instanceof GitFailure ? error.asUserError('the history') : error;
  }
}

function candidatesOf(history: PromptHistory, within: ReadonlySet<string>, final: PromptCommit) {
  const brought = new Set(
    history.commits.flatMap((each) => (within.has(each.commit) && bringsVersion(each, history) ? [each.commit] : [])),
  );
  // The version at the bad end may have been there before the good one, and have come back with a merge: then that is the change.
  const last = sourceOf(final, history, brought) ?? final.commit;
  brought.add(last);
  const commits = history.commits.filter(({ commit }) => brought.has(commit));
  const candidates = commits.map(({ commit, parents }) => ({
    id: commit,
    parents: nearest(parents, history, brought),
  }));
  return { commits, candidates, last };
}

/** The commit that brought the version of another one: it, or the one that it took the version from. */
function sourceOf(from: PromptCommit, { commitOf }: PromptHistory, brought: ReadonlySet<string>): string | undefined {
  for (let at: PromptCommit | undefined = from; at; ) {
    if (brought.has(at.commit)) return at.commit;
    at = at.parents.map(commitOf).find((parent) => parent?.prompt?.version === from.prompt?.version);
  }
  return undefined;
}

/** Those of the chosen commits that come directly before one with these parents. */
function nearest(parents: readonly string[], { commitOf }: PromptHistory, chosen: ReadonlySet<string>): string[] {
  const seen = new Set(parents);
  for (const hash of seen) {
    if (!chosen.has(hash)) for (const parent of commitOf(hash)?.parents ?? []) seen.add(parent);
  }
  return [...seen].filter((hash) => chosen.has(hash));
}
