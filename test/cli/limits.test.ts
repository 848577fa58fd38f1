import { describe, expect } from 'vitest';
import { casesFile, says, userText } from './echo.js';
import { expectReports } from './report.js';
import type { Reply } from '../support/scripted-server.js';
import { test } from './test.js';

const RATE_LIMIT = { error: { message: 'slow down', type: 'requests', code: 'rate_limit_exceeded' } };
const limited = (headers: Record<string, string> = {}): Reply => ({ status: 429, headers, json: RATE_LIMIT });
const live = (...args: string[]): string[] => ['--mode', 'live', ...args];

describe.concurrent('a server that limits its rate', () => {
  test('pauses the whole lane with retry-after, not one worker', async ({ echoProject }) => {
    const made = await echoProject({
      cases: 12,
      script: ({ index }) => (index === 0 ? limited({ 'retry-after': '1' }) : undefined),
    });
    const outcome = await made.evaluate(live('--concurrency', '2'));
    expect(outcome.code).toBe(0);
    const report = expectReports(made, outcome);
    expect(report.evals[0]?.results.map(({ attempts }) => attempts).toSorted()).toEqual([...Array(11).fill(1), 2]);
    const [first] = made.server.requests;
    const paused = (first?.answeredMs ?? 0) + 950;
    // The other one may have been on its way already.
    expect(made.server.requests.filter(({ arrivedMs }) => arrivedMs < paused).length).toBeLessThanOrEqual(2);
  });

  test.for<[string, string]>([
    ['a day', '86400'],
    ['until tomorrow', new Date(Date.now() + 86_400_000).toUTCString()],
  ])('that asks to wait %s is not waited for', async ([_what, after], { echoProject }) => {
    const made = await echoProject({ cases: 20, script: () => limited({ 'retry-after': after }) });
    const outcome = await made.evaluate(live('--concurrency', '2', '--max-wait', '5s'));
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report.reasons.join('\n')).toMatch(/rate-limited.*it asked to wait \d+ s, and --max-wait allows 5 s/);
    expect(made.server.requests.length).toBeLessThanOrEqual(2);
    const { startedAt, finishedAt = '' } = report.run;
    expect(Date.parse(finishedAt) - Date.parse(startedAt)).toBeLessThan(5000);
  });

  test('and never lets anyone in is asked ever less often, and given up', async ({ echoProject }) => {
    const made = await echoProject({
      cases: 30,
      script: () => ({ status: 529, json: { error: { message: 'overloaded' } } }),
    });
    const outcome = await made.evaluate(live('--max-wait', '3s', '--concurrency', '8'));
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report.trials.errored).toBeGreaterThan(0);
    expect(report.trials.skipped).toBeGreaterThan(0);
    expect(report.reasons.join('\n')).toMatch(/most often overloaded/);
    const skipped = report.evals[0]?.results.find(({ status }) => status === 'skipped');
    expect(skipped?.['reason']).toMatch(/^provider unavailable: it refused everything/);
    expect(made.server.requests.length).toBeLessThanOrEqual(30);
  });

  test('lets fewer in at first: fewer are under way, then more again, never more than allowed', async ({
    echoProject,
  }) => {
    const inFlight: number[] = [];
    let open = 0;
    const made = await echoProject({
      cases: 50,
      script: async ({ index }) => {
        open += 1;
        inFlight.push(open);
        await new Promise((resolve) => setTimeout(resolve, 100));
        open -= 1;
        return index < 10 ? limited({ 'retry-after-ms': '200' }) : undefined;
      },
    });
    const outcome = await made.evaluate(live('--concurrency', '10'));
    expect(outcome.code).toBe(0);
    expect(made.server.maxInFlight).toBeLessThanOrEqual(10);
    expect(Math.max(...inFlight.slice(10, 14))).toBeLessThanOrEqual(6);
    expect(Math.max(...inFlight.slice(30))).toBeGreaterThan(6);
  });

  test('is not even met where the config keeps to its limit', async ({ echoProject }) => {
    const made = await echoProject({ cases: 20, provider: 'api: chat, limits: { requestsPerMinute: 600 }' });
    const outcome = await made.evaluate(live());
    expect(outcome.code).toBe(0);
    const [first, last] = [made.server.requests[0], made.server.requests.at(-1)];
    expect((last?.arrivedMs ?? 0) - (first?.arrivedMs ?? 0)).toBeGreaterThan(1200);
  });

  test('in the config: a mistake in it is told with its place', async ({ echoProject }) => {
    const made = await echoProject({ provider: 'limits: { requestsPerHour: 5 }' });
    const outcome = await made.evaluate(live());
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toMatch(/assay\.config\.yaml:1:\d+[^]*requestsPerHour/);
  });
});

