import { type BisectionStep, bisectionStep, type Finding } from '../plan/bisection.js';
import type { Prompt } from '../vocabulary.js';
import type { Evaluator, Step } from './bisect-step.js';
import type { Range } from './bisect-range.js';
import { misfit } from './old-sides.js';
import type { Session } from './session.js';

/** A version between the good and the bad one, and the commit that brought it. */
export interface BisectedVersion {
  version: string;
  commit: string;
  date: string;
  author: string;
  subject: string;
}

/** A version of which something was found. */
export interface BisectedStep extends BisectedVersion {
  finding: Finding;
  why: string[];
}

/** What can end a search early, and who is told of it. */
interface Asked {
  signal?: AbortSignal;
  /**
   * Told of a version before it is evaluated, and how many evaluations are left at most, this one included: if all versions can be
   * told, and if not.
   */
  onEvaluation?(version: BisectedVersion, atMost: number, untold: number): void;
}

/** How far a search came. */
export interface Searched {
  step: BisectionStep;
  steps: BisectedStep[];
  evaluations: number;
  /** Why it ended early. */
  reasons: string[];
  notRecorded: number;
}

interface Search {
  asked: Asked;
  session: Session;
  present: Prompt;
}

/** Asks for one version after the other, until it is known or nothing more can be told. */
export async function search(
  range: Range,
  { evaluate }: Evaluator,
  { asked, session, present }: Search,
): Promise<Searched> {
  const { commits, candidates, last, good } = range;
  const versionOf = new Map(commits.map(({ commit, prompt }) => [commit, prompt?.version ?? '']));
  const findings = new Map<string, Finding>();
  const learn = (version: string, finding: Finding): void => {
    for (const { commit } of commits) if (versionOf.get(commit) === version) findings.set(commit, finding);
  };
  // What was undone is as good as the good one: it is the same.
  learn(good.prompt.version, 'not-worse');
  const searched: Searched = {
    step: { nothing: true },
    steps: [],
    evaluations: 0,
    reasons: [],
    notRecorded: 0,
  };
  for (;;) {
    const step = bisectionStep(candidates, last, findings);
    searched.step = step;
    if (!('next' in step)) return searched;
    const commit = commits.find((each) => each.commit === step.next);
    if (!commit?.prompt) throw new Error(`the search names a commit that does not exist: ${step.next}`);
    const version = { version: commit.prompt.version, ...factsOf(commit) };
    const unfit = await misfit(commit.prompt, present, session);
    if (unfit !== undefined) {
      searched.steps.push({ ...version, finding: 'unknown', why: [`it cannot run the cases: ${unfit}`] });
      learn(version.version, 'unknown');
      continue;
    }
    asked.onEvaluation?.(version, step.atMost, new Set(step.untested.map((id) => versionOf.get(id))).size);
    const found = await evaluate(commit.prompt);
    if (asked.signal?.aborted) return searched;
    searched.evaluations += 1;
    searched.notRecorded += found.notRecorded.version;
    searched.steps.push({ ...version, finding: found.finding, why: whyOf(found) });
    const end = endOf(found);
    if (end !== undefined) {
      searched.reasons.push(end);
      return searched;
    }
    learn(version.version, found.finding);
  }
}

function whyOf({ notRecorded, why, finding }: Step): string[] {
  if (finding !== 'unknown') return why;
  if (notRecorded.version > 0) return [`${notRecorded.version} answers are not recorded`];
  // Without those of the good version nothing can be compared, which is no news about this one.
  return notRecorded.good > 0 ? ['nothing to compare it with'] : why;
}

/** Why no other version needs to be tried. */
function endOf({ ended, notRecorded, finding }: Step): string | undefined {
  if (ended !== undefined && finding === 'unknown') return ended;
  if (notRecorded.good === 0) return undefined;
  return `${notRecorded.good} answers of the good version are not recorded: --mode record asks the model for them`;
}

export function factsOf({ commit, date, author, subject }: BisectedVersion | Range['commits'][number]) {
  return { commit, date, author, subject };
}
