// How well a run keeps to a server that lets 50 requests per second in: the share of what it allows that is used, the share of
// requests that are refused, and whether two models and a judge all get their turn. Whatever the server says of its limit.
// Usage: npm run build && node bench/politeness.mjs [cases, default 375]
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ASSAY, measure } from './support/measure.mjs';

const SERVER = fileURLToPath(new URL('./support/limited-server.mjs', import.meta.url));
const RATE = 50;
const BURST = 50;
const cases = Number(process.argv[2] ?? 375);

const SCENARIOS = [
  { name: 'retry-after, one lane', says: 'retry-after' },
  { name: 'retry-after, three lanes', says: 'retry-after', lanes: true },
  { name: 'retry-after-ms', says: 'retry-after-ms' },
  { name: 'nothing but 429', says: '' },
  { name: 'x-ratelimit headers', says: 'headers,retry-after' },
  { name: 'requestsPerMinute: 3000 in the config', says: '', limits: true },
  { name: 'concurrency 64', says: 'retry-after', concurrency: 64 },
  { name: 'latency 20 ms', says: 'retry-after', latencyMs: 20 },
];

async function startServer(env) {
  const child = spawn(process.execPath, [SERVER], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise((done) => child.stdout.once('data', (chunk) => done(Number(String(chunk)))));
  return { port, stop: () => child.kill() };
}

/** Two models and a judge, behind one provider or three. */
function writeProject(port, { lanes, limits, concurrency = 16 }) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-polite-'));
  mkdirSync(join(root, 'evals'));
  const [a, b, judge] = lanes ? ['one', 'two', 'three'] : ['one', 'one', 'one'];
  const provider = (name) =>
    `  ${name}: { type: openai, baseURL: "http://127.0.0.1:${port}/v1", api: chat${limits ? `, limits: { requestsPerMinute: ${RATE * 60} }` : ''} }`;
  const config = [
    'providers:',
    ...[...new Set([a, b, judge])].map(provider),
    `models: [${a}:model-a, ${b}:model-b]`,
    `judge: { model: "${judge}:judge-2026-01-31" }`,
    `mode: live\nconcurrency: ${concurrency}\n`,
  ];
  writeFileSync(join(root, 'assay.config.yaml'), config.join('\n'));
  writeFileSync(join(root, 'evals/route.prompt.md'), '{{ticket}}\n');
  const header = 'defaults: { assert: [{ type: judge, value: Is it polite? }] }\nfrom: rows.jsonl\n';
  writeFileSync(join(root, 'evals/route.cases.yaml'), header);
  const rows = Array.from({ length: cases }, (_, i) => JSON.stringify({ id: `case-${i}`, ticket: `Ticket ${i}` }));
  writeFileSync(join(root, 'evals/rows.jsonl'), `${rows.join('\n')}\n`);
  return root;
}

console.log(`${RATE} requests/s, burst ${BURST}, ${cases} cases × two models with a judge, Node ${process.version}`);
console.log('server says                              exit  requests  429s       %  used %  seconds  longest silence of a model ms');
for (const scenario of SCENARIOS) {
  const latencyMs = scenario.latencyMs ?? 100;
  const env = { RATE: String(RATE), BURST: String(BURST), LATENCY_MS: String(latencyMs), SAYS: scenario.says };
  const server = await startServer(env);
  const root = writeProject(server.port, scenario);
  const run = await measure(ASSAY, ['eval'], { cwd: root });
  const seen = await (await fetch(`http://127.0.0.1:${server.port}/`)).json();
  server.stop();
  rmSync(root, { recursive: true, force: true });
  const answered = seen.requests - seen.refused;
  const allowed = BURST + RATE * (seen.seconds - latencyMs / 1000);
  const silence = Math.max(...Object.values(seen.kinds).map((kind) => kind.longestGapMs));
  console.log(
    [
      scenario.name.padEnd(40),
      String(run.exitCode).padStart(4),
      String(seen.requests).padStart(8),
      String(seen.refused).padStart(4),
      ((100 * seen.refused) / seen.requests).toFixed(2).padStart(6),
      ((100 * answered) / allowed).toFixed(1).padStart(6),
      seen.seconds.toFixed(1).padStart(7),
      silence.toFixed(0).padStart(8),
    ].join('  '),
  );
  if (run.exitCode !== 0) console.error(run.stdout.slice(-1500), run.stderr.slice(-500));
}
