import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { seeded } from '../../src/stats/random.js';
import type { MetricComparison } from '../../src/vocabulary.js';
import type { Inside } from './inside.js';
import { SIMULATED, type Simulated, simulated, simulatedCases } from './simulated.js';

const CASES = 30;

/** So many trials of each case, but for some. */
function trials(times: number, others: Record<string, number> = {}): Record<string, number> {
  return { ...Object.fromEntries(simulatedCases(CASES).map((id) => [id, times] as const)), ...others };
}

/** A project with an accepted baseline of 8 repeats, all of which passed. */
async function accepted(lines: readonly string[] = []): Promise<Simulated> {
  const made = simulated(CASES, { lines });
  await made.evaluate();
  await made.accept();
  made.asked();
  return made;
}

/** Passes at this rate, case and repeat being drawn from the name. */
const rate = (name: string, share: number) => (id: string, repeat: number) =>
  seeded(`${name} ${id} ${repeat}`).next() < share;

const at = (id: string) => Number(id.slice(1));
const factsOf = ({ report }: Inside) => report.evals[0]?.metrics.pass as MetricComparison | undefined;
const changesOf = ({ report }: Inside) => report.evals[0]?.changes as Record<string, unknown> | undefined;

describe('repeats from min to max', () => {
  it('are min where there is no baseline, and topped up to max when the run is accepted', async () => {
    const made = simulated(CASES);
    expect((await made.evaluate()).code).toBe(0);
    expect(made.asked()).toEqual(trials(1));
    const { topUp, accepted: changes } = await made.accept();
    expect(topUp).toEqual({ trials: 7 * CASES, calls: 7 * CASES });
    expect(made.asked()).toEqual(trials(7));
    expect(changes[0]?.warnings).toEqual([]);
    expect(made.read('evals/sim.baseline.json')).toContain('"repeats": [1,1,1,1,1,1,1,1]');
  });

  it('end after one round where a drop worth detecting is ruled out', async () => {
    const made = await accepted();
    const run = await made.evaluate();
    expect(run.code).toBe(0);
    expect(factsOf(run)?.verdict).toBe('unchanged');
    expect(made.asked()).toEqual(trials(1));
  });

  it('end as soon as a drop is proven, without asking failing cases again', async () => {
    const made = await accepted();
    made.truth((id) => at(id) % 2 === 0);
    const run = await made.evaluate();
    expect(run.code).toBe(1);
    expect(factsOf(run)).toMatchObject({ verdict: 'regressed', delta: -0.5 });
    expect(made.asked()).toEqual(trials(1));
  });

  it('go on, round by round, while the verdict is open, and say at max what would settle it', async () => {
    const made = simulated(CASES, { lines: ['gate: { minPassRate: 0, detect: 0.03 }'] });
    made.truth(rate('before', 0.6));
    await made.evaluate();
    await made.accept();
    made.asked();
    made.truth(rate('later', 0.58));
    const run = await made.evaluate();
    expect(made.asked()).toEqual(trials(8));
    expect(factsOf(run)).toMatchObject({ verdict: 'inconclusive' });
    expect(run.report.reasons.join('\n')).toMatch(/pass is inconclusive: .*would settle it/);
  });

  it('that are fixed are one look', async () => {
    const made = await accepted();
    made.truth((id, repeat) => at(id) > 0 || repeat > 1);
    const run = await made.evaluate({ repeats: { min: 3, max: 3 } });
    expect(made.asked()).toEqual(trials(3));
    expect(run.code).toBe(0);
    expect(changesOf(run)).toMatchObject({ flaky: ['c000'], newlyFailing: [] });
  });
});

