import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { Outcome, RunReport } from '../support/project.js';
import { CASES, casesFile, type EchoProject, echo, PROMPT, RECORDINGS, says } from './echo.js';
import { expectReports, timeless } from './report.js';
import { type OpenEcho, test } from './test.js';

const JOURNAL = 'reports/run.jsonl';
const COUNT = 20;
const CONCURRENCY = 3;
const LIVE = ['--mode', 'live'];

/** Cases that end at different times, of which one fails. */
async function slowProject(open: OpenEcho): Promise<EchoProject> {
  return open({
    cases: COUNT,
    config: [`concurrency: ${CONCURRENCY}`],
    script: async (seen, id) => {
      await sleep(5 + ((seen.index * 7) % 20));
      return id === 'c05' ? says('something else') : echo(seen);
    },
  });
}

/** Starts a run, and sends it a signal when the server gets its request number so-and-so. */
async function disturbed(made: EchoProject, signal: NodeJS.Signals, at: number, args = LIVE): Promise<Outcome> {
  const run = made.start(['eval', ...args]);
  while (made.server.requests.length < at) await sleep(1);
  run.kill(signal);
  return run.ended;
}

/** Ids of the cases that the journal has an answer of, in whole lines. */
function finished(made: EchoProject): string[] {
  const lines = made.read(JOURNAL).split('\n').slice(0, -1);
  const trials = lines.map((line) => JSON.parse(line) as { kind: string; status?: string; case?: string });
  return trials.flatMap((each) =>
    each.kind === 'trial' && each.status === 'completed' && each.case ? [each.case] : [],
  );
}

/** What two runs of the same live answers share. */
function comparable(report: RunReport | undefined): object {
  if (!report) throw new Error('no report');
  const evals = report.evals.map(({ results, ...rest }) => ({
    ...rest,
    latency: undefined,
    results: results.map((each) => ({ ...each, latencyMs: undefined })),
  }));
  return { ...timeless(report), evals };
}

// Windows has no signals: a process is ended there without being asked.
const WINDOWS = process.platform === 'win32';

describe.concurrent('killed in the middle', () => {
  test('--resume asks for no finished trial again, and tells the same as an undisturbed run', async ({
    echoProject,
  }) => {
    const made = await slowProject(echoProject);
    const undisturbed = await made.evaluate();
    expect(undisturbed.code).toBe(1);
    for (const at of [1, 2 + Math.floor(Math.random() * (COUNT - 4)), COUNT - 1]) {
      made.server.forget();
      const killed = await disturbed(made, 'SIGKILL', at);
      expect(killed.signal ?? killed.code).not.toBe(0);
      const done = finished(made);
      const resumed = await made.evaluate([...LIVE, '--resume']);
      expect(resumed.code, `killed at request ${at}`).toBe(1);
      const asked = made.asked();
      for (const id of done) expect(asked[id], `${id}, killed at request ${at}`).toBe(1);
      expect(Object.keys(asked)).toHaveLength(COUNT);
      // Beside those under way, as many may have been answered and not yet been written down.
      expect(made.server.requests.length).toBeLessThanOrEqual(COUNT + 2 * CONCURRENCY);
      expectReports(made, resumed);
      expect(comparable(resumed.report)).toEqual(comparable(undisturbed.report));
    }
  });

  test('killed twice, the run still goes on where it was', async ({ echoProject }) => {
    const made = await slowProject(echoProject);
    const first = await disturbed(made, 'SIGKILL', 6);
    expect(first.code).not.toBe(0);
    await disturbed(made, 'SIGKILL', 12, [...LIVE, '--resume']);
    const before = finished(made);
    const asked = made.asked();
    const resumed = await made.evaluate([...LIVE, '--resume']);
    expect(expectReports(made, resumed).trials).toEqual({ planned: COUNT, completed: COUNT, errored: 0, skipped: 0 });
    for (const id of before) expect(made.asked()[id]).toBe(asked[id]);
  });

  test('wherever the journal was cut off', async ({ echoProject }) => {
    const made = await slowProject(echoProject);
    const whole = await made.evaluate();
    const journal = made.read(JOURNAL);
    for (const share of [0, 0.002, Math.random(), 1 - 1 / journal.length]) {
      made.write(JOURNAL, journal.slice(0, Math.floor(journal.length * share)));
      const done = made.read(JOURNAL) === '' ? [] : finished(made);
      made.server.forget();
      const resumed = await made.evaluate([...LIVE, '--resume']);
      expect(made.server.requests.length, `cut at ${share}`).toBe(COUNT - done.length);
      expect(comparable(resumed.report), `cut at ${share}`).toEqual(comparable(whole.report));
    }
  });

  test('while recording: no reply is paid for twice, and the file ends as it would have', async ({ echoProject }) => {
    const made = await slowProject(echoProject);
    const record = ['--mode', 'record'];
    await disturbed(made, 'SIGKILL', 9, record);
    const done = finished(made);
    await made.evaluate(record);
    for (const id of done) expect(made.asked()[id]).toBe(1);
    expect(made.files('fixtures')).toEqual([RECORDINGS]);
    const ids = made
      .read(RECORDINGS)
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { case: string }).case);
    expect(ids).toEqual(Object.keys(made.asked()).toSorted());
  });

  test('a finished run is resumed without a call', async ({ echoProject }) => {
    const made = await slowProject(echoProject);
    const whole = await made.evaluate();
    made.server.forget();
    const resumed = await made.evaluate([...LIVE, '--resume']);
    expect(made.server.requests).toEqual([]);
    expect(comparable(resumed.report)).toEqual(comparable(whole.report));
    expect(resumed.report?.run.id).toBe(whole.report?.run.id);
  });

  test('and not planned as if it began: --dry-run beside --resume is refused', async ({ echoProject }) => {
    const made = await echoProject();
    const { code, stderr } = await made.evaluate([...LIVE, '--resume', '--dry-run']);
    expect(stderr).toMatch(/--dry-run and --resume cannot be given together/);
    expect(code).toBe(2);
  });

  test('trials that errored are asked again', async ({ echoProject }) => {
    const refuse = { status: 400, json: { error: { message: 'not now', type: 'invalid_request_error' } } };
    let down = true;
    const made = await echoProject({ script: (_seen, id) => (down && id === 'c02' ? refuse : undefined) });
    expect((await made.evaluate()).code).toBe(3);
    down = false;
    made.server.forget();
    const resumed = await made.evaluate([...LIVE, '--resume']);
    expect(made.asked()).toEqual({ c02: 1 });
    expect(resumed.code).toBe(0);
    expect(expectReports(made, resumed).trials).toEqual({ planned: 3, completed: 3, errored: 0, skipped: 0 });
  });
});

