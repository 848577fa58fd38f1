import type { PromptCommit, PromptHistory } from '../library/prompt-history.js';
import type { BaselineModel, ChangelogEntry, Prompt } from '../vocabulary.js';

/** The version of a prompt that a commit brought, or that is in the working tree and in no commit yet. */
export interface PromptVersion {
  prompt: Prompt;
  /** Absent: it is not committed. */
  commit?: PromptCommit;
  /** Why it was changed, as its changelog says, else as the message of its commit does. */
  why?: { text: string; from: 'changelog' | 'commit' };
}

/**
 * Whether a commit brought a version: none of the commits before it has it. A merge brings one only where it is neither side's: what
 * a branch changed was brought by the branch.
 */
export function bringsVersion(
  { prompt, parents }: PromptCommit,
  { commitOf }: Pick<PromptHistory, 'commitOf'>,
): boolean {
  return prompt !== undefined && parents.every((parent) => commitOf(parent)?.prompt?.version !== prompt.version);
}

/**
 * The versions of a prompt, the newest first: one for each commit that brought one. What was undone and done again stands there
 * twice.
 * @param today the prompt in the working tree
 */
export function versionsOf(history: Pick<PromptHistory, 'commits' | 'commitOf'>, today: Prompt): PromptVersion[] {
  const [newest] = history.commits;
  const named = new Map(
    [today, ...history.commits.map(({ prompt }) => prompt)]
      .flatMap((prompt) => prompt?.changelog ?? [])
      .flatMap((entry): [string, ChangelogEntry][] => (entry.version === undefined ? [] : [[entry.version, entry]])),
  );
  const whyOf = (prompt: Prompt, before: readonly (PromptCommit | undefined)[]): PromptVersion['why'] => {
    const known = new Set(before.flatMap((each) => each?.prompt?.changelog ?? []).map(keyOf));
    const text =
      newestOf(prompt.changelog.filter((entry) => !known.has(keyOf(entry)))) ?? named.get(prompt.version)?.why;
    return text === undefined ? undefined : { text, from: 'changelog' };
  };
  const committed = history.commits.flatMap((commit): PromptVersion[] => {
    if (!commit.prompt || !bringsVersion(commit, history)) return [];
    const { prompt, subject } = commit;
    const why = whyOf(prompt, commit.parents.map(history.commitOf)) ?? ({ text: subject, from: 'commit' } as const);
    return [{ prompt, commit, why }];
  });
  if (newest?.prompt?.version === today.version) return committed;
  const why = whyOf(today, [newest]);
  return [{ prompt: today, ...(why && { why }) }, ...committed];
}

function keyOf({ date, why }: ChangelogEntry): string {
  return JSON.stringify([date, why]);
}

/** What the newest entries say: those of one day together. */
function newestOf(entries: readonly ChangelogEntry[]): string | undefined {
  const day = entries
    .map(({ date }) => date)
    .toSorted()
    .at(-1);
  return day === undefined ? undefined : entries.flatMap(({ date, why }) => (date === day ? [why] : [])).join('; ');
}

/** The scores accepted for each version and model, as they were accepted last. */
export interface AcceptedOf {
  of(version: string, model: string): BaselineModel | undefined;
  models(version: string): string[];
}

/** Gathers accepted scores from the baselines of all commits. A baseline says itself which version its scores are of. */
export function acceptedIn(baselines: readonly PromptCommit['baseline'][]): AcceptedOf {
  const found = new Map<string, Map<string, BaselineModel>>();
  for (const baseline of new Set(baselines)) {
    for (const [model, accepted] of Object.entries(baseline?.models ?? {})) {
      const models = found.get(accepted.version) ?? new Map<string, BaselineModel>();
      found.set(accepted.version, models);
      if (!models.has(model)) models.set(model, accepted);
    }
  }
  return {
    of: (version, model) => found.get(version)?.get(model),
    models: (version) => [...(found.get(version)?.keys() ?? [])].toSorted(),
  };
}

/**
 * The nearest commit before another one that fits, sides of a merge alike; undefined when none does.
 * @param from where to begin: these are looked at, too
 */
export function nearestBefore(
  from: readonly string[],
  { commitOf }: Pick<PromptHistory, 'commitOf'>,
  fits: (commit: PromptCommit) => boolean,
): PromptCommit | undefined {
  const seen = new Set(from);
  for (const hash of seen) {
    const commit = commitOf(hash);
    if (!commit) continue;
    if (fits(commit)) return commit;
    for (const parent of commit.parents) seen.add(parent);
  }
  return undefined;
}

/** The versions of the commits that come after one and are others, or come before them; each once. */
export function versionsBetween(
  after: PromptCommit,
  upTo: readonly string[],
  { commitOf }: Pick<PromptHistory, 'commitOf'>,
): string[] {
  const ancestry = (from: readonly string[]): Set<string> => {
    const all = new Set(from);
    for (const hash of all) for (const parent of commitOf(hash)?.parents ?? []) all.add(parent);
    return all;
  };
  const old = ancestry([after.commit]);
  const versions = [...ancestry(upTo)].flatMap((hash) =>
    old.has(hash) ? [] : (commitOf(hash)?.prompt?.version ?? []),
  );
  return [...new Set(versions)];
}
