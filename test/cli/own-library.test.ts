import { execFileSync } from 'node:child_process';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { BUILD, PACKAGE, type Project } from '../support/project.js';
import { expectReports, timeless } from './report.js';
import { type OpenProject, test } from './test.js';

/** The package's own library in a git repository of its own, in which anything may be broken. */
function ownLibrary(open: OpenProject): Project {
  const made = open({ '.gitignore': ['reports/', 'node_modules', 'dist'] });
  for (const path of ['assay.config.yaml', 'evals', 'fixtures']) made.copy(path);
  made.commit('The own library');
  return made;
}

/** Gives a copy of the library what its scripts need. */
function withScripts(made: Project): void {
  cpSync(join(PACKAGE, 'scripts'), join(made.root, 'scripts'), { recursive: true });
  symlinkSync(BUILD, join(made.root, 'dist'), 'junction');
  symlinkSync(join(PACKAGE, 'node_modules'), join(made.root, 'node_modules'), 'junction');
}

describe.concurrent('the own library', () => {
  test('keeps to its own policy, and would be told where it does not', async ({ project }) => {
    const made = ownLibrary(project);
    made.copy('.github/CODEOWNERS');
    expect(await made.assay(['check'])).toMatchObject({
      code: 0,
      stdout: '5 prompts checked: nothing to object to.\n',
    });
    made.write('.github/CODEOWNERS', '* @nobody\n');
    const { code, stdout } = await made.assay(['check']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('5 errors') });
  });

  test('passes in replay without a key, and says that its replies are samples', async ({ project }) => {
    const made = ownLibrary(project);
    const outcome = await made.assay(['eval']);
    expect(outcome.code, outcome.stdout + outcome.stderr).toBe(0);
    const report = expectReports(made, outcome);
    expect(report.evals.length).toBeGreaterThanOrEqual(10);
    expect(report.trials.completed).toBeGreaterThanOrEqual(120);
    expect(new Set(report.evals.map((each) => each.prompt.id)).size).toBeGreaterThanOrEqual(5);
    for (const { metrics } of report.evals) expect(metrics['pass']).toMatchObject({ delta: 0 });
    expect(outcome.stdout).toMatch(/no model was asked/);
    expect(outcome.stdout).toMatch(/hand-written samples, not a model's answers/);
  });

  test('gives the same reports again wherever it runs, but for ids and times, and changes no file', async ({
    project,
  }) => {
    const made = ownLibrary(project);
    const inputs = [...made.files('evals'), ...made.files('fixtures')];
    const texts = inputs.map((file) => made.read(file));
    const first = await made.assay(['eval']);
    const names = ['junit.xml', 'summary.md'];
    const rendered = names.map((file) => made.read(`reports/${file}`));
    const elsewhere = { TZ: 'Asia/Tokyo', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' };
    const second = await made.assay(['eval'], { env: elsewhere });
    expect(first.report && timeless(first.report)).toEqual(second.report && timeless(second.report));
    expect(first.report?.run.id).not.toBe(second.report?.run.id);
    expect(names.map((file) => made.read(`reports/${file}`))).toEqual(rendered);
    expect(first.stdout).toBe(second.stdout);
    expect(inputs.map((file) => made.read(file))).toEqual(texts);
  });

  test('works from any folder, and only on the prompts that are named', async ({ project }) => {
    const made = ownLibrary(project);
    for (const named of ['triage.prompt.md', 'support/triage', '.']) {
      const { code, report } = await made.assay(['eval', named], { cwd: 'evals/support' });
      expect(code).toBe(0);
      expect(new Set(report?.evals.map((each) => each.prompt.id))).toEqual(new Set(['support/triage']));
    }
    const { code, stderr } = await made.assay(['eval', 'suport/triage'], { cwd: 'evals/support' });
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Did you mean "support/triage"?'),
    });
    expect(made.has('evals/support/reports')).toBe(false);
  });

  test('fails when the documented step breaks a prompt, says which cases and why, and passes when restored', async ({
    project,
  }) => {
    const made = ownLibrary(project);
    withScripts(made);
    const script = (): string =>
      execFileSync(process.execPath, ['scripts/break-a-prompt.mjs'], { cwd: made.root, encoding: 'utf8' });
    expect(script()).toMatch(/npm run eval/);

    const broken = await made.assay(['eval']);
    expect(broken.code).toBe(1);
    const report = expectReports(made, broken);
    const triage = report.evals.filter((each) => each.prompt.id === 'support/triage');
    for (const { changes, metrics } of triage) {
      expect(changes.newlyFailing.length).toBeGreaterThan(0);
      expect(metrics['pass']?.delta).toBeLessThan(-0.02);
    }
    const others = report.evals.filter((each) => each.prompt.id !== 'support/triage');
    for (const { changes } of others) expect(changes.newlyFailing).toEqual([]);
    expect(broken.stdout).toMatch(/support\/triage \[sample:small\] double-charge, critical, newly failing/);
    expect(broken.stdout).toMatch(/pass fell [\d.]+ → [\d.]+/);
    expect(broken.stdout).toMatch(/not JSON|no JSON|schema/i);
    expect(report.gate.checks.filter((each) => each.status === 'failed').length).toBeGreaterThan(0);

    execFileSync('git', ['checkout', '-q', 'evals', 'fixtures'], { cwd: made.root });
    expect((await made.assay(['eval'])).code).toBe(0);
  });
});