describe.concurrent('a judge that is out of reach', () => {
  const GIVEN = 12;
  const GRADED = { reason: 'polite', score: 1 };
  const refused = { status: 401, json: { error: { message: 'no such key', type: 'authentication_error' } } };

  /** A judge that refuses its key after four grades, until it is well again. */
  async function judged(open: OpenEcho, level: 'error' | 'warn') {
    const seen = { answers: 0, grades: 0, well: false };
    const made = await open({
      config: ['concurrency: 2', 'judge: { model: "judge:local" }'],
      script: ({ json }, id) => {
        if ((json as { model?: string }).model !== 'local') {
          seen.answers += 1;
          return says(`you said ${id}`);
        }
        if (!seen.well && seen.grades >= 4) return refused;
        seen.grades += 1;
        return says(JSON.stringify(GRADED));
      },
    });
    const config = made.read('assay.config.yaml');
    const url = `type: openai, baseURL: "${made.server.url}/v1", api: chat`;
    made.write('assay.config.yaml', config.replace('providers: {', `providers: { judge: { ${url} },`));
    made.write(CASES, [
      `defaults: { assert: [{ type: judge, value: Is polite, level: ${level} }] }`,
      ...casesFile(Array.from({ length: GIVEN }, (_, at) => `c${at + 10}`)),
    ]);
    return { made, seen };
  }

  test.for(['live', 'record'])(
    'in mode %s: no answer is bought in vain, and none twice',
    async (mode, { echoProject }) => {
      const { made, seen } = await judged(echoProject, 'error');
      const first = await made.evaluate(['--mode', mode]);
      expect(first.code).toBe(3);
      // Four graded ones, and those that were under way.
      const bought = seen.answers;
      expect(bought).toBeLessThanOrEqual(4 + 2 * 2 + 1);
      const report = expectReports(made, first);
      expect(report.trials).toMatchObject({ planned: GIVEN, completed: bought, skipped: GIVEN - bought });
      const results = report.evals[0]?.results ?? [];
      expect(results.find(({ status }) => status === 'skipped')?.reason).toBe(
        'not asked, since judge:local cannot grade the answer: provider unavailable: judge: HTTP 401: no such key',
      );

      // Still not: nothing is asked but the judge once more, and nothing that was answered is lost.
      const again = await made.evaluate(['--mode', mode, '--resume']);
      expect(again.code).toBe(3);
      expect(expectReports(made, again).trials.completed).toBeGreaterThanOrEqual(bought);

      seen.well = true;
      const resumed = await made.evaluate(['--mode', mode, '--resume']);
      expect(resumed.code, resumed.stdout).toBe(0);
      expect(expectReports(made, resumed).trials).toEqual({ planned: GIVEN, completed: GIVEN, errored: 0, skipped: 0 });
      expect(seen).toMatchObject({ answers: GIVEN, grades: GIVEN });
    },
  );

  test('keeps no case from being asked where its grade only informs', async ({ echoProject }) => {
    const { made, seen } = await judged(echoProject, 'warn');
    const first = await made.evaluate();
    expect(expectReports(made, first).trials.completed).toBe(GIVEN);
    expect(first.code, first.stdout).toBe(0);
    seen.well = true;
    expect((await made.evaluate([...LIVE, '--resume'])).code).toBe(0);
    expect(seen).toMatchObject({ answers: GIVEN, grades: GIVEN });
  });
});

