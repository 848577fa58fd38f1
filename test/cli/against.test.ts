import { describe, expect } from 'vitest';
import { asRepository } from '../support/repository.js';
import { caseIds, CASES, casesFile, PROMPT } from './echo.js';
import { expectReports } from './report.js';
import { test } from './test.js';

describe.concurrent('assay eval --against', () => {
  test('runs the changed prompts beside their versions in a commit', async ({ project }) => {
    const made = asRepository(
      project({
        'assay.config.yaml': 'models: [mock:echo]\n',
        [PROMPT]: '{{text}}\n',
        [CASES]: casesFile(caseIds(12)),
        'evals/same.prompt.md': '{{text}}',
        'evals/same.cases.yaml': casesFile(['c01']),
        '.gitignore': 'reports/\n',
      }),
    );
    made.write(PROMPT, '{{^text}}{{/text}}other words\n');
    const plan = await made.assay(['eval', '--against', 'main', '--dry-run', '--json']);
    expect(plan.code).toBe(0);
    expect(plan.stdout).toContain('"echo@main"');
    expect(plan.stdout).not.toContain('"same"');

    const worse = await made.assay(['eval', '--against', 'main']);
    expect(worse.code).toBe(1);
    const report = expectReports(made, worse);
    expect(report.evals.map(({ prompt }) => prompt.id)).toEqual(['echo', 'echo@main']);
    expect(worse.stdout).toMatch(/pass +1\.000 → 0\.000/);
    expect(worse.stdout).toContain('run beside the versions at main');

    made.commitAs('Ana');
    made.write(PROMPT, '{{text}}\n');
    const better = await made.assay(['eval', '--against', 'main']);
    expect(better.code).toBe(0);
    expectReports(made, better);
    expect(better.stdout).toContain('improved');
    const compared = await made.assay(['compare', 'reports', 'reports']);
    expect(compared.code).toBe(0);

    const accepted = await made.assay(['accept']);
    expect(accepted.code).toBe(2);
    expect(accepted.stderr).toContain('had two versions beside each other');
    expect((await made.assay(['eval', '--against=--all'])).code).toBe(2);
    expect((await made.assay(['eval', '--against', 'main', '--baseline', 'main'])).code).toBe(2);
  });
});
