import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Ask } from '../../src/ask/ask.js';
import { Budget, type BudgetLimits } from '../../src/ask/budget.js';
import type { FailureKind } from '../../src/vocabulary.js';
import { bad, context, FakeClock, good, request } from './fakes.js';

const usd = (most: number): BudgetLimits => ({ usd: { most, name: '--max-cost' } });

/** Asks so many questions through a budget whose calls are taken for costing `most` and cost `costs`. */
async function spend(
  limits: BudgetLimits,
  calls: readonly { most: number; costs: number; ms?: number }[],
  { concurrency = 4 } = {},
) {
  const clock = new FakeClock();
  const budget = new Budget({
    limits,
    estimate: async (_, { trial }) => {
      const most = calls[Number(trial.case)]?.most ?? 0;
      return { usd: most, tokens: most * 100 };
    },
  });
  let asked = 0;
  const port: Ask = async (_, { trial }) => {
    asked += 1;
    const call = calls[Number(trial.case)];
    await clock.sleep(call?.ms ?? 10);
    return good('x', { costUsd: call?.costs ?? 0, usage: { inputTokens: (call?.costs ?? 0) * 100, outputTokens: 0 } });
  };
  const ask = budget.layer(port);
  let next = 0;
  const answers: Awaited<ReturnType<Ask>>[] = [];
  const worker = async () => {
    for (let index = next++; index < calls.length; index = next++) {
      answers[index] = await ask(request(), context({ case: String(index) }));
    }
  };
  await clock.run(Promise.all(Array.from({ length: concurrency }, worker)));
  return { budget, asked, answers };
}

const same = (count: number, most: number, costs: number) => Array.from({ length: count }, () => ({ most, costs }));

describe('a budget', () => {
  test('is no hindrance while there is enough', async () => {
    const { budget, asked } = await spend(usd(10), same(20, 0.5, 0.1));
    expect(asked).toBe(20);
    expect(budget.reason).toBeUndefined();
    expect(budget.spent.usd).toBeCloseTo(2);
  });

  test('ends the run where the next call may pass it, and says so', async () => {
    const { budget, asked, answers } = await spend(usd(1), same(20, 0.1, 0.1));
    expect(asked).toBe(10);
    expect(budget.spent.usd).toBeCloseTo(1);
    expect(budget.reason).toBe('budget spent: $1.00 of $1.00, and the next call may take $0.1 (--max-cost)');
    expect(answers[19]).toMatchObject({ ok: false, attempts: 0, failure: { kind: 'budget', message: budget.reason } });
  });

  test('is used up though calls are taken for far dearer than they are: they wait for each other', async () => {
    const { asked } = await spend(usd(1), same(60, 0.5, 0.02), { concurrency: 8 });
    // What is left after 25 of them is less than one may cost.
    expect(asked).toBe(26);
  });

  test('learns from calls that took more than was thought', async () => {
    const { asked } = await spend(usd(10), same(60, 0.1, 0.5), { concurrency: 4 });
    // With the first estimate it would be passed by the four under way.
    expect(asked).toBe(20);
  });

  test('counts tokens likewise', async () => {
    const { budget, asked } = await spend({ tokens: { most: 500, name: '--max-tokens' } }, same(20, 1, 1));
    expect(asked).toBe(5);
    expect(budget.reason).toContain('500 tokens of 500 tokens');
  });

  test('asks nothing for what costs nothing', async () => {
    const budget = new Budget({ limits: usd(0.01), estimate: async () => undefined });
    const ask = budget.layer(async () => good());
    expect(await ask(request(), context())).toMatchObject({ ok: true });
    expect(budget.spent).toEqual({ usd: 0, tokens: 0 });
  });

  test.each<[FailureKind, number]>([
    ['timeout', 0.4],
    ['network', 0.4],
    ['bad-response', 0.4],
    ['rate-limited', 0],
    ['auth', 0],
    ['unavailable', 0],
  ])('takes a call that ended in %s to have cost %d', async (kind, cost) => {
    const budget = new Budget({ limits: usd(1), estimate: async () => ({ usd: 0.4, tokens: 10 }) });
    await budget.layer(async () => bad(kind))(request(), context());
    expect(budget.spent.usd).toBe(cost);
  });

  test('takes an answer whose price or usage is not told to have cost what it may', async () => {
    const budget = new Budget({ limits: usd(1), estimate: async () => ({ usd: 0.4, tokens: 10 }) });
    await budget.layer(async () => good())(request(), context());
    expect(budget.spent).toEqual({ usd: 0.4, tokens: 10 });
  });

  test('frees what was set aside when the port breaks', async () => {
    const budget = new Budget({ limits: usd(1), estimate: async () => ({ usd: 0.6, tokens: 0 }) });
    const ask = budget.layer(async () => {
      throw new Error('defect');
    });
    await expect(ask(request(), context())).rejects.toThrow('defect');
    await budget.layer(async () => good())(request(), context());
    expect(budget.reason).toBeDefined();
  });

  test('lets go of who waits for it when the run is stopped', async () => {
    const stop = new AbortController();
    const budget = new Budget({ limits: usd(1), estimate: async () => ({ usd: 0.6, tokens: 0 }) });
    const ask = budget.layer(() => new Promise(() => undefined));
    void ask(request(), context());
    const waiting = ask(request(), context({ signal: stop.signal }));
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect(await waiting).toMatchObject({ attempts: 0, failure: { kind: 'aborted' } });
  });
});

