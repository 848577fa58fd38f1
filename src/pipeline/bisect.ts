import { EXIT, EXIT_OF, strongest } from '../exit-codes.js';
import type { Prompt } from '../vocabulary.js';
import { processWorld, type World } from '../world.js';
import { type BisectedStep, type BisectedVersion, factsOf, search, type Searched } from './bisect-search.js';
import { evaluatorOf, idOfVersion } from './bisect-step.js';
import { historicalRecordings } from './bisect-recordings.js';
import { type BisectOptions, openBisection } from './bisect-open.js';
import type { Range } from './bisect-range.js';
import { type Bounds, boundsOf } from './bounds.js';
import { planCosts } from './cost-plan.js';
import { partsOf } from './engine.js';
import type { EvaluateOptions } from './options.js';

export type { BisectOptions } from './bisect-open.js';

/** What a bisection found, as `assay bisect --json` prints it. */
export interface Bisected {
  prompt: string;
  /** The commit that made the prompt worse, and the version that it brought; null: it is not known. */
  commit: string | null;
  version: string | null;
  /** How many versions were evaluated, beside the good one. */
  evaluations: number;
  good: { ref: string; commit: string; version: string };
  bad: { ref: string; commit: string; version: string };
  /** Distinct versions after the good one, the bad one among them. */
  versions: number;
  metric: string | null;
  cases: number;
  /** In the order in which they were evaluated. */
  steps: BisectedStep[];
  /** It is one of these when it is not known which; the last one comes after the others. */
  suspects: BisectedVersion[];
  /** Of the commit that was found. */
  culprit: BisectedVersion | null;
  /** Why it is not known, and what to do. */
  reasons: string[];
  exitCode: number;
}

/**
 * Searches the versions of a prompt between a good and a bad commit for the one that made it worse: each is run beside the good
 * one, on the cases of the working tree, and the gate decides. Nothing is written but recordings, in mode `record`.
 * @throws UserError
 */
export async function bisect(asked: BisectOptions, world: World = processWorld()): Promise<Bisected> {
  const began = world.now();
  const { range, session, evals, present, cases } = await openBisection(asked, world, {});
  const { prompt: _given, good: _good, bad: _bad, metric: _metric, onEvaluation: _told, ...rest } = asked;
  let bounds: Bounds | undefined;
  try {
    bounds = boundsOf(session, rest, began, world);
    await bounds.plan(() => planCosts(session, rest, world));
    const options: EvaluateOptions = { ...rest, signal: bounds.signal };
    const store = historicalRecordings(session, range, present);
    const prefix = idOfVersion(present, { version: '' });
    const named = (id: string): string => (id.startsWith(prefix) ? present.id : id);
    const parts = partsOf({ ...session, store }, options, world, bounds, named);
    const context = { session, store, parts, bounds, options, world, present, evals };
    try {
      const searched = await search(range, evaluatorOf(range.good.prompt, context), { asked, session, present });
      return concluded(range, searched, { asked, cases, present });
    } finally {
      await store.flush();
    }
  } finally {
    bounds?.release();
    await session.close();
  }
}

interface Facts {
  asked: BisectOptions;
  cases: number;
  present: Prompt;
}

function concluded(range: Range, searched: Searched, { asked, cases, present }: Facts): Bisected {
  const { good, bad, commits } = range;
  const { step, steps, evaluations } = searched;
  const versions = new Set(commits.flatMap(({ prompt }) => prompt?.version ?? []));
  versions.delete(good.prompt.version);
  const named = (hash: string): BisectedVersion[] => {
    const commit = commits.find((each) => each.commit === hash);
    return commit?.prompt ? [{ version: commit.prompt.version, ...factsOf(commit) }] : [];
  };
  const [culprit = null] = 'culprit' in step ? named(step.culprit) : [];
  const interrupted = asked.interruptedBy?.();
  const codes: number[] = [culprit ? EXIT.passed : EXIT.unverified];
  if (interrupted) codes.push(EXIT_OF[interrupted]);
  const end = ({ ref, commit, prompt }: Range['good']) => ({ ref, commit, version: prompt.version });
  return {
    prompt: present.id,
    commit: culprit?.commit ?? null,
    version: culprit?.version ?? null,
    evaluations,
    good: end(good),
    bad: end(bad),
    versions: versions.size,
    metric: asked.metric ?? null,
    cases,
    steps,
    suspects: 'suspects' in step ? step.suspects.flatMap(named) : [],
    culprit,
    reasons: culprit
      ? []
      : [...(interrupted ? [`interrupted by ${interrupted}`] : searched.reasons), ...advice(searched, bad.ref)],
    exitCode: strongest(codes),
  };
}

/** What would tell more. */
function advice({ step, notRecorded, reasons }: Searched, bad: string): string[] {
  if ('nothing' in step) {
    return [
      `no version up to ${bad} is worse than the good one, as far as these cases show: more cases or --repeats show smaller drops, --metric looks at one metric`,
    ];
  }
  if (notRecorded > 0 && reasons.length === 0) {
    return [`${notRecorded} answers are not recorded: --mode record asks the model for them`];
  }
  return [];
}
