import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { BASELINE, caseIds, type EchoOptions, type EchoProject, echo, RECORDINGS } from './echo.js';
import { type OpenEcho, test } from './test.js';

const CASES = 6;
/** Of the trials that a run has of each case, and of those that its baseline has. */
const [RUN, ALL] = [1, 3];
/** A model whose price is known; each answer is 12 tokens. */
const PRICED = ['--model', 'local:gpt-4o-mini'];

/** A project with a run that lacks two repeats of each case, which accepting asks for first. */
async function ran(open: OpenEcho, { args = PRICED, ...options }: EchoOptions & { args?: string[] } = {}) {
  const config = [`repeats: { min: ${RUN}, max: ${ALL} }`, ...(options.config ?? [])];
  const front = ['parameters: { maxTokens: 3 }'];
  const made = await open({ cases: CASES, front, ...options, config });
  const outcome = await made.evaluate(['--mode', 'live', ...args]);
  expect(outcome.code, outcome.stderr).toBe(0);
  made.server.forget();
  return made;
}

/** Nothing was accepted, nothing is locked, and accepting again asks for just what is not answered yet. */
async function expectAsBefore(made: EchoProject, args: string[] = []): Promise<void> {
  expect(made.has(BASELINE)).toBe(false);
  expect(made.files().filter((file) => file.endsWith('.lock'))).toEqual([]);
  const accepted = await made.assay(['accept', ...args]);
  expect(accepted.code, accepted.stderr).toBe(0);
  const counts = made.read(BASELINE).match(/"repeats": \[[^\]]*\]/g) ?? [];
  expect(new Set(counts)).toEqual(new Set(['"repeats": [1,1,1]']));
  expect(made.files().filter((file) => file.endsWith('.lock'))).toEqual([]);
}

/** How a run is asked that answers slowly from its second repeat on. */
function slow(ms: number): EchoOptions['script'] {
  let asked = 0;
  return async (seen) => {
    asked += 1;
    if (asked > CASES * RUN) await sleep(ms);
    return echo(seen);
  };
}

describe.concurrent('what accepting asks for first', () => {
  test('keeps to a budget of its own, and leaves the run as it was when that is spent', async ({ echoProject }) => {
    const made = await ran(echoProject);
    const stopped = await made.assay(['accept', '--max-tokens', '50', '--concurrency', '2']);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toMatch(/estimate: 12 calls, .*the budget: 50 tokens \(--max-tokens\)/);
    expect(stopped.stderr).toMatch(/nothing was accepted: budget spent: [^]*assay accept/);
    const paid = made.server.requests.length;
    expect(paid).toBeGreaterThan(0);
    expect(paid).toBeLessThanOrEqual(4);
    await expectAsBefore(made);
    expect(made.server.requests).toHaveLength(CASES * (ALL - RUN));
  });

  test('keeps to the budget of the policy, and calls no model whose price is not known', async ({ echoProject }) => {
    const config = ['policy: { maxCostUsd: 1 }'];
    const made = await ran(echoProject, { config, args: ['--allow-unknown-price'] });
    const refused = await made.assay(['accept']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/the price of "local:echo" is not known[^]*policy\.maxCostUsd/);
    expect(made.server.requests).toEqual([]);
    await expectAsBefore(made, ['--allow-unknown-price']);
  });

  test('ends when its time is up', async ({ echoProject }) => {
    const made = await ran(echoProject, { script: slow(400) });
    const stopped = await made.assay(['accept', '--max-time', '1500ms', '--concurrency', '1']);
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toMatch(/nothing was accepted: time spent: .*--max-time/);
    await expectAsBefore(made);
  });

  test('does not wait for an answer longer than told; a trial without one is asked again', async ({ echoProject }) => {
    let hangs = false;
    const made = await ran(echoProject, { script: (seen) => (hangs ? new Promise(() => {}) : echo(seen)) });
    hangs = true;
    const stopped = await made.assay(['accept', '--trial-timeout', '300ms']);
    expect(stopped.code).toBe(3);
    expect(stopped.ms).toBeLessThan(60_000);
    hangs = false;
    await expectAsBefore(made);
  });

  test.skipIf(process.platform === 'win32').for<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('is interrupted by %s in good order', async ([signal, code], { echoProject }) => {
    const made = await ran(echoProject, { script: slow(300), config: ['concurrency: 2'] });
    const run = made.start(['accept']);
    while (made.server.requests.length < 3) await sleep(5);
    run.kill(signal);
    const stopped = await run.ended;
    expect(stopped.code).toBe(code);
    expect(stopped.stderr).toMatch(/nothing was accepted: interrupted[^]*assay accept/);
    await expectAsBefore(made);
    expect(Object.keys(made.asked())).toEqual(expect.arrayContaining(caseIds(CASES)));
  });

  test('takes keys from --env-file', async ({ echoProject }) => {
    const provider = 'api: chat, apiKeyEnv: LOCAL_KEY';
    const files = { 'keys.env': 'LOCAL_KEY=sk-in-a-file-12345' };
    const made = await ran(echoProject, { provider, files, args: [...PRICED, '--env-file', 'keys.env'] });
    await expectAsBefore(made, ['--env-file', 'keys.env']);
    const keys = made.server.requests.map(({ headers }) => headers.authorization);
    expect(new Set(keys)).toEqual(new Set(['Bearer sk-in-a-file-12345']));
  });

  test('does not overwrite a baseline that another has written meanwhile', async ({ echoProject }) => {
    const made = await ran(echoProject, { script: slow(300), config: ['concurrency: 2'] });
    const run = made.start(['accept']);
    while (made.server.requests.length < 3) await sleep(5);
    const other = '{ "schemaVersion": 1, "models": {} }\n';
    made.write(BASELINE, other);
    const stopped = await run.ended;
    expect(stopped.code).toBe(3);
    expect(stopped.stderr).toContain('changed while it was being accepted');
    expect(made.read(BASELINE)).toBe(other);
    made.remove(BASELINE);
    await expectAsBefore(made);
  });
});

test('accepting needs a key where it asks for more trials, and none where it does not', async ({ echoProject }) => {
  const made = await echoProject();
  const config = (repeats: string) => ['models: [openai:gpt-4o-mini]', `repeats: ${repeats}`];
  const env = { OPENAI_API_KEY: 'sk-accept-12345', OPENAI_BASE_URL: `${made.server.url}/v1` };
  made.write('assay.config.yaml', config('{ min: 1, max: 2 }'));
  const recorded = await made.evaluate(['--mode', 'record'], { env });
  expect(recorded.code, recorded.stdout + recorded.stderr).toBe(0);
  made.server.forget();
  expect((await made.assay(['accept', '--dry-run'])).code).toBe(0);
  const refused = await made.assay(['accept']);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('OPENAI_API_KEY') });
  expect(made.has(BASELINE)).toBe(false);
  expect((await made.assay(['accept'], { env })).code).toBe(0);
  made.remove(BASELINE);
  expect((await made.assay(['accept'])).code).toBe(0);
  expect(made.has(BASELINE)).toBe(true);
});

test('while a run records for the prompt, it is not accepted by half', async ({ echoProject }) => {
  const made = await echoProject();
  expect((await made.evaluate(['--mode', 'record'])).code).toBe(0);
  const lock = `${RECORDINGS}.new.lock`;
  made.write(lock, JSON.stringify({ pid: process.pid, host: hostname(), token: 'of-another' }));
  const refused = await made.assay(['accept']);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toMatch(/another run/);
  expect(made.has(BASELINE)).toBe(false);
  made.remove(lock);
  expect((await made.assay(['accept'])).code).toBe(0);
});
