import { expect, test } from 'vitest';
import { loadPrompt } from '../../src/prompts/index.js';
import { readCatalogue } from '../../src/pipeline/catalogue.js';
import { repository } from '../support/repository.js';

const WORLD = { date: () => new Date('2026-11-29T00:00:00Z') };
const FRONT = ['---', 'owner: "@ana"', '---'];

/** A repository with a merge that both branches' changes of a file stopped. */
function stopped(path: string, ours: readonly string[], theirs: readonly string[]) {
  const repo = repository({
    'assay.config.yaml': 'models: [mock:echo]\n',
    'evals/say.prompt.md': [...FRONT, '{{> how}}', '', 'Title', '=======', '{{word}}'],
    'evals/_partials/how.md': 'Be kind.\n',
    'evals/other.prompt.md': '{{word}}\n',
  });
  repo.git('switch', '-q', '-c', 'side');
  repo.write(path, theirs);
  repo.commitAs('Bo');
  repo.git('switch', '-q', 'main');
  repo.write(path, ours);
  repo.commitAs('Ana');
  expect(() => repo.git('merge', '-q', 'side')).toThrow('Command failed');
  return repo;
}

test.each([
  ['the template', 'evals/say.prompt.md', [...FRONT, 'Tell {{word}}'], [...FRONT, 'Sing {{word}}'], 4],
  ['the front matter', 'evals/say.prompt.md', ['---', 'owner: a', '---', 'x'], ['---', 'owner: b', '---', 'x'], 2],
  ['a partial', 'evals/_partials/how.md', ['Be brief.'], ['Be very kind.'], 1],
])('what git could not merge in %s is not sent to a model', async (_, path, ours, theirs, line) => {
  const { root } = stopped(path, ours, theirs);
  const { entries, problems } = await readCatalogue({ cwd: root }, WORLD);
  expect(entries.map(({ id }) => id)).toEqual(['other']);
  expect(problems.map(({ code, place }) => [code, place])).toEqual([
    ['merge-conflict', { file: path, line, column: 1 }],
  ]);
  await expect(loadPrompt('say', { root })).rejects.toThrow(/git left a conflict of a merge/);
});

test('a line below a heading, markers alone and an indented example are text', async () => {
  const { root } = repository({
    'evals/say.prompt.md': ['Title', '=======', '', '  <<<<<<< HEAD', '  a', '  =======', '  b', '  >>>>>>> side'],
    'evals/log.prompt.md': ['>>>>>>> quoted', 'Title', '=======', '<<<<<<< ', 'end'],
  });
  const { entries, problems } = await readCatalogue({ cwd: root }, WORLD);
  expect([entries.length, problems]).toEqual([2, []]);
});
