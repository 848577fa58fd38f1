import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { UserError } from '../../src/errors.js';
import { blobsOf } from '../../src/git/objects.js';
import { gitTree } from '../../src/library/git-tree.js';
import { promptHistory } from '../../src/library/prompt-history.js';
import { readPrompts } from '../../src/library/prompts.js';
import { blame } from '../../src/pipeline/blame.js';
import { providerTypes } from '../../src/providers/map.js';
import { project } from '../support/project.js';
import { type WorsenedHistory, worsenedHistory } from '../support/prompt-history.js';
import { asRepository, gitIn } from '../support/repository.js';
import { acceptInside, evaluateInside, mistakeOf } from './inside.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const of = (made: { root: string }, prompt: string, limit?: number) =>
  blame(prompt, { cwd: made.root, ...(limit !== undefined && { limit }) });

/** A repository with one prompt. */
function small(template = 'Say {{word}}.\n') {
  return asRepository(
    project({
      'evals/say.prompt.md': template,
      'evals/say.cases.yaml': 'cases: [{ vars: { word: hi }, assert: [{ type: contains, value: hi }] }]\n',
      'assay.config.yaml': 'models: [mock:echo]\n',
    }),
  );
}

it.skipIf(process.platform === 'win32')('follows links to prompts and partials', async () => {
  const made = small();
  made.write('shared/say.md', 'Say {{> tone}} {{word}}.\n');
  made.write('shared/tone.md', 'it kindly:\n');
  made.remove('evals/say.prompt.md');
  mkdirSync(join(made.root, 'evals/_partials'));
  symlinkSync('../shared/say.md', join(made.root, 'evals/say.prompt.md'));
  symlinkSync('../../shared/tone.md', join(made.root, 'evals/_partials/tone.md'));
  const linked = made.commitAs('Ana', 'Link');
  made.write('shared/say.md', 'Tell {{> tone}} {{word}}.\n');
  const told = made.commitAs('Bo', 'Tell');
  made.write('shared/tone.md', 'it calmly:\n');
  const calm = made.commitAs('Cy', 'Calm');
  const { versions } = await of(made, 'say');
  expect(versions.map(({ commit }) => commit)).toEqual([calm, told, linked, made.git('rev-parse', 'HEAD~3')]);
});

describe('a history of 30 commits', () => {
  let made: WorsenedHistory;
  beforeAll(async () => {
    made = await worsenedHistory(
      project({}, (act) => afterAll(act)),
      async (each) => {
        await evaluateInside(each);
        await acceptInside(each);
      },
    );
  });

  it('has a version for each change that a model sees, by the commit that made it', async () => {
    expect(made.git('rev-list', '--count', 'HEAD')).toBe('30');
    const { versions, more, shallow } = await of(made, 'support/sort');
    expect({ more, shallow, state: new Set(versions.map(({ state }) => state)) }).toEqual({
      more: 0,
      shallow: false,
      state: new Set(['committed']),
    });
    expect(new Set(versions.map(({ version }) => version)).size).toBe(made.versions);
    expect(versions.map(({ author, date, why, whyFrom }) => [author, date?.slice(0, 10), why, whyFrom])).toEqual([
      ['Cy Tan', '2026-11-26', 'Use a better word', 'commit'],
      ['Cy Tan', '2026-11-25', 'Use the article', 'commit'],
      ['Bo Berg', '2026-11-23', 'Ask for one topic', 'commit'],
      ['Ana Lima', '2026-11-21', 'Ask for the main topic', 'commit'],
      ['Di Roy', '2026-11-16', 'Let answers read better', 'commit'],
      ['Cy Tan', '2026-11-14', 'Mend the grammar', 'commit'],
      ['Test', '2026-11-10', 'Merge polite', 'commit'],
      ['Bo Berg', '2026-11-07', 'Be kinder', 'commit'],
      ['Ana Lima', '2026-11-09', 'Name the tickets', 'commit'],
      ['Ana Lima', '2026-11-05', 'Tickets were sorted by date.', 'changelog'],
      ['Ana Lima', '2026-11-02', 'Say which ticket', 'commit'],
      ['Ana Lima', '2026-11-01', 'Sort tickets', 'commit'],
    ]);
    const commits = versions.map(({ commit }) => commit);
    expect(commits).toContain(made.culprit);
    expect(commits).toContain(made.joined);
    expect(commits).not.toContain(made.merge);
    expect(commits).not.toContain(made.rename);
    expect(commits.at(-1)).toBe(made.first);
  });

  it('has the scores accepted for each version, and where they fell', async () => {
    const { versions, drops } = await of(made, 'support/sort');
    const scored = versions.filter(({ scores }) => scores.length > 0);
    expect(scored.map(({ commit, scores }) => [commit, scores[0]?.metrics.accuracy])).toEqual([
      [made.culprit, 0],
      [made.joined, 1],
      [made.first, 1],
    ]);
    expect(
      drops.map(({ metric, commit, since, before, after, verdict }) => [metric, commit, since, before, after, verdict]),
    ).toEqual(
      ['pass', 'score', 'accuracy'].map((metric) => [metric, made.culprit, scored[1]?.version, 1, 0, 'regressed']),
    );
    expect(drops[0]).toMatchObject({ model: 'local:small', delta: -1, p: expect.closeTo(1 / 256, 9) });
    // The grammar was mended between the two, and nothing accepted.
    expect(drops[0]).toMatchObject({ sinceCommit: made.joined, between: 1 });
  });

  it('is what reading the whole library at each commit gives', async () => {
    const history = await promptHistory('evals/support/sort.prompt.md', ['HEAD'], {
      root: made.root,
      configPath: 'assay.config.yaml',
      providers: providerTypes,
    });
    const blobs = blobsOf(made.root);
    for (const { commit, path, prompt } of history.commits) {
      const { prompts } = readPrompts(await gitTree(made.root, commit, blobs), 'assay.config.yaml', providerTypes);
      expect([commit, prompt?.version]).toEqual([commit, prompts.find((each) => each.path === path)?.version]);
    }
    expect(history.commits.length).toBeGreaterThan(made.versions);
  });

  it('can be cut to the newest', async () => {
    const { versions, more, drops } = await of(made, 'support/sort', 2);
    expect([versions.length, more, drops]).toEqual([2, made.versions - 2, []]);
  });

  it('says so where the clone is shallow', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-clone-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
    gitIn(folder, 'clone', '-q', '--depth', '6', `file://${made.root}`, '.');
    const { versions, shallow } = await of({ root: folder }, 'support/sort');
    expect(shallow).toBe(true);
    expect(versions.map(({ why, commit, author, state }) => [why, commit === null, author, state])).toEqual([
      ['Use a better word', false, 'Cy Tan', 'committed'],
      [null, true, null, 'before-clone'],
    ]);
  });
});

