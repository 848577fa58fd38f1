// What the gate promises, simulated: false alarms, drops caught, calls spent. The baseline is drawn anew in every run.
// Usage: npm run build && node bench/gate-simulation.mjs [runs, default 1000]
import { confirmationsNeeded } from '../dist/stats/guard.js';
import { pairedPermutation } from '../dist/stats/permutation.js';
import { clopperPearson } from '../dist/stats/proportion.js';
import { seeded } from '../dist/stats/random.js';
import { drawEval, naiveRules, runGate, SETTINGS } from './support/simulate.mjs';

const runs = Number(process.argv[2] ?? 1000);
const ADAPTIVE = { min: 1, max: 8 };
const FIXED = { min: 5, max: 5 };

const same = (n, rate) => Array.from({ length: n }, () => ({ before: rate, after: rate }));
const dropped = (n, before, after) => Array.from({ length: n }, () => ({ before, after }));
/** Per-case rates mostly near 0 and near 1: Beta(0.5, 0.5) by its inverse, sin². */
const uShaped = (n) => (random) =>
  Array.from({ length: n }, () => {
    const rate = Math.sin((Math.PI / 2) * random.next()) ** 2;
    return { before: rate, after: rate };
  });
const broken = (n, others) => [{ before: 1, after: 0 }, ...same(n - 1, others)];

function oneDigit(share) {
  return (100 * share).toFixed(1);
}

function percent(hits, of) {
  const [low, high] = clopperPearson(hits, of);
  return `${oneDigit(hits / of).padStart(5)} % [${oneDigit(low)}, ${oneDigit(high)}]`.padEnd(23);
}

/** Runs one scenario: `evals` are lists of cases, or functions that draw them. */
function simulate(name, evals, { repeats = ADAPTIVE, baselineRepeats = 8, graded = false, reducer = 'mean', count = runs } = {}) {
  const random = seeded(name);
  const sum = { failed: 0, regressed: 0, confirmed: 0, inconclusive: 0, calls: 0, fell: 0, newFailure: 0 };
  for (let run = 0; run < count; run += 1) {
    const family = evals.map((cases) =>
      drawEval(typeof cases === 'function' ? cases(random) : cases, { repeats, baselineRepeats, graded, reducer, random }),
    );
    const result = runGate(family);
    const naive = naiveRules(family);
    sum.failed += result.failed ? 1 : 0;
    sum.regressed += result.regressed ? 1 : 0;
    sum.confirmed += result.confirmed ? 1 : 0;
    sum.inconclusive += result.inconclusive ? 1 : 0;
    sum.calls += result.callsPerCase;
    sum.fell += naive.fell ? 1 : 0;
    sum.newFailure += naive.newFailure ? 1 : 0;
  }
  const share = (hits) => `${((100 * hits) / count).toFixed(0)} %`.padStart(6);
  console.log(
    [
      name.padEnd(52),
      percent(sum.failed, count),
      share(sum.regressed),
      share(sum.confirmed),
      share(sum.inconclusive),
      (sum.calls / count).toFixed(2).padStart(6),
      share(sum.fell),
      share(sum.newFailure),
    ].join(' '),
  );
  return { failed: sum.failed / count, calls: sum.calls / count };
}

function heading(title) {
  console.log(`\n${title}`);
  console.log(
    `${''.padEnd(52)} ${'gate failed [95 %]'.padEnd(23)}  suite  guard inconc. calls/case fell  newly failing`,
  );
}

console.log(`${runs} runs each; baseline of 8 repeats unless said; repeats 1..8 unless said`);

heading('Unchanged prompts: at most 5 % may fail');
simulate('40 cases at 0.8', [same(40, 0.8)]);
simulate('40 cases at 0.8, fixed 5', [same(40, 0.8)], { repeats: FIXED });
simulate('40 cases at 0.8, fixed 1', [same(40, 0.8)], { repeats: { min: 1, max: 1 } });
simulate('40 cases, U-shaped', [uShaped(40)]);
simulate('40 cases, U-shaped, fixed 5', [uShaped(40)], { repeats: FIXED });
simulate('12 cases at 0.8', [same(12, 0.8)]);
simulate('12 cases at 0.8, fixed 5', [same(12, 0.8)], { repeats: FIXED });
simulate('200 cases at 0.8', [same(200, 0.8)]);
simulate('200 cases at 0.8, fixed 5', [same(200, 0.8)], { repeats: FIXED });
simulate('200 cases, U-shaped', [uShaped(200)]);
simulate('200 cases, U-shaped, fixed 5', [uShaped(200)], { repeats: FIXED });
simulate('40 cases, graded, mean 0.8', [same(40, 0.8)], { graded: true });
simulate('40 cases, graded, mean 0.8, fixed 5', [same(40, 0.8)], { graded: true, repeats: FIXED });
simulate('40 cases at 0.8, baseline of 1', [same(40, 0.8)], { baselineRepeats: 1 });
simulate('40 cases at 0.8, baseline of 3', [same(40, 0.8)], { baselineRepeats: 3 });
for (const reducer of ['all', 'majority', 'any']) {
  simulate(`40 cases at 0.8, reducer ${reducer}`, [same(40, 0.8)], { reducer });
}
const TWENTY = Array.from({ length: 20 }, () => same(40, 0.8));
simulate('20 prompts of 40 cases at 0.8', TWENTY);
simulate('20 prompts of 40 cases at 0.8, fixed 5', TWENTY, { repeats: FIXED });
simulate('20 prompts of 40 cases, U-shaped', Array.from({ length: 20 }, () => uShaped(40)));

