// Whether the pipeline keeps what the simulation promises: the same drawn outcomes through both, decisions and calls side by side.
// Most runs go through the whole pipeline in one process, some through the command.
// Usage: npm run build && node bench/gate-cli.mjs [runs, default 500] [runs of the command, default 10]
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clopperPearson } from '../dist/stats/proportion.js';
import { seeded } from '../dist/stats/random.js';
import { asSimulated, drawTables, gateProject } from './support/gate-world.mjs';
import { ASSAY, measure } from './support/measure.mjs';
import { naiveRules, runGate } from './support/simulate.mjs';

const runs = Number(process.argv[2] ?? 500);
const commandRuns = Number(process.argv[3] ?? 10);
const ADAPTIVE = { min: 1, max: 8 };
const FIXED = { min: 5, max: 5 };

const same = (n, rate) => () => Array.from({ length: n }, () => ({ before: rate, after: rate }));
const dropped = (n, before, after) => () => Array.from({ length: n }, () => ({ before, after }));
const broken = (n, rate) => () => [{ before: 1, after: 0 }, ...same(n - 1, rate)()];
const uShaped = (n) => (random) =>
  Array.from({ length: n }, () => {
    const rate = Math.sin((Math.PI / 2) * random.next()) ** 2;
    return { before: rate, after: rate };
  });

function share(hits, of) {
  const [low, high] = clopperPearson(hits, of);
  const digits = (value) => (100 * value).toFixed(1);
  return `${digits(hits / of).padStart(5)} % [${digits(low)}, ${digits(high)}]`.padEnd(21);
}

/** Draws one run's tables for each prompt of a scenario. */
function draw(prompts, { baselineRepeats, graded, random }) {
  return prompts.map((cases) => drawTables(cases(random), { baselineRepeats, graded, random }));
}

async function compare(name, prompts, { repeats = ADAPTIVE, baselineRepeats = 8, graded = false, count = runs } = {}) {
  const random = seeded(name);
  const sizes = prompts.map((cases) => cases(seeded('size')).length);
  const project = await gateProject(sizes, { repeats, graded });
  const cases = sizes.reduce((sum, size) => sum + size, 0);
  const sum = { pipeline: 0, simulated: 0, agree: 0, calls: 0, simulatedCalls: 0, fell: 0, newFailure: 0 };
  try {
    for (let run = 0; run < count; run += 1) {
      const tables = draw(prompts, { baselineRepeats, graded, random });
      project.accept(tables);
      const found = await project.run(tables);
      const evals = tables.map((each, index) => asSimulated(each, { repeats, graded, seed: `p${String(index).padStart(2, '0')}` }));
      const expected = runGate(evals);
      const naive = naiveRules(evals);
      const failed = found.exitCode === 1;
      sum.pipeline += failed ? 1 : 0;
      sum.simulated += expected.failed ? 1 : 0;
      sum.agree += failed === expected.failed ? 1 : 0;
      sum.calls += found.calls / cases;
      sum.simulatedCalls += expected.callsPerCase;
      sum.fell += naive.fell ? 1 : 0;
      sum.newFailure += naive.newFailure ? 1 : 0;
    }
  } finally {
    project.close();
  }
  const percent = (hits) => `${((100 * hits) / count).toFixed(0)} %`.padStart(6);
  const calls = `${(sum.calls / count).toFixed(2).padStart(5)} / ${(sum.simulatedCalls / count).toFixed(2).padEnd(5)}`;
  const agreed = `${sum.agree} of ${count}`.padEnd(11);
  console.log(
    [name.padEnd(40), share(sum.pipeline, count), share(sum.simulated, count), agreed, calls, percent(sum.fell), percent(sum.newFailure)].join('  '),
  );
}

/** The same through the command: answers from a file, so that nothing is called. */
async function command(name, cases, expectation) {
  const random = seeded(`command ${name}`);
  const project = await gateProject([cases(random).length], { repeats: ADAPTIVE, graded: false });
  let failed = 0;
  let agree = 0;
  try {
    for (let run = 0; run < commandRuns; run += 1) {
      const tables = draw([cases], { baselineRepeats: 8, graded: false, random });
      project.accept(tables, 'table:m');
      project.writeAnswers(tables);
      const used = await measure(ASSAY, ['eval', '--mode', 'live', '--model', 'table:m'], { cwd: project.root });
      const report = JSON.parse(readFileSync(join(project.root, 'reports/report.json'), 'utf8'));
      const expected = runGate(tables.map((each) => asSimulated(each, { repeats: ADAPTIVE, graded: false, seed: 'p00' })));
      if (used.exitCode !== report.exitCode) throw new Error(`exit ${used.exitCode}, report ${report.exitCode}`);
      failed += used.exitCode === 1 ? 1 : 0;
      agree += (used.exitCode === 1) === expected.failed ? 1 : 0;
    }
  } finally {
    project.close();
  }
  console.log(`${name.padEnd(40)}  exit 1 in ${failed} of ${commandRuns} (${expectation}), agrees with the simulation in ${agree}`);
}

console.log(`${runs} runs each; baseline of 8 repeats, repeats 1..8 unless said; [95 % interval]`);
console.log(
  `\n${''.padEnd(40)}  ${'pipeline failed'.padEnd(21)}  ${'simulation failed'.padEnd(21)}  agree        calls/case     fell  newly failing`,
);
await compare('unchanged, 40 cases at 0.8', [same(40, 0.8)]);
await compare('unchanged, 40 cases at 0.8, fixed 5', [same(40, 0.8)], { repeats: FIXED });
await compare('unchanged, 40 cases, U-shaped', [uShaped(40)]);
await compare('unchanged, 12 cases at 0.8', [same(12, 0.8)]);
await compare('unchanged, 40 cases, graded', [same(40, 0.8)], { graded: true });
await compare('unchanged, 20 prompts of 40 cases', Array.from({ length: 20 }, () => same(40, 0.8)), {
  count: Math.max(1, Math.round(runs / 10)),
});
await compare('0.9 to 0.75 over 60 cases', [dropped(60, 0.9, 0.75)]);
await compare('0.9 to 0.75, baseline of 5', [dropped(60, 0.9, 0.75)], { baselineRepeats: 5 });
await compare('one of 30 cases broken', [broken(30, 0.9)]);
console.log(`\nThe command, ${commandRuns} runs each`);
await command('unchanged, 40 cases at 0.8', same(40, 0.8), 'at most 5 %');
await command('one of 30 cases broken', broken(30, 0.9), 'at least 95 %');
