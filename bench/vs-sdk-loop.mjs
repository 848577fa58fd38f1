// What the engine costs beside the loop one would write by hand around the same SDK, for each API: marginal CPU per trial (the slope
// between few and many cases, so that what starting costs cancels), journal and reports included, five of each by turns. The server
// runs in a process of its own and is not counted.
// Usage: npm run build && node bench/vs-sdk-loop.mjs [runs, default 5] [many, default 5000] [few, default 1000] [chat responses messages]
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ASSAY, machine, measure, median, target } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const LOOP = fileURLToPath(new URL('./support/sdk-loop.mjs', import.meta.url));
const CONCURRENCY = 64;
const [runs = 5, many = 5000, few = 1000] = process.argv.slice(2, 5).map(Number);
const apis = process.argv.length > 5 ? process.argv.slice(5) : ['chat', 'responses', 'messages'];

const server = await startServer(0);
const projects = new Map();
for (const api of apis) {
  for (const cases of [few, many]) projects.set(`${api} ${cases}`, await writeProject(cases, server.port, CONCURRENCY, api));
}

const assay = (api, cases) => measure(ASSAY, ['eval'], { cwd: projects.get(`${api} ${cases}`) });
const loop = (api, cases) => measure(LOOP, [String(server.port), String(cases), String(CONCURRENCY), api], {});

/** CPU per further case in milliseconds. */
async function marginal(run, api) {
  const used = [];
  for (const cases of [few, many]) {
    const one = await run(api, cases);
    if (one.exitCode !== 0) throw new Error(`${api} ended with ${one.exitCode}: ${one.stderr.slice(-500)}`);
    used.push(one.cpuMs);
  }
  return (used[1] - used[0]) / (many - few);
}

console.log(`${machine()}; concurrency ${CONCURRENCY}, slope between ${few} and ${many} cases, CPU in ms per trial`);
try {
  for (const api of apis) {
    const ratios = [];
    for (let run = 1; run <= runs; run += 1) {
      const pair = { loop: await marginal(loop, api), assay: await marginal(assay, api) };
      ratios.push(pair.assay / pair.loop);
      console.log(`  ${api} ${run}: loop ${pair.loop.toFixed(3)}, assay ${pair.assay.toFixed(3)}, ratio ${ratios.at(-1).toFixed(2)}`);
    }
    target(`${api}: CPU per trial over that of the bare SDK loop, median of ${runs}`, median(ratios), 'at most', 0.65);
  }
} finally {
  server.stop();
  for (const root of projects.values()) rmSync(root, { recursive: true, force: true });
}