heading('Cases that shift while the mean stays: outside the guarantee');
const shifted = [...dropped(20, 0.9, 0.7), ...dropped(20, 0.7, 0.9)];
simulate('20 cases 0.9 to 0.7, 20 back', [shifted]);
simulate('20 cases 0.9 to 0.7, 20 back, fixed 5', [shifted], { repeats: FIXED });

heading('Real drops: 0.9 to 0.75 over 60 cases, at least 95 %');
for (const baselineRepeats of [1, 3, 5, 8]) {
  simulate(`baseline of ${baselineRepeats}`, [dropped(60, 0.9, 0.75)], { baselineRepeats });
}
simulate('baseline of 5, fixed 5', [dropped(60, 0.9, 0.75)], { baselineRepeats: 5, repeats: FIXED });

heading('One of 20 prompts with that drop: at least 90 %');
const oneOfTwenty = [dropped(60, 0.9, 0.75), ...Array.from({ length: 19 }, () => same(60, 0.9))];
for (const baselineRepeats of [1, 3, 5, 8]) {
  simulate(`baseline of ${baselineRepeats}`, oneOfTwenty, { baselineRepeats, count: Math.min(runs, 500) });
}

heading('One of 30 cases from always right to always wrong: at least 95 %');
for (const others of [1, 0.9, 0.8]) {
  for (const baselineRepeats of [1, 3, 5, 8]) {
    simulate(`others at ${others}, baseline of ${baselineRepeats}`, [broken(30, others)], { baselineRepeats });
  }
}

console.log('\nThe cheapest fixed plan: the same repeats for all cases, one look, no confirmation, baseline of 8');
const cheapest = fixedPlan();
heading('Calls of the adaptive plan on the suites of the two targets, unchanged and changed');
const spent = [
  simulate('60 cases at 0.9', [same(60, 0.9)]),
  simulate('60 cases from 0.9 to 0.75', [dropped(60, 0.9, 0.75)]),
  simulate('30 cases at 0.9', [same(30, 0.9)]),
  simulate('30 cases at 0.9, one broken', [broken(30, 0.9)]),
  simulate('20 prompts of 60 cases at 0.9', Array.from({ length: 20 }, () => same(60, 0.9)), { count: Math.min(runs, 500) }),
];
const mean = spent.reduce((sum, { calls }) => sum + calls, 0) / spent.length;
console.log(`mean ${mean.toFixed(2)} calls per case: ${((100 * mean) / cheapest).toFixed(0)} % of the cheapest fixed plan's ${cheapest}`);

/** For each number of repeats the power at both targets; alpha is split as the gate splits it. */
function fixedPlan() {
  let found;
  for (let repeats = 1; repeats <= 10; repeats += 1) {
    const suite = suitePower(repeats);
    const single = breakSeen(repeats);
    console.log(`${repeats} repeats: 0.9 to 0.75 caught ${(100 * suite).toFixed(1)} %, one broken case ${single ? 'caught' : 'never significant'}`);
    if (suite >= 0.95 && single) found ??= repeats;
  }
  return found;
}

function suitePower(repeats) {
  const random = seeded(`fixed ${repeats}`);
  const draw = (rate, n) => Array.from({ length: n }, () => (random.next() < rate ? 1 : 0));
  let caught = 0;
  for (let run = 0; run < runs; run += 1) {
    const cases = Array.from({ length: 60 }, () => [draw(0.9, 8), draw(0.75, repeats)]);
    const test = pairedPermutation({ baseline: cases.map(([a]) => a), run: cases.map(([, b]) => b) });
    if (test.drop <= 0.8 * SETTINGS.alpha && test.effect >= SETTINGS.tolerance) caught += 1;
  }
  return caught / runs;
}

/** Whether a case that failed every repeat, after 8 passes, is proof among 30 cases. */
function breakSeen(repeats) {
  const needed = confirmationsNeeded(8, 30, 0.2 * SETTINGS.alpha, 100);
  return needed !== undefined && repeats >= needed;
}
