// Preloaded into a measured process (`node --import`): writes what it used when it ends to the file named in BENCH_USAGE.
import { writeFileSync } from 'node:fs';
import { waitedMs } from './waited.mjs';

const began = performance.now();
process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = {
    cpuMs: (user + system) / 1000,
    peakMb: process.resourceUsage().maxRSS / 1024,
    wallMs: performance.now() - began,
    waitedMs: waitedMs('self'),
    exitCode: process.exitCode ?? 0,
  };
  writeFileSync(process.env.BENCH_USAGE, JSON.stringify(usage));
});