describe('the versions of a prompt', () => {
  it('begin with one that is not committed', async () => {
    const made = small();
    made.write('evals/say.prompt.md', '---\nchangelog: [{ date: 2026-11-01, why: Be brief. }]\n---\nSay {{word}}!\n');
    const { versions } = await of(made, 'say');
    expect(versions.map(({ commit, date, author, why, state }) => ({ commit, date, author, why, state }))).toEqual([
      { commit: null, date: null, author: null, why: 'Be brief.', state: 'uncommitted' },
      {
        commit: made.git('rev-parse', 'HEAD'),
        date: expect.any(String),
        author: 'Test',
        why: 'first',
        state: 'committed',
      },
    ]);
  });

  it('are none for what no model sees', async () => {
    const made = small();
    made.write('evals/say.prompt.md', '---\nowner: "@ana"\n---\nSay {{! softly }}{{word}}.\r\n');
    made.commitAs('Ana', 'Own it');
    expect((await of(made, 'say')).versions.map(({ why }) => why)).toEqual(['first']);
  });

  it('are told by the config, too', async () => {
    const made = small();
    made.write(
      'assay.config.yaml',
      'models: [mock:echo]\noverrides: [{ files: "evals/**", parameters: { maxTokens: 5 } }]\n',
    );
    made.commitAs('Ana', 'Cut answers short');
    expect((await of(made, 'say')).versions.map(({ why }) => why)).toEqual(['Cut answers short', 'first']);
  });

  it('are told by the partial that is found, not by those that are not', async () => {
    const made = small('{{> how}} {{word}}\n');
    made.write('_partials/how.md', 'Say');
    made.commitAs('Ana', 'Write the partial');
    made.write('evals/_partials/other.md', 'Nobody includes it');
    made.commitAs('Ana', 'Add another one');
    made.write('evals/_partials/how.md', 'Whisper');
    made.commitAs('Bo', 'Put a nearer one in its place');
    made.write('_partials/how.md', 'Shout');
    made.commitAs('Cy', 'Change the far one');
    expect((await of(made, 'say')).versions.map(({ why }) => why)).toEqual([
      'Put a nearer one in its place',
      'Write the partial',
    ]);
  });

  it('pass over commits in which the prompt has mistakes', async () => {
    const made = small();
    made.write('evals/say.prompt.md', 'Say {{word.\n');
    made.commitAs('Ana', 'Break it');
    made.write('evals/say.prompt.md', 'Say {{word}}.\n');
    made.commitAs('Ana', 'Mend it');
    made.write('evals/say.prompt.md', 'Say {{word}}!\n');
    made.commitAs('Ana', 'Change it');
    expect((await of(made, 'say')).versions.map(({ why }) => why)).toEqual(['Change it', 'first']);
  });

  it('stand twice where one was undone', async () => {
    const made = small();
    made.write('evals/say.prompt.md', 'Say {{word}}!\n');
    made.commitAs('Ana', 'Change it');
    made.write('evals/say.prompt.md', 'Say {{word}}.\n');
    made.commitAs('Ana', 'Change it back');
    const { versions } = await of(made, 'say');
    expect(versions.map(({ why }) => why)).toEqual(['Change it back', 'Change it', 'first']);
    expect(versions[0]?.version).toBe(versions[2]?.version);
  });

  it('are followed through two renames, one of them with a change, and to where the library was', async () => {
    const made = asRepository(
      project({
        'assay.config.yaml': 'models: [mock:echo]\nlibrary: [prompts]\n',
        'prompts/say.prompt.md': 'Say this\nword and\nno other\nword: {{word}}\n',
        'prompts/say.cases.yaml': 'cases: [{ vars: { word: hi }, assert: [{ type: contains, value: hi }] }]\n',
      }),
    );
    made.git('mv', 'prompts', 'evals');
    made.write('assay.config.yaml', 'models: [mock:echo]\n');
    made.commitAs('Bo', 'Move the library');
    made.git('mv', 'evals/say.prompt.md', 'evals/tell.prompt.md');
    made.git('mv', 'evals/say.cases.yaml', 'evals/tell.cases.yaml');
    made.write('evals/tell.prompt.md', 'Say this\nword and\nno other\nword! {{word}}\n');
    made.commitAs('Cy', 'Rename and change it');
    expect((await of(made, 'tell')).versions.map(({ why, author }) => [why, author])).toEqual([
      ['Rename and change it', 'Cy'],
      ['first', 'Test'],
    ]);
  });

  it('are followed through a rename that is not committed, with a change and without', async () => {
    const made = small('Say this\nword and\nno other\nword: {{word}}\n');
    made.write('evals/say.prompt.md', 'Say this\nword and\nno other\nword! {{word}}\n');
    const commit = made.commitAs('Ana', 'Louder');
    for (const kind of ['prompt.md', 'cases.yaml']) made.git('mv', `evals/say.${kind}`, `evals/tell.${kind}`);
    const first = made.git('rev-parse', 'HEAD~1');
    expect((await of(made, 'tell')).versions.map((each) => each.commit)).toEqual([commit, first]);
    made.write('evals/tell.prompt.md', 'Say this\nword and\nno other\nword? {{word}}\n');
    expect((await of(made, 'tell')).versions.map((each) => each.commit)).toEqual([null, commit, first]);
  });

  it('are not read where the file lay outside of the project, and that is told', async () => {
    const made = asRepository(
      project({
        'app/assay.config.yaml': 'models: [mock:echo]\n',
        'app/evals/say.prompt.md': 'Say {{word}}.\n',
      }),
    );
    made.write('app/evals/say.prompt.md', 'Say {{word}}!\n');
    made.commitAs('Ana', 'Change it');
    expect(await of({ root: join(made.root, 'app') }, 'say')).not.toHaveProperty('elsewhere');
    mkdirSync(join(made.root, 'packages'));
    made.git('mv', 'app', 'packages/app');
    made.commitAs('Bo', 'Move the project');
    const { elsewhere } = await of({ root: join(made.root, 'packages/app') }, 'say');
    expect(elsewhere).toBe('../../app/evals/say.prompt.md');
    const { stdout } = await made.assay(['blame', 'say'], { cwd: 'packages/app' });
    expect(stdout).toContain('as ../../app/evals/say.prompt.md: versions there are not read');
  });

  it('cannot be told of what is no prompt, or in no repository', async () => {
    const made = small();
    expect(await mistakeOf(of(made, 'sya'))).toMatchObject({ code: 'unknown-prompt', exit: 2 });
    // A partial is no prompt, and would be refused: it is not suggested.
    made.write('evals/_partials/tone.md', 'Be kind.');
    const { problems } = (await blame('nope', { cwd: made.root }).catch((error: unknown) => error)) as UserError;
    expect(problems.map(({ remedy }) => remedy)).toEqual([expect.not.stringContaining('tone')]);
    const alone = project({ 'evals/say.prompt.md': 'Say {{word}}.\n' });
    expect(await mistakeOf(of(alone, 'say'))).toMatchObject({ code: 'no-repository', exit: 2 });
  });
});