const call = fc
  .record({ most: fc.integer({ min: 1, max: 50 }), share: fc.double({ min: 0, max: 1, noNaN: true }), ms: fc.nat(50) })
  .map(({ most, share, ms }) => ({ most, costs: most * share, ms }));
const calls = fc.array(call, { minLength: 1, maxLength: 60 });

test('law: if no estimate is too low the budget is never passed, and it ends only where the next call might pass it', async () => {
  await fc.assert(
    fc.asyncProperty(
      calls,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 12 }),
      async (all, most, concurrency) => {
        const { budget, asked, answers } = await spend(usd(most), all, { concurrency });
        expect(budget.spent.usd).toBeLessThanOrEqual(most + 1e-6);
        expect(answers.filter((each) => each.ok)).toHaveLength(asked);
        const dearest = Math.max(...all.map((each) => each.most));
        expect(budget.reason === undefined ? all.length : asked).toBe(asked);
        expect(budget.reason !== undefined && budget.spent.usd + dearest <= most).toBe(false);
      },
    ),
    { numRuns: 60 },
  );
});

test('law: whatever calls cost, it is passed by no more than those under way took too much', async () => {
  await fc.assert(
    fc.asyncProperty(
      calls,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 12 }),
      async (all, most, concurrency) => {
        const wrong = all.map((each) => ({ ...each, most: each.costs / 3 + 0.01 }));
        const { budget } = await spend(usd(most), wrong, { concurrency });
        const dearest = Math.max(...wrong.map((each) => each.costs));
        expect(budget.spent.usd).toBeLessThanOrEqual(most + concurrency * dearest);
      },
    ),
    { numRuns: 60 },
  );
});

test('law: whose answer was paid for is graded, too, where the graders take no more than was thought', async () => {
  const trials = fc.array(fc.record({ answer: call, graders: fc.array(call, { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(
      trials,
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 12 }),
      async (all, most, concurrency) => {
        const clock = new FakeClock();
        const sums = all.map(({ graders }) => graders.reduce((sum, each) => sum + each.most, 0));
        const ofTrial = (id: string, metric: string | undefined) =>
          metric === undefined ? all[Number(id)]?.answer : all[Number(id)]?.graders[Number(metric)];
        const budget = new Budget({
          limits: usd(most),
          estimate: async (_, { trial, metric }) => ({ usd: ofTrial(trial.case, metric)?.most ?? 0, tokens: 0 }),
          grading: (trial) => ({ usd: sums[Number(trial.case)] ?? 0, tokens: 0 }),
        });
        const ask = budget.layer(async (_, { trial, metric }) => {
          const its = ofTrial(trial.case, metric);
          await clock.sleep(its?.ms ?? 0);
          return good('x', { costUsd: its?.costs ?? 0 });
        });
        let next = 0;
        let ungraded = 0;
        const worker = async () => {
          for (let index = next++; index < all.length; index = next++) {
            const { trial } = context({ case: String(index) });
            const answer = await ask(request(), context({ case: String(index) }));
            const graders = answer.ok ? (all[index]?.graders ?? []) : [];
            const grades = await Promise.all(
              graders.map((_, metric) => ask(request(), { purpose: 'judge', trial, metric: String(metric) })),
            );
            ungraded += grades.filter((each) => !each.ok).length;
            budget.end(trial);
          }
        };
        await clock.run(Promise.all(Array.from({ length: concurrency }, worker)));
        expect(budget.spent.usd).toBeLessThanOrEqual(most + 1e-6);
        expect(ungraded).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});
