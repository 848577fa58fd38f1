import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { RECORDINGS } from '../cli/echo.js';
import { test } from '../cli/test.js';

const VICTIM = 'victim.txt';

/** Where a pull request may have put a link to a file that is not to be written. */
const LINKS = [
  'reports/run.jsonl',
  'reports/report.json',
  'reports/junit.xml',
  'reports/summary.md',
  'reports/history.jsonl',
  `${RECORDINGS}.new`,
];

// Windows lets nobody but administrators make links to files.
describe.skipIf(process.platform === 'win32').concurrent('nothing is written through a link', () => {
  test.for(LINKS)('%s, and nothing is called before that is told', async (path, { echoProject }) => {
    const made = await echoProject({
      cases: 1,
      files: { [VICTIM]: '{}', 'reports/.keep': '', [`${path}.x`]: '' },
    });
    symlinkSync(join(made.root, VICTIM), join(made.root, path));
    const { code, stderr } = await made.evaluate(['--mode', 'record']);
    expect(stderr).toMatch(/is not written: it is a link/);
    expect(code).toBe(2);
    expect(made.read(VICTIM)).toBe('{}');
    expect(made.server.requests).toEqual([]);
  });

  test.for(['reports', 'fixtures'])('%s, a folder, leads elsewhere', async (folder, { echoProject, project }) => {
    const outside = project({ 'recordings/.keep': '' });
    const made = await echoProject({ cases: 1 });
    symlinkSync(outside.root, join(made.root, folder));
    const { code, stderr } = await made.evaluate(['--mode', 'record']);
    expect(stderr).toMatch(/is refused: it leads outside/);
    expect(code).toBe(2);
    expect(outside.files()).toEqual(['recordings/.keep']);
    expect(made.server.requests).toEqual([]);
  });

  test('the output folder, which begins with two dots, is in the project', async ({ echoProject, project }) => {
    const outside = project({ 'kept.txt': '' });
    const made = await echoProject({ cases: 1 });
    symlinkSync(outside.root, join(made.root, '..r'));
    const { code, stderr } = await made.evaluate(['--mode', 'live', '--out', '..r']);
    expect(stderr).toMatch(/is refused: it leads outside/);
    expect(code).toBe(2);
    expect(outside.files()).toEqual(['kept.txt']);
    expect(made.server.requests).toEqual([]);
  });

  test('recordings, where an interrupted run left replies: no lock is left either', async ({ echoProject }) => {
    const made = await echoProject({ cases: 1 });
    await made.evaluate(['--mode', 'record']);
    made.write(`${RECORDINGS}.new`, made.read(RECORDINGS));
    made.write(VICTIM, made.read(RECORDINGS));
    made.remove(RECORDINGS);
    symlinkSync(join(made.root, VICTIM), join(made.root, RECORDINGS));
    const { code, stderr } = await made.evaluate(['--mode', 'record']);
    expect(stderr).toMatch(/is not written: it is a link/);
    expect(code).toBe(2);
    expect(made.files('fixtures')).toEqual([`${RECORDINGS}.new`]);
  });

  test('reports lead into what git keeps', async ({ echoProject }) => {
    const made = await echoProject({ cases: 1 });
    made.commit('A library');
    symlinkSync('.git', join(made.root, 'reports'));
    const { code, stderr } = await made.evaluate();
    expect(stderr).toMatch(/is refused: it leads to \.git/);
    expect(code).toBe(2);
    expect(made.has('.git/run.jsonl')).toBe(false);
    expect(made.server.requests).toEqual([]);
  });

  test('baselines, lock and types', async ({ project }) => {
    const files = {
      'evals/e.prompt.md': '{{text}}',
      'evals/e.cases.yaml': ['cases: [{ vars: { text: a }, assert: [{ type: contains, value: a }] }]'],
    };
    const made = project({ 'assay.config.yaml': 'models: [mock:echo]', ...files, [VICTIM]: '{}' });
    await made.assay(['eval']);
    for (const [command, path] of [
      ['accept', 'evals/e.baseline.json'],
      ['build', 'prompts.lock.json'],
      ['types', 'evals/prompts.d.ts'],
    ] as const) {
      symlinkSync(join(made.root, VICTIM), join(made.root, path));
      const { code, stderr } = await made.assay([command]);
      expect([command, code, stderr]).toEqual([command, 2, expect.stringMatching(/link|is missing in the baseline/)]);
      made.remove(path);
    }
    expect(made.read(VICTIM)).toBe('{}');
  });
});
