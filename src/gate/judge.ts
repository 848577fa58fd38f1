import { newcombeInterval } from '../stats/difference.js';
import { type DropEstimate, detectableDrop, dropBounds, estimateDrop, remedyFor } from '../stats/drop.js';
import type { GuardState } from '../stats/guard.js';
import { spendingWeights } from '../stats/looks.js';
import { effectFromError } from '../stats/power.js';
import { foldPairs } from '../stats/reduce.js';
import { type Judged, judgeFamily, type Standing, standingOf, SUITE_SHARE, type Track } from '../stats/sequential.js';
import { type Family, guardStates } from '../stats/two-stage.js';
import type { MetricComparison } from '../vocabulary.js';
import { confirmedFails, decides, familyOf, guardedOf, trackOf } from './family.js';
import { foldOf } from './settings.js';
import type { EvalTracks, MetricTrack } from './tracks.js';

/** What the statistics say about one metric; a metric that no case has on both sides has none. */
export type MetricJudgement = Required<Pick<MetricComparison, 'baseline' | 'delta' | 'deltaCi' | 'p' | 'pAdjusted'>> &
  Pick<MetricComparison, 'mde' | 'settles' | 'verdict'>;

/** What they say about one eval. */
export interface EvalJudgement {
  /** By the name of the metric. */
  metrics: Map<string, MetricJudgement>;
  /** One per guarded case, in order. */
  guards: GuardState[];
}

interface Member {
  index: number;
  metric: MetricTrack;
  track: Track;
  standing: Standing;
}

/**
 * Judges all evals of a run that is over. Metrics that can fail the gate are one family, counted over the whole run; those that
 * only inform are another, so that they cost the first nothing.
 */
export function judgeAll(evals: readonly EvalTracks[], family: Family = familyOf(evals)): EvalJudgement[] {
  const judgements = evals.map((each): EvalJudgement => ({ metrics: new Map(), guards: guardsOf(each, family) }));
  const paired = evals.flatMap((each, index) =>
    each.metrics.filter(({ baseline }) => baseline.length > 0).map((metric) => ({ each, index, metric })),
  );
  for (const { each, index, metric } of paired.filter(({ each: { relation } }) => relation === 'same')) {
    const judged = unchanged(each, metric, family);
    if (judged) judgements[index]?.metrics.set(metric.name, judged);
  }
  const tested = paired.filter(({ each: { relation } }) => relation === 'anew' || relation === 'changed');
  const known = new Map<number, Member[]>();
  for (const deciding of [true, false]) {
    const some = tested.filter(({ each, metric }) => decides(each, metric.name) === deciding);
    const size = deciding ? family.tests : some.length;
    const members = some.flatMap(({ each, index, metric }): Member[] => {
      const track = trackOf(each, metric, !settledByGuard(each, judgements[index]?.guards ?? []));
      const standing = sameData(known.get(index), metric) ?? standingOf(track, size);
      if (!standing) return [];
      const member = { index, metric, track, standing };
      known.set(index, [...(known.get(index) ?? []), member]);
      return [member];
    });
    judgeFamily(members, size).forEach((judged, at) => {
      const member = members[at];
      if (member) judgements[member.index]?.metrics.set(member.metric.name, wordsOf(judged, member, size));
    });
  }
  return judgements;
}

function guardsOf(evaluation: EvalTracks, family: Family): GuardState[] {
  return guardStates(guardedOf(evaluation), family, true);
}

/** A run that a confirmed break ended early did not come to the end of its looks: the suite stays untold. */
function settledByGuard(evaluation: EvalTracks, guards: readonly GuardState[]): boolean {
  const { rounds, schedule } = evaluation;
  const confirmed = guards.some(({ status }) => status === 'confirmed');
  return confirmed && confirmedFails(evaluation) && rounds < (schedule.at(-1) ?? 0);
}

