// Beside the current promptfoo, on the same cases against the same loopback server: CPU per case and peak memory, the wider of the two
// runs last. It is installed in a temporary folder together with a current Node, unless PROMPTFOO_DIR names one where it is; its
// telemetry and update check are off, and no run may take longer than LIMIT_MINUTES.
// Usage: npm run build && node bench/vs-promptfoo.mjs [N …, default 1000 10000]
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { ASSAY, machine, measure, target } from './support/measure.mjs';
import { startServer, writeProject } from './support/project.mjs';

const LIMIT_MINUTES = Number(process.env.LIMIT_MINUTES ?? 20);
const HOOK = pathToFileURL(fileURLToPath(new URL('./support/report-usage.mjs', import.meta.url))).href;
const sizes = process.argv.slice(2).map(Number);

const folder = process.env.PROMPTFOO_DIR ?? mkdtempSync(join(tmpdir(), 'promptfoo-'));
if (!process.env.PROMPTFOO_DIR) {
  execFileSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'node@24', 'promptfoo@latest'], { stdio: 'inherit' });
}
const node = join(folder, 'node_modules/.bin/node');
const { version, bin } = JSON.parse(readFileSync(join(folder, 'node_modules/promptfoo/package.json'), 'utf8'));
const main = join(folder, 'node_modules/promptfoo', bin.promptfoo);

/** Runs promptfoo over the rows of a project. @returns what it used; undefined when it took too long */
async function promptfoo(cases, port) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-promptfoo-'));
  const usage = join(root, 'usage.json');
  const tests = Array.from({ length: cases }, (_, at) => ({
    vars: { ticket: `Ticket ${at}: I was charged twice.` },
    assert: [
      { type: 'is-json' },
      { type: 'javascript', value: 'JSON.parse(output).queue === "billing"' },
      { type: 'icontains', value: 'twice' },
    ],
  }));
  const config = {
    prompts: [JSON.stringify([{ role: 'system', content: 'Route the ticket.' }, { role: 'user', content: '{{ticket}}' }])],
    providers: [{ id: 'openai:chat:model', config: { apiBaseUrl: `http://127.0.0.1:${port}/v1`, apiKey: 'none' } }],
    tests,
  };
  writeFileSync(join(root, 'promptfooconfig.json'), JSON.stringify(config));
  const args = ['--import', HOOK, main, 'eval', '-c', 'promptfooconfig.json', '--no-cache', '--no-table', '--no-progress-bar'];
  const child = spawn(node, [...args, '-j', '64', '-o', 'out.json'], {
    cwd: root,
    stdio: 'ignore',
    timeout: LIMIT_MINUTES * 60_000,
    killSignal: 'SIGTERM',
    env: {
      ...process.env,
      BENCH_USAGE: usage,
      PROMPTFOO_CONFIG_DIR: join(root, '.promptfoo'),
      PROMPTFOO_DISABLE_TELEMETRY: '1',
      PROMPTFOO_DISABLE_UPDATE: '1',
      PROMPTFOO_DISABLE_REMOTE_GENERATION: '1',
    },
  });
  await new Promise((done) => child.on('close', done));
  try {
    return child.killed ? undefined : JSON.parse(readFileSync(usage, 'utf8'));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const show = (who, { cpuMs, peakMb, wallMs, exitCode }, cases) =>
  console.log(
    `  ${who}: ${(cpuMs / cases).toFixed(2)} ms CPU per case, ${peakMb.toFixed(0)} MB, ${(wallMs / 1000).toFixed(1)} s, exit ${exitCode}`,
  );

console.log(`${machine()}; promptfoo ${version} on Node ${execFileSync(node, ['--version']).toString().trim()}; concurrency 64`);
const server = await startServer(0);
for (const cases of sizes.length > 0 ? sizes : [1000, 10_000]) {
  console.log(`${cases} cases, start and reports included:`);
  const root = await writeProject(cases, server.port, 64);
  const ours = await measure(ASSAY, ['eval'], { cwd: root });
  rmSync(root, { recursive: true, force: true });
  show('assay', ours, cases);
  const theirs = await promptfoo(cases, server.port);
  if (!theirs) {
    console.log(`  promptfoo: stopped after ${LIMIT_MINUTES} minutes`);
    continue;
  }
  show('promptfoo', theirs, cases);
  target(`times less CPU per case at ${cases}`, theirs.cpuMs / ours.cpuMs, 'at least', cases < 10_000 ? 1 : 15);
  target(`times less memory at ${cases}`, theirs.peakMb / ours.peakMb, 'at least', cases < 10_000 ? 1 : 8);
}
server.stop();
if (!process.env.PROMPTFOO_DIR) rmSync(folder, { recursive: true, force: true });
