import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { project } from '../support/project.js';
import { type WorsenedHistory, worsenedHistory } from '../support/prompt-history.js';
import { acceptInside, evaluateInside } from '../pipeline/inside.js';
import { test } from './test.js';

vi.setConfig({ hookTimeout: 120_000 });

let made: WorsenedHistory;
beforeAll(async () => {
  made = await worsenedHistory(
    project({}, (act) => afterAll(act)),
    async (each) => {
      await evaluateInside(each);
      await acceptInside(each);
    },
  );
  made.remove('reports');
});

/** A screen without what differs from run to run: the names of commits, and the date on which scores were accepted. */
function steady(text: string): string {
  const hashes = made.git('log', '--format=%h').split('\n');
  const known = new Set(hashes.map((hash) => hash.slice(0, 7)));
  const today = new Date().toISOString().slice(0, 10);
  return text
    .replaceAll(/\b[0-9a-f]{7}\b/g, (word) => (known.has(word) ? '<hash0>' : word))
    .replaceAll(today, '<today>   ');
}

describe.concurrent('assay blame', () => {
  test('shows the versions, their scores, and where these fell', async ({ expect: expectIn }) => {
    const { code, stdout, stderr } = await made.assay(['blame', 'support/sort'], { env: { FORCE_COLOR: '1' } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    await expectIn(steady(stdout)).toMatchFileSnapshot('golden/blame.txt');
    const piped = await made.assay(['blame', 'evals/support/sort.prompt.md', '--limit', '2']);
    expect(piped.stdout).not.toContain('\u001b');
    expect(piped.stdout).toContain('and 10 older: --limit all');
  });

  test('prints JSON, and nothing else', async () => {
    const { stdout } = await made.assay(['blame', 'support/sort', '--json']);
    const found: { prompt: string; versions: Record<string, unknown>[] } = JSON.parse(stdout);
    expect(found.prompt).toBe('support/sort');
    expect(found.versions).toHaveLength(made.versions);
    expect(found.versions.find(({ commit }) => commit === made.culprit)).toEqual({
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      commit: made.culprit,
      date: '2026-11-16T10:00:00+01:00',
      author: 'Di Roy',
      why: 'Let answers read better',
      whyFrom: 'commit',
      state: 'committed',
      scores: [expect.objectContaining({ model: 'local:small', metrics: { pass: 0, score: 0, accuracy: 0 } })],
    });
  });

  test('says what is wrong with what it is given', async () => {
    const ended = await Promise.all([
      made.assay(['blame', 'support/short']),
      made.assay(['blame', 'support/sort', '--limit', 'none']),
      made.assay(['blame']),
    ]);
    expect(ended.map(({ code }) => code)).toEqual([2, 2, 2]);
    expect(ended[0]?.stderr).toContain('Did you mean "support/sort"?');
  });
});

describe.concurrent('assay bisect', () => {
  test('names the commit of a branch that changed a partial for the worse, and touches nothing', async ({
    expect: expectIn,
  }) => {
    const before = made.files();
    const { code, stdout, stderr } = await made.assay(
      ['bisect', 'support/sort', '--good', made.first, '--bad', 'HEAD'],
      { env: { FORCE_COLOR: '1' } },
    );
    expect(code).toBe(0);
    await expectIn(steady(`${stdout}\n${stderr}`)).toMatchFileSnapshot('golden/bisect.txt');
    expect(made.files()).toEqual(before);
    expect(made.git('status', '--short')).toBe('');
  });

  test('prints JSON, and nothing else', async () => {
    const good = made.git('rev-parse', 'HEAD~15');
    const { code, stdout } = await made.assay(['bisect', 'support/sort', '--good', good, '--bad', 'main', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      prompt: 'support/sort',
      commit: made.culprit,
      version: expect.stringMatching(/^[0-9a-f]{12}$/),
      evaluations: 2,
      bad: { ref: 'main', commit: made.git('rev-parse', 'main') },
      culprit: { author: 'Di Roy', subject: 'Let answers read better' },
      suspects: [],
      reasons: [],
    });
  });

  test('says when the bad commit is not worse, and what is wrong with what it is given', async () => {
    const [same, swapped, none, lacking] = await Promise.all([
      made.assay(['bisect', 'support/sort', '--good', made.first, '--bad', made.joined]),
      made.assay(['bisect', 'support/sort', '--good', 'HEAD', '--bad', made.first]),
      made.assay(['bisect', 'support/sort', '--good', 'HEAD~1', '--bad', 'HEAD']),
      made.assay(['bisect', 'support/sort', '--good', made.first]),
    ]);
    expect([same?.code, swapped?.code, none?.code, lacking?.code]).toEqual([3, 2, 2, 2]);
    expect(same?.stdout).toContain('Not found');
    expect(same?.stdout).toContain('is worse than the good one');
    expect(swapped?.stderr).toContain('Swap them');
    expect(none?.stderr).toContain('has the same version');
    expect(lacking?.stderr).toContain('--bad');
  });
});
