import { lookSchedule } from '../stats/looks.js';
import type { GuardedCase } from '../stats/guard.js';
import type { BaselineModel, CaseRun, EvalRun, Run, TrialFacts, Unpaired } from '../vocabulary.js';
import { pairMetric } from './fold.js';
import { inMetricOrder, own } from './own.js';

/** Finds the accepted scores of a prompt's model; undefined where nothing was accepted. */
export type BaselineOf = (prompt: string, model: string) => BaselineModel | undefined;

/**
 * How an eval's answers stand to those that were accepted.
 * `alone`: nothing was accepted.
 * `same`: the very same answers, replayed; whatever they score, nothing changed.
 * `anew`: the same requests, replayed, but other answers: they were recorded anew.
 * `changed`: other requests or another model, or answers that were called for in this run.
 */
export type Relation = 'alone' | 'same' | 'anew' | 'changed';

/** One metric of an eval as the statistics take it: complete rounds only, quarantined cases left out. */
export interface MetricTrack {
  name: string;
  /** Per case that has a score: the mean over its repeats. */
  values: number[];
  planned: number;
  missing: number;
  /** Absent: the baseline does not have the metric. */
  pairing?: { cases: number; same: number };
  /** Per paired case: the accepted scores, those of the run per repeat, and the case's group. */
  baseline: (readonly number[])[];
  run: (number | undefined)[][];
  groups: (string | undefined)[];
}

/** One eval beside its baseline. */
export interface EvalTracks {
  run: EvalRun;
  baseline: BaselineModel | undefined;
  relation: Relation;
  /** Every case that counts is paired in every metric it has. */
  allPaired: boolean;
  /** Repeats that every case was given, at least 1: what a round lacks beyond that is missing data. */
  rounds: number;
  /** After which rounds the data is looked at. */
  schedule: number[];
  metrics: MetricTrack[];
  /** Cases whose passes are paired, by id, in order. */
  guarded: { case: string; trials: GuardedCase }[];
}

/** Lays every eval of a run beside its baseline. A model that replaces another is compared with that one's. */
export function tracksOf(run: Run, baselineOf: BaselineOf): EvalTracks[] {
  return run.evals.map((each) => trackEval(each, baselineOf(each.prompt.id, each.replaces ?? each.model), run));
}

function trackEval(run: EvalRun, baseline: BaselineModel | undefined, { info }: Run): EvalTracks {
  const cases = run.cases.filter((each) => !each.quarantine);
  const rounds = completeRounds(cases);
  const removed = baseline && !run.partial ? removedCases(run, baseline) : [];
  const metrics = metricNames(cases, baseline, removed).map((name) => gather(name, cases, baseline, removed, rounds));
  const repeats = run.repeats ?? { min: rounds, max: rounds };
  const fresh = info.mode === 'live' || run.called === true;
  const relation = baseline ? relationOf(run, baseline, metrics, fresh) : 'alone';
  return {
    run,
    baseline,
    relation,
    allPaired: metrics.every(({ pairing }) => pairing === undefined || pairing.same === pairing.cases),
    rounds,
    schedule: lookSchedule(repeats.min, repeats.max),
    metrics: relation === 'same' ? metrics.map(sharedTrials) : metrics,
    guarded: baseline ? guardedCases(cases, baseline) : [],
  };
}

/** Ids of the baseline's cases that the run does not have, in the baseline's order. */
export function removedCases(run: EvalRun, baseline: BaselineModel): string[] {
  const known = new Set(run.cases.map((each) => each.case));
  return Object.keys(baseline.cases).filter((id) => !known.has(id));
}

/**
 * Repeats that every case was given, at least 1. A trial that was planned and not begun leaves its round incomplete; one that got no
 * answer was given.
 */
export function completeRounds(cases: readonly CaseRun[]): number {
  let rounds = Number.POSITIVE_INFINITY;
  for (const { trials } of cases) {
    let given = 0;
    for (const { repeat, status } of trials) {
      if (repeat !== given + 1 || status === 'skipped') break;
      given = repeat;
    }
    rounds = Math.min(rounds, given);
  }
  return Number.isFinite(rounds) ? Math.max(1, rounds) : 1;
}

