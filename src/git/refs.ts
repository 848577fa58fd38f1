import { problems, UserError } from '../errors.js';
import { git, GitFailure } from './run.js';

/** Full hashes of commits that were found before, with where: whoever hands one on need not look for it again. */
const found = new Set<string>();

/**
 * The commit that a name stands for: a branch, tag, hash, `HEAD~2`, …
 * @returns its full hash
 * @throws UserError `unknown-ref`, `no-repository`, `no-git`
 */
export async function resolveRef(root: string, ref: string): Promise<string> {
  if (!isOneName(ref)) throw new UserError([problems['unknown-ref'](ref)]);
  if (found.has(`${root}\n${ref}`)) return ref;
  try {
    return noted(root, await git(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]));
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (error.missing) throw error.asUserError(`the commit "${ref}"`);
    await mustBeRepository(root);
    throw new UserError([(await seemsShallow(root)) ? problems['ref-not-fetched'](ref) : problems['unknown-ref'](ref)]);
  }
}

/** Git would take others for a flag, or for several names. */
function isOneName(ref: string): boolean {
  return ref !== '' && !ref.startsWith('-') && !/[\0\r\n]/.test(ref);
}

function noted(root: string, answer: string): string {
  const commit = answer.trim();
  found.add(`${root}\n${commit}`);
  return commit;
}

/** Where a branch left another one. */
export interface MergeBase {
  commit: string;
  /** The other branch, e.g. `origin/main`. */
  of: string;
}

/**
 * The commit at which HEAD left another branch.
 * @param ref the other branch; absent: the target of the pull request if the environment names one, else the default branch
 * @param head the commit that HEAD is at, where that is known: a branch that is there, too, was not left
 * @throws UserError `no-merge-base`, `no-target-branch`; `shallow-clone` where the history that is here does not reach so far back
 */
export async function mergeBase(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
  ref?: string,
  head?: string,
): Promise<MergeBase> {
  if (ref !== undefined && isOneName(ref)) {
    // One question instead of two; what is wrong is found out below.
    const answer = await git(root, ['merge-base', 'HEAD', `${ref}^{commit}`]).catch(() => undefined);
    if (answer !== undefined) return { commit: noted(root, answer), of: ref };
  }
  const other = ref === undefined ? await defaultBranch(root, env) : { name: ref, commit: await resolveRef(root, ref) };
  if (!other) throw await noMergeBase(root, undefined);
  if (other.commit === head) return { commit: noted(root, head), of: other.name };
  try {
    return { commit: noted(root, await git(root, ['merge-base', 'HEAD', other.commit])), of: other.name };
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    throw await noMergeBase(root, other.name);
  }
}

/** Variables that CI systems name the target branch of a pull request in: GitHub, GitLab. */
const TARGETS = ['GITHUB_BASE_REF', 'CI_MERGE_REQUEST_TARGET_BRANCH_NAME'];

/** Refs that are tried, the likeliest first: where the environment names a target, no other branch stands in for it. */
function candidates(target: string | undefined): string[] {
  if (target !== undefined) return [`refs/remotes/origin/${target}`, `refs/heads/${target}`];
  const usual = ['remotes/origin/HEAD', 'remotes/origin/main', 'remotes/origin/master', 'heads/main', 'heads/master'];
  return usual.map((name) => `refs/${name}`);
}

async function defaultBranch(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<{ name: string; commit: string } | undefined> {
  const target = TARGETS.map((name) => env[name]).find((name) => name !== undefined && name !== '');
  const refs = candidates(target);
  let listed: string;
  try {
    listed = await git(root, ['for-each-ref', '--format=%(objectname) %(refname)', ...refs]);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    if (!error.missing) await mustBeRepository(root);
    throw error.asUserError('the merge-base');
  }
  const commits = new Map(
    listed
      .split('\n')
      .filter((line) => line !== '')
      .map((line): [string, string] => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]),
  );
  for (const ref of refs) {
    const commit = commits.get(ref);
    if (commit !== undefined) return { name: ref.replace(/^refs\/(?:heads|remotes)\//, ''), commit };
  }
  if (target !== undefined && listed.trim() === '') throw new UserError([problems['no-target-branch'](target)]);
  return undefined;
}

async function noMergeBase(root: string, of: string | undefined): Promise<UserError> {
  return new UserError([(await seemsShallow(root)) ? problems['shallow-clone']() : problems['no-merge-base'](of)]);
}

/**
 * Whether the repository holds a part of its history only.
 * @throws GitFailure
 */
export async function isShallow(root: string): Promise<boolean> {
  return (await git(root, ['rev-parse', '--is-shallow-repository'])).trim() === 'true';
}

/** For what is told of other trouble: where git does not say, that trouble is still the one to tell. */
function seemsShallow(root: string): Promise<boolean> {
  return isShallow(root).catch(() => false);
}

async function mustBeRepository(root: string): Promise<void> {
  try {
    await git(root, ['rev-parse', '--git-dir']);
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error;
    // Git refuses repositories of other users, too, and says how to trust one.
    const strange = /dubious ownership|safe\.directory/.test(error.message);
    throw strange ? error.asUserError('the repository') : new UserError([problems['no-repository'](root)]);
  }
}
