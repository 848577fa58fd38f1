import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Content } from '../support/project.js';
import { casesFile } from '../cli/echo.js';
import { test } from '../cli/test.js';

const SECRET = 'outside-CANARY-4b1d7e90';
const RULE = 'defaults: { assert: [{ type: contains, value: a }] }';

/** Ways to name a file from a project; `<out>` is the path of a folder outside, which holds `data.*`. */
const WAYS: [string, Record<string, Content>][] = [
  ['from: an absolute path', { 'evals/e.cases.yaml': ['from: "<out>/data.csv"', RULE] }],
  ['from: a way up', { 'evals/e.cases.yaml': ['from: ../../<name>/data.csv', RULE] }],
  ['from: a way up by backslashes', { 'evals/e.cases.yaml': ["from: '..\\..\\<name>\\data.csv'", RULE] }],
  ['from: a file: URL', { 'evals/e.cases.yaml': ['from: "file://<out>/data.csv"', RULE] }],
  ['from: a share', { 'evals/e.cases.yaml': ["from: '\\\\127.0.0.1\\c$\\data.csv'", RULE] }],
  ['from: a drive', { 'evals/e.cases.yaml': ["from: 'C:\\data.csv'", RULE] }],
  ['from: a NUL', { 'evals/e.cases.yaml': ['from: "data.csv\\0"', RULE] }],
  ['from: a link', { 'evals/e.cases.yaml': ['from: link/data.csv', RULE] }],
  ['from: what git keeps', { 'evals/e.cases.yaml': ['from: ../.git/data.csv', RULE] }],
  ['from: a link to what git keeps', { 'evals/e.cases.yaml': ['from: git/data.csv', RULE] }],
  ['from: a file of keys', { 'evals/e.cases.yaml': ['from: ../.env', RULE] }],
  ['a partial behind a link', { 'evals/e.prompt.md': '{{text}} {{> data}}' }],
  ['a prompt behind a link', { 'assay.config.yaml': ['models: [mock:echo]', 'library: [link]'] }],
  ['a library further up', { 'assay.config.yaml': ['models: [mock:echo]', 'library: ["../<name>"]'] }],
  ['replies elsewhere', config('type: mock, replies: "<out>/data.yaml"')],
  ['replies that git keeps', config('type: mock, replies: .git/data.yaml')],
  ['outputs elsewhere', config('type: outputs, path: "../<name>/data.jsonl"')],
];

function config(settings: string): Record<string, Content> {
  return { 'assay.config.yaml': [`providers: { p: { ${settings} } }`, 'models: [p:x]'] };
}

describe.concurrent('a project reads nothing that is not its own', () => {
  test.for(WAYS)('%s', async ([, files], { project }) => {
    const data = {
      'data.csv': ['text', SECRET],
      'data.md': [SECRET],
      'data.yaml': [`replies: [{ output: ${SECRET} }]`],
      'data.jsonl': [JSON.stringify({ id: 'c01', output: SECRET })],
      'e.prompt.md': [SECRET],
      'e.cases.yaml': casesFile(['c01']),
    };
    const outside = project(data);
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/e.prompt.md': '{{text}}',
      'evals/e.cases.yaml': casesFile(['c01']),
    });
    made.commit('A library');
    for (const [name, content] of Object.entries(data)) made.write(`.git/${name}`, content);
    made.write('.env', ['text', SECRET]);
    const name = outside.root.split(/[/\\]/).at(-1) ?? '';
    const fill = (text: string) =>
      text.replaceAll('<out>', outside.root.replaceAll('\\', '/')).replaceAll('<name>', name);
    for (const [path, content] of Object.entries(files)) {
      made.write(path, typeof content === 'string' ? fill(content) : content.map(fill));
    }
    const link = (target: string, path: string) => symlinkSync(target, join(made.root, path), 'junction');
    link(outside.root, 'evals/link');
    link(outside.root, 'link');
    link(join(made.root, '.git'), 'evals/git');
    link(outside.root, 'evals/_partials');
    const outcome = await made.assay(['eval', '--mode', 'live']);
    expect(outcome.stderr).toMatch(/nothing was called/);
    expect(outcome.code).toBe(2);
    expect(outcome.stdout + outcome.stderr).not.toContain(SECRET);
    expect(made.has('reports') || made.has('fixtures')).toBe(false);
  });
});
