import { describe, expect } from 'vitest';
import { asRepository } from '../support/repository.js';
import { BASELINE, caseIds, CASES, casesFile, PROMPT } from './echo.js';
import { test } from './test.js';

describe.concurrent('assay eval in a branch', () => {
  test('compares with the baseline at the merge-base when told to, and tells what the branch accepted', async ({
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
    made.git('checkout', '-q', '-b', 'topic');
    made.write(PROMPT, '{{^text}}{{/text}}other words\n');
    expect((await made.assay(['eval'])).code).toBe(1);
    await made.assay(['accept']);
    made.commitAs('Bo');

    const here = await made.assay(['eval']);
    expect(here.code).toBe(0);
    expect(here.stdout).toContain('accepted in this branch: echo [mock:echo]: pass 1 → 0');
    const there = await made.assay(['eval', '--baseline', 'merge-base']);
    expect(there.code).toBe(1);
    expect(there.stdout).toContain('baselines: those at the merge-base with main');
    made.remove('reports');
    const none = await made.assay(['eval', '--baseline=--upload-pack=x']);
    expect([none.code, none.report]).toEqual([2, undefined]);
    expect(made.has(BASELINE)).toBe(true);
  });

  test('shows a hostile name of who committed the recordings as text', async ({ echoProject }) => {
    const made = asRepository(await echoProject({ cases: 1 }));
    await made.evaluate(['--mode', 'record']);
    made.commitAs('\u001b[31mEve\u001b[0m <b>::error::x');
    const outcome = await made.assay(['eval']);
    expect(outcome.stdout).not.toContain('\u001b');
    expect(outcome.stdout).toContain('recordings last committed by');
    expect(outcome.stdout).toContain('Eve');
    expect(made.read('reports/summary.md')).not.toContain('<b>');
  });
});
