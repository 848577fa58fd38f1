// What the engine costs beside the loop one would write by hand around the same SDK: marginal CPU per trial (its start taken off),
// journal and reports included, five runs of each by turns; then the wall time of 10,000 cases over its physical limit, and the
// smallest run there is. The server runs in a process of its own and is not counted.
// Usage: npm run build && node bench/vs-sdk-loop.mjs [runs, default 5] [N, default 5000]
import { loadavg } from 'node:os';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ASSAY, measure, median } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const LOOP = fileURLToPath(new URL('./support/sdk-loop.mjs', import.meta.url));
const CONCURRENCY = 64;
const [runs = 5, many = 5000] = process.argv.slice(2).map(Number);
const FEW = 200;

async function evalOf(cases, port) {
  const root = writeProject(cases, port, CONCURRENCY);
  const used = await measure(ASSAY, ['eval'], { cwd: root });
  rmSync(root, { recursive: true, force: true });
  return sound(used, 'assay');
}

async function loopOf(cases, port) {
  return sound(await measure(LOOP, [String(port), String(cases), String(CONCURRENCY)], {}), 'the loop');
}

function sound(used, who) {
  if (used.exitCode !== 0) throw new Error(`${who} ended with ${used.exitCode}: ${used.stderr.slice(-500)}`);
  return used;
}

/** CPU per further case in milliseconds. */
async function marginal(run, port) {
  const few = await run(FEW, port);
  const more = await run(many, port);
  return (more.cpuMs - few.cpuMs) / (many - FEW);
}

const load = () => loadavg()[0]?.toFixed(1);
console.log(`Node ${process.version}, concurrency ${CONCURRENCY}, ${many} against ${FEW} cases, load ${load()}`);
const quick = await startServer(0);
const ratios = [];
for (let run = 1; run <= runs; run += 1) {
  const loop = await marginal(loopOf, quick.port);
  const assay = await marginal(evalOf, quick.port);
  ratios.push(assay / loop);
  console.log(`${run}: loop ${loop.toFixed(3)} ms, assay ${assay.toFixed(3)} ms CPU per trial, ratio ${(assay / loop).toFixed(2)}, load ${load()}`);
}
console.log(`ratio, median of ${runs}: ${median(ratios).toFixed(2)} (target at most 0.65)`);

const smallest = [];
for (let run = 1; run <= runs; run += 1) smallest.push(await evalOf(1, quick.port));
quick.stop();
const start = median(smallest.map((each) => each.wallMs));
console.log(
  `one case, median of ${runs}: ${(start / 1000).toFixed(2)} s (target 0.25), ${median(smallest.map((each) => each.peakMb)).toFixed(0)} MB (target 90)`,
);

const slow = await startServer(200);
const cases = 10_000;
const used = await evalOf(cases, slow.port);
slow.stop();
const limit = Math.ceil(cases / CONCURRENCY) * 200 + start;
console.log(
  `${cases} cases at 200 ms: ${(used.wallMs / 1000).toFixed(1)} s wall, ${(used.wallMs / limit).toFixed(3)} × the limit (target 1.03), ${used.peakMb.toFixed(0)} MB, load ${load()}`,
);
