import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect } from 'vitest';
import { BUILD } from '../support/project.js';
import { CASES, casesFile, type EchoProject } from './echo.js';
import { test } from './test.js';

const ALL = ['report.json', 'junit.xml', 'summary.md', 'run.jsonl', 'history.jsonl'].map((file) => `reports/${file}`);
const LIVE = ['--mode', 'live'];

/** The cases of an echo project with one assertion more. */
function withAssertion(made: EchoProject, assertion: string): void {
  made.write(CASES, [`defaults: { assert: [${assertion}] }`, ...casesFile(['c01', 'c02'])]);
}

describe.concurrent('the model that an assertion names is checked before anything is called', () => {
  test.for<[string, string, RegExp]>([
    [
      'of an unknown provider',
      '{ type: judge, value: Is polite, options: { model: "opnai:gpt-4o-2024-08-06" } }',
      /echo\.cases\.yaml:1:73 +error: no provider "opnai"[^]*Did you mean "openai"/,
    ],
    [
      'a judge without a date',
      '{ type: judge, value: Is polite, options: { model: "openai:gpt-4o" } }',
      /echo\.cases\.yaml:1:73 +error: the judge "openai:gpt-4o" is not pinned/,
    ],
    [
      'with a parameter that nobody knows',
      '{ type: judge, value: Is polite, options: { parameters: { temprature: 0 } } }',
      /echo\.cases\.yaml:1:80 +error: unknown key "temprature"[^]*Did you mean "temperature"/,
    ],
    [
      'without a key',
      '{ type: judge, value: Is polite, options: { model: "openai:gpt-4o-2024-08-06" } }',
      /provider "openai" needs OPENAI_API_KEY/,
    ],
    [
      'for embeddings, without a key',
      '{ type: similar, value: Hello, options: { model: "openai:text-embedding-3-small" } }',
      /provider "openai" needs OPENAI_API_KEY/,
    ],
  ])('%s', async ([_what, assertion, words], { echoProject }) => {
    const made = await echoProject({ cases: 2 });
    withAssertion(made, assertion);
    const { code, stderr } = await made.evaluate();
    expect(stderr).toMatch(words);
    expect(code).toBe(2);
    expect(made.server.requests).toEqual([]);
  });

  test('but needs no key in a replay, nor where its case is left out or the assertion off', async ({ echoProject }) => {
    const made = await echoProject({ cases: 2 });
    const judged = (level: string) =>
      `{ type: judge, value: Is polite, level: ${level}, options: { model: "openai:gpt-4o-2024-08-06" } }`;
    withAssertion(made, judged('off'));
    expect((await made.evaluate()).code).toBe(0);
    withAssertion(made, judged('warn'));
    expect((await made.evaluate([])).code).toBe(3);
    made.write(CASES, [...casesFile(['c01']), `  - { id: c02, vars: { text: say c02 }, assert: [${judged('warn')}] }`]);
    expect((await made.evaluate([...LIVE, '--filter', 'echo/c01'])).code).toBe(0);
    expect((await made.evaluate()).code).toBe(2);
  });
});

describe.concurrent('flags that would do nothing', () => {
  test.for([[], LIVE])('--refresh is a mistake with %j', async (flags, { echoProject }) => {
    const made = await echoProject({ cases: 1 });
    const { code, stderr } = await made.evaluate([...flags, '--refresh']);
    expect(stderr).toMatch(/--refresh records anew, and in mode (?:replay|live) nothing is recorded/);
    expect(code).toBe(2);
    expect(made.server.requests).toEqual([]);
  });

  test('--env-file names a file that is there', async ({ echoProject }) => {
    const made = await echoProject({ cases: 1 });
    // Node 20 looks for the file of any --env-file that stands behind the script by itself, unless it is told that its own flags end.
    const args = ['--', join(BUILD, 'cli/main.js'), 'eval', ...LIVE, '--env-file', 'none.env'];
    const ended = await promisify(execFile)(process.execPath, args, { cwd: made.root }).catch(
      (error: unknown) => error,
    );
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('none.env') });
    expect(made.server.requests).toEqual([]);
  });
});

describe.concurrent('the reports of the run before', () => {
  test('stay when the next one cannot begin, which says that they are older', async ({ echoProject }) => {
    const made = await echoProject({ cases: 2 });
    expect((await made.evaluate()).code).toBe(0);
    const before = ALL.map((file) => made.read(file));
    made.write(CASES, ['cases: [{ id: c01, vrs: {} }]']);
    const { code, stderr } = await made.evaluate();
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /nothing was called\.\nreports\/report\.json was written before this command \(\d{4}-\d\d-\d\dT\d\d:\d\dZ\)\.\n$/,
    );
    expect(ALL.map((file) => made.read(file))).toEqual(before);
  });

  test('are not spoken of where there are none', async ({ echoProject }) => {
    const made = await echoProject({ cases: 1 });
    const { code, stderr } = await made.evaluate([...LIVE, '--refresh']);
    expect(code).toBe(2);
    expect(stderr).not.toContain('before this command');
  });
});
