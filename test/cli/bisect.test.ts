import { describe, expect } from 'vitest';
import { worsenedHistory } from '../support/prompt-history.js';
import { test } from './test.js';

describe.concurrent('try', () => {
  test('x', async ({ project }) => {
    const made = worsenedHistory(project());
    console.log(made.git('rev-list', '--count', 'HEAD'), made.git('status', '--short'));
    const b = await made.assay(['blame', 'support/sort']);
    console.log(b.stdout, b.stderr, b.ms, made.versions);
    const c = await made.assay(['bisect', 'support/sort', '--good', made.first, '--bad', 'HEAD']);
    console.log(c.stdout, c.stderr, c.code, c.ms);
    console.log(
      made.culprit,
      made.git('status', '--short'),
      made.files('.').filter((f) => /reports|record/.test(f)),
    );
    expect(1).toBe(1);
  });
});