test('two runs do not write to the same place at a time', async ({ echoProject }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const made = await echoProject({
    script: async (seen) => {
      await held;
      return echo(seen);
    },
  });
  const first = made.start(['eval', ...LIVE]);
  while (made.server.requests.length < 1) await sleep(1);
  const second = await made.evaluate();
  release();
  expect([second.code, second.stderr]).toEqual([2, expect.stringMatching(/another run is writing here/)]);
  expect((await first.ended).code).toBe(0);
  expect(made.asked()).toEqual({ c01: 1, c02: 1, c03: 1 });
});

describe.concurrent('a run that is another one is not resumed', () => {
  test('and the first thing that differs is named', async ({ echoProject }) => {
    const made = await echoProject();
    await made.evaluate();
    const journal = made.read(JOURNAL);
    made.server.forget();
    const refused = async (args: string[], words: RegExp) => {
      const { code, stderr } = await made.evaluate([...args, '--resume']);
      expect(stderr).toMatch(words);
      expect(stderr).toMatch(/without --resume to begin anew/);
      expect(stderr).toMatch(/report\.json was written before this command \(/);
      expect(stderr).not.toContain('earlier run');
      expect(code).toBe(2);
    };
    await refused(['--mode', 'record'], /mode was "live" and is "record"/);
    await refused([...LIVE, '--filter', 'echo/c01'], /filter/);
    made.write(CASES, casesFile(['c01', 'c02', 'c04']));
    await refused(LIVE, /prompts\.echo\.cases was/);
    made.write(PROMPT, 'Please: {{text}}');
    made.write(CASES, casesFile(['c01', 'c02', 'c03']));
    await refused(LIVE, /prompts\.echo\.version was "[0-9a-f]{12}"/);
    expect(made.server.requests).toEqual([]);
    expect(made.read(JOURNAL)).toBe(journal);
  });
});

describe.skipIf(WINDOWS).concurrent('interrupted', () => {
  test.for<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s: reports are written as incomplete, and --resume goes on', async ([signal, code], { echoProject }) => {
    const made = await slowProject(echoProject);
    const stopped = await disturbed(made, signal, 8);
    expect(stopped.code).toBe(code);
    expect(stopped.stderr.trimEnd().split('\n').at(-1)).toMatch(/assay eval --resume/);
    const report = expectReports(made, stopped);
    expect(report).toMatchObject({ incomplete: true });
    expect(report.trials.planned).toBe(COUNT);
    expect(report.trials.skipped).toBeGreaterThan(0);
    expect(report.reasons.join('\n')).toContain(`interrupted by ${signal}`);
    // What was cut off was asked, too.
    expect(report.evals[0]?.tokens).toMatchObject({ known: false });

    const accept = await made.assay(['accept']);
    expect(accept.code).toBe(3);
    expect(accept.stderr).toMatch(/did not come to its end/);

    const done = finished(made);
    expect(done).toHaveLength(report.trials.completed);
    const resumed = await made.evaluate([...LIVE, '--resume']);
    expect(resumed.code).toBe(1);
    for (const id of done) expect(made.asked()[id]).toBe(1);
    expect(expectReports(made, resumed)).toMatchObject({ incomplete: false });
  });

  test('the command to continue is told with its flags, quoted, and without secrets', async ({ echoProject }) => {
    const made = await echoProject({ provider: 'api: chat, apiKeyEnv: LOCAL_KEY', script: () => ({ stall: 'head' }) });
    const key = 'a-secret-of-the-server';
    const env = { ASSAY_MODE: 'live', LOCAL_KEY: key };
    const run = made.start(['eval', '--filter', 'echo/*', '--filter', `echo/${key}`], { env });
    while (made.server.requests.length < 3) await sleep(1);
    run.kill('SIGTERM');
    const { stderr } = await run.ended;
    expect(stderr).toContain("To continue: npx assay eval --resume --mode live --filter 'echo/*' --filter ");
    expect(stderr).not.toContain(key);
  });

  test('calls that hang are given up', async ({ echoProject }) => {
    const made = await echoProject({ script: () => ({ stall: 'head' }) });
    const stopped = await disturbed(made, 'SIGINT', 3);
    expect(stopped.code).toBe(130);
    expect(expectReports(made, stopped).trials).toEqual({ planned: 3, completed: 0, errored: 0, skipped: 3 });
  });

  test('while waiting for another try, too', async ({ echoProject }) => {
    const made = await echoProject({ script: () => ({ status: 429, headers: { 'retry-after': '30' }, json: {} }) });
    const stopped = await disturbed(made, 'SIGINT', 3);
    expect(stopped.code).toBe(130);
    expect(stopped.ms).toBeLessThan(10_000);
  });
});
