import { expect, test } from 'vitest';
import { UserError } from '../../src/errors.js';
import { blame } from '../../src/pipeline/blame.js';
import { readCatalogue } from '../../src/pipeline/catalogue.js';
import { diff } from '../../src/pipeline/diff.js';
import { show } from '../../src/pipeline/show.js';
import { repository } from '../support/repository.js';

const WORLD = { date: () => new Date('2026-11-29T00:00:00Z') };

function made(library?: string) {
  const repo = repository({
    'assay.config.yaml': 'models: [mock:echo]\n',
    'evals/say.prompt.md': 'Say {{word}}.\n',
    'evals/say.cases.yaml': 'cases: [{ vars: { word: hi }, assert: [{ type: contains, value: hi }] }]\n',
  });
  if (library !== undefined) repo.write('assay.config.yaml', `models: [mock:echo]\nlibrary: ${library}\n`);
  return { repo, cwd: repo.root };
}

/** The messages that something is refused with. */
const refused = (asked: Promise<unknown>) =>
  asked.then(
    () => [],
    (error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      return error.problems.map(({ message }) => message);
    },
  );

test.each([
  ['5', 'library must be a list, not 5'],
  ['[]', 'library must have at least 1 entry'],
  ['["../x"]', '"../x" is refused: a library folder lies inside the project and is written with /'],
])('a library that is %s is what is told, and no prompt is looked for in another one', async (library, message) => {
  const { cwd } = made(library);
  expect(await refused(blame('say', { cwd }))).toEqual([message]);
  expect(await refused(show('say', { cwd }, WORLD))).toEqual([message]);
  expect(await refused(diff('say', 'HEAD', { cwd }, WORLD))).toEqual([message]);
  const listed = readCatalogue({ cwd }, WORLD).then(({ entries, problems }) => {
    expect(entries).toEqual([]);
    throw new UserError(problems);
  });
  expect(await refused(listed)).toEqual([message]);
});

test('a mistake elsewhere in the config leaves the list as it is', async () => {
  const { repo, cwd } = made();
  repo.write('assay.config.yaml', 'models: [mock:echo]\nlibrary: [evals]\nrepeats: many\n');
  const { entries, problems } = await readCatalogue({ cwd }, WORLD);
  expect([entries.map(({ id }) => id), problems.length]).toEqual([['say'], 1]);
});

test('two prompts with one id are told', async () => {
  const { repo, cwd } = made('[evals, more]');
  repo.write('more/say.prompt.md', 'Tell {{word}}.\n');
  const { problems } = await readCatalogue({ cwd }, WORLD);
  expect(problems.map(({ code }) => code)).toEqual(['duplicate-id']);
});
