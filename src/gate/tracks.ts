import { Numbers } from '../column.js';
import { lookSchedule } from '../stats/looks.js';
import type { GuardedCase } from '../stats/guard.js';
import type { Reducer } from '../stats/reduce.js';
import type { BaselineCase, BaselineModel, CaseRun, EvalRun, Run, TrialFacts, Unpaired } from '../vocabulary.js';
import { pairMetric } from './fold.js';
import { where } from '../lists.js';
import { inMetricOrder, own } from './own.js';
import { reducerOf } from './settings.js';

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
  /** Per case that has a score: its repeats, folded. */
  values: Numbers;
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

/** Whether anything was accepted that a run could be laid beside. */
export function isAlone(run: Run, baselineOf: BaselineOf): boolean {
  return run.evals.every(({ prompt, model, replaces }) => baselineOf(prompt.id, replaces ?? model) === undefined);
}

/** Lays every eval of a run beside its baseline. A model that replaces another is compared with that one's. */
export function tracksOf(run: Run, baselineOf: BaselineOf): EvalTracks[] {
  return run.evals.map((each) => trackEval(each, baselineOf(each.prompt.id, each.replaces ?? each.model), run));
}

function trackEval(run: EvalRun, baseline: BaselineModel | undefined, { info }: Run): EvalTracks {
  const cases = where(run.cases, (each) => !each.quarantine);
  const rounds = completeRounds(cases);
  const removed = baseline && !run.partial ? removedCases(run, baseline) : [];
  const metrics = gather(cases, baseline, removed, { rounds, reduce: reducerOf(run.gate) });
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
export function completeRounds(cases: Iterable<CaseRun>): number {
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
  const scores: (number | undefined)[] = [];
  for (let round = 0; round < rounds; round += 1) scores.push(undefined);
  for (const trial of trials) if (trial.repeat <= rounds) scores[trial.repeat - 1] = own(trial.metrics, metric);
  return scores;
}

/** How the scores of a case become one. */
interface Folding {
  rounds: number;
  reduce: Reducer;
}

/** All metrics of an eval, in order; its cases are gone through once. */
function gather(
  cases: Iterable<CaseRun>,
  baseline: BaselineModel | undefined,
  removed: readonly string[],
  folding: Folding,
): MetricTrack[] {
  const tracks = new Map<string, Gathering>();
  const trackOf = (name: string): Gathering => {
    const known = tracks.get(name) ?? new Gathering(name, folding);
    tracks.set(name, known);
    return known;
  };
  for (const name of ['pass', 'score']) trackOf(name);
  for (const each of cases) {
    const accepted = baseline && own(baseline.cases, each.case);
    for (const name of namesOf(each, accepted)) trackOf(name).add(each, accepted);
  }
  for (const id of removed) {
    const scores = baseline && own(baseline.cases, id)?.scores;
    for (const name of Object.keys(scores ?? {})) trackOf(name).addRemoved();
  }
  return inMetricOrder(tracks.keys()).map((name) => trackOf(name).track());
}

/** Every metric that a case has, here or in the baseline. */
function namesOf(each: CaseRun, accepted: BaselineCase | undefined): Iterable<string> {
  const names = new Set(Object.keys(each.asserts));
  for (const trial of each.trials) for (const name of Object.keys(trial.metrics)) names.add(name);
  if (accepted) for (const name of Object.keys(accepted.scores)) names.add(name);
  return names;
}

/** A track that is being put together. */
class Gathering {
  private readonly made: MetricTrack;
  private readonly onEitherSide = { cases: 0, same: 0 };
  private inBaseline = false;

  constructor(
    private readonly name: string,
    private readonly folding: Folding,
  ) {
    this.made = { name, values: new Numbers(), planned: 0, missing: 0, baseline: [], run: [], groups: [] };
  }

  add(each: CaseRun, accepted: BaselineCase | undefined): void {
    const { name, made } = this;
    const { rounds, reduce } = this.folding;
    const there = accepted !== undefined && Object.hasOwn(accepted.scores, name);
    const scores = scoresOf(each.trials, name, rounds);
    const missing = scores.reduce<number>((count, score) => count + Number(score === undefined), 0);
    const here = Object.hasOwn(each.asserts, name) || missing < rounds;
    this.inBaseline ||= there;
    if (here || there) this.onEitherSide.cases += 1;
    if (!here) return;
    made.planned += rounds;
    made.missing += missing;
    const folded = reduce(scores);
    if (folded !== undefined) made.values.push(folded);
    const paired = pairMetric(each, accepted, name);
    if (!('repeats' in paired)) return;
    this.onEitherSide.same += 1;
    made.baseline.push(paired.repeats);
    made.run.push(scores);
    made.groups.push(each.group);
  }

  /** A case that only the baseline has. */
  addRemoved(): void {
    this.inBaseline = true;
    this.onEitherSide.cases += 1;
  }

  track(): MetricTrack {
    return { ...this.made, ...(this.inBaseline && { pairing: this.onEitherSide }) };
  }
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

function guardedCases(cases: Iterable<CaseRun>, baseline: BaselineModel): EvalTracks['guarded'] {
  return [...cases].flatMap((each) => {
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
