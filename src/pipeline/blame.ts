import { type AcceptedScores, acceptedScores } from '../catalogue/scores.js';
import {
  acceptedIn,
  type AcceptedOf,
  bringsVersion,
  nearestBefore,
  type PromptVersion,
  versionsBetween,
  versionsOf,
} from '../catalogue/versions.js';
import { problems, UserError } from '../errors.js';
import { formerNames } from '../git/changes.js';
import { compare } from '../gate/compare.js';
import { evalOfBaseline, runOf } from '../gate/sides.js';
import { promptHistory, type PromptHistory } from '../library/prompt-history.js';
import { readPrompts } from '../library/prompts.js';
import { readBaseline } from '../library/baseline.js';
import { providerTypes } from '../providers/map.js';
import type { BaselineModel, MetricVerdict, Prompt } from '../vocabulary.js';
import { baselinePath } from './baselines.js';
import { openNamed } from './catalogue.js';
import { CONFIG_FILE, type Project } from './project.js';

/** A version as `assay blame --json` prints it. */
export interface BlamedVersion {
  version: string;
  /** Null, with `author` and `date`: it is not committed, or was made before this shallow clone begins. */
  commit: string | null;
  /** ISO 8601. */
  date: string | null;
  author: string | null;
  why: string | null;
  /** Whether the changelog says why, or the first line of the commit's message. */
  whyFrom: 'changelog' | 'commit' | null;
  /** Where it is, when no commit is named. */
  state: 'committed' | 'uncommitted' | 'before-clone';
  /** As they were accepted last for this version. */
  scores: AcceptedScores[];
}

/** A metric that was accepted lower for a version than for the one before it that has scores. Values are fractions, 0..1. */
export interface Drop {
  model: string;
  metric: string;
  version: string;
  commit: string | null;
  /** The version before that has scores. */
  since: string;
  /** The commit that brought it. */
  sinceCommit: string;
  /** Versions after it and before this one of which none were accepted: each may have lowered the scores as well. */
  between: number;
  /** Means over the cases that are the same on both sides. */
  before: number;
  after: number;
  delta: number;
  /** One-sided; absent where there is nothing to test by. */
  p?: number;
  /** `regressed`: by more than chance explains, and by the gate's tolerance. */
  verdict: MetricVerdict;
}

/** All versions of a prompt, the newest first. */
export interface Blame {
  prompt: string;
  versions: BlamedVersion[];
  /** How many older ones were left out. */
  more: number;
  /** The clone is shallow: there may be older ones still. */
  shallow: boolean;
  /**
   * The prompt's file, relative to the root, while it lay outside of this project, as before the project's folder was moved: what it
   * was there is not read, and the oldest version may be older than the commit that is told.
   */
  elsewhere?: string;
  drops: Drop[];
}

/**
 * Tells how a prompt came to be what it is: its versions with who made them and why, the scores accepted for each, and where scores
 * fell. Calls no model.
 * @param given the prompt's id or file
 * @throws UserError
 */
export async function blame(
  given: string,
  { limit = Number.POSITIVE_INFINITY, ...options }: { cwd: string; config?: string; limit?: number },
): Promise<Blame> {
  const { project, prompt } = openPrompt(given, options);
  const history = await historyOf(project, prompt.path, ['HEAD']);
  const { tree } = project;
  const file = baselinePath(prompt);
  const here = tree.has(file) ? readBaseline(tree, file, () => {}) : undefined;
  const accepted = acceptedIn([here, ...history.commits.map(({ baseline }) => baseline)]);
  const all = versionsOf(history, prompt);
  const outside = history.commits.find(({ path }) => path.startsWith('../'));
  const shown = all.slice(0, limit);
  return {
    prompt: prompt.id,
    versions: shown.map((each) => blamed(each, accepted, prompt)),
    more: all.length - shown.length,
    ...(outside && { elsewhere: outside.path }),
    shallow: history.commits.some(({ cut }) => cut),
    drops: shown.flatMap((each) => dropsOf(each, { history, accepted, prompt })),
  };
}

