import { describe, expect, it } from 'vitest';
import { project } from '../support/project.js';
import { asRepository, gitIn, type Repository } from '../support/repository.js';
import { BASELINE, caseIds, CASES, casesFile, echoProject, PROMPT } from '../cli/echo.js';
import { acceptInside, evaluateInside, mistakeOf, quietWorld } from './inside.js';

const GOOD = '{{text}}\n';
const BAD = '{{^text}}{{/text}}other words\n';

/** A repository whose main branch has a good prompt and its baseline, and whose branch `topic` breaks it. */
async function branched(): Promise<Repository> {
  const made = asRepository(
    project({
      'assay.config.yaml': 'models: [mock:echo]\n',
      [PROMPT]: GOOD,
      [CASES]: casesFile(caseIds(12)),
      '.gitignore': 'reports/\n',
    }),
  );
  expect((await evaluateInside(made)).code).toBe(0);
  await acceptInside(made);
  made.commitAs('Ana');
  made.git('checkout', '-q', '-b', 'topic');
  made.write(PROMPT, BAD);
  return made;
}

describe('other baselines', () => {
  it('are those where the branch began, of a git ref, or of a file', async () => {
    const made = await branched();
    const before = made.read(BASELINE);
    expect((await evaluateInside(made)).code).toBe(1);
    await acceptInside(made);
    made.commitAs('Bo');
    made.write('old/echo.baseline.json', before);

    const here = await evaluateInside(made);
    expect(here.code).toBe(0);
    expect(here.report.evals[0]?.changes.accepted).toHaveLength(12);
    const others: [string, string][] = [
      ['merge-base', 'baselines: those at the merge-base with main ('],
      ['HEAD~1', 'baselines: those at HEAD~1 ('],
      [made.git('rev-parse', 'main'), 'baselines: those at '],
      ['old/echo.baseline.json', 'baseline of echo: old/echo.baseline.json'],
    ];
    for (const [baseline, said] of others) {
      const { code, report, notes } = await evaluateInside(made, { baseline });
      expect([baseline, code]).toEqual([baseline, 1]);
      expect(report.evals[0]?.changes.newlyFailing).toHaveLength(12);
      expect(notes.join('\n')).toContain(said);
    }
    expect(made.read(BASELINE)).not.toBe(before);
  });

  it('at the merge-base do not blame a branch for the progress of main', async () => {
    const made = await branched();
    made.git('checkout', '-q', '-f', 'main');
    made.write(BASELINE, JSON.stringify({ schemaVersion: 1, models: {} }));
    made.commitAs('Ana', 'progress');
    made.git('checkout', '-q', 'topic');
    const { report } = await evaluateInside(made, { baseline: 'merge-base' });
    expect(report.evals[0]?.metrics.pass).toMatchObject({ verdict: 'unchanged' });
    const main = await evaluateInside(made, { baseline: 'main' });
    expect(main.report.evals[0]?.metrics.pass).toMatchObject({ verdict: 'new' });
  });

  it('are those of the branch that the pull request goes to', async () => {
    const made = await branched();
    made.git('branch', 'release', 'main~1');
    const { notes } = await evaluateInside(
      made,
      { baseline: 'merge-base' },
      quietWorld({ GITHUB_BASE_REF: 'release' }),
    );
    expect(notes.join('\n')).toContain('the merge-base with release');
  });

  it('that are missing there leave a prompt to its minimum, and that is said', async () => {
    const made = await branched();
    const { code, notes } = await evaluateInside(made, { baseline: 'main~1' });
    expect(code).toBe(1);
    expect(notes.join('\n')).toContain('no baseline there for echo: held to minPassRate');
  });

  it('that are none end with 2, and nothing is called', async () => {
    const made = await branched();
    made.write('notes.txt', 'no baseline');
    made.write('echo.baseline.json', '<<<<<<< HEAD\n{}\n');
    made.remove('reports');
    const mistakes: [string, string][] = [
      ['no-such-branch', 'there is no commit "no-such-branch"'],
      ['--all', 'there is no commit "--all"'],
      ['evals', 'there is no commit "evals"'],
      ['notes.txt', 'this is not JSON'],
      ['echo.baseline.json', 'conflict markers'],
    ];
    for (const [baseline, said] of mistakes) {
      const mistake = await mistakeOf(evaluateInside(made, { baseline }));
      expect([baseline, mistake.exit, mistake.text]).toEqual([baseline, 2, expect.stringContaining(said)]);
    }
    expect(made.has('reports')).toBe(false);
    made.git('checkout', '-q', '-f', 'topic');
    made.write(BASELINE, '{"schemaVersion": 1, "models": 3}');
    made.commitAs('Bo');
    made.git('checkout', '-q', 'HEAD~1', '--', BASELINE);
    const broken = await mistakeOf(evaluateInside(made, { baseline: 'topic' }));
    expect(broken).toMatchObject({ exit: 2, text: expect.stringMatching(/^at topic \([0-9a-f]{7}\): /) as string });
  });

  it('of a file belong to the prompts that are named like it', async () => {
    const made = await branched();
    const baseline = made.read(BASELINE);
    made.write(PROMPT, GOOD);
    for (const folder of ['a', 'b']) {
      made.write(`evals/${folder}/echo.prompt.md`, GOOD);
      made.write(`evals/${folder}/echo.cases.yaml`, casesFile(caseIds(12)));
    }
    made.write('old/a/echo.baseline.json', baseline);
    made.write('old/other.baseline.json', baseline);
    const { report } = await evaluateInside(made, { baseline: 'old/a/echo.baseline.json' });
    const compared = report.evals.filter((each) => each.metrics.pass?.delta !== undefined);
    expect(compared.map((each) => each.prompt.id)).toEqual(['a/echo', 'echo']);
    const other = { baseline: 'old/other.baseline.json' };
    expect((await mistakeOf(evaluateInside(made, other))).code).toBe('baseline-for-nobody');
    const single = await evaluateInside(made, { ...other, paths: ['evals/b'] });
    expect(single.report.evals[0]?.metrics.pass).toMatchObject({ delta: 0 });
  });

  it('cannot be found in a shallow clone, which is told to fetch the history', async () => {
    const made = await branched();
    made.commitAs('Bo');
    made.git('checkout', '-q', 'main');
    made.commitAs('Ana');
    const clone = project();
    gitIn(clone.root, 'clone', '-q', '--depth', '1', '--no-single-branch', '-b', 'topic', `file://${made.root}`, '.');
    const mistake = await mistakeOf(evaluateInside(clone, { baseline: 'merge-base' }));
    expect(mistake).toMatchObject({ exit: 2, text: expect.stringContaining('fetch-depth: 0') as string });
  });
});

