import { describe, expect } from 'vitest';
import { casesFile } from '../cli/echo.js';
import { test } from '../cli/test.js';

/** What a terminal or a CI system would obey, wherever a pull request or a model can put text. */
const HOSTILE = [
  '\u001b[2J\u001b]0;owned\u0007\u009b31m',
  '::error file=a::owned',
  '::add-mask::a',
  '##[error]owned',
  '##vso[task.setvariable variable=x]owned',
  "##teamcity[buildStatus status='SUCCESS']",
  '<img src=x onerror=alert(1)> | a ![x](http://evil.example/p.png) @octocat',
].join('\n');

/** No line of it is a command. */
function expectHarmless(text: string): void {
  expect(text).not.toMatch(/[^\P{Cc}\n\t]/u);
  expect(text).not.toMatch(/^\s*::/m);
  expect(text).not.toMatch(/##(?:vso|teamcity)?\[/i);
}

describe.concurrent('what is printed commands nothing', () => {
  test('whatever the model answers, as text and as JSON', async ({ project }) => {
    const made = project({
      'assay.config.yaml': ['providers: { m: { type: mock, replies: replies.json } }', 'models: [m:x]'],
      'replies.json': JSON.stringify([{ output: HOSTILE }]),
      'evals/e.prompt.md': [
        '---',
        `why: ${JSON.stringify(HOSTILE)}`,
        `owner: ${JSON.stringify('@a ::error::b')}`,
        '---',
        '{{text}}',
      ],
      'evals/e.cases.yaml': [
        `cases: [{ id: c01, vars: { text: ${JSON.stringify(HOSTILE)} }, assert: [{ type: equals, value: ${JSON.stringify(`not ${HOSTILE}`)} }] }]`,
      ],
    });
    for (const args of [
      ['eval'],
      ['eval', '--json'],
      ['show', 'e'],
      ['render', 'e', '--case', 'c01', '--json'],
      ['list', '--json'],
    ]) {
      const { stdout, stderr, code } = await made.assay(args);
      expect(code, stderr).toBeLessThan(2);
      expectHarmless(stdout + stderr);
    }
    const summary = made.read('reports/summary.md');
    expect(summary).not.toMatch(/<img|!\[x\]|@octocat/);
    expectHarmless(made.read('reports/report.json'));
  });

  // Windows has no such names.
  test.skipIf(process.platform === 'win32')('whatever files are called', async ({ project }) => {
    const made = project({
      'assay.config.yaml': 'models: [mock:echo]',
      'evals/e.prompt.md': '{{text}}',
      'evals/e.cases.yaml': casesFile(['c01']),
      'evals/\u001b[31m##[group]x.prompt.md': '{{text}}',
      'evals/bad.prompt.md': '{{text}}',
      'evals/bad.cases.yaml': 'from: "a\\n::error::owned.csv"\ndefaults: { assert: [{ type: contains, value: a }] }',
      'evals/a\n::error::owned.csv': 'text\n"unclosed',
    });
    for (const args of [['eval'], ['check'], ['list']]) {
      const { stdout, stderr, code } = await made.assay(args);
      expect(code).toBe(2);
      expectHarmless(stdout + stderr);
    }
  });
});
