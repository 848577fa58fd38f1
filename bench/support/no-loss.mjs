// A project of N cases against a loopback server whose delays and answers are drawn from a seed, runs of it that are killed, and what
// must hold after each.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASSAY } from './measure.mjs';

/** Numbers from 0 to 1 out of a seed (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Every tenth case is answered wrongly, so that the verdict depends on each of them. */
const isWrong = (id) => Number(id.slice(1)) % 10 === 0;

function answer(id) {
  const content = isWrong(id) ? 'no' : `yes ${id}`;
  return JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 0,
    model: 'bench-model',
    choices: [{ index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', refusal: null, content } }],
    usage: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
  });
}

/** Starts the server. `asked` counts the calls of each case until it is cleared. */
export async function startServer(random) {
  const asked = new Map();
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => (body += text));
    request.on('end', () => {
      const id = /\bc\d+\b/.exec(body)?.[0] ?? '';
      asked.set(id, (asked.get(id) ?? 0) + 1);
      setTimeout(
        () => response.writeHead(200, { 'content-type': 'application/json' }).end(answer(id)),
        2 + 40 * random(),
      );
    });
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { port: server.address().port, asked, stop: () => server.closeAllConnections() ?? server.close() };
}

/** A project in a temporary folder. */
export function openProject(cases, port) {
  const root = mkdtempSync(join(tmpdir(), 'assay-no-loss-'));
  const write = (path, text) => writeFileSync(join(root, path), text);
  mkdirSync(join(root, 'evals'));
  const provider = `{ type: openai, baseURL: "http://127.0.0.1:${port}/v1", api: chat }`;
  write('assay.config.yaml', `providers: { p: ${provider} }\nmodels: [p:m]\nconcurrency: 32\n`);
  write('evals/e.prompt.md', 'Say yes to {{text}}\n');
  write('evals/e.cases.yaml', 'defaults: { assert: [{ type: contains, value: "yes {{text}}" }] }\nfrom: rows.jsonl\n');
  const ids = Array.from({ length: cases }, (_, index) => `c${1000 + index}`);
  write('evals/rows.jsonl', ids.map((id) => `${JSON.stringify({ id, text: id })}\n`).join(''));
  const at = (path) => join(root, path);
  return {
    ids,
    has: (path) => existsSync(at(path)),
    read: (path) => readFileSync(at(path), 'utf8'),
    files: (folder) => (existsSync(at(folder)) ? readdirSync(at(folder), { recursive: true }) : []),
    remove: (path) => rmSync(at(path), { recursive: true, force: true }),
    /** Runs a command; after `killAfterMs` it is killed. @returns how it ended, and in how many milliseconds */
    assay: (args, killAfterMs) => run(root, args, killAfterMs),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

function run(cwd, args, killAfterMs) {
  const began = performance.now();
  const child = spawn(process.execPath, [ASSAY, ...args], { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, killed: signal === 'SIGKILL', stderr, ms: performance.now() - began });
    });
  });
}

/** The cases that a file of JSON lines has whole lines of, e.g. the completed trials of a journal. */
export function casesIn(text, isOne) {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line)).filter(isOne).map((row) => row.case);
}

/** A report without what differs between two runs of the same: ids and times. */
export function timeless(report) {
  const { run: _run, evals, ...rest } = JSON.parse(report);
  const results = (list) =>
    list
      .map(({ latencyMs: _latency, ...result }) => result)
      .toSorted((a, b) => (a.case < b.case ? -1 : 1));
  const plain = evals.map(({ latency: _latency, results: list, ...each }) => ({
    ...each,
    results: results(list),
  }));
  return JSON.stringify({ ...rest, evals: plain });
}
