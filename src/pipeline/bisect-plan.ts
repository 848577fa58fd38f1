import { bisectionStep, type Finding } from '../plan/bisection.js';
import type { Prompt } from '../vocabulary.js';
import type { World } from '../world.js';
import { type BisectOptions, openBisection } from './bisect-open.js';
import type { Range } from './bisect-range.js';
import { historicalRecordings } from './bisect-recordings.js';
import { atPresent, sessionOf } from './bisect-step.js';
import { planCosts, type PlannedEval } from './cost-plan.js';
import { misfit } from './old-sides.js';

/** What a bisection would run and call, as `assay bisect --dry-run --json` prints it. */
export interface BisectPlan {
  prompt: string;
  mode: string;
  cases: number;
  /** The first rounds of the good version, which every other one is run beside, and of all that may be evaluated. */
  good: PlannedEval[];
  versions: PlannedEval[];
  /** Versions that cannot run the cases, each with why: they are passed over. */
  unfit: { version: string; why: string }[];
  /** So many of the versions are evaluated at most, if all can be told. */
  evaluations: number;
  /** The most that these can come to: the good version and the dearest others, with all their repeats. Without `costUsd` the price of a model is not known. */
  most: { calls: number; graderCalls: number; costUsd?: number };
  /** The same where versions cannot be told: others are evaluated in their place, at worst all. */
  untold: { evaluations: number; most: BisectPlan['most'] };
}

/**
 * Works out what a bisection would call, and calls nothing. Which versions are evaluated depends on the answers: all of them are
 * told, and how many it can be.
 * @throws UserError as `bisect`
 */
export async function planBisection(asked: BisectOptions, world: World): Promise<BisectPlan> {
  const { range, session, evals, present, cases } = await openBisection(asked, world, { planOnly: true });
  try {
    const context = { session, evals, present, store: historicalRecordings(session, range, present) };
    const good = atPresent(range.good.prompt, present);
    const costsOf = (now: Prompt, repeats: Prompt['repeats']): Promise<PlannedEval[]> => {
      const own = evals.map(({ model: { model } }) => ({ prompt: { ...now, repeats }, model: { model } }));
      return planCosts({ ...sessionOf(now, good, context), evals: own }, asked, world);
    };
    const { min, max } = present.repeats;
    const plan: BisectPlan = {
      prompt: present.id,
      mode: session.config.mode,
      cases,
      good: await costsOf(good, { min, max }),
      versions: [],
      unfit: [],
      evaluations: 0,
      most: sumOf(await costsOf(good, { min: max, max })),
      untold: { evaluations: 0, most: { calls: 0, graderCalls: 0 } },
    };
    const others: BisectPlan['most'][] = [];
    for (const prompt of versionsOf(range)) {
      const why = await misfit(prompt, present, session);
      if (why !== undefined) {
        plan.unfit.push({ version: prompt.version, why });
        continue;
      }
      const now = atPresent(prompt, present);
      plan.versions.push(...(await costsOf(now, { min, max })));
      others.push(sumOf(await costsOf(now, { min: max, max })));
    }
    plan.evaluations = Math.min(others.length, atMost(range));
    plan.untold = { evaluations: others.length, most: others.reduce(joined, plan.most) };
    plan.most = others.toSorted(dearest).slice(0, plan.evaluations).reduce(joined, plan.most);
    return plan;
  } finally {
    await session.close();
  }
}

/** Each version once, the newest first, without the good one. */
function versionsOf({ commits, good }: Range): Prompt[] {
  const versions = new Map(commits.flatMap(({ prompt }) => (prompt ? [[prompt.version, prompt] as const] : [])));
  versions.delete(good.prompt.version);
  return [...versions.values()];
}

/** How many evaluations the search takes at most. */
function atMost({ commits, candidates, last, good }: Range): number {
  const same = commits.filter(({ prompt }) => prompt?.version === good.prompt.version);
  const step = bisectionStep(
    candidates,
    last,
    new Map(same.map(({ commit }): [string, Finding] => [commit, 'not-worse'])),
  );
  return 'next' in step ? step.atMost : 0;
}

function sumOf(planned: readonly PlannedEval[]): BisectPlan['most'] {
  return planned
    .map(({ calls, graderCalls, costUsd, graderCostUsd }) => ({
      calls,
      graderCalls,
      ...(costUsd !== undefined && graderCostUsd !== undefined && { costUsd: costUsd + graderCostUsd }),
    }))
    .reduce<BisectPlan['most']>(joined, { calls: 0, graderCalls: 0, costUsd: 0 });
}

function joined(a: BisectPlan['most'], b: BisectPlan['most']): BisectPlan['most'] {
  const known = a.costUsd !== undefined && b.costUsd !== undefined;
  return {
    calls: a.calls + b.calls,
    graderCalls: a.graderCalls + b.graderCalls,
    ...(known && { costUsd: (a.costUsd ?? 0) + (b.costUsd ?? 0) }),
  };
}

/** By price, where that is known, else by calls. */
function dearest(a: BisectPlan['most'], b: BisectPlan['most']): number {
  const known = a.costUsd !== undefined && b.costUsd !== undefined;
  return (known ? (b.costUsd ?? 0) - (a.costUsd ?? 0) : 0) || b.calls + b.graderCalls - a.calls - a.graderCalls;
}
