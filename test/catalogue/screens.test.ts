import { describe, expect, test } from 'vitest';
import { assay } from '../docs/run.js';
import { project } from '../support/project.js';
import { asRepository, type Repository } from '../support/repository.js';
import { takesColor } from '../../src/cli/paint.js';
import type { World } from '../../src/world.js';
import { HOSTILE, LIBRARY } from './library.js';

/** What a user sees of each command; a screen was once checked by hand and must not change by accident. */
const SCREENS: Record<string, { args: string[]; columns?: number }[]> = {
  list: [
    { args: ['list'] },
    { args: ['list', '--owner', '@support-platform', '--tag', 'json', '--model', 'openai:*'] },
    { args: ['list', 'evals/_partials/rule.md'] },
    { args: ['list', 'evals/support'], columns: 80 },
    { args: ['list', '--owner', '@suport-platform', '--tag', 'nothing'] },
    { args: ['list', 'evals/brand', 'triage.cases.yaml'] },
    { args: ['list', '--help'] },
  ],
  show: [
    { args: ['show', 'support/triage'] },
    { args: ['show', 'evals/support/triage.prompt.md'], columns: 60 },
    { args: ['show', 'hostile'] },
    { args: ['show', 'evals/_partials/rule.md'] },
    { args: ['show', 'evals/_partials/unused.md'] },
    { args: ['show', 'support/trige'] },
    { args: ['show', 'triage'] },
    { args: ['show', 'tone'] },
    { args: ['show', 'evals/support'] },
    { args: ['show', '--help'] },
  ],
  render: [
    { args: ['render', 'support/triage', '--case', 'few-shot'] },
    { args: ['render', 'hostile', '--case', 'h'] },
    { args: ['render', 'brand/rewrite', '--vars', '{"text": ["a", {"b": 1}]}'] },
    { args: ['render', 'support/triage'] },
    { args: ['render', 'hostile'] },
    { args: ['render', 'tone'] },
    { args: ['render', 'support/triage', '--vars', '{"ticket": 1, "tikcet": "x"}'] },
    { args: ['render', 'support/triage', '--vars', '{"ticket": '] },
    { args: ['render', 'support/triage', '--vars', 'nowhere.yaml'] },
    { args: ['render', 'support/triage', '--case', 'dobule-charge'] },
    { args: ['render', 'support/triage', '--case', 'few-shot', '--vars', '{}'] },
    { args: ['render', 'evals/_partials/tone.md'] },
    { args: ['render', '--help'] },
  ],
  diff: [
    { args: ['diff', 'support/triage', 'HEAD'] },
    { args: ['diff', 'support/triage', 'HEAD~1'] },
    { args: ['diff', 'support/triage.short', 'HEAD~1'] },
    { args: ['diff', 'support/brief', 'HEAD~1'] },
    { args: ['diff', 'brand/rewrite', 'HEAD~1'] },
    { args: ['diff', 'brand/new', 'HEAD~1'] },
    { args: ['diff', 'brand/nwe', 'HEAD'] },
    { args: ['diff', 'evals/_partials/tone.md', 'HEAD'] },
    { args: ['diff', 'brand/new', 'no-such-ref'] },
    { args: ['diff', '--help'] },
  ],
  build: [
    { args: ['build', '--check'] },
    { args: ['build'] },
    { args: ['build'] },
    { args: ['build', '--check'] },
    { args: ['build', '--check', '--out', 'app/lock.json'] },
    { args: ['build', '--out', 'app/lock.json'] },
    { args: ['build', '--help'] },
  ],
  types: [
    { args: ['types', '--check'] },
    { args: ['types'] },
    { args: ['types', '--check'] },
    { args: ['types', '--out', 'app/prompts.d.ts'] },
    { args: ['types', '--help'] },
  ],
};

const TODAY = { date: () => new Date('2026-11-23T12:00:00Z') };

/** Runs commands and writes down what a terminal would show. */
async function transcript(made: Repository, steps: readonly { args: string[]; columns?: number }[]): Promise<string> {
  const screens: string[] = [];
  for (const { args, columns } of steps) {
    let text = '';
    const screen = { write: (part: string) => (text += part), ...(columns !== undefined && { isTTY: true, columns }) };
    const more: Partial<World> = { ...TODAY, stdout: screen, stderr: screen };
    const { code } = await assay(made.root, args, { NO_COLOR: '1' }, more);
    screens.push(
      `$ assay ${args.map(quoted).join(' ')}${columns === undefined ? '' : `   # ${columns} columns`}\n${text}exit ${code}\n`,
    );
  }
  const commits = made.git('log', '--format=%h').split('\n');
  return commits.reduce((text, commit) => text.replaceAll(commit.slice(0, 7), '<commit>'), screens.join('\n'));
}

function quoted(argument: string): string {
  return /^[\w@:./~=-]+$/.test(argument) ? argument : `'${argument}'`;
}

