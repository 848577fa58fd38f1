import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { trialKey } from '../../src/eval-key.js';
import { resumeJournal } from '../../src/journal/journal.js';

const HERE = dirname(fileURLToPath(import.meta.url));
const REPO = join(HERE, '..', '..');
const FLAGS = '--ignoreConfig --noCheck --module nodenext --target es2023 --types node --skipLibCheck --outDir'.split(
  ' ',
);
let folder = '';
let path = '';

/** Node 20 runs no TypeScript: the child gets the journal compiled. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kill-'));
  path = join(folder, 'run.jsonl');
  const tsc = join(REPO, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, join(REPO, 'src', 'journal', 'journal.ts'), ...FLAGS, folder]);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('kill -9 at whatever moment loses no trial that was written, and the run goes on', {
  timeout: 60_000,
}, async () => {
  const done: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    done.push(...(await killed(round)));
    const header = { fingerprint: { configHash: 'x' } };
    const { journal, kept } = await resumeJournal(path, header, { redact: (text) => text });
    await journal.close();
    const names = done.map((id) => trialKey({ prompt: 'p', model: 'm', case: id, repeat: 1 }));
    expect(names.filter((name) => kept?.trials.get(name)?.status !== 'completed')).toEqual([]);
  }
  expect(done.length).toBeGreaterThan(5);
});

/** Starts a writer, kills it some milliseconds after it is ready, and tells which trials it said it had written. */
function killed(round: number): Promise<string[]> {
  const first = String(round * 1_000_000);
  const child = spawn(process.execPath, [join(HERE, 'writer.mjs'), folder, path, first], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (said === '') setTimeout(() => child.kill('SIGKILL'), 5 + round * 9);
    said += text;
  });
  return new Promise((resolve) => {
    child.on('close', () => resolve(said.split('\n').slice(1, -1)));
  });
}
