import { describe, expect } from 'vitest';
import { asRepository } from '../support/repository.js';
import { caseIds, CASES, casesFile, PROMPT } from './echo.js';
import { test } from './test.js';

interface Compared {
  before: { title: string; kind: string };
  evals: {
    prompt: { id: string };
    model: string;
    metrics: Record<string, { mean: number; ci: number[]; n: number; delta?: number; p?: number; verdict: string }>;
    changes: { newlyFailing: string[] };
  }[];
  gone: unknown[];
}

describe.concurrent('assay compare', () => {
  test('shows a commit beside the last run: as a table, and as JSON; it informs and does not fail', async ({
    project,
  }) => {
    const made = asRepository(
      project({
        'assay.config.yaml': 'models: [mock:echo]\n',
        [PROMPT]: '{{text}}\n',
        [CASES]: casesFile(caseIds(12)),
        '.gitignore': 'reports/\n',
      }),
    );
    await made.assay(['eval']);
    await made.assay(['accept']);
    made.commitAs('Ana');
    made.write(PROMPT, '{{^text}}{{/text}}other words\n');
    expect((await made.assay(['eval'])).code).toBe(1);

    const shown = await made.assay(['compare', 'main', 'reports']);
    expect([shown.code, shown.stderr]).toEqual([0, '']);
    expect(shown.stdout).toMatch(/^A {2}baselines at main \([0-9a-f]{7}\)\nB {2}run in reports, replay, /);
    expect(shown.stdout).toMatch(/\n {2}pass +1\.000 → 0\.000 +−1\.000 .* regressed\n/);
    expect(shown.stdout).toContain('newly failing: c01, c02, c03, c04, c05 and 7 more');
    expect(shown.stdout).toContain('1 eval: pass 1 regressed');
    expect(shown.stdout).not.toContain('\u001b');
    const coloured = await made.assay(['compare', 'main', 'reports'], { env: { FORCE_COLOR: '1' } });
    expect(coloured.stdout).toContain('\u001b[31mregressed\u001b[39m');

    const json = await made.assay(['compare', 'main', 'reports', '--json']);
    const { before, evals, gone } = JSON.parse(json.stdout) as Compared;
    expect(before.kind).toBe('baselines');
    expect(gone).toEqual([]);
    expect(evals).toHaveLength(1);
    expect(evals[0]?.metrics.pass).toMatchObject({ mean: 0, n: 12, baseline: 1, delta: -1, verdict: 'regressed' });
    expect(evals[0]?.changes.newlyFailing).toHaveLength(12);
  });

  test('ends with 3 where nothing can be compared, with 2 where a side is none', async ({ project }) => {
    const made = asRepository(project({ [PROMPT]: '{{text}}\n' }));
    const nothing = await made.assay(['compare', 'main', '.']);
    expect([nothing.code, nothing.stderr]).toEqual([
      3,
      'Nothing could be compared: no case is the same on both sides\n',
    ]);
    const none = await made.assay(['compare', 'main', '--', '--output=x']);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('"--output=x" is no run, no baseline file and no git ref');
    expect((await made.assay(['compare', 'main'])).code).toBe(2);
    const help = await made.assay(['compare', '--help']);
    expect(help.stdout).toContain('3 nothing could be compared');
  });

  test('shows hostile names as text', async ({ project }) => {
    const made = project({ 'evals/\u001b[31mx.baseline.json': baseline(1), 'b/x.baseline.json': baseline(0) });
    const { code, stdout } = await made.assay(['compare', 'evals/\u001b[31mx.baseline.json', 'b/x.baseline.json']);
    expect(code).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/pass +1\.000 → 0\.000/);
  });
});

/** A baseline in which every case has one score. */
function baseline(score: number): string {
  const cases = caseIds(9).map((id) => [id, { input: 'x', scores: { pass: { assert: 'y', repeats: [score] } } }]);
  const model = { version: 'v', date: '2026-01-01', cases: Object.fromEntries(cases) as object };
  return JSON.stringify({ schemaVersion: 1, models: { '::error::m': model } });
}
