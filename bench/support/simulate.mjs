// A simulated model and the two-stage gate on it, without files or calls: what the planner and the gate do, as a loop.
import { confirmationsNeeded, guardCase } from '../../dist/stats/guard.js';
import { lookSchedule } from '../../dist/stats/looks.js';
import { GUARD_SHARE, isOpen, judgeFamily, standingOf } from '../../dist/stats/sequential.js';

export const SETTINGS = { alpha: 0.05, tolerance: 0.02, detect: 0.1, confirm: 16 };

/** @typedef {{ before: number, after: number }} Case pass rates (or means of a graded score) in the baseline and now */

/** One eval with its baseline drawn anew; its run is drawn when it is asked for. */
export function drawEval(cases, { repeats, baselineRepeats, graded, random }) {
  const score = graded ? (rate) => gradedScore(rate, random) : (rate) => (random.next() < rate ? 1 : 0);
  const trials = (rate, n) => Array.from({ length: n }, () => score(rate));
  return {
    cases,
    score,
    graded,
    schedule: lookSchedule(repeats.min, repeats.max),
    baseline: cases.map(({ before }) => trials(before, baselineRepeats)),
    run: cases.map(() => []),
    rounds: 0,
    calls: 0,
    seed: String(random.next()),
  };
}

/** A score of 0..1 with this mean: mostly near 0 and near 1, as judges give them. */
function gradedScore(mean, random) {
  const good = random.next() < mean;
  const spread = 0.3 * random.next();
  return good ? 1 - spread * (1 - mean) : spread * mean;
}

const passed = (score) => (score === undefined ? undefined : score >= 0.5 ? 1 : 0);

/** The gated metrics of an eval: `pass`, and for graded scores `score` as well. */
function tracksOf(one) {
  const common = { rounds: one.rounds, schedule: one.schedule, final: false, seed: one.seed, ...SETTINGS };
  const pass = { ...common, baseline: one.baseline.map((each) => each.map(passed)), run: one.run.map((each) => each.map(passed)) };
  return one.graded ? [pass, { ...common, baseline: one.baseline, run: one.run }] : [pass];
}

function ask(one, index) {
  one.run[index].push(one.score(one.cases[index].after));
  one.calls += 1;
}

/**
 * Runs the gate over a family of evals: rounds until each is settled, then the guard.
 * @returns whether it failed, by which stage, and the calls made per case
 */
export function runGate(evals, { guard = true } = {}) {
  const family = evals.reduce((sum, one) => sum + (one.graded ? 2 : 1), 0);
  const open = new Set(evals);
  while (open.size > 0) {
    for (const one of open) {
      const next = one.schedule.find((look) => look > one.rounds);
      one.run.forEach((scores, index) => {
        while (scores.length < next) ask(one, index);
      });
      one.rounds = next;
      one.standings = tracksOf(one).map((track) => ({ track, standing: standingOf(track, family) }));
      if (!one.standings.some(({ track, standing }) => isOpen(track, standing, family))) open.delete(one);
    }
  }
  const verdicts = judgeFamily(evals.flatMap((one) => one.standings), family).map(({ verdict }) => verdict);
  const confirmed = guard ? guardAll(evals) : 0;
  const cases = evals.reduce((sum, one) => sum + one.cases.length, 0);
  return {
    failed: verdicts.includes('regressed') || confirmed > 0,
    regressed: verdicts.filter((verdict) => verdict === 'regressed').length,
    inconclusive: verdicts.filter((verdict) => verdict === 'inconclusive').length,
    verdicts,
    confirmed,
    callsPerCase: evals.reduce((sum, one) => sum + one.calls, 0) / cases,
  };
}

function guardAll(evals) {
  const cases = evals.reduce((sum, one) => sum + one.cases.length, 0);
  let confirmed = 0;
  for (const one of evals) {
    one.baseline.forEach((baseline, index) => {
      const state = guardOne(one, index, baseline.map(passed), cases);
      if (state.status === 'confirmed') confirmed += 1;
    });
  }
  return confirmed;
}

function guardOne(one, index, baseline, cases) {
  const needed = confirmationsNeeded(baseline.length, cases, GUARD_SHARE * SETTINGS.alpha, SETTINGS.confirm);
  for (;;) {
    const state = guardCase({ baseline, run: one.run[index].map(passed) }, needed, false);
    if (state.status !== 'open') return state;
    ask(one, index);
  }
}

/** What the two common rules would say of the same data, after one round. */
export function naiveRules(evals) {
  const average = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const fell = evals.some((one) => {
    const before = average(one.baseline.map((each) => average(each.map(passed))));
    return average(one.run.map((each) => passed(each[0]))) < before;
  });
  const newFailure = evals.some((one) =>
    one.run.some((each, index) => passed(each[0]) === 0 && average(one.baseline[index].map(passed)) >= 0.5),
  );
  return { fell, newFailure };
}
