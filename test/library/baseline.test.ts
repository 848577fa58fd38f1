import { expect, test } from 'vitest';
import { CASES, find, PROMPT, problemsOf, project } from './project.js';

const baseline = (date: string, repeats: string) =>
  `{ "schemaVersion": 1, "models": { "mock:echo": { "version": "0123456789ab", "date": "${date}", "cases": {
    "one": { "input": "i", "scores": { "pass": { "assert": "a", "repeats": ${repeats} } } } } } } }`;
const files = (text: string) => ({
  'evals/a.prompt.md': PROMPT,
  'evals/a.cases.yaml': CASES,
  'evals/a.baseline.json': text,
});

test('a baseline that was edited into what nobody accepts is one mistake at its place', async () => {
  expect((await find(project(files(baseline('2026-11-22', '[1]'))))).prompts).toHaveLength(1);
  const told = async (text: string) =>
    (await problemsOf(project(files(text)))).map(({ place, message }) => `${place?.line}:${place?.column} ${message}`);
  expect(await told(baseline('2026-13-45', '[1]'))).toEqual([expect.stringMatching(/^1:\d+ .*date must/)]);
  expect(await told(baseline('2026-11-22', '[]'))).toEqual([expect.stringMatching(/^2:\d+ .*repeats must/)]);
});
