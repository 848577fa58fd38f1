// What starting costs: `assay --help` beside bare Node, one case replayed from a recording, and one case that calls a loopback server,
// each from start to exit, by turns.
// Usage: npm run build && node bench/start.mjs [runs, default 9]
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ASSAY, machine, measure, median, target } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const [runs = 9] = process.argv.slice(2).map(Number);
const REPO = fileURLToPath(new URL('..', import.meta.url));

/** A copy of this repository's own library, which is replayed. */
function ownLibrary() {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-own-'));
  for (const part of ['evals', 'fixtures', 'assay.config.yaml']) cpSync(join(REPO, part), join(root, part), { recursive: true });
  return root;
}

const server = await startServer(0);
const live = await writeProject(1, server.port, 1);
const own = ownLibrary();
const [first] = JSON.parse((await measure(ASSAY, ['list', '--json'], { cwd: own })).stdout);
const bare = join(own, 'bare.mjs');
writeFileSync(bare, '');

const scenarios = {
  'bare node': () => measure(bare, [], {}),
  'assay --help': () => measure(ASSAY, ['--help'], { cwd: own }),
  'one prompt of the own library, replayed': () => measure(ASSAY, ['eval', first.path], { cwd: own }),
  'one case, called': () => measure(ASSAY, ['eval'], { cwd: live }),
};
const seen = new Map(Object.keys(scenarios).map((name) => [name, []]));
for (let run = 0; run < runs; run += 1) {
  for (const [name, start] of Object.entries(scenarios)) seen.get(name).push(await start());
}
server.stop();
for (const root of [live, own]) rmSync(root, { recursive: true, force: true });

console.log(`${machine()}; medians of ${runs}, measured within the process (its own start, some 20 ms, is not in the wall time)`);
const facts = (name, what) => median(seen.get(name).map((each) => each[what]));
for (const name of Object.keys(scenarios)) {
  const [wall, cpu, peak] = ['wallMs', 'cpuMs', 'peakMb'].map((what) => facts(name, what).toFixed(0));
  console.log(`  ${name.padEnd(40)} ${wall.padStart(5)} ms wall, ${cpu.padStart(5)} ms CPU, ${peak.padStart(4)} MB`);
}
target('--help beyond bare node, CPU', facts('assay --help', 'cpuMs') - facts('bare node', 'cpuMs'), 'at most', 60, ' ms');
for (const name of Object.keys(scenarios).slice(2)) {
  target(`${name}: from start to exit`, facts(name, 'wallMs') / 1000, 'at most', 0.25, ' s');
  target(`${name}: peak memory`, facts(name, 'peakMb'), 'at most', 90, ' MB');
}