describe.concurrent('a provider that refuses to work for us', () => {
  test('for want of credit is asked by those under way only; the others are skipped with the reason', async ({
    echoProject,
  }) => {
    const quota = {
      error: { message: 'You exceeded your current quota', type: 'insufficient_quota', code: 'insufficient_quota' },
    };
    const made = await echoProject({ cases: 20, script: () => ({ status: 429, json: quota }) });
    const outcome = await made.evaluate(live('--concurrency', '4'));
    expect(outcome.code).toBe(3);
    const { trials, evals, reasons } = expectReports(made, outcome);
    expect(made.server.requests.length).toBeLessThanOrEqual(4);
    expect(trials.errored).toBe(made.server.requests.length);
    expect(trials.skipped).toBe(20 - made.server.requests.length);
    expect(reasons.join('\n')).toMatch(/most often quota/);
    const skipped = evals[0]?.results.find(({ status }) => status === 'skipped');
    expect(skipped?.['reason']).toMatch(/^provider unavailable: local: HTTP 429: You exceeded/);
  });

  test('as a judge leaves the answers and their other scores', async ({ echoProject }) => {
    const quota = { error: { message: 'no credit', type: 'insufficient_quota' } };
    const made = await echoProject({
      cases: 6,
      config: ['judge: { model: "local:judge-2026-01-31" }'],
      script: ({ json }) => (JSON.stringify(json).includes('judge-2026') ? { status: 429, json: quota } : undefined),
      files: {
        'evals/echo.cases.yaml': [
          'defaults: { assert: [{ type: judge, value: Is polite, metric: polite }] }',
          ...casesFile(['c01', 'c02']),
        ],
      },
    });
    const outcome = await made.evaluate(live('--concurrency', '1'));
    expect(outcome.code).toBe(3);
    const { trials, evals } = expectReports(made, outcome);
    // One provider for both: what was not asked when its credit ended is skipped.
    expect(trials.completed).toBeGreaterThan(0);
    expect(evals[0]?.cases.failed).toBe(0);
  });
});

describe.concurrent('time', () => {
  test('an answer that comes too late is dropped: one row, with the second answer', async ({ echoProject }) => {
    const made = await echoProject({
      cases: 1,
      script: async ({ index }) => (index === 0 ? { delayMs: 3000, ...says('too late c01') } : undefined),
    });
    const outcome = await made.evaluate(live('--timeout', '1s'));
    expect(outcome.code).toBe(0);
    const results = expectReports(made, outcome).evals[0]?.results;
    expect(results).toMatchObject([{ status: 'completed', attempts: 2, output: expect.stringContaining('you said') }]);
  });

  test.for<[string, Partial<Reply>, string[], RegExp]>([
    [
      'falls silent',
      { stall: 'body', body: '{"id":' },
      ['--idle-timeout', '500ms'],
      /the answer fell silent for 0.5 s/,
    ],
    ['drips for ever', { dripMs: 100, body: '{"id":' }, ['--timeout', '500ms'], /no answer within 0.5 s/],
    ['never begins', { stall: 'head' }, ['--timeout', '500ms'], /no answer within 0.5 s/],
    ['never begins, for a trial', { stall: 'head' }, ['--trial-timeout', '800ms'], /the trial took too long/],
  ])('an answer that %s', async ([_what, reply, flags, words], { echoProject }) => {
    const made = await echoProject({ cases: 2, script: () => reply });
    const outcome = await made.evaluate(live(...flags));
    expect(outcome.code).toBe(3);
    const { trials, reasons } = expectReports(made, outcome);
    expect(trials.errored).toBe(2);
    expect(reasons.join('\n')).toMatch(words);
  });

  test('--max-time: what is done is reported, the rest skipped, and a resumed run takes it up', async ({
    echoProject,
  }) => {
    const slow = { now: true };
    const made = await echoProject({
      cases: 8,
      script: async (seen) => {
        if (slow.now && /c0[5-8]/.test(userText(seen))) return { stall: 'head' };
        return undefined;
      },
    });
    const outcome = await made.evaluate(live('--max-time', '3s', '--concurrency', '2'));
    expect(outcome.code).toBe(3);
    const report = expectReports(made, outcome);
    expect(report).toMatchObject({ verdict: 'unverified', incomplete: true });
    expect(report.trials).toMatchObject({ planned: 8, completed: 4, errored: 0, skipped: 4 });
    expect(report.reasons[0]).toBe('time spent: the run may take 3 s (--max-time)');
    expect(report.evals[0]?.results.at(-1)).toMatchObject({ status: 'skipped', reason: report.reasons[0] });
    const refused = await made.assay(['accept']);
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('time spent');
    slow.now = false;
    const asked = made.server.requests.length;
    const resumed = await made.evaluate(live('--resume'));
    expect(resumed.code).toBe(0);
    expect(made.server.requests.length - asked).toBe(4);
  });
});
