// Runs the built command over a case that is replayed and one that a loopback server answers, so that what V8 compiles for a run is
// kept (`src/cli/code-cache.ts`) and the first run starts as quickly as the next.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startServer } from '../bench/support/project.mjs';

const COMMAND = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'assay-warm-'));

function write(path, lines) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), `${lines.join('\n')}\n`);
}

/** What most libraries have: a partial, a schema of the input, cases with the common assertions. */
function writeLibrary(port) {
  write('assay.config.yaml', [
    'providers:',
    `  local: { type: openai, baseURL: "http://127.0.0.1:${port}/v1", api: chat }`,
    'models: [local:model]',
  ]);
  write('evals/_partials/queues.md', ['Answer with a queue.']);
  write('evals/route.prompt.md', [
    '---',
    'owner: nobody',
    'input: { type: object, properties: { ticket: { type: string } }, required: [ticket] }',
    '---',
    '{{#system}}{{> queues}}{{/system}}{{#user}}{{ticket}}{{/user}}',
  ]);
}

function writeCases(tickets) {
  write('evals/route.cases.yaml', [
    'defaults:',
    '  assert:',
    '    - type: json-schema',
    '      value: { type: object, properties: { queue: { type: string, pattern: "^[a-z]+$" } }, required: [queue] }',
    '    - { type: icontains, value: twice }',
    '    - { type: regex, value: "bil+ing" }',
    'cases:',
    ...tickets.map((ticket) => `  - { id: ${ticket}, vars: { ticket: "Charged ${ticket}" } }`),
  ]);
}

function record(env) {
  const ended = spawnSync(process.execPath, [COMMAND, 'eval', '--mode', 'record'], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (ended.status !== 0) throw new Error(`${ended.stdout}${ended.stderr}`);
}

const server = await startServer(0);
try {
  writeLibrary(server.port);
  writeCases(['twice']);
  record({ CI: 'true' });
  writeCases(['twice', 'thrice']);
  record({ CI: '' });
} catch (error) {
  // The command works without.
  console.warn(`what the command compiles is not kept yet: ${error.message}`);
} finally {
  server.stop();
  rmSync(root, { recursive: true, force: true });
}
