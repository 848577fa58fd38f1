// Whether the latency in the report is the provider's: recorded time less the time that the server says it took, answer by answer.
// Usage: npm run build && node bench/latency.mjs [cases, default 2000] [latency in ms, default 200] [concurrency …]
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ASSAY, machine, measure, target } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const SERVER = fileURLToPath(new URL('./support/timed-server.mjs', import.meta.url));
const [cases = 2000, latencyMs = 200, ...chosen] = process.argv.slice(2).map(Number);

/** The largest difference between what was recorded and what the server said, of medians. */
let worst = 0;

function quantile(values, p) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)];
}

/** @param pairs {recorded, told} for each answer */
function print(concurrency, stream, what, pairs) {
  const excess = pairs.map(({ recorded, told }) => recorded - told);
  const recorded = quantile(pairs.map((pair) => pair.recorded), 0.5);
  const told = quantile(pairs.map((pair) => pair.told), 0.5);
  const columns = [
    String(concurrency).padStart(11),
    String(stream).padStart(6),
    what.padEnd(11),
    recorded.toFixed(1).padStart(12),
    told.toFixed(1).padStart(10),
    (recorded - told).toFixed(1).padStart(17),
    ...[0.5, 0.95, 1].map((p) => quantile(excess, p).toFixed(1).padStart(p === 0.5 ? 16 : 5)),
  ];
  console.log(columns.join('  '));
  worst = Math.max(worst, Math.abs(recorded - told));
}

console.log(`${machine()}; ${cases} answers of about ${latencyMs} ms, all in ms`);
console.log('concurrency  stream  what         recorded p50  server p50  difference of p50   of each: p50    p95    max');
for (const stream of [false, true]) {
  for (const concurrency of chosen.length > 0 ? chosen : [1, 16, 64, 256]) {
    const count = concurrency === 1 ? Math.min(cases, 30) : cases;
    const server = await startServer(latencyMs, SERVER);
    const root = await writeProject(count, server.port, concurrency);
    if (stream) {
      const prompt = join(root, 'evals/route.prompt.md');
      writeFileSync(prompt, `---\nparameters: { stream: true }\n---\n${readFileSync(prompt, 'utf8')}`);
    }
    writeFileSync(join(root, 'evals/route.cases.yaml'), 'defaults: { assert: [{ type: is-json }] }\nfrom: rows.jsonl\n');
    const run = await measure(ASSAY, ['eval'], { cwd: root });
    server.stop();
    if (run.exitCode !== 0) throw new Error(run.stdout.slice(-800) + run.stderr.slice(-400));
    const { evals } = JSON.parse(readFileSync(join(root, 'reports/report.json'), 'utf8'));
    rmSync(root, { recursive: true, force: true });
    const results = evals[0].results.map((result) => ({ ...result, said: JSON.parse(result.output) }));
    print(concurrency, stream, 'whole', results.map((each) => ({ recorded: each.latencyMs, told: each.said.ms })));
    if (!stream) continue;
    print(concurrency, stream, 'first token', results.map((each) => ({ recorded: each.firstTokenMs, told: each.said.first })));
  }
}
target('recorded latency less that of the server, worst of the medians', worst, 'at most', 10, ' ms');