/** A prompt of the working tree by what the user wrote. @throws UserError with what is wrong with it */
export function openPrompt(
  given: string,
  options: { cwd: string; config?: string },
): { project: Project; prompt: Prompt } {
  const { project, located } = openNamed(given, options);
  if (located.kind !== 'prompt') throw new UserError([problems['a-partial'](given)]);
  const { id, path } = located.files;
  const found = readPrompts(project.tree, project.configPath, providerTypes, (files) => files.id === id);
  const prompt = found.prompts.find((each) => each.path === path);
  if (!prompt) throw new UserError(found.problems);
  return { project, prompt };
}

/** The history of a prompt of a project, also where its file was renamed and that is not committed yet. @throws UserError */
export async function historyOf(
  { root, configPath = CONFIG_FILE }: Project,
  path: string,
  refs: readonly string[],
): Promise<PromptHistory> {
  const read = (file: string): Promise<PromptHistory> =>
    promptHistory(file, refs, { root, configPath, providers: providerTypes });
  const history = await read(path);
  if (history.commits[0]?.prompt) return history;
  const former = (await formerNames(root, 'HEAD')).get(path);
  return former === undefined ? history : read(former);
}

function blamed(
  { prompt: { version }, commit, why }: PromptVersion,
  accepted: AcceptedOf,
  { gate }: Pick<Prompt, 'gate'>,
): BlamedVersion {
  const models = accepted.models(version).flatMap((model): [string, BaselineModel][] => {
    const found = accepted.of(version, model);
    return found ? [[model, found]] : [];
  });
  const scores = acceptedScores({ schemaVersion: 1, models: Object.fromEntries(models) }, gate);
  const nobody = { commit: null, date: null, author: null };
  if (!commit) {
    return { version, ...nobody, why: why?.text ?? null, whyFrom: why?.from ?? null, state: 'uncommitted', scores };
  }
  // What the first commit of a shallow clone seems to have made was made by another one.
  if (commit.cut) return { version, ...nobody, why: null, whyFrom: null, state: 'before-clone', scores };
  const { commit: hash, date, author } = commit;
  return {
    version,
    commit: hash,
    date,
    author,
    why: why?.text ?? null,
    whyFrom: why?.from ?? null,
    state: 'committed',
    scores,
  };
}

interface Known {
  history: PromptHistory;
  accepted: AcceptedOf;
  /** Today's: by whose gate scores are compared. */
  prompt: Prompt;
}

/** What fell with a version, model by model: against the nearest version before it whose scores were accepted. */
function dropsOf({ prompt: { version }, commit }: PromptVersion, { history, accepted, prompt }: Known): Drop[] {
  const [newest] = history.commits;
  const from = commit?.parents ?? (newest ? [newest.commit] : []);
  return accepted.models(version).flatMap((model): Drop[] => {
    const now = accepted.of(version, model);
    const nearest = nearestBefore(from, history, ({ prompt: then }) => {
      return then !== undefined && then.version !== version && accepted.of(then.version, model) !== undefined;
    });
    const before = nearest?.prompt?.version;
    const was = before === undefined ? undefined : accepted.of(before, model);
    if (!now || !was || !nearest || before === undefined) return [];
    const brought = nearestBefore([nearest.commit], history, (each) => {
      return each.prompt?.version === before && bringsVersion(each, history);
    });
    const between = versionsBetween(nearest, from, history).filter(
      (each) => each !== version && accepted.of(each, model) === undefined,
    );
    return metricsThatFell({ ...prompt, version }, model, was, now).map((drop) => ({
      model,
      ...drop,
      version,
      commit: commit && !commit.cut ? commit.commit : null,
      since: before,
      sinceCommit: (brought ?? nearest).commit,
      between: between.length,
    }));
  });
}

/** Rounding of a mean is no drop. */
const SLACK = 1e-9;

function metricsThatFell(prompt: Prompt, model: string, was: BaselineModel, now: BaselineModel) {
  const { id, version, path, gate } = prompt;
  // Nothing was called for: scores under the same version would be the same answers.
  const info = { id, startedAt: now.date, mode: 'replay', git: {}, configHash: '' } as const;
  const { evals } = compare(runOf(info, [evalOfBaseline({ id, version, path }, model, now, gate)]), () => was);
  return evals.flatMap(({ metrics }) =>
    Object.entries(metrics).flatMap(([metric, { baseline, delta, p, verdict }]) => {
      if (baseline === undefined || delta === undefined || delta > -SLACK) return [];
      return [{ metric, before: baseline, after: baseline + delta, delta, ...(p !== undefined && { p }), verdict }];
    }),
  );
}
