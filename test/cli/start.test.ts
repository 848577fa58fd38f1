import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { BUILD } from '../support/project.js';
import { test } from './test.js';

const run = promisify(execFile);
const CLI = join(BUILD, 'cli/main.js');

/** Tells at its end which of its own modules Node has loaded. */
const TELL = `data:text/javascript,process.on('exit', () => console.error(process.moduleLoadList.join('\\n')))`;

/** The texts of the files that a command loads, and the modules of Node. */
async function loadedBy(root: string, args: string[]): Promise<{ files: string[]; builtin: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-loaded-'));
  try {
    const env = { ...process.env, NODE_V8_COVERAGE: folder };
    const { stderr } = await run(process.execPath, ['--import', TELL, CLI, ...args], { cwd: root, env });
    const urls = readdirSync(folder).flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] };
      return result.map(({ url }) => url).filter((url) => url.startsWith('file:'));
    });
    return { files: [...new Set(urls)].map((url) => readFileSync(fileURLToPath(url), 'utf8')), builtin: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.concurrent('from start to exit', () => {
  test('a run without calls loads a few files: no SDK, no HTTP client, no price list', async ({ project }) => {
    const made = project({
      'evals/e.prompt.md': ['---', 'models: [mock:echo]', '---', '{{text}}'],
      'evals/e.cases.yaml': ['cases:', '  - { id: a, vars: { text: hi }, assert: [{ type: equals, value: hi }] }'],
    });
    const { files, builtin } = await loadedBy(made.root, ['eval']);
    expect(made.read('reports/report.json')).toContain('"verdict": "passed"');
    expect(files.length).toBeLessThan(20);
    for (const file of files) expect(file).not.toMatch(/class (?:OpenAI|Anthropic|Pool|Agent) |input_mtok/);
    expect(builtin).toContain('NativeModule fs');
    expect(builtin).not.toMatch(/NativeModule internal\/deps\/undici|NativeModule https/);
  });

  test('a call has its parser compiled, and not optimised', async ({ project, startServer }) => {
    const message = { role: 'assistant', content: 'hi', refusal: null };
    const choices = [{ index: 0, finish_reason: 'stop', logprobs: null, message }];
    const answer = { id: 'x', object: 'chat.completion', created: 0, model: 'm', choices };
    const server = await startServer(() => ({ json: answer }));
    const made = project({
      'assay.config.yaml': [
        `providers: { it: { type: openai, baseURL: '${server.url}/v1', api: chat } }`,
        'mode: live',
      ],
      'evals/e.prompt.md': ['---', 'models: [it:m]', '---', '{{text}}'],
      'evals/e.cases.yaml': ['cases:', '  - { id: a, vars: { text: hi }, assert: [{ type: equals, value: hi }] }'],
    });
    const { stdout } = await run(process.execPath, ['--trace-wasm-compilation-times', CLI, 'eval'], { cwd: made.root });
    expect(stdout).toContain('using Liftoff');
    expect(stdout).not.toContain('using TurboFan');
    expect(stdout).toContain('1 of 1 trial');
  });
});
