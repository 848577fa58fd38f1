import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readPrompts } from '../../src/library/prompts.js';
import { memoryTree, providers } from './project.js';

/** What a model sees of the prompt, each where people write it: in front matter, the body, a partial, a partial of a partial. */
const visible = fc.record(
  {
    parameters: fc.constantFrom({ maxTokens: 1, topP: 0.5 }, { maxTokens: 2, topP: 0.5 }, { maxTokens: 1 }),
    output: fc.constantFrom({ type: 'object', required: ['a'] }, { type: 'array' }),
    tools: fc.constantFrom(
      [{ name: 'find', parameters: { type: 'object' } }],
      [{ name: 'look', parameters: { type: 'object' } }],
    ),
    body: fc.constantFrom('Sort', 'Route'),
    outer: fc.constantFrom('Be kind.', 'Be short.'),
    inner: fc.constantFrom('Never lie.', 'Never guess.', ''),
  },
  { requiredKeys: ['body', 'outer', 'inner'] },
);
type Visible = typeof visible extends fc.Arbitrary<infer T> ? T : never;

/** What it does not see, and how files are written. */
const unseen = fc.record({
  matter: fc.record(
    {
      owner: fc.constantFrom('@a', '@b'),
      why: fc.constantFrom('It costs a day.', 'It costs: two'),
      tags: fc.constantFrom(['x'], ['y', 'x']),
      models: fc.constantFrom(['mock:echo'], ['mock:other', 'mock:echo']),
      repeats: fc.constantFrom<unknown>(2, { min: 1, max: 4 }),
      gate: fc.constantFrom({ tolerance: 0.1 }, { minPassRate: 0.9 }),
      changelog: fc.constantFrom([], [{ date: '2026-11-22', why: 'first' }]),
      input: fc.constantFrom({ type: 'object', properties: { ticket: { type: 'string' } } }),
    },
    { requiredKeys: [] },
  ),
  reverse: fc.boolean(),
  flow: fc.boolean(),
  end: fc.constantFrom('\n', '\r\n'),
  comment: fc.constantFrom('', '{{! why: asked for }}'),
});
type Unseen = typeof unseen extends fc.Arbitrary<infer T> ? T : never;

/** The same with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, reversed(member)]),
  );
}

function versionOf({ body, outer, inner, ...seen }: Visible, { matter, reverse, flow, end, comment }: Unseen): string {
  const written = { ...seen, ...matter };
  const front = stringify(reverse ? reversed(written) : written, { collectionStyle: flow ? 'flow' : 'any' });
  const files = {
    'evals/a/p.prompt.md': `---\n# a comment\n${front}---\n{{#system}}\n${comment}${body} {{> outer}}\n{{/system}}\n{{#user}}{{ticket}}{{/user}}\n`,
    'evals/_partials/outer.md': `${outer}${comment}{{> inner}}`,
    'evals/_partials/inner.md': `${comment}${inner}`,
  };
  const ended = Object.entries(files).map(([path, text]): [string, string] => [path, text.replaceAll('\n', end)]);
  const { prompts, problems } = readPrompts(memoryTree(Object.fromEntries(ended)), undefined, providers);
  expect(problems).toEqual([]);
  return prompts[0]?.version ?? '';
}

describe('the version of a prompt file', () => {
  it('does not change with metadata, comments, the order of keys, the style of YAML and line ends', () => {
    fc.assert(
      fc.property(visible, unseen, unseen, (seen, one, other) => {
        expect(versionOf(seen, other)).toBe(versionOf(seen, one));
      }),
    );
  });

  it('changes with all that a model would see, also through partials two levels deep', () => {
    let different = 0;
    fc.assert(
      fc.property(visible, visible, unseen, unseen, (seen, changed, one, other) => {
        const same = JSON.stringify(sorted(seen)) === JSON.stringify(sorted(changed));
        expect(versionOf(changed, other) === versionOf(seen, one)).toBe(same);
        if (!same) different += 1;
      }),
    );
    expect(different).toBeGreaterThan(50);
  });
});

function sorted(seen: Visible): [string, unknown][] {
  return Object.entries(seen).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
