// A simulated model and the two-stage gate on it, without files or calls: what the planner and the gate do, as a loop.
import { lookSchedule } from '../../dist/stats/looks.js';
import { reducerNamed } from '../../dist/stats/reduce.js';
import { judgeFamily } from '../../dist/stats/sequential.js';
import { guardStates, lookAt, nextStep } from '../../dist/stats/two-stage.js';

export const SETTINGS = { alpha: 0.05, tolerance: 0.02, detect: 0.1, confirm: 16 };

/** @typedef {{ before: number, after: number }} Case pass rates (or means of a graded score) in the baseline and now */

/** One eval with its baseline drawn anew; its run is drawn when it is asked for. */
export function drawEval(cases, { repeats, baselineRepeats, graded, reducer = 'mean', random }) {
  const score = graded ? (rate) => gradedScore(rate, random) : (rate) => (random.next() < rate ? 1 : 0);
  const trials = (rate, n) => Array.from({ length: n }, () => score(rate));
  return {
    cases,
    score,
    graded,
    ...(reducer !== 'mean' && { fold: reducerNamed(reducer) }),
    schedule: lookSchedule(repeats.min, repeats.max),
    baseline: cases.map(({ before }) => trials(before, baselineRepeats)),
    run: cases.map(() => []),
    rounds: 0,
    calls: 0,
    seed: String(random.next()),
  };
}

/** A score of 0..1 with this mean: mostly near 0 and near 1, as judges give them. */
export function gradedScore(mean, random) {
  const good = random.next() < mean;
  const spread = 0.3 * random.next();
  return good ? 1 - spread * (1 - mean) : spread * mean;
}

const passed = (score) => (score === undefined ? undefined : score >= 0.5 ? 1 : 0);

/** What the gate knows of an eval. The gated metrics are `pass`, and for graded scores `score` as well. */
function progressOf(one) {
  const common = { rounds: one.rounds, schedule: one.schedule, final: false, seed: one.seed, ...(one.fold && { fold: one.fold }), ...SETTINGS };
  const baseline = one.baseline.map((each) => each.map(passed));
  const run = one.run.map((each) => each.map(passed));
  const pass = { ...common, baseline, run };
  const tracks = one.graded ? [pass, { ...common, baseline: one.baseline, run: one.run }] : [pass];
  const cases = run.map((each, index) => ({ baseline: baseline[index], run: each }));
  return { tracks, guarded: { cases, ...SETTINGS } };
}

function ask(one, index, repeat) {
  while (one.run[index].length < repeat) {
    one.run[index].push(one.score(one.cases[index].after));
    one.calls += 1;
  }
}

/** Asks for rounds and repeats as the gate wants them, until it wants no more. */
function play(one, family) {
  let rounds = one.schedule[0];
  for (;;) {
    if (rounds !== undefined) {
      one.run.forEach((_, index) => ask(one, index, rounds));
      one.rounds = rounds;
    }
    const { tracks, guarded } = progressOf(one);
    const looks = tracks.map((track) => lookAt(track, family));
    const guards = guardStates(guarded, family, false);
    const step = nextStep(looks, guards, { confirmedSettles: true, final: false });
    for (const { case: index, repeat } of step.repeats) ask(one, index, repeat);
    if (step.rounds === undefined && step.repeats.length === 0) return { looks, guards };
    rounds = step.rounds;
  }
}

/**
 * Runs the gate over a family of evals.
 * @returns whether it failed, by which stage, and the calls made per case
 */
export function runGate(evals) {
  const cases = evals.reduce((sum, one) => sum + one.cases.length, 0);
  const tests = evals.reduce((sum, one) => sum + (one.graded ? 2 : 1), 0);
  const ended = evals.map((one) => play(one, { tests, cases }));
  const members = ended.flatMap(({ looks }) => looks);
  const verdicts = new Set(judgeFamily(members, tests).map(({ verdict }) => verdict));
  const confirmed = ended.flatMap(({ guards }) => guards).filter(({ status }) => status === 'confirmed');
  const regressed = verdicts.has('regressed');
  return {
    failed: regressed || confirmed.length > 0,
    regressed,
    confirmed: confirmed.length > 0,
    inconclusive: verdicts.has('inconclusive'),
    callsPerCase: evals.reduce((sum, one) => sum + one.calls, 0) / cases,
  };
}

function average(values) {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** What the two common rules would say of the same data, after one round. */
export function naiveRules(evals) {
  const fell = evals.some((one) => {
    const before = average(one.baseline.map((each) => average(each.map(passed))));
    return average(one.run.map((each) => passed(each[0]))) < before;
  });
  const newFailure = evals.some((one) =>
    one.run.some((each, index) => passed(each[0]) === 0 && average(one.baseline[index].map(passed)) >= 0.5),
  );
  return { fell, newFailure };
}
