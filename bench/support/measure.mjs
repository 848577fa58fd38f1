// Runs a Node script as a process of its own and tells what it used.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const HOOK = pathToFileURL(fileURLToPath(new URL('./report-usage.mjs', import.meta.url))).href;
export const ASSAY = process.env.ASSAY_CLI ?? fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** @returns {Promise<{cpuMs: number, peakMb: number, wallMs: number, exitCode: number, stdout: string, stderr: string}>} */
export async function measure(script, args, { cwd, env = {} } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const file = join(folder, 'usage.json');
  const child = spawn(process.execPath, ['--import', HOOK, script, ...args], {
    cwd,
    env: { ...process.env, ...env, BENCH_USAGE: file },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  await new Promise((done) => child.on('close', done));
  const usage = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true, force: true });
  return { ...usage, stdout, stderr };
}

/** The middle of a list of numbers. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** One line about where it was measured: without it, a figure says little. */
export function machine() {
  const [{ model } = { model: 'unknown' }] = cpus();
  const load = loadavg()[0]?.toFixed(1);
  return `Node ${process.version}, ${process.platform}, ${availableParallelism()} cores (${model.trim()}), load ${load}`;
}

/** Prints a figure beside its target, and whether it was met; the process then ends with 1 where one was missed. */
export function target(what, value, relation, bound, unit = '') {
  const met = relation === 'at most' ? value <= bound : value >= bound;
  if (!met) process.exitCode = 1;
  const shown = (number) => `${Number(number.toPrecision(3))}${unit}`;
  console.log(`${met ? 'pass' : 'MISS'}  ${what}: ${shown(value)} (target ${relation} ${shown(bound)})`);
}