/** The library, committed; then changed in each way that `diff` tells. */
function changed(): Repository {
  const made = asRepository(project(LIBRARY));
  const edit = (path: string, ...changes: [string, string][]) =>
    made.write(
      path,
      changes.reduce((text, [was, is]) => text.replace(was, is), made.read(path)),
    );
  edit('evals/_partials/rule.md', ['brief', 'very brief']);
  edit(
    'evals/support/triage.prompt.md',
    ['maxTokens: 60', 'maxTokens: 80'],
    ['bug, other]', 'bug, sales, other]'],
    ['openai:gpt-5-mini', 'openai:gpt-5'],
    ['examples: { type', 'shots: { type'],
    ['#examples', '#shots'],
    ['/examples', '/shots'],
  );
  edit(
    'evals/support/triage.cases.yaml',
    ['double-charge, tags: [critical]', 'charged-twice, tags: []'],
    ['examples:', 'shots:'],
  );
  edit('evals/support/triage.baseline.json', ['"repeats": [\n                0', '"repeats": [\n                1']);
  made.git('mv', 'evals/support/triage.short.prompt.md', 'evals/support/brief.prompt.md');
  made.write(
    'evals/support/brief.cases.yaml',
    made.read('evals/support/triage.cases.yaml').replace('shots', 'examples'),
  );
  made.write('evals/brand/new.prompt.md', [
    '---',
    'tools: [{ name: find, description: Finds., parameters: { type: object } }]',
    '---',
    '{{x}}',
  ]);
  made.write(
    'evals/brand/new.cases.yaml',
    'cases: [{ id: a, vars: { x: x }, assert: [{ type: contains, value: x }] }]',
  );
  made.remove('evals/brand/rewrite.prompt.md');
  made.remove('evals/brand/rewrite.cases.yaml');
  made.commit('change');
  return made;
}

describe('what a user sees of', () => {
  test.each(Object.entries(SCREENS))('assay %s', async (name, steps) => {
    const made = name === 'diff' ? changed() : asRepository(project(LIBRARY));
    const text = await transcript(made, steps);
    expect(text).not.toMatch(LOUD);
    await expect(text).toMatchFileSnapshot(`golden/${name}.txt`);
  });
});

/** Control characters, and what GitHub Actions and Azure Pipelines obey. */
// oxlint-disable-next-line no-control-regex
const LOUD = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]|^\s*::|##(?:vso)?\[/m;

describe('hostile text', () => {
  test.each([
    ['list', ['list']],
    ['show', ['show', 'hostile']],
    ['render', ['render', 'hostile', '--case', 'h']],
    ['diff', ['diff', 'hostile', 'HEAD~1']],
  ])('does nothing to a terminal or a CI system, as text, as JSON and in colour: %s', async (_name, args) => {
    const made = asRepository(project({}));
    for (const [path, content] of Object.entries(LIBRARY)) made.write(path, content);
    made.commit('all');
    const [text, json, colored] = await Promise.all([
      assay(made.root, args),
      assay(made.root, [...args, '--json']),
      assay(made.root, args, { FORCE_COLOR: '1' }),
    ]);
    expect([text.code, json.code, colored.code]).toEqual([0, 0, 0]);
    expect(text.stdout).not.toMatch(LOUD);
    expect(json.stdout).not.toMatch(LOUD);
    const [line] = HOSTILE.split('\n');
    expect(JSON.stringify(JSON.parse(json.stdout))).toContain(JSON.stringify(line).slice(1, -1));
    expect(colored.stdout).toContain('\u001b[');
    // oxlint-disable-next-line no-control-regex
    expect(colored.stdout.replaceAll(/\u001b\[\d+m/g, '')).not.toMatch(LOUD);
  });
});

describe('a name that holds a line break', () => {
  test.skipIf(process.platform === 'win32').each([
    ['list', ['list']],
    ['check', ['check']],
    ['eval', ['eval', '--model', 'mock:echo']],
  ])('is an error that names it on one line, not a prompt less: %s', async (name, args) => {
    const cases = 'cases: [{ id: a, assert: [{ type: contains, value: hi }] }]';
    const made = project({ 'evals/two\nlines.prompt.md': 'hi', 'evals/two\nlines.cases.yaml': cases });
    // Of this one more would be wrong, if it had an id to be named by.
    made.write('evals/no\ncases.prompt.md', 'hi {{broken');
    made.write('evals/good.prompt.md', 'hi');
    made.write('evals/good.cases.yaml', cases);
    const { code, stdout, stderr } = await assay(made.root, args);
    expect(code).toBe(2);
    expect(name === 'check' ? stdout : stderr).toMatch(
      /^evals\/two\\nlines\.prompt\.md:1:1 {2}error: "two\\nlines" cannot be an id: it has control/m,
    );
    expect(name === 'list' ? stdout : 'good').toContain('good');
    expect(`${stdout}${stderr}`).not.toMatch(/two\nlines|no\ncases/);
    expect(`${stdout}${stderr}`.match(/no\\ncases/g)).toHaveLength(2);
  });
});

describe('a terminal', () => {
  test.each([
    [{}, true],
    [{ NO_COLOR: '1' }, false],
    [{ FORCE_COLOR: '0' }, false],
    [{ TERM: 'dumb' }, false],
    [{ TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ])('with %j takes colour: %s', (env, expected) => {
    expect(takesColor({ write: () => true, isTTY: true }, env)).toBe(expected);
  });
});

describe('a narrow terminal', () => {
  test.each([
    [80, ['list']],
    [70, ['list', 'evals/support']],
    [56, ['list', 'evals/support']],
    [60, ['show', 'support/triage']],
    [48, ['show', 'hostile']],
  ])('of %i columns is kept to: %j', async (columns, args) => {
    let text = '';
    const stdout = { write: (part: string) => (text += part), isTTY: true, columns };
    const made = project(LIBRARY);
    expect((await assay(made.root, args, { NO_COLOR: '1' }, { ...TODAY, stdout })).code).toBe(0);
    // A table of scores is as wide as it must be.
    const [prose = ''] = text.split('\nAccepted scores\n');
    expect(prose.split('\n').filter((line) => line.length > columns)).toEqual([]);
  });
});
