import { describe, expect, it, vi } from 'vitest';
import { bisect, type BisectOptions } from '../../src/pipeline/bisect.js';
import { type BisectPlan, planBisection } from '../../src/pipeline/bisect-plan.js';
import {
  CASES,
  caseIds,
  casesFile,
  echo,
  echoProject,
  type EchoOptions,
  PROMPT,
  RECORDINGS,
  says,
  userText,
} from '../cli/echo.js';
import { assay } from '../docs/run.js';
import { type Project, project } from '../support/project.js';
import { asRepository, type Repository } from '../support/repository.js';
import { acceptInside, evaluateInside, mistakeOf, quietWorld } from './inside.js';

vi.setConfig({ testTimeout: 60_000 });

const WORLD = quietWorld({ OPENAI_API_KEY: 'sk-test' });
/** A template that answers nothing right. */
const BROKEN = '{{^text}}{{/text}}other words';
const IGNORE = { '.gitignore': 'reports/\n' };

/** Commits a version of the prompt for each template; they are tagged v1, v2, … */
function versions<P extends Project>(made: P, templates: readonly string[]): P & Repository {
  const [first = '', ...others] = templates;
  made.write(PROMPT, first);
  const repository = asRepository(made);
  repository.git('tag', 'v1');
  for (const [index, template] of others.entries()) {
    made.write(PROMPT, template);
    repository.commitAs('Ana', `Version ${index + 2}`);
    repository.git('tag', `v${index + 2}`);
  }
  return repository;
}

/** Versions whose model answers with what it is asked. */
function offline(templates: readonly string[], files: Parameters<typeof project>[0] = {}): Project & Repository {
  const made = project({
    'assay.config.yaml': 'models: [mock:echo]\n',
    [CASES]: casesFile(caseIds(8)),
    ...IGNORE,
    ...files,
  });
  return versions(made, templates);
}

function find({ root }: { root: string }, options: Partial<BisectOptions> = {}) {
  return bisect({ cwd: root, prompt: 'echo', good: 'v1', bad: 'HEAD', ...options }, WORLD);
}

/** `a {{text}}`, `b {{text}}`, …; from number `from` on, broken. */
function sevenVersions(from: number): string[] {
  return [...'abcdefg'].map((word, index) => (index + 1 < from ? `${word} {{text}}` : `${word} ${BROKEN}`));
}