describe('the guard', () => {
  it('asks a broken case again until it is proven, and no other; none of that enters a mean', async () => {
    const made = await accepted();
    made.truth((id) => id !== 'c003');
    const run = await made.evaluate();
    expect(run.code).toBe(1);
    expect(run.report.reasons).toEqual([
      'sim [sim:m]: newly failing: c003 passed in the baseline and failed 5 times in a row now',
    ]);
    expect(made.asked()).toEqual(trials(1, { c003: 5 }));
    expect(factsOf(run)).toMatchObject({ mean: 29 / 30, n: CASES });
    expect(changesOf(run)).toMatchObject({ newlyFailing: ['c003'], confirmed: ['c003'] });
  });

  it('asks a flaky case until it passes: it is named with its rate, and never retried to green', async () => {
    const made = await accepted();
    made.truth((id, repeat) => id !== 'c003' || repeat > 1);
    const run = await made.evaluate();
    expect(run.code).toBe(0);
    expect(made.asked()).toEqual(trials(1, { c003: 2 }));
    expect(changesOf(run)).toMatchObject({
      newlyFailing: [],
      flaky: ['c003'],
      flakiness: [{ case: 'c003', passed: 2, trials: 3, runs: 2 }],
    });
    expect(factsOf(run)).toMatchObject({ mean: 29 / 30 });
    expect(run.report.evals[0]?.cases).toMatchObject({ passed: 29, failed: 1 });
  });

  it('warns where the baseline is too thin for proof, naming the repeats that it takes', async () => {
    const made = simulated(CASES, { lines: ['gate: { detect: 0.2 }'] });
    await made.evaluate({ repeats: { min: 1, max: 1 } });
    const { accepted: changes } = await made.accept();
    expect(changes[0]?.warnings[0]).toMatch(
      /thin: 1 repeat per case, where 3 are wanted: a drop of pass below 0\.\d+ goes/,
    );
    made.asked();
    made.truth((id) => id !== 'c003');
    const run = await made.evaluate({ repeats: { min: 1, max: 1 } });
    expect(run.code).toBe(0);
    expect(made.asked()).toEqual(trials(1));
    expect(run.report.reasons).toEqual([
      'warning: sim [sim:m]: newly failing: c003 passed in the baseline and failed 1 of 1 now, unconfirmed; proving a break takes a baseline of 3 repeats per case: accept one, or raise repeats',
    ]);
  });

  it('guards with fixed repeats, too, and not at all where its rule is off', async () => {
    const made = await accepted();
    made.truth((id) => id !== 'c003');
    const run = await made.evaluate({ repeats: { min: 1, max: 1 } });
    expect(run.code).toBe(1);
    expect(made.asked()).toEqual(trials(1, { c003: 5 }));
    made.write('assay.config.yaml', `${made.read('assay.config.yaml')}\ngate: { rules: { newly-failing: off } }\n`);
    expect((await made.evaluate({ repeats: { min: 1, max: 1 } })).code).toBe(0);
    expect(made.asked()).toEqual(trials(1));
  });

  it('leaves quarantined cases alone', async () => {
    const made = await accepted();
    const cases = made.read('evals/sim.cases.yaml');
    const kept = "quarantine: { until: '2999-01-01', why: the fixture is wrong }";
    made.write('evals/sim.cases.yaml', cases.replace('{ word: c003 } }', `{ word: c003 }, ${kept} }`));
    made.truth((id) => id !== 'c003');
    const run = await made.evaluate();
    expect(run.code).toBe(0);
    expect(made.asked()).toEqual(trials(1));
    expect(factsOf(run)).toMatchObject({ mean: 1, n: CASES - 1 });
  });
});

/** A project whose baseline and recordings were made in mode record; the prompt then changed, and was recorded anew. */
async function recorded(
  truth: Parameters<Simulated['truth']>[0],
  before: Parameters<Simulated['truth']>[0] = () => true,
): Promise<{ made: Simulated; recording: Inside }> {
  const made = simulated(CASES, { lines: ['gate: { minPassRate: 0, detect: 0.03 }'] });
  made.truth(before);
  await made.evaluate({ mode: 'record' });
  await made.accept();
  made.write(SIMULATED, 'Say just {{word}}.');
  made.truth(truth);
  const recording = await made.evaluate({ mode: 'record' });
  made.asked();
  return { made, recording };
}

describe('replay', () => {
  it('comes to the verdict of the recording run: what is not recorded does not exist, and is no miss', async () => {
    const { made, recording } = await recorded((id) => id !== 'c003');
    const replay = await made.evaluate({ mode: 'replay' });
    expect(made.asked()).toEqual({});
    expect([recording.code, replay.code]).toEqual([1, 1]);
    expect(replay.report.reasons).toEqual(recording.report.reasons);
    expect(replay.report.trials).toEqual(recording.report.trials);
    expect(replay.report.evals[0]?.metrics).toEqual(recording.report.evals[0]?.metrics);
  });

  it('uses the rounds that are recorded, and no part of one', async () => {
    const { made } = await recorded(rate('later', 0.58), rate('before', 0.6));
    const before = await made.evaluate({ mode: 'replay' });
    expect(before.report.trials.completed).toBe(8 * CASES);
    const rows = made.read('fixtures/recordings/sim.jsonl').split('\n');
    const cut = rows.filter((row) => !(row.includes('"case":"c007"') && row.includes('"repeat":3')));
    made.write('fixtures/recordings/sim.jsonl', cut.join('\n'));
    const after = await made.evaluate({ mode: 'replay' });
    expect(after.code).not.toBe(3);
    expect(after.report.trials).toMatchObject({ errored: 0 });
    expect(after.report.evals[0]?.results.filter(({ case: id }) => id === 'c007')).toHaveLength(2);
  });

  it('of the very requests that were accepted changes nothing, whatever they scored', async () => {
    const made = simulated(CASES);
    made.truth((id, repeat) => (at(id) + repeat) % 4 !== 0);
    await made.evaluate({ mode: 'record' });
    await made.accept();
    made.asked();
    const run = await made.evaluate({ mode: 'replay', repeats: { min: 1, max: 8 } });
    expect(run.code).toBe(0);
    expect(factsOf(run)).toMatchObject({ verdict: 'unchanged', delta: 0, p: 1 });
    expect(run.report.trials.completed).toBe(CASES);
    expect((await made.evaluate({ mode: 'record' })).report.trials.completed).toBe(CASES);
    expect(made.asked()).toEqual({});
  });

  it('of other answers to the same requests is tested like a change', async () => {
    const made = simulated(CASES);
    await made.evaluate({ mode: 'record' });
    await made.accept();
    made.truth((id) => at(id) % 2 === 0);
    expect((await made.evaluate({ mode: 'record', refresh: true })).code).toBe(1);
    const replay = await made.evaluate({ mode: 'replay' });
    expect(replay.code).toBe(1);
    expect(factsOf(replay)?.verdict).toBe('regressed');
  });

  it('of a single reply fails for a newly failing case, unconfirmed and never called regressed', async () => {
    const made = simulated(CASES, { lines: [] });
    const once = { min: 1, max: 1 };
    await made.evaluate({ mode: 'record', repeats: once });
    await made.accept();
    made.write(SIMULATED, 'Say just {{word}}.');
    made.truth((id) => id !== 'c003');
    await made.evaluate({ mode: 'record', repeats: once });
    const replay = await made.evaluate({ mode: 'replay', repeats: once });
    expect(replay.code).toBe(1);
    expect(factsOf(replay)?.verdict).not.toBe('regressed');
    expect(replay.report.reasons[0]).toBe(
      'sim [sim:m]: newly failing: c003 passed in the baseline (unconfirmed: a single recorded reply)',
    );
  });
});

