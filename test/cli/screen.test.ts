import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { PACKAGE } from '../support/project.js';
import { CASES, casesFile, says } from './echo.js';
import { type OpenProject, test } from './test.js';

const made = (open: OpenProject) =>
  open({
    'assay.config.yaml': 'models: [mock:echo]',
    'evals/e.prompt.md': '{{text}}',
    'evals/e.cases.yaml': casesFile(['c01']),
  });
const ESCAPE = '\u001b';

describe.concurrent('help', () => {
  test('names the commands, examples and exit codes', async ({ project }) => {
    const { code, stdout, stderr } = await made(project).assay(['--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/Usage: assay/);
    for (const word of ['eval', 'accept', 'Examples:', 'Exit codes: 0 passed, 1 failed, 2 usage']) {
      expect(stdout).toContain(word);
    }
  });

  test('of every command: its flags and examples', async ({ project }) => {
    const root = made(project);
    const { stdout } = await root.assay(['--help']);
    const [, list = ''] = /^Commands:\n([^]*?)\n\n/m.exec(stdout) ?? [];
    const commands = [...list.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name);
    expect(commands).toEqual(expect.arrayContaining(['eval', 'accept']));
    const helps = await Promise.all(commands.map((name) => root.assay([name, '--help'])));
    for (const [index, help] of helps.entries()) {
      expect(help.code).toBe(0);
      expect(help.stdout).toMatch(new RegExp(`Usage: assay ${commands[index]}`));
      expect(help.stdout).toContain('Examples:');
      expect(help.stdout).not.toContain(ESCAPE);
    }
    const [evalHelp] = helps;
    const flags =
      '--model --mode --refresh --repeats --concurrency --filter --timeout --max-wait --dry-run --resume --out --config --env-file --allow-code --allow-host --json';
    for (const flag of flags.split(' ')) expect(evalHelp?.stdout).toContain(flag);
  });

  test('of eval: every flag stands in the docs, and a default beside each time limit of an answer', async ({
    project,
  }) => {
    const { stdout } = await made(project).assay(['eval', '--help']);
    const docs = readdirSync(join(PACKAGE, 'docs')).map((file) => readFileSync(join(PACKAGE, 'docs', file), 'utf8'));
    const text = [readFileSync(join(PACKAGE, 'README.md'), 'utf8'), ...docs].join('\n');
    const flags = [...stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, flag = '']) => flag);
    expect(flags).toContain('--idle-timeout');
    expect(flags.filter((flag) => !new RegExp(`${flag}(?![a-z-])`).test(text))).toEqual([]);
    const help = stdout.replace(/\s+/g, ' ');
    expect(help).toMatch(/--timeout <duration> [^<]*\(default 2m\)/);
    expect(help).toMatch(/--idle-timeout <duration> [^<]*begun \(default 60s\); --timeout ends one that never begins/);
    expect(help).toMatch(/--trial-timeout <duration> [^<]*\(default 30m\)/);
  });

  test('of accept: every bound of eval, told in the docs of baselines', async ({ project }) => {
    const { stdout } = await made(project).assay(['accept', '--help']);
    const page = readFileSync(join(PACKAGE, 'docs/files.md'), 'utf8');
    const section = page.slice(page.indexOf('## Baseline'), page.indexOf('## Recordings'));
    const bounds =
      '--concurrency --timeout --idle-timeout --trial-timeout --max-wait --max-time --max-cost --max-tokens --allow-unknown-price --env-file';
    for (const flag of bounds.split(' ')) {
      expect(stdout).toMatch(new RegExp(`^ {2}${flag} `, 'm'));
      expect(section).toContain(`\`${flag}\``);
    }
  });

  test('of affected: names all that --json prints', async ({ project }) => {
    const { stdout } = await made(project).assay(['affected', '--help']);
    const shape = '{ affected: [{ prompt, why: [path, …], causes: [{ change, path: [path, …] }] }] }';
    expect(stdout.replace(/\s+/g, ' ')).toContain(shape);
    expect(readFileSync(join(PACKAGE, 'docs/impact.md'), 'utf8')).toContain(shape);
  });

  test('--version is that of the package', async ({ project }) => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    const { code, stdout } = await made(project).assay(['--version']);
    expect([code, stdout.trim()]).toEqual([0, version]);
  });

  test.for<[string, string[], RegExp]>([
    ['no command', [], /Usage: assay/],
    ['an unknown command', ['evla'], /unknown command 'evla'\n\(Did you mean eval\?\)/],
    ['help for one', ['help', 'evla'], /unknown command 'evla'\n\(Did you mean eval\?\)/],
    ['an unknown flag of accept', ['accept', '--dryrun'], /unknown option '--dryrun'\n\(Did you mean --dry-run\?\)/],
    ['a flag without its value', ['eval', '--filter'], /argument missing/],
  ])('%s: exit 2, on standard error', async ([_what, args, words], { project }) => {
    const { code, stdout, stderr } = await made(project).assay(args);
    expect(stderr).toMatch(words);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe.concurrent('what is printed', () => {
  test('has no escape byte without a terminal, whatever a model writes', async ({ echoProject }) => {
    const hostile = `${ESCAPE}[31mred${ESCAPE}]0;title\u0007\n::error file=x::pwned\n##vso[task.complete result=Succeeded]\r\u009b1m`;
    const root = await echoProject({ cases: 2, script: (_seen, id) => (id === 'c02' ? says(hostile) : undefined) });
    const outcome = await root.evaluate();
    expect(outcome.code).toBe(1);
    for (const text of [outcome.stdout, outcome.stderr]) {
      // oxlint-disable-next-line no-control-regex
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      expect(text).not.toMatch(/^(::|##vso)/m);
    }
    expect(outcome.report?.evals[0]?.results[1]?.output).toBe(hostile);
  });

  test('FORCE_COLOR colours it, and NO_COLOR wins', async ({ project }) => {
    const root = made(project);
    const [forced, both] = await Promise.all([
      root.assay(['eval', '--out', 'a'], { env: { FORCE_COLOR: '1' } }),
      root.assay(['eval', '--out', 'b'], { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }),
    ]);
    expect(forced.stdout).toContain(`${ESCAPE}[`);
    expect(both.stdout).not.toContain(ESCAPE);
    const mistake = await root.assay(['eval', 'nowhere'], { env: { FORCE_COLOR: '1' } });
    expect(mistake.stderr).toContain(`${ESCAPE}[31m`);
  });

  test('says what was expected and what came, for a case that fails', async ({ echoProject }) => {
    const root = await echoProject({
      cases: 2,
      script: (_seen, id) => (id === 'c02' ? says('the quick brown dog') : undefined),
    });
    root.write(CASES, [
      'cases:',
      '  - { id: c01, vars: { text: say c01 }, assert: [{ type: contains, value: c01 }] }',
      '  - { id: c02, vars: { text: say c02 }, assert: [{ type: equals, value: the quick brown fox }] }',
    ]);
    const { stdout, code } = await root.evaluate();
    expect(code).toBe(1);
    expect(stdout).toMatch(/echo \[local:echo\] c02/);
    expect(stdout).toMatch(/the quick brown .*fox/);
    expect(stdout).toMatch(/the quick brown .*dog/);
    expect(stdout).toMatch(/1 of 2|1\/2 passed, 1 failed/);
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^failed · 1 eval · 2 of 2 trials · exit 1$/);
  });

  test('a run that is told to print JSON shows nothing else, and errors of the screen do not matter', async ({
    project,
  }) => {
    const root = made(project);
    const { stdout, stderr, code } = await root.assay(['eval', '--json']);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, verdict: 'passed' });
  });
});