describe('a bisection of versions', () => {
  it('finds the commit, asks for distinct versions only, and no more than log2(n) + 1 of them', async () => {
    for (const from of [2, 7]) {
      const made = offline(sevenVersions(from));
      made.write('notes.txt', 'unrelated');
      made.commitAs('Bo');
      const found = await find(made);
      expect(found).toMatchObject({ commit: made.git('rev-parse', `v${from}`), versions: 6, cases: 8, exitCode: 0 });
      expect(found.evaluations).toBeLessThanOrEqual(Math.log2(6) + 1);
      expect(made.git('status', '--short')).toBe('');
      expect(made.files().filter((path) => path.startsWith('reports') || path.startsWith('fixtures'))).toEqual([]);
    }
  });

  it('runs the cases and the gate of the working tree, not those of the commits', async () => {
    const made = offline(sevenVersions(4), { [CASES]: casesFile(['c99']) });
    made.write(CASES, casesFile(caseIds(9)));
    expect(await find(made)).toMatchObject({ commit: made.git('rev-parse', 'v4'), cases: 9 });
    made.write('assay.config.yaml', 'models: [mock:echo]\ngate: { tolerance: 1, metrics: { pass: { level: off } } }\n');
    const found = await find(made, { bad: 'v4' });
    expect(found).toMatchObject({ commit: made.git('rev-parse', 'v4') });
  });

  it('finds it by one case, and by one metric', async () => {
    const some = (word: string) => `${word} {{text}}{{^text}}{{/text}}`;
    const cases = [
      'cases:',
      '  - { id: c01, vars: { text: c01 }, assert: [{ type: contains, value: c01, metric: told }] }',
      ...caseIds(7)
        .slice(1)
        .map(
          (id) =>
            `  - { id: ${id}, vars: { text: ${id} }, assert: [{ type: not-contains, value: more, metric: brief }] }`,
        ),
    ];
    // Longer at v3, which only the metric `brief` minds; wrong at v4.
    const made = offline([some('a'), some('b'), `${some('c')} and more`, `d ${BROKEN}`], { [CASES]: cases });
    const by = async (options: Partial<BisectOptions>) => (await find(made, options)).commit;
    expect(await by({ filter: ['echo/c01'] })).toBe(made.git('rev-parse', 'v4'));
    expect(await by({ metric: 'brief' })).toBe(made.git('rev-parse', 'v3'));
    expect(await by({})).toBe(made.git('rev-parse', 'v3'));
    expect(await mistakeOf(find(made, { metric: 'breif' }))).toMatchObject({ code: 'no-such-metric', exit: 2 });
    expect(await mistakeOf(find(made, { filter: ['echo/c77'] }))).toMatchObject({ code: 'no-case', exit: 3 });
  });

  it('does not call recorded what a mock replied', async () => {
    const made = offline(['a {{text}}', `b ${BROKEN}`]);
    const [step] = (await find(made, { repeats: { min: 1, max: 1 } })).steps;
    expect(step?.why.join(' ')).toContain('(unconfirmed: a single reply each)');
  });

  it('does not take what a rule says of one version alone for a difference between two', async () => {
    const cases = [
      'cases:',
      '  - { id: c00, tags: [critical], vars: { text: c00 }, assert: [{ type: contains, value: never }] }',
    ];
    const made = offline(['a {{text}}', 'b {{text}}', 'c {{text}}'], {
      [CASES]: [...cases, ...casesFile(caseIds(4)).slice(1)],
    });
    const found = await find(made);
    expect(found).toMatchObject({ commit: null, version: null, exitCode: 3, suspects: [] });
    expect(found.reasons[0]).toContain('no version up to HEAD is worse than the good one');
  });

  it('skips versions that cannot run the cases, and names those that it may be', async () => {
    const unfit = (word: string) => `${word} {{text}} {{topic}}`;
    const made = offline(['a {{text}}', unfit('b'), unfit('c'), `d ${BROKEN}`]);
    const found = await find(made);
    expect(found).toMatchObject({ commit: null, evaluations: 1, exitCode: 3 });
    expect(found.suspects.map(({ commit }) => commit)).toEqual(
      ['v3', 'v2', 'v4'].map((tag) => made.git('rev-parse', tag)),
    );
    expect(found.steps.map(({ finding }) => finding).toSorted()).toEqual(['unknown', 'unknown', 'worse']);
    expect(await mistakeOf(find(made, { good: 'v2' }))).toMatchObject({ code: 'old-version-misfit', exit: 2 });
  });

  it('evaluates a version once that was undone and done again, and none that is the good one', async () => {
    const made = offline(['a {{text}}', BROKEN, 'a {{text}}', 'c {{text}}', BROKEN, `d ${BROKEN}`]);
    const found = await find(made);
    expect(found).toMatchObject({ commit: made.git('rev-parse', 'v5'), versions: 3 });
    expect(new Set(found.steps.map(({ version }) => version)).size).toBe(found.evaluations);
  });

  it('follows a file that was renamed, and not committed yet', async () => {
    const made = offline(['a {{text}}', `b ${BROKEN}`]);
    for (const kind of ['prompt.md', 'cases.yaml']) made.git('mv', `evals/echo.${kind}`, `evals/said.${kind}`);
    expect(await find(made, { prompt: 'said' })).toMatchObject({ commit: made.git('rev-parse', 'v2'), exitCode: 0 });
  });

  it('says what is wrong with its ends', async () => {
    const made = offline(sevenVersions(4));
    made.git('switch', '-q', '-c', 'aside', 'v2');
    made.write(PROMPT, 'aside {{text}}');
    made.commitAs('Bo');
    made.git('switch', '-q', 'main');
    const code = async (options: Partial<BisectOptions>) => (await mistakeOf(find(made, options))).code;
    expect(await code({ good: 'v5', bad: 'v2' })).toBe('not-an-ancestor');
    expect(await code({ good: 'aside' })).toBe('not-an-ancestor');
    expect(await code({ good: 'v3', bad: 'v3' })).toBe('same-version');
    expect(await code({ good: 'v9' })).toBe('unknown-ref');
    expect(await code({ good: '--all' })).toBe('unknown-ref');
    expect(await code({ prompt: 'ehco' })).toBe('unknown-prompt');
    made.write('evals/late.prompt.md', '{{text}}');
    made.write('evals/late.cases.yaml', casesFile(['c01']));
    made.commitAs('Bo');
    expect(await code({ prompt: 'late' })).toBe('not-in-commit');
  });
});

/** Versions behind a server that echoes, unless the script says otherwise. */
async function served(templates: readonly string[], options: EchoOptions = {}) {
  const made = await echoProject({ cases: 6, ...options, files: { ...IGNORE, ...options.files } });
  return { ...versions(made, templates), server: made.server };
}

