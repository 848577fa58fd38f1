import { describe, expect } from 'vitest';
import { expectReports } from './report.js';
import { test } from './test.js';

/** Scripted answers of three cases, each of which took so much. */
function replies(costUsd: number, inputTokens: number): string[] {
  return ['c1', 'c2', 'c3'].map(
    (id) => `- ${JSON.stringify({ case: id, output: id, costUsd, usage: { inputTokens, outputTokens: 5 } })}`,
  );
}

describe.concurrent('what an answer takes', () => {
  test('is accepted with its scores, and may not rise by more than the gate allows', async ({ project }) => {
    const made = project({
      'assay.config.yaml': [
        'providers: { scripted: { type: mock, replies: replies.yaml } }',
        'models: [scripted:one]',
        'mode: live',
        'gate: { increase: 0.1, rules: { cost: error, tokens: warn } }',
      ],
      'replies.yaml': replies(0.01, 10),
      'evals/p.prompt.md': '{{text}}\n',
      'evals/p.cases.yaml': [
        'cases:',
        ...['c1', 'c2', 'c3'].map(
          (id) => `  - { id: ${id}, vars: { text: ${id} }, assert: [{ type: equals, value: ${id} }] }`,
        ),
      ],
    });
    expect((await made.assay(['eval'])).code).toBe(0);
    expect((await made.assay(['accept'])).stdout).toMatch(/cost \$0\.01 per answer[^]*tokens 15 per answer/);
    expect((await made.assay(['eval'])).code).toBe(0);

    made.write('replies.yaml', replies(0.012, 13).join('\n'));
    const dearer = await made.assay(['eval']);
    expect(dearer.code).toBe(1);
    expect(dearer.stdout).toContain('cost rose 20 %: $0.01 → $0.012 per answer; 10 % is allowed');
    expect(dearer.stdout).toContain('warning: p [scripted:one]: tokens rose 20 %: 15 → 18 per answer; 10 % is allowed');
    expect(expectReports(made, dearer).evals[0]).toMatchObject({
      usage: { cost: { baseline: 0.01, now: 0.012, cases: 3 } },
    });

    const compared = await made.assay(['compare', 'evals/p.baseline.json', 'reports']);
    expect(compared.stdout).toContain('per answer: cost +20 %, tokens +20 %');

    expect((await made.assay(['accept'])).stdout).toContain('cost $0.01 → $0.011 per answer');
  });
});
