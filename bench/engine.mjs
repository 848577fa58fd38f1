// How near a run comes to the physical limit, ceil(N / concurrency) × latency + start, and how large its report is: N cases with three
// assertions against a loopback server that answers after so many milliseconds. The start is that of a run of one case.
// Usage: npm run build && node bench/engine.mjs [N, default 10000] [latency in ms, default 200]
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ASSAY, machine, measure, target } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const CONCURRENCY = 64;
const [cases = 10_000, latencyMs = 200] = process.argv.slice(2).map(Number);

/** Runs so many cases. @returns what was used, and the size of the report with and without outputs in bytes per case */
async function run(count) {
  const server = await startServer(latencyMs);
  const root = await writeProject(count, server.port, CONCURRENCY);
  try {
    const used = await measure(ASSAY, ['eval'], { cwd: root });
    if (used.exitCode !== 0) throw new Error(`assay ended with ${used.exitCode}: ${used.stderr.slice(-500)}`);
    const { mostSockets } = await (await fetch(`http://127.0.0.1:${server.port}`)).json();
    const text = readFileSync(join(root, 'reports/report.json'), 'utf8');
    const outputs = JSON.parse(text).evals.flatMap(({ results }) => results.map(({ output }) => JSON.stringify(output).length));
    const without = text.length - outputs.reduce((sum, each) => sum + each, 0);
    return { ...used, mostSockets, reportBytes: without / count };
  } finally {
    server.stop();
    rmSync(root, { recursive: true, force: true });
  }
}

console.log(`${machine()}; concurrency ${CONCURRENCY}, latency ${latencyMs} ms, three assertions`);
const one = await run(1);
const all = await run(cases);
const startMs = one.wallMs - latencyMs;
const limitMs = Math.ceil(cases / CONCURRENCY) * latencyMs + startMs;
console.log(
  `${cases} cases: ${(all.wallMs / 1000).toFixed(1)} s wall, limit ${(limitMs / 1000).toFixed(1)} s of which start ${(startMs / 1000).toFixed(2)} s; ` +
    `${(all.cpuMs / cases).toFixed(3)} ms CPU per case, ${all.peakMb.toFixed(0)} MB`,
);
target('wall time over the limit', all.wallMs / limitMs, 'at most', 1.03);
target('sockets at a time, seen by the server', all.mostSockets, 'at most', CONCURRENCY);
target('report.json per case without outputs', all.reportBytes, 'at most', 1000, ' B');
