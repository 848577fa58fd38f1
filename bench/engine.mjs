// What the engine costs: CPU per case, peak memory, and wall time over the physical limit ceil(N / concurrency) × latency.
// Usage: npm run build && node bench/engine.mjs [latency in ms, default 50] [N …, default 1000 10000]
import { rmSync } from 'node:fs';
import { ASSAY, measure } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const CONCURRENCY = 64;
const [latencyMs = 50, ...sizes] = process.argv.slice(2).map(Number);

console.log(`concurrency ${CONCURRENCY}, latency ${latencyMs} ms, three assertions, Node ${process.version}`);
console.log('cases  exit  wall s  limit s  wall/limit  CPU ms/case  peak MB');
for (const cases of sizes.length > 0 ? sizes : [1000, 10_000]) {
  const server = await startServer(latencyMs);
  const root = writeProject(cases, server.port, CONCURRENCY);
  const used = await measure(ASSAY, ['eval'], { cwd: root });
  server.stop();
  rmSync(root, { recursive: true, force: true });
  const limitMs = Math.ceil(cases / CONCURRENCY) * latencyMs;
  const columns = [
    String(cases).padStart(5),
    String(used.exitCode).padStart(4),
    (used.wallMs / 1000).toFixed(2).padStart(6),
    (limitMs / 1000).toFixed(2).padStart(7),
    (limitMs > 0 ? (used.wallMs / limitMs).toFixed(2) : '-').padStart(10),
    (used.cpuMs / cases).toFixed(3).padStart(11),
    used.peakMb.toFixed(0).padStart(7),
  ];
  console.log(columns.join('  '));
  if (used.exitCode !== 0) console.error(used.stderr.slice(-2000));
}
