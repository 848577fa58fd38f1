import { commitsTouching, type LoggedCommit, renamesIn } from '../git/log.js';
import { trackedLinks, withTargets } from '../git/links.js';
import { objectsAt } from '../git/snapshots.js';
import { filesBehind, type StatesContext } from './prompt-states.js';

/** The commits that touched what a prompt depends on, and where its file was in each. */
export interface Trail {
  /** Each after those that follow it. */
  commits: LoggedCommit[];
  /** By commit; relative to the root. */
  paths: ReadonlyMap<string, string>;
  /** All files and folders that were looked at, from the top of the repository. */
  files: string[];
}

/** A file that had more names than this is followed no further: it may have been renamed to and fro for ever. */
const MOST_NAMES = 50;

/**
 * Follows a prompt's file through its renames, as `git log --follow` does, and through merges, which that does not. For each new
 * name that is found, git is asked again.
 * @param today the file's path at the tips, relative to the root
 * @param tips full hashes to walk from
 * @throws GitFailure
 */
export async function trailOf(today: string, tips: readonly string[], context: StatesContext): Promise<Trail> {
  const { root, place, configPath } = context;
  const names = new Set([today]);
  const renames = new Map<string, string | undefined>();
  const renamedFrom = async (commit: string, path: string): Promise<string | undefined> => {
    const key = `${commit} ${path}`;
    if (!renames.has(key)) {
      const from = (await renamesIn(root, commit, '**/*.prompt.md')).get(place.toGit(path) ?? '');
      renames.set(key, from && place.fromGit(from));
    }
    return renames.get(key);
  };
  const links = await trackedLinks(root, place.top);
  for (;;) {
    const watched = new Set([...names].flatMap((name) => filesBehind(name, configPath)));
    const own = [...watched].flatMap((file) => place.toGit(file) ?? []);
    const files = withTargets(own, links);
    const commits = await commitsTouching(root, tips, files);
    const traced = await trace(today, commits, { there: presence(commits, names, context), renamedFrom });
    const more = [...traced.names].filter((name) => !names.has(name));
    if (more.length === 0 || names.size > MOST_NAMES) return { commits, paths: traced.paths, files };
    for (const name of more) names.add(name);
  }
}

interface Clues {
  there(commit: string, path: string): boolean;
  renamedFrom(commit: string, path: string): Promise<string | undefined>;
}

/** Hands the file's name from each commit to those before it: the old one where the commit renamed it. */
async function trace(today: string, commits: readonly LoggedCommit[], { there, renamedFrom }: Clues) {
  const paths = new Map<string, string>();
  const names = new Set<string>();
  for (const { commit, parents } of commits) {
    const here = paths.get(commit) ?? today;
    paths.set(commit, here);
    const lacking = parents.filter((parent) => !there(parent, here));
    // The first commit in sight may have renamed what none in sight has touched.
    const made = there(commit, here) && (lacking.length > 0 || parents.length === 0);
    const before = made ? await renamedFrom(commit, here) : undefined;
    if (before !== undefined) names.add(before);
    for (const parent of parents) {
      const was = before !== undefined && lacking.includes(parent) ? before : here;
      const known = paths.get(parent);
      // Where the sides of a merge do not agree, the name that there was.
      if (known === undefined || (!there(parent, known) && there(parent, was))) paths.set(parent, was);
    }
  }
  return { paths, names };
}

/** Which commits have a file of which name. */
function presence(commits: readonly LoggedCommit[], names: ReadonlySet<string>, { root, place }: StatesContext) {
  const wanted = [...names].flatMap((name) => commits.map(({ commit }) => ({ commit, path: place.toGit(name) ?? '' })));
  const found = objectsAt(root, wanted);
  const present = new Set(
    wanted.flatMap(({ commit, path }, at) => (found[at] === undefined ? [] : `${commit} ${path}`)),
  );
  return (commit: string, path: string) => present.has(`${commit} ${place.toGit(path) ?? ''}`);
}
