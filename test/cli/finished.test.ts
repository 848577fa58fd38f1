import { describe, expect } from 'vitest';
import { expectReports } from './report.js';
import { test } from './test.js';

const IDS = ['c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8'];

function rows(outputOf: (id: string) => string, repeats: readonly (number | undefined)[] = [undefined]): string[] {
  return IDS.flatMap((id) => repeats.map((repeat) => JSON.stringify({ id, output: outputOf(id), repeat })));
}

const files = (lines: readonly string[]) => ({
  'assay.config.yaml': ['providers: { past: { type: outputs, path: out.jsonl } }', 'models: [past:x]', 'repeats: 8'],
  'out.jsonl': lines,
  'evals/p.prompt.md': '{{text}}\n',
  'evals/p.cases.yaml': [
    'defaults: { assert: [{ type: equals, value: ok }] }',
    'cases:',
    ...IDS.map((id) => `  - { id: ${id}, vars: { text: ${id} } }`),
  ],
});

describe.concurrent('finished answers', () => {
  test('count once each, however many repeats are asked for: two changed ones prove nothing', async ({ project }) => {
    const made = project(files(rows(() => 'ok')));
    const first = await made.assay(['eval']);
    const report = expectReports(made, first);
    expect(report.trials).toMatchObject({ planned: 8, completed: 8 });
    expect(report.notes).toContain('past:x holds 1 of 8 repeats of p');
    const accepted = await made.assay(['accept']);
    expect(accepted.stdout).not.toMatch(/\+\d+ trials/);
    const baseline = JSON.parse(made.read('evals/p.baseline.json')) as Baseline;
    expect(baseline.models['past:x'].cases.c1.scores.pass.repeats).toEqual([1]);

    made.write('out.jsonl', rows((id) => (id === 'c1' || id === 'c2' ? 'no' : 'ok')).join('\n'));
    const changed = expectReports(made, await made.assay(['eval']));
    expect(changed.evals[0]?.changes.newlyFailing).toEqual(['c1', 'c2']);
    expect(changed.evals[0]?.metrics['pass']?.verdict).not.toBe('regressed');
    expect(made.read('reports/report.json')).toContain('"confirmed":[]');
  });

  test('that were given several times are run as often, and a repeat that lacks a case says so', async ({
    project,
  }) => {
    const made = project(files(rows(() => 'ok', [1, 2, 3])));
    const whole = expectReports(made, await made.assay(['eval']));
    expect(whole.trials).toMatchObject({ planned: 24, completed: 24 });
    made.write(
      'out.jsonl',
      rows(() => 'ok', [1, 2, 3])
        .slice(0, -1)
        .join('\n'),
    );
    const outcome = await made.assay(['eval']);
    expect(expectReports(made, outcome).trials).toMatchObject({ planned: 24, completed: 23, errored: 1 });
    expect(outcome.code).toBe(3);
    expect(made.read('reports/report.json')).toContain(
      'out.jsonl has no row for \\"c8\\" with prompt p, model x, repeat 3',
    );
  });
});

interface Baseline {
  models: { 'past:x': { cases: { c1: { scores: { pass: { repeats: number[] } } } } } };
}