describe('a baseline changed in the branch', () => {
  it('is reported, committed or not, and only then', async () => {
    const made = await branched();
    made.write(PROMPT, GOOD);
    expect((await evaluateInside(made)).notes).toEqual([]);
    made.write(PROMPT, BAD);
    await evaluateInside(made);
    await acceptInside(made);
    const note = /^accepted in this branch: echo \[mock:echo\]: pass 1 → 0; .*; version [0-9a-f]{12} → [0-9a-f]{12}$/;
    const open = await evaluateInside(made);
    expect(open.notes).toEqual([expect.stringMatching(note)]);
    made.commitAs('Bo');
    expect((await evaluateInside(made)).notes).toEqual(open.notes);
    made.remove(BASELINE);
    expect((await evaluateInside(made)).notes).toEqual(['accepted in this branch: echo [mock:echo]: removed']);
  });

  it('never makes a run fail', async () => {
    const made = await branched();
    made.git('checkout', '-q', '-f', 'main');
    made.write(BASELINE, 'no baseline at all');
    made.commitAs('Ana');
    made.git('checkout', '-q', '-B', 'topic');
    made.remove(BASELINE);
    expect(await evaluateInside(made)).toMatchObject({ code: 0, notes: [] });
  });
});

describe('a replayed verdict', () => {
  it('names who committed the recordings', async () => {
    const made = asRepository(await echoProject({ cases: 2 }));
    const world = quietWorld({ OPENAI_API_KEY: 'sk-test' });
    expect((await evaluateInside(made, { mode: 'record' }, world)).code).toBe(0);
    expect((await evaluateInside(made)).notes).toEqual(['recordings not committed yet: echo']);
    made.commitAs('Ana Ruiz');
    const note = /^recordings last committed by Ana Ruiz \(1 file, \d{4}-\d\d-\d\d\)$/;
    expect((await evaluateInside(made)).notes).toEqual([expect.stringMatching(note)]);
    expect((await evaluateInside(made, { mode: 'live' }, world)).notes).toEqual([]);
    made.write('fixtures/recordings/echo.jsonl', `${made.read('fixtures/recordings/echo.jsonl')}\n`);
    expect((await evaluateInside(made)).notes).toEqual(['recordings not committed yet: echo']);
  });
});
