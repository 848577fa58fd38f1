// What a run needs in memory as it grows: peak resident set of `assay eval` over N generated JSONL cases, each answered by mock:echo
// and checked by three cheap assertions. Flat beyond 10,000 is what the engine promises.
// Usage: npm run build && node bench/memory.mjs [N …, default 1000 10000 100000 1000000]
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ASSAY, machine, measure, target } from './support/measure.mjs';
import { writeMockProject } from './support/project.mjs';

const sizes = process.argv.slice(2).map(Number);

console.log(`${machine()}; mock:echo, concurrency 64, three assertions`);
console.log('  cases  exit  peak MB  wall s  CPU ms/case  journal MB  report MB');
let peakMb = 0;
for (const cases of sizes.length > 0 ? sizes : [1000, 10_000, 100_000, 1_000_000]) {
  const root = await writeMockProject(cases);
  const used = await measure(ASSAY, ['eval'], { cwd: root });
  const megabytes = (file) => (statSync(join(root, 'reports', file), { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;
  const columns = [
    String(cases).padStart(7),
    String(used.exitCode).padStart(4),
    used.peakMb.toFixed(0).padStart(7),
    (used.wallMs / 1000).toFixed(1).padStart(6),
    (used.cpuMs / cases).toFixed(3).padStart(11),
    megabytes('run.jsonl').toFixed(0).padStart(10),
    megabytes('report.json').toFixed(0).padStart(9),
  ];
  console.log(columns.join('  '));
  if (used.exitCode !== 0) console.error(used.stderr.slice(-2000));
  peakMb = Math.max(peakMb, used.exitCode === 0 ? used.peakMb : Number.POSITIVE_INFINITY);
  rmSync(root, { recursive: true, force: true });
}
target('peak memory of the largest', peakMb, 'at most', 150, ' MB');