describe('accepting', () => {
  it('an unchanged version adds its trials: nobody gets a better baseline by accepting until it looks good', async () => {
    const made = simulated(CASES, { lines: ['gate: { minPassRate: 0 }'] });
    made.truth((id) => id !== 'c003');
    await made.evaluate();
    await made.accept();
    made.truth(() => true);
    await made.evaluate();
    await made.accept();
    const line = made
      .read('evals/sim.baseline.json')
      .split('\n')
      .find((each) => each.includes('"c003"'));
    expect(line).toContain(`"repeats": [${[...Array(8).fill(0), ...Array(8).fill(1)].join(',')}]`);
  });

  it('holds as many trials of a case that was asked again as of the others', async () => {
    const made = await accepted();
    made.write(SIMULATED, 'Say just {{word}}.');
    made.truth((id) => id !== 'c003');
    await made.evaluate();
    expect(made.asked()).toEqual(trials(1, { c003: 5 }));
    const { topUp } = await made.accept();
    expect(topUp?.calls).toBe(7 * CASES - 4);
    expect(made.asked()).toEqual(trials(7, { c003: 3 }));
    const baseline = JSON.parse(made.read('evals/sim.baseline.json'));
    const counts = Object.values<{ scores: { pass: { repeats: number[] } } }>(baseline.models['sim:m'].cases).map(
      ({ scores }) => scores.pass.repeats.length,
    );
    expect(new Set(counts)).toEqual(new Set([8]));
  });

  it('a replay stores what is recorded, with a warning, and calls nobody', async () => {
    const made = simulated(CASES);
    await made.evaluate({ mode: 'record' });
    await made.evaluate({ mode: 'replay' });
    made.asked();
    const { topUp, accepted: changes } = await made.accept();
    expect(topUp).toBeUndefined();
    expect(changes[0]?.warnings[0]).toContain('thin: 1 repeat per case, where 8 are wanted');
    expect(made.asked()).toEqual({});
  });

  it('what was topped up belongs to the run: it can be accepted again without a call', async () => {
    const made = simulated(CASES);
    await made.evaluate();
    await made.accept();
    made.asked();
    rmSync(join(made.root, 'evals/sim.baseline.json'));
    const again = await made.accept();
    expect(again.topUp).toBeUndefined();
    expect(made.asked()).toEqual({});
    expect(again.accepted[0]?.changes[0]).toBe('sim:m: first baseline: 30 cases');
  });
});

describe('a run that is cut short', () => {
  it('goes on where it was, and comes to the same end', async () => {
    const made = await accepted();
    const noisy = (id: string, repeat: number) => (at(id) * 5 + repeat * 3) % 7 !== 0;
    made.truth(noisy);
    const whole = await made.evaluate();
    const asked = made.asked();
    const stop = new AbortController();
    let left = 70;
    const cut = await made.evaluate({
      signal: stop.signal,
      interruptedBy: () => 'SIGINT',
      onResult: () => {
        left -= 1;
        if (left === 0) stop.abort();
      },
    });
    expect(cut.code).toBe(130);
    const before = made.asked();
    const resumed = await made.evaluate({ resume: true });
    const after = made.asked();
    for (const id of simulatedCases(CASES)) expect((before[id] ?? 0) + (after[id] ?? 0)).toBe(asked[id]);
    expect(resumed.report.evals[0]?.metrics).toEqual(whole.report.evals[0]?.metrics);
    expect(resumed.report.reasons).toEqual(whole.report.reasons);
  });
});