/** Scores of a case's repeats from the first up to `rounds`, undefined where one is missing. */
function scoresOf(trials: readonly TrialFacts[], metric: string, rounds: number): (number | undefined)[] {
  const scores: (number | undefined)[] = Array.from({ length: rounds }, () => undefined);
  for (const trial of trials) if (trial.repeat <= rounds) scores[trial.repeat - 1] = own(trial.metrics, metric);
  return scores;
}

function metricNames(
  cases: readonly CaseRun[],
  baseline: BaselineModel | undefined,
  removed: readonly string[],
): string[] {
  const names = new Set(['pass', 'score']);
  for (const each of cases) {
    for (const name of Object.keys(each.asserts)) names.add(name);
    for (const trial of each.trials) for (const name of Object.keys(trial.metrics)) names.add(name);
  }
  for (const id of [...cases.map((each) => each.case), ...removed]) {
    for (const name of Object.keys((baseline && own(baseline.cases, id)?.scores) ?? {})) names.add(name);
  }
  return inMetricOrder(names);
}

function gather(
  name: string,
  cases: readonly CaseRun[],
  baseline: BaselineModel | undefined,
  removed: readonly string[],
  rounds: number,
): MetricTrack {
  const track: MetricTrack = { name, values: [], planned: 0, missing: 0, baseline: [], run: [], groups: [] };
  const onEitherSide = { cases: 0, same: 0 };
  let inBaseline = false;
  for (const each of cases) {
    const accepted = baseline && own(baseline.cases, each.case);
    const there = accepted !== undefined && Object.hasOwn(accepted.scores, name);
    const scores = scoresOf(each.trials, name, rounds);
    const found = scores.filter((score) => score !== undefined);
    const here = Object.hasOwn(each.asserts, name) || found.length > 0;
    inBaseline ||= there;
    if (here || there) onEitherSide.cases += 1;
    if (!here) continue;
    track.planned += rounds;
    track.missing += rounds - found.length;
    if (found.length > 0) track.values.push(average(found));
    const paired = pairMetric(each, accepted, name);
    if (!('repeats' in paired)) continue;
    onEitherSide.same += 1;
    track.baseline.push(paired.repeats);
    track.run.push(scores);
    track.groups.push(each.group);
  }
  for (const id of removed) {
    if (!baseline || !Object.hasOwn(own(baseline.cases, id)?.scores ?? {}, name)) continue;
    inBaseline = true;
    onEitherSide.cases += 1;
  }
  return { ...track, ...(inBaseline && { pairing: onEitherSide }) };
}

function average(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function relationOf(run: EvalRun, baseline: BaselineModel, metrics: readonly MetricTrack[], fresh: boolean): Relation {
  const judge = run.judged?.length === 0 ? undefined : run.judge;
  const same = run.replaces === undefined && run.prompt.version === baseline.version && judge === baseline.judge;
  if (!same || fresh) return 'changed';
  return metrics.every(agrees) ? 'same' : 'anew';
}

/** Whether the run's scores are those that were accepted first, as far as both go: then they are the same trials. */
function agrees({ baseline, run }: MetricTrack): boolean {
  return baseline.every((accepted, index) => {
    const now = (run[index] ?? []).filter((score) => score !== undefined);
    return now.every((score, at) => at >= accepted.length || score === accepted[at]);
  });
}

/** The trials that both sides have: where the answers are the same ones, more of them on one side are no difference. */
function sharedTrials(track: MetricTrack): MetricTrack {
  const counts = track.run.map((scores, index) =>
    Math.min(scores.filter((score) => score !== undefined).length, track.baseline[index]?.length ?? 0),
  );
  return {
    ...track,
    baseline: track.baseline.map((accepted, index) => accepted.slice(0, counts[index])),
    run: track.run.map((scores, index) => scores.filter((score) => score !== undefined).slice(0, counts[index])),
  };
}

function guardedCases(cases: readonly CaseRun[], baseline: BaselineModel): EvalTracks['guarded'] {
  return cases.flatMap((each) => {
    const paired: { repeats: readonly number[] } | Pick<Unpaired, 'reason'> = pairMetric(
      each,
      own(baseline.cases, each.case),
      'pass',
    );
    if (!('repeats' in paired)) return [];
    const last = each.trials.at(-1)?.repeat ?? 0;
    return [{ case: each.case, trials: { baseline: paired.repeats, run: scoresOf(each.trials, 'pass', last) } }];
  });
}
