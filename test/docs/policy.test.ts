import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { policyRules } from '../../src/policy/map.js';
import { project } from '../support/project.js';
import { asRepository } from '../support/repository.js';
import { codeWords, exampleFiles, pageText, tableOf } from './pages.js';
import { assay } from './run.js';

const PAGE = 'docs/policy.md';

describe('docs/policy.md', () => {
  const { rows } = tableOf(PAGE, 'code', 'Rules');

  test('has every rule, with the level it has by itself', () => {
    expect(rows.map(([code = '']) => codeWords(code)[0])).toEqual(policyRules.map(({ code }) => code));
    for (const { code, level } of policyRules) {
      const [, levels = ''] = rows.find(([name = '']) => codeWords(name).includes(code)) ?? [];
      const said = codeWords(levels);
      expect({ code, level: said.at(-1) }).toEqual({ code, level: level({}) });
      // What stands between two levels is what the policy must require for the first.
      expect(level({ require: said.slice(1, -1) })).toBe(said[0]);
    }
  });

  test('has a config whose rules hold, and steps that print for GitHub', async () => {
    const made = project({
      ...exampleFiles('policy'),
      'evals/a.prompt.md': ['---', 'owner: "@a"', '---', 'You must greet {{name}}.'],
      'evals/a.cases.yaml': 'cases: [{ vars: { name: Ana }, assert: [{ type: contains, value: Ana }] }]\n',
    });
    asRepository(made);
    const steps: { run?: string; with?: object }[] = parse(exampleFiles('policy')['steps.yaml'] ?? '');
    expect(steps[0]?.with).toEqual({ 'fetch-depth': 0 });
    const { code, stdout } = await assay(made.root, steps[1]?.run?.split(' ').slice(2) ?? []);
    const codes = [...stdout.matchAll(/^::(error|warning) .*title=([\w-]+)::/gm)].map(
      ([, level, name]) => `${level} ${name}`,
    );
    expect({ code, codes: codes.toSorted() }).toEqual({
      code: 1,
      codes: [
        'error required-metadata',
        'error required-metadata',
        'error too-few-cases',
        'error unexplained-constraint',
        'warning never-accepted',
      ],
    });
  });
});

describe('docs/impact.md', () => {
  test('shows what the command prints', async () => {
    const cases = ['cases:', '  - { vars: { ticket: hi }, assert: [{ type: contains, value: hi }] }'];
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]\n',
      'evals/_partials/law.md': 'Promise nothing.',
      'evals/_partials/tone.md': 'Be kind. {{> law}}',
      'evals/support/triage.prompt.md': '{{> tone}} {{ticket}}',
      'evals/support/triage.cases.yaml': cases,
      'evals/alone.prompt.md': '{{ticket}}',
      'evals/alone.cases.yaml': cases,
      'evals/other.prompt.md': '{{ticket}}',
      'evals/other.cases.yaml': cases,
    });
    asRepository(made);
    made.write('evals/_partials/law.md', 'Promise little.');
    const [, shown = ''] = /^\$ npx assay affected --since main\n([^]*?)```/m.exec(pageText('docs/impact.md')) ?? [];
    const { stdout } = await assay(made.root, ['affected', '--since', 'main']);
    expect(stdout.replace(/\([0-9a-f]{7}\)/, '(1a2b3c4)')).toBe(shown);
  });
});
