import { describe, expect, it } from 'vitest';
import { lookSchedule } from '../../src/stats/looks.js';
import { seeded } from '../../src/stats/random.js';
import { judgeFamily, type Track } from '../../src/stats/sequential.js';
import { guardStates, lookAt, nextStep } from '../../src/stats/two-stage.js';
import { simulated, simulatedCases } from './simulated.js';

const CASES = 20;
const SETTINGS = { alpha: 0.05, tolerance: 0.02, detect: 0.1, confirm: 16 };

/** Outcomes of every case: of the baseline, and as many as a run can ask for. */
interface Tables {
  before: number[][];
  after: number[][];
}

function draw(name: string, before: number, after: (index: number) => number): Tables {
  const random = seeded(name);
  const row = (rate: number, n: number) => Array.from({ length: n }, () => (random.next() < rate ? 1 : 0));
  const each = <T>(make: (index: number) => T) => Array.from({ length: CASES }, (_, index) => make(index));
  return { before: each(() => row(before, 8)), after: each((index) => row(after(index), 16)) };
}

/** What the two stages say when they are given the outcomes one by one, without files, cases or calls. */
function simulate({ before, after }: Tables): boolean {
  const given = after.map(() => 1);
  for (let rounds = 1; ; ) {
    const run = after.map((row, index) => row.slice(0, given[index]));
    const common = { rounds, schedule: lookSchedule(1, 8), final: false, ...SETTINGS };
    const track: Track = { baseline: before, run, ...common };
    const cases = before.map((baseline, index) => ({ baseline, run: run[index] ?? [] }));
    const family = { tests: 1, cases: CASES };
    const look = lookAt(track, family);
    const guards = guardStates({ cases, ...SETTINGS }, family, false);
    const step = nextStep([look], guards, { confirmedSettles: true, final: false });
    if (step.rounds === undefined && step.repeats.length === 0) {
      const { standing } = look;
      const [judged] = standing ? judgeFamily([{ track, standing }], 1) : [];
      return judged?.verdict === 'regressed' || guards.some(({ status }) => status === 'confirmed');
    }
    for (const { case: index, repeat } of step.repeats) given[index] = repeat;
    rounds = step.rounds ?? rounds;
    given.forEach((count, index) => {
      given[index] = Math.max(count, rounds);
    });
  }
}

describe('pipeline and simulation', () => {
  it('come to the same decision on the same outcomes', async () => {
    const made = simulated(CASES, { lines: ['gate: { minPassRate: 0 }'] });
    await made.evaluate();
    await made.accept();
    const accepted = JSON.parse(made.read('evals/sim.baseline.json'));
    const ids = simulatedCases(CASES);
    const decisions: [string, boolean, boolean][] = [];
    for (let run = 0; run < 8; run += 1) {
      for (const [name, tables] of [
        ['unchanged', draw(`unchanged ${run}`, 0.8, () => 0.8)],
        ['dropped', draw(`dropped ${run}`, 0.9, () => 0.7)],
        ['broken', draw(`broken ${run}`, 0.95, (index) => (index === 0 ? 0 : 0.95))],
      ] as const) {
        ids.forEach((id, index) => {
          for (const each of Object.values<{ repeats: number[] }>(accepted.models['sim:m'].cases[id].scores)) {
            each.repeats = tables.before[index] ?? [];
          }
        });
        made.write('evals/sim.baseline.json', JSON.stringify(accepted));
        made.truth((id, repeat) => tables.after[ids.indexOf(id)]?.[repeat - 1] === 1);
        decisions.push([`${name} ${run}`, (await made.evaluate()).code === 1, simulate(tables)]);
      }
    }
    expect(decisions.map(([name, pipeline]) => [name, pipeline])).toEqual(
      decisions.map(([name, , simulation]) => [name, simulation]),
    );
    const failed = (name: string) => decisions.filter(([of, fails]) => of.startsWith(name) && fails).length;
    expect(failed('unchanged')).toBeLessThanOrEqual(1);
    expect(failed('dropped')).toBeGreaterThanOrEqual(6);
    expect(failed('broken')).toBeGreaterThanOrEqual(4);
  }, 60_000);
});
