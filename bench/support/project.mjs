// A temporary project of one prompt with N cases and three cheap assertions, against a loopback server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('./chat-server.mjs', import.meta.url));

/** Starts a server in a process of its own. @returns {Promise<{port: number, stop(): void}>} */
export async function startServer(latencyMs, script = SERVER) {
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, LATENCY_MS: String(latencyMs) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise((done) => child.stdout.once('data', (chunk) => done(Number(String(chunk)))));
  return { port, stop: () => child.kill() };
}

/** How the provider of each API is configured. */
const PROVIDERS = {
  chat: (port) => `{ type: openai, baseURL: "http://127.0.0.1:${port}/v1", api: chat }`,
  responses: (port) => `{ type: openai, baseURL: "http://127.0.0.1:${port}/v1", api: responses }`,
  messages: (port) => `{ type: anthropic, baseURL: "http://127.0.0.1:${port}" }`,
};

/** Writes a project that asks the server at a port. @returns its folder */
export function writeProject(cases, port, concurrency, api = 'chat') {
  return writeLibrary(cases, {
    config: `providers:\n  bench: ${PROVIDERS[api](port)}\nmodels: [bench:model]\nmode: live\nconcurrency: ${concurrency}\n`,
    prompt: '{{#system}}Route the ticket.{{/system}}{{#user}}{{ticket}}{{/user}}\n',
  });
}

/** Writes a project that asks nobody: `mock:echo` answers. @returns its folder */
export function writeMockProject(cases) {
  return writeLibrary(cases, {
    config: 'models: ["mock:echo"]\nmode: live\nconcurrency: 64\n',
    prompt: '{{#system}}Answer.{{/system}}{{#user}}{"queue":"billing","text":"{{ticket}}"}{{/user}}\n',
  });
}

async function writeLibrary(cases, { config, prompt }) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-project-'));
  mkdirSync(join(root, 'evals'));
  writeFileSync(join(root, 'assay.config.yaml'), config);
  writeFileSync(join(root, 'evals/route.prompt.md'), prompt);
  writeFileSync(
    join(root, 'evals/route.cases.yaml'),
    'defaults:\n  assert:\n    - { type: is-json }\n    - { type: equals, path: $.queue }\n    - { type: icontains, value: twice }\nfrom: rows.jsonl\n',
  );
  const rows = createWriteStream(join(root, 'evals/rows.jsonl'));
  for (let at = 0; at < cases; at += 1) {
    const row = { id: `case-${at}`, ticket: `Ticket ${at}: I was charged twice.`, expected: 'billing' };
    if (!rows.write(`${JSON.stringify(row)}\n`)) await once(rows, 'drain');
  }
  rows.end();
  await once(rows, 'close');
  return root;
}
