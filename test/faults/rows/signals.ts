import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { type EchoProject, echo, says } from '../../cli/echo.js';
import type { OpenEcho } from '../../cli/test.js';
import type { Outcome } from '../../support/project.js';
import { expectRun, LIVE, type Scenario } from '../scenario.js';
import { busyness, startTimed, type Timed } from '../timing.js';

const COUNT = 16;
/** `npm run faults` sends signals at many points, every run of the tests at a few. */
const ALL = process.env.FAULTS === 'all';
const SLOW_MS = 30;

/** Cases that take a moment each, two at a time. */
function slow(open: OpenEcho): Promise<EchoProject> {
  return open({
    cases: COUNT,
    config: ['concurrency: 2'],
    script: async (seen) => {
      await sleep(SLOW_MS);
      return echo(seen);
    },
  });
}

/** Waits until the server has had so many requests. */
async function until(made: EchoProject, requests: number): Promise<void> {
  while (made.server.requests.length < requests) await sleep(2);
}

/** Ids of the cases that are done for good. */
function done(made: EchoProject): string[] {
  const lines = made.has('reports/run.jsonl') ? made.read('reports/run.jsonl').split('\n').slice(0, -1) : [];
  const entries = lines.map((line) => JSON.parse(line) as { status?: string; case?: string });
  return entries.flatMap((each) => (each.status === 'completed' && each.case ? [each.case] : []));
}

/** Resumes, and holds that to what was left. */
async function expectResumed(made: EchoProject): Promise<void> {
  const before = done(made);
  made.server.forget();
  const report = expectRun(made, await made.evaluate([...LIVE, '--resume']), 0);
  expect(report.trials).toEqual({ planned: COUNT, completed: COUNT, errored: 0, skipped: 0 });
  expect(Object.keys(made.asked()).filter((id) => before.includes(id))).toEqual([]);
  expect(made.server.requests).toHaveLength(COUNT - before.length);
  expect(made.files('reports').filter((file) => /\.tmp$|\.lock/.test(file))).toEqual([]);
}

function interrupted(signal: NodeJS.Signals, code: number, points: readonly number[]): Scenario['run'] {
  return async ({ echoProject }) => {
    const made = await slow(echoProject);
    const took: number[] = [];
    for (const point of points) {
      made.server.forget();
      const timing = startTimed(made, ['eval', ...LIVE]);
      await until(made, point);
      const outcome = await signalled(timing, signal, took);
      const report = expectRun(made, outcome, code);
      expect(report).toMatchObject({ incomplete: true, verdict: 'unverified' });
      expect(report.trials.completed).toBeLessThan(COUNT);
      expect(outcome.stderr).toContain('assay eval --resume');
      await expectResumed(made);
    }
    expect(Math.max(...took)).toBeLessThan(5000);
    return `exit ${code} after ${Math.round(Math.max(...took))} ms`;
  };
}

async function signalled({ running, ownMs }: Timed, signal: NodeJS.Signals, took: number[]): Promise<Outcome> {
  const began = ownMs();
  running.kill(signal);
  const outcome = await running.ended;
  took.push(ownMs() - began);
  return outcome;
}

/** Signals at whatever moment. */
export const SIGNALS: readonly Scenario[] = [
  {
    id: 'X1',
    fault: 'SIGINT once',
    posix: true,
    run: interrupted('SIGINT', 130, ALL ? [1, 2, 4, 6, 8, 10, 12, COUNT - 3] : [2, COUNT - 3]),
  },
  {
    id: 'X2',
    fault: 'SIGINT twice, while nothing answers',
    posix: true,
    async run({ echoProject }) {
      const made = await echoProject({
        cases: COUNT,
        config: ['concurrency: 2'],
        script: (_seen, id) => (id > 'c04' ? { stall: 'head' } : undefined),
      });
      const timing = startTimed(made, ['eval', ...LIVE]);
      await until(made, 5);
      timing.running.kill('SIGINT');
      timing.running.kill('SIGINT');
      const took: number[] = [];
      const { code } = await signalled(timing, 'SIGINT', took);
      expect(code).toBe(130);
      // The end of a process is not its own doing.
      expect(took[0]).toBeLessThan(200 * busyness());
      made.server.script((seen) => echo(seen));
      await expectResumed(made);
      return `exit 130 after ${Math.round(took[0] ?? 0)} ms`;
    },
  },
  { id: 'X3', fault: 'SIGTERM', posix: true, run: interrupted('SIGTERM', 143, [4]) },
  { id: 'X3b', fault: 'SIGHUP: the terminal is closed', posix: true, run: interrupted('SIGHUP', 129, [4]) },
  {
    id: 'X1b',
    fault: 'SIGINT when all is answered, while the reports are written',
    posix: true,
    async run({ echoProject }) {
      const text = 'x'.repeat(1_000_000);
      const made = await echoProject({ cases: 30, script: (_seen, id) => says(`${id} ${text}`) });
      const running = made.start(['eval', ...LIVE]);
      const writing = () => made.has('reports') && made.files('reports').some((file) => file.endsWith('.tmp'));
      while (!writing()) await sleep(2);
      running.kill('SIGINT');
      const outcome = await running.ended;
      // Nothing was interrupted: what is said, the exit code and the reports agree.
      const report = expectRun(made, outcome, 0);
      expect(report).toMatchObject({ incomplete: false, verdict: 'passed', exitCode: 0 });
      expect(outcome.stderr).toContain('all trials are done: finishing the reports, with their verdict');
      expect(outcome.stderr).not.toContain('--resume');
      return 'exit 0, whole';
    },
  },
  {
    id: 'X4',
    fault: 'SIGKILL at any moment, the writing of reports too',
    posix: true,
    async run({ echoProject }) {
      const made = await slow(echoProject);
      // Of a request, and milliseconds after it.
      const points = [3, COUNT - 1, COUNT, COUNT].map((at, index) => ({
        at,
        ms: Math.max(0, index - 1) * 60,
      }));
      for (const { at, ms } of points) {
        made.server.forget();
        const running = made.start(['eval', ...LIVE]);
        await until(made, at);
        await sleep(ms + Math.random() * SLOW_MS);
        running.kill('SIGKILL');
        const { report } = await running.ended;
        // Whole, or not there: read as JSON where it is.
        if (report) expect(report.trials.planned).toBe(COUNT);
        await expectResumed(made);
      }
      return `${points.length} times`;
    },
  },
];