/** `score` often holds the very numbers of `pass`: they are tested once. */
function sameData(members: readonly Member[] | undefined, metric: MetricTrack): Standing | undefined {
  return members?.find((each) => equal(each.metric.baseline, metric.baseline) && equal(each.metric.run, metric.run))
    ?.standing;
}

function equal(
  a: readonly (readonly (number | undefined)[])[],
  b: readonly (readonly (number | undefined)[])[],
): boolean {
  return (
    a.length === b.length &&
    a.every((row, index) => {
      const other = b[index] ?? [];
      return row.length === other.length && row.every((value, at) => value === other[at]);
    })
  );
}

/** The same trials on both sides: whatever they are, nothing changed. */
function unchanged(evaluation: EvalTracks, metric: MetricTrack, family: Family): MetricJudgement | undefined {
  const { baseline } = metric;
  const run = metric.run.map((scores) => scores.filter((score) => score !== undefined));
  const trials = { baseline, run, groups: metric.groups };
  const fold = foldOf(evaluation.run.gate);
  const estimate = estimateDrop(fold ? foldPairs(trials, fold) : trials);
  if (!estimate) return undefined;
  const mde = detectableDrop(estimate, lastLevel(evaluation, decides(evaluation, metric.name) ? family.tests : 1));
  return {
    baseline: estimate.baselineMean,
    delta: 0,
    deltaCi: [0, 0],
    p: 1,
    pAdjusted: 1,
    ...(mde !== undefined && { mde }),
    verdict: 'unchanged',
  };
}

/** The alpha of one test at the last look. */
function lastLevel({ run, schedule }: Pick<EvalTracks, 'run' | 'schedule'>, tests: number): number {
  return ((SUITE_SHARE * run.gate.alpha) / Math.max(1, tests)) * (spendingWeights(schedule.length).at(-1) ?? 1);
}

function wordsOf({ verdict, p, pAdjusted, mde }: Judged, { track, standing }: Member, tests: number): MetricJudgement {
  const { estimate } = standing;
  const settles = verdict === 'inconclusive' ? settlesFor(estimate, track, tests) : undefined;
  return {
    baseline: estimate.baselineMean,
    // No minus zero: it would be written as −0.
    delta: 0 - estimate.effect,
    deltaCi: changeInterval(estimate),
    p,
    pAdjusted,
    ...(mde !== undefined && { mde }),
    ...(settles && Object.keys(settles).length > 0 && { settles }),
    verdict,
  };
}

/** The 95 % interval of run − baseline. Where no score varied there is no error to go by: then by what so many cases could show. */
function changeInterval(estimate: DropEstimate): [number, number] {
  const { baselineMean, effect, cases } = estimate;
  const { lower, upper } = dropBounds(estimate, 0.975);
  if (lower === upper) return newcombeInterval(baselineMean - effect, baselineMean, cases);
  return [0 - upper, 0 - lower];
}

/**
 * What would settle an inconclusive metric, everything else being as it is: as many repeats or cases as rule out a drop worth
 * detecting; where the drop is that large already, as many cases as prove it with a chance of 80 %.
 */
function settlesFor(
  estimate: DropEstimate,
  { alpha, detect, fold }: Track,
  tests: number,
): NonNullable<MetricComparison['settles']> {
  const { effect, standardError, cases } = estimate;
  if (effect < detect) {
    const { repeats, ...more } = remedyFor(estimate, detect, 1 - alpha);
    // How a folded value settles with more repeats cannot be told from it.
    return { ...more, ...(repeats !== undefined && !fold && { repeats }) };
  }
  if (standardError === undefined || standardError === 0) return {};
  const level = (SUITE_SHARE * alpha) / Math.max(1, tests);
  const needed = (effectFromError(standardError, { alpha: level, power: 0.8, sides: 1 }) / effect) ** 2;
  return { cases: Math.max(cases + 1, Math.ceil(cases * needed)) };
}
