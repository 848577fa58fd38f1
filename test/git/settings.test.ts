import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lastChanges } from '../../src/git/authors.js';
import { formerNames } from '../../src/git/changes.js';
import { commitsTouching, renamesIn } from '../../src/git/log.js';
import { blame } from '../../src/pipeline/blame.js';
import { type AtEnd, project } from '../support/project.js';
import { asRepository, type Repository } from '../support/repository.js';

/** A prompt that was renamed on one branch and changed on the other, with another file that was renamed beside it. */
function history(atEnd: AtEnd) {
  const body = (word: string) => `Say this\nword and\nno other\n${word}: {{word}}\n`;
  const files = {
    'assay.config.yaml': 'models: [mock:echo]\n',
    'evals/say.prompt.md': body('word'),
    'evals/other.prompt.md': 'Sing a song\nof sixpence\nabout\n{{word}}\n',
  };
  const repo = asRepository(project(files, atEnd));
  repo.git('switch', '-q', '-c', 'side');
  repo.write('evals/say.prompt.md', body('thing'));
  repo.commitAs('Zoë', 'Call it a thing für alle');
  repo.git('switch', '-q', 'main');
  repo.git('mv', 'evals/say.prompt.md', 'evals/tell.prompt.md');
  repo.write('evals/tell.prompt.md', `Please\n${body('word')}`);
  repo.git('mv', 'evals/other.prompt.md', 'evals/sing.prompt.md');
  repo.write('evals/sing.prompt.md', 'Sing a song\nof sixpence\nabout\n{{word}}\n!\n');
  repo.commitAs('Bo', 'Rename them');
  repo.git('merge', '-q', '--no-edit', 'side');
  return repo;
}

const SUNG = ['evals/sing.prompt.md', 'evals/other.prompt.md'];

/** All that is read of git's log and its comparisons. */
async function told(repo: Repository) {
  const merge = repo.git('rev-parse', 'HEAD');
  const { root } = repo;
  const { versions } = await blame('tell', { cwd: root });
  return {
    versions: versions.map(({ why, author, date }) => [why, author, date]),
    last: [...(await lastChanges(root, 'evals', ['evals/say.prompt.md', 'evals/tell.prompt.md']))],
    first: [...(await lastChanges(root, 'assay.config.yaml', ['assay.config.yaml']))],
    touching: await commitsTouching(root, [merge], ['evals/sing.prompt.md']),
    merged: [...(await renamesIn(root, merge, '**/*.prompt.md'))],
    former: [...(await formerNames(root, 'HEAD~2'))],
  };
}

describe('what is read of git', () => {
  let repo: Repository;
  let usual: Awaited<ReturnType<typeof told>>;
  beforeAll(async () => {
    repo = history((act) => afterAll(act));
    usual = await told(repo);
  });

  it('is the history of both branches, back to the first commit', () => {
    expect(usual.versions.map(([why, author]) => `${why}, ${author}`).toSorted()).toEqual([
      'Call it a thing für alle, Zoë',
      "Merge branch 'side', Test",
      'Rename them, Bo',
      'first, Test',
    ]);
    expect(usual.first).toHaveLength(1);
    expect(usual.merged).toEqual([SUNG, ['evals/tell.prompt.md', 'evals/say.prompt.md']]);
    expect(usual.former).toContainEqual(SUNG);
  });

  it.each([
    'log.diffMerges=first-parent',
    'log.showRoot=false',
    'log.follow=true',
    'i18n.logOutputEncoding=ISO-8859-1',
    'i18n.commitEncoding=UTF-16',
    'diff.renames=false',
    'diff.renameLimit=1',
    'color.ui=always',
  ])('is the same whoever has set %s', async (setting) => {
    const [name = '', value = ''] = setting.split('=');
    repo.git('config', name, value);
    const now = await told(repo).finally(() => repo.git('config', '--unset', name));
    expect(now).toEqual(usual);
  });
});
