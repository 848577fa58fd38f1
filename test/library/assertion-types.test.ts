import { expect, test } from 'vitest';
import { assertionTypes } from '../../src/assertions/map.js';
import { providerTypes } from '../../src/providers/map.js';
import { PROMPT, problemsOf, project } from './project.js';

/** What is wrong with assertions of the types that there are, each on a line of its own. */
async function problemsWith(...assertions: string[]) {
  const root = project({
    'evals/a.prompt.md': PROMPT,
    'evals/a.cases.yaml': ['cases:', '  - id: one', '    vars: { ticket: x }', '    assert:', ...assertions],
  });
  const found = await problemsOf(root, { assertions: assertionTypes, providers: providerTypes });
  return found.map(({ place, message, remedy }) => `${place?.line}:${place?.column} ${message}. ${remedy}`);
}

test('what looks at no text takes neither path nor transform', async () => {
  const found = await problemsWith(
    '      - { type: cost, threshold: 1, path: $.a }',
    '      - { type: latency, threshold: 1, transform: trim }',
    '      - { type: not-finish-reason, value: stop, path: $.a, transform: trim }',
  );
  expect(found).toEqual([
    '5:37 assertion "cost" takes no path. Remove it.',
    '6:40 assertion "latency" takes no transform. Remove it.',
    '7:49 assertion "not-finish-reason" takes no path. Remove it.',
    '7:60 assertion "not-finish-reason" takes no transform. Remove it.',
  ]);
});

test('a model that is to embed is one that can', async () => {
  const similar = (model: string) => `      - { type: similar, value: x, options: { model: "${model}" } }`;
  const refused = ['mock:echo', 'anthropic:claude-opus-4'];
  const found = await problemsWith(...[...refused, 'mock:embed', 'openai:text-embedding-3-small'].map(similar));
  const remedy = 'Name a model that does, e.g. openai:text-embedding-3-small, or none for the local one.';
  expect(found).toEqual(refused.map((model, index) => `${5 + index}:54 "${model}" makes no embeddings. ${remedy}`));
  expect(await problemsWith(similar('nobody:x'))).toEqual([expect.stringContaining('nobody')]);
});

test('each kind of provider that makes no embeddings says so', async () => {
  const kinds = [...providerTypes.values()].filter(({ embeds }) => embeds?.('embed') !== false);
  expect(kinds.map(({ type }) => type).toSorted()).toEqual(['mock', 'openai']);
});