describe('recordings and a bisection', () => {
  it('are asked for where they are missing; once made, they do for the next one', async () => {
    const made = await served(sevenVersions(8), {
      script: (seen) => (/^[defg]/.test(userText(seen)) ? says('no') : echo(seen)),
    });
    const missing = await find(made);
    expect(missing).toMatchObject({ commit: null, exitCode: 3 });
    expect(missing.reasons).toEqual([
      '6 answers of the good version are not recorded: --mode record asks the model for them',
    ]);
    expect(made.server.requests).toHaveLength(0);

    const recorded = await find(made, { mode: 'record' });
    expect(recorded).toMatchObject({ commit: made.git('rev-parse', 'v4'), exitCode: 0 });
    // The good version is asked once, whatever the number of those beside it.
    expect(made.server.requests).toHaveLength(6 * (recorded.evaluations + 1));
    expect(made.git('status', '--short', '-uall')).toBe(`?? ${RECORDINGS}`);

    const replayed = await find(made);
    expect(replayed).toEqual({ ...recorded, steps: expect.any(Array) });
    expect(made.server.requests).toHaveLength(6 * (recorded.evaluations + 1));
  });

  it('that accepting has dropped are found in the history, under the name that the prompt had then', async () => {
    const made = await served(['a {{text}}']);
    const accept = async (message: string) => {
      await evaluateInside(made, { mode: 'record' }, WORLD);
      await acceptInside(made, { mode: 'record' });
      made.commitAs('Ana', message);
    };
    await accept('Accept');
    made.git('tag', 'good');
    for (const template of ['b {{text}}', `c ${BROKEN}`, `d ${BROKEN}`]) {
      made.write(PROMPT, template);
      made.commitAs('Ana', template);
      await accept('Accept');
    }
    const before = made.server.requests.length;
    expect(made.read(RECORDINGS)).not.toContain('you said: a');
    for (const kind of ['prompt.md', 'cases.yaml', 'baseline.json'])
      made.git('mv', `evals/echo.${kind}`, `evals/said.${kind}`);
    made.git('mv', RECORDINGS, 'fixtures/recordings/said.jsonl');
    made.commitAs('Bo', 'Rename');
    const found = await find(made, { prompt: 'said', good: 'good' });
    expect(found).toMatchObject({ prompt: 'said', culprit: { subject: `c ${BROKEN}` }, exitCode: 0 });
    expect(made.server.requests).toHaveLength(before);
  });

  it('are not made by a live one', async () => {
    const made = await served(sevenVersions(3));
    expect(await find(made, { mode: 'live' })).toMatchObject({ commit: made.git('rev-parse', 'v3') });
    expect(made.git('status', '--short', '-uall')).toBe('');
  });
});

describe('a bisection that cannot go on', () => {
  it('says so when the provider is down, and names no commit', async () => {
    const made = await served(sevenVersions(4), {
      script: (seen) =>
        userText(seen).startsWith('a ') ? echo(seen) : { status: 401, json: { error: { message: 'no' } } },
    });
    const found = await find(made, { mode: 'live' });
    expect(found).toMatchObject({ commit: null, evaluations: 1, exitCode: 3 });
    expect(found.reasons[0]).toMatch(/× auth: /);
  });

  it('keeps to its budget, over all versions together', async () => {
    const made = await served(sevenVersions(4));
    const found = await find(made, { mode: 'live', maxTokens: 260 });
    expect(found).toMatchObject({ commit: null, exitCode: 3 });
    expect(found.reasons[0]).toContain('--max-tokens');
    expect(made.server.requests.length).toBeLessThan(18);
    const tagged = (...tags: string[]) => tags.map((tag) => made.git('rev-parse', tag));
    expect(found.suspects.map(({ commit }) => commit)).toEqual(tagged('v6', 'v5', 'v4', 'v3', 'v2', 'v7'));
    // What was found before it was spent leaves fewer; the last one comes after all others.
    const longer = await find(made, { mode: 'live', maxTokens: 420 });
    expect(longer.steps).toMatchObject([{ finding: 'worse' }, { finding: 'unknown' }]);
    expect(longer.suspects.map(({ commit }) => commit)).toEqual(tagged('v3', 'v2', 'v4'));
  });

  it('stops when it is interrupted, and keeps what was recorded', async () => {
    const stop = new AbortController();
    const made = await served(sevenVersions(4), {
      config: ['concurrency: 1'],
      script: (seen) => {
        if (seen.index === 7) stop.abort();
        return says(userText(seen));
      },
    });
    const found = await find(made, { mode: 'record', signal: stop.signal, interruptedBy: () => 'SIGINT' });
    expect(found).toMatchObject({ commit: null, exitCode: 130, reasons: ['interrupted by SIGINT'] });
    expect(made.read(RECORDINGS).trimEnd().split('\n').length).toBeGreaterThanOrEqual(6);
    expect(made.files('fixtures').filter((path) => path.endsWith('.new'))).toEqual([]);
  });

  it('says of no version what only the good one lacks', async () => {
    const made = await served(sevenVersions(4), { script: (seen) => says(userText(seen)) });
    await find(made, { mode: 'record', good: 'v2' });
    const found = await find(made);
    expect(found.reasons).toEqual([
      '6 answers of the good version are not recorded: --mode record asks the model for them',
    ]);
    expect(found.steps).toMatchObject([{ finding: 'unknown', why: ['nothing to compare it with'] }]);
  });

  it('does not count down what could not be told, and promises no less than may come then', async () => {
    const made = await served(sevenVersions(8), { script: (seen) => says(userText(seen)) });
    await find(made, { mode: 'record', bad: 'v2' });
    const { code, stderr } = await assay(made.root, ['bisect', 'echo', '--good', 'v1', '--bad', 'HEAD']);
    const told = stderr.split('\n').flatMap((line) => (line.startsWith('evaluation') ? [line.split('; ')[1]] : []));
    expect({ code, first: told[0], second: told[1], evaluations: told.length }).toEqual({
      code: 3,
      first: 'at most 2 more (5 if some cannot be told)',
      second: 'the one before could not be told',
      evaluations: 6,
    });
    const dry = await assay(made.root, ['bisect', 'echo', '--good', 'v1', '--bad', 'HEAD', '--dry-run']);
    expect(dry.stdout).toContain('of the others at most 3 would be evaluated beside it\n');
    expect(dry.stdout).toContain('for each that cannot be told another one may be: at worst 6, and 30 calls');
  });

  it('does not take what may be chance for a change: it says how to tell', async () => {
    const flaky = (seen: Parameters<typeof echo>[0]) => (/^b .*c0[12]/.test(userText(seen)) ? says('no') : echo(seen));
    const made = await served(['a {{text}}', 'b {{text}}'], { script: flaky });
    const found = await find(made, { mode: 'live', repeats: { min: 1, max: 1 } });
    expect(found).toMatchObject({ commit: null, exitCode: 3, steps: [{ finding: 'unknown' }] });
    expect(found.steps[0]?.why.join(' ')).toContain('repeats of the other version, too: raise --repeats');
    const told = await find(made, { mode: 'live', repeats: { min: 2, max: 8 } });
    expect(told).toMatchObject({ commit: made.git('rev-parse', 'v2'), exitCode: 0 });
  });
});

