// A temporary project of one prompt with N cases and three cheap assertions, against a loopback server.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./chat-server.mjs', import.meta.url));

/** Starts the server. @returns {Promise<{port: number, stop(): void}>} */
export async function startServer(latencyMs) {
  const child = spawn(process.execPath, [SERVER], {
    env: { ...process.env, LATENCY_MS: String(latencyMs) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((done) => child.stdout.once('data', (chunk) => done(Number(String(chunk)))));
  return { port, stop: () => child.kill() };
}

/** Writes the project. @returns its folder */
export function writeProject(cases, port, concurrency) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-project-'));
  mkdirSync(join(root, 'evals'));
  writeFileSync(
    join(root, 'assay.config.yaml'),
    `providers:\n  bench: { type: openai, baseURL: "http://127.0.0.1:${port}/v1", api: chat }\n` +
      `models: [bench:model]\nmode: live\nconcurrency: ${concurrency}\n`,
  );
  writeFileSync(join(root, 'evals/route.prompt.md'), '{{#system}}Route the ticket.{{/system}}{{#user}}{{ticket}}{{/user}}\n');
  writeFileSync(
    join(root, 'evals/route.cases.yaml'),
    'defaults:\n  assert:\n    - { type: is-json }\n    - { type: equals, path: $.queue }\n    - { type: icontains, value: twice }\nfrom: rows.jsonl\n',
  );
  const rows = Array.from({ length: cases }, (_, i) =>
    JSON.stringify({ id: `case-${i}`, ticket: `Ticket ${i}: I was charged twice.`, expected: 'billing' }),
  );
  writeFileSync(join(root, 'evals/rows.jsonl'), `${rows.join('\n')}\n`);
  return root;
}
