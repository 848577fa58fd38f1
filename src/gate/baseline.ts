import type {
  Baseline,
  BaselineCase,
  BaselineModel,
  CaseRun,
  CaseUsage,
  EvalRun,
  Run,
  TrialFacts,
} from '../vocabulary.js';
import { evalsOfPrompt } from '../eval-key.js';
import { addUsage, usageOfTrials } from './case-usage.js';
import { byCodeUnit, inMetricOrder, own } from './own.js';
import { completeRounds } from './tracks.js';

/**
 * The baseline of a prompt after its part of a run was accepted. Models that ran are replaced, the others stay. Accepting an
 * unchanged version again adds its trials to those already accepted, for every case and metric whose input and assertions are the
 * same: nobody gets a better baseline by accepting until it looks good. A run that was accepted already adds nothing, nor does a
 * replay of the answers that were accepted. Cases that are no longer planned are dropped, unless only some of the prompt's cases
 * were planned. Scores that could not be computed are not stored. Nor are repeats that only some cases were given, or beyond the
 * most that the prompt asks for: a baseline must not hold more of the cases that failed.
 * @param prompt id of the prompt whose baseline it is
 * @param date when it was accepted, ISO 8601
 */
export function accept(run: Run, prompt: string, previous: Baseline | undefined, { date }: { date: string }): Baseline {
  const models = new Map(Object.entries(previous?.models ?? {}));
  for (const evalRun of evalsOfPrompt(run.evals, prompt)) {
    models.set(evalRun.model, acceptModel(evalRun, models.get(evalRun.model), run, date));
  }
  const sorted = [...models].toSorted(([a], [b]) => byCodeUnit(a, b));
  return { schemaVersion: 1, models: Object.fromEntries(sorted) };
}

function acceptModel(run: EvalRun, previous: BaselineModel | undefined, { info }: Run, date: string): BaselineModel {
  const { commit, dirty } = info.git;
  const judge = run.judged?.length === 0 ? undefined : run.judge;
  const unchanged = previous?.version === run.prompt.version && previous.judge === judge ? previous : undefined;
  if (unchanged?.runs?.includes(info.id)) return unchanged;
  const rounds = Math.min(completeRounds(run.cases), run.repeats?.max ?? Number.POSITIVE_INFINITY);
  const cases = new Map(run.partial ? Object.entries(previous?.cases ?? {}) : []);
  const joined = [...run.cases].map((each) => {
    const before = unchanged && own(unchanged.cases, each.case);
    const trials = upTo(rounds, each.trials);
    return { run: each, metrics: trialsOf(before, each, trials), before, now: usageOfTrials(trials) };
  });
  const fresh = info.mode === 'live' || (run.called === true && !run.replayed);
  const join = !fresh && joined.every(({ metrics }) => metrics.every(sameTrials)) ? longer : added;
  for (const each of joined) {
    const stored = storedCase(each, join);
    if (stored) cases.set(each.run.case, stored);
    else cases.delete(each.run.case);
  }
  return {
    version: run.prompt.version,
    ...(commit !== undefined && { commit }),
    ...(dirty !== undefined && { dirty }),
    date,
    runs: [...(unchanged?.runs ?? []), info.id],
    ...(judge !== undefined && { judge }),
    cases: Object.fromEntries([...cases].toSorted(([a], [b]) => byCodeUnit(a, b))),
  };
}

function upTo(rounds: number, trials: readonly TrialFacts[]): TrialFacts[] {
  return trials.filter(({ repeat }) => repeat <= rounds);
}

/** Trials of one metric of one case, before and now; none accepted where the two cannot be compared. */
interface Trials {
  metric: string;
  assert: string;
  accepted: readonly number[];
  now: readonly number[];
}

function trialsOf(before: BaselineCase | undefined, run: CaseRun, trials: readonly TrialFacts[]): Trials[] {
  return inMetricOrder(Object.keys(run.asserts)).map((metric): Trials => {
    const assert = own(run.asserts, metric) ?? '';
    const known = before?.input === run.input ? own(before.scores, metric) : undefined;
    const now = trials.map((trial) => own(trial.metrics, metric)).filter((score) => score !== undefined);
    return { metric, assert, accepted: known?.assert === assert ? known.repeats : [], now };
  });
}

/** A case of the run beside what was accepted of it under the same version. */
interface Joined {
  run: CaseRun;
  metrics: readonly Trials[];
  before: BaselineCase | undefined;
  now: CaseUsage | undefined;
}

/** The case as it is stored; undefined where it has no score at all. */
function storedCase(
  { run, metrics, before, now }: Joined,
  join: (trials: Trials) => number[],
): BaselineCase | undefined {
  const scores = metrics
    .map((each): [string, BaselineCase['scores'][string]] => [
      each.metric,
      { assert: each.assert, repeats: join(each) },
    ])
    .filter(([, { repeats }]) => repeats.length > 0);
  if (scores.length === 0) return undefined;
  const known = before?.input === run.input ? before.usage : undefined;
  const usage = known && now ? (join === added ? addUsage(known, now) : larger(known, now)) : (now ?? known);
  return { input: run.input, scores: Object.fromEntries(scores), ...(usage && { usage }) };
}

/**
 * Whether these are the trials that were accepted before, or those and more: recordings replay the same answers, which must not
 * count twice. That is told of all cases together: were it told of each, only those whose scores differ would get more trials, and
 * the test, which takes their number as given, would miss drops.
 */
function sameTrials({ accepted, now }: Trials): boolean {
  const both = Math.min(accepted.length, now.length);
  return accepted.slice(0, both).every((score, index) => score === now[index]);
}

function larger(known: CaseUsage, now: CaseUsage): CaseUsage {
  return now.trials > known.trials ? now : known;
}

function longer({ accepted, now }: Trials): number[] {
  return [...(now.length >= accepted.length ? now : accepted)];
}

function added({ accepted, now }: Trials): number[] {
  return [...accepted, ...now];
}
