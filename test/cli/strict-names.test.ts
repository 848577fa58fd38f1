import { describe, expect } from 'vitest';
import { test } from './test.js';

const FILES = {
  'evals/a.prompt.md': '{{word}}',
  'evals/a.cases.yaml': 'cases: [{ id: one, vars: { word: hi }, assert: [{ type: equals, value: hi }] }]\n',
};

describe.concurrent('a file that would be passed over', () => {
  test.for(['assay.config.yml', 'assay.config.json', 'assay.yaml'])('%s is no config', async (name, { project }) => {
    const made = project({ ...FILES, [name]: '{ "gate": { "minPassRate": 1 } }' });
    for (const args of [['eval', '--model', 'mock:echo'], ['check'], ['list']]) {
      const { code, stderr } = await made.assay(args);
      expect([code, stderr]).toEqual([
        2,
        expect.stringMatching(`${name} is read by nobody.*\n.*assay\\.config\\.yaml`),
      ]);
    }
    made.write('assay.config.yaml', 'models: [mock:echo]');
    expect((await made.assay(['eval'])).code).toBe(0);
  });

  test('is a chain, as long as none is run', async ({ project }) => {
    const made = project({
      ...FILES,
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/both.chain.yaml': 'steps: [{ prompt: none }]',
    });
    for (const args of [['eval'], ['check']]) {
      const { code, stdout, stderr } = await made.assay(args);
      expect([code, stdout + stderr]).toEqual([2, expect.stringContaining('evals/both.chain.yaml is a chain')]);
    }
  });
});