describe('a bisection that is only planned', () => {
  it('tells which versions it may evaluate', async () => {
    const made = offline(sevenVersions(4).with(2, 'c {{text}} {{lacking}}'));
    const plan = await planBisection({ cwd: made.root, prompt: 'echo', good: 'v1', bad: 'HEAD' }, WORLD);
    expect(plan).toMatchObject({ prompt: 'echo', mode: 'replay', cases: 8, evaluations: 3 });
    expect(plan.unfit).toMatchObject([{ why: expect.stringContaining('lacking') }]);
    expect(plan.good.map(({ trials }) => trials)).toEqual([8]);
    expect(plan.versions.map(({ trials, calls }) => [trials, calls])).toEqual(Array.from({ length: 5 }, () => [8, 0]));
    // The bundled mock is asked for nothing.
    expect(plan.most).toEqual({ calls: 0, graderCalls: 0, costUsd: 0 });
  });

  it('counts what is recorded and what the rest may take, and calls nothing', async () => {
    const made = await echoProject({ cases: 4, files: IGNORE });
    const repository = versions(made, ['a {{text}}', 'b {{text}}', 'c {{text}}']);
    const flags = ['bisect', 'echo', '--good', 'v1', '--bad', 'HEAD', '--mode', 'record', '--repeats', '1..2'];
    const plan = async () => JSON.parse((await made.assay([...flags, '--dry-run', '--json'])).stdout) as BisectPlan;
    const callsOf = ({ good, versions: others }: BisectPlan) =>
      [good, others].map((each) => each.map(({ calls }) => calls));
    const before = await plan();
    expect(callsOf(before)).toEqual([[4], [4, 4]]);
    expect(before).toMatchObject({ evaluations: 2, most: { calls: 3 * 4 * 2, graderCalls: 0 } });
    expect(made.server.requests).toHaveLength(0);
    await find(repository, { mode: 'record', repeats: { min: 1, max: 1 } });
    const called = made.server.requests.length;
    const after = await plan();
    expect(callsOf(after).flat().toSorted()).toContain(0);
    expect(after.most.calls).toBeLessThan(before.most.calls);
    const { stdout, code } = await made.assay([...flags, '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('of the others at most 2 would be evaluated beside it');
    expect(stdout).toContain(
      `mode record: at most ${after.most.calls} calls with all repeats (price unknown) would be made`,
    );
    expect(made.server.requests).toHaveLength(called);
  });
});
