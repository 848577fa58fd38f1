// Runs the built command over a case that is replayed and one that a loopback server answers, so that what V8 compiles for a run is
// kept (`src/cli/code-cache.ts`) and the first run starts as quickly as the next.
import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer, writeProject } from '../bench/support/project.mjs';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const server = await startServer(0);
const root = await writeProject(1, server.port, 1);

function record(env) {
  const { status, stderr } = spawnSync(process.execPath, [COMMAND, 'eval', '--mode', 'record'], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

try {
  record({ CI: 'true' });
  appendFileSync(
    join(root, 'evals/rows.jsonl'),
    `${JSON.stringify({ id: 'new', ticket: 'Twice!', expected: 'billing' })}\n`,
  );
  record({ CI: '' });
} catch (error) {
  // The command works without.
  console.warn(`what the command compiles is not kept yet: ${error.message}`);
} finally {
  server.stop();
  rmSync(root, { recursive: true, force: true });
}
