import type { World } from '../world.js';
import { planCosts, type PlannedEval } from './cost-plan.js';
import { emptiness } from './emptiness.js';
import type { EvaluateOptions } from './options.js';
import { openSession } from './session.js';

export type { PlannedEval } from './cost-plan.js';

/** What a run would call. */
export interface DryRun {
  mode: string;
  evals: PlannedEval[];
  /** Why a run would have nothing to do, and pass. */
  nothing?: string;
  /** Why there is nothing to run though there should be, where that is known. */
  empty?: string;
}

/** Works out what a run would call, and calls nothing. */
export async function dryRun(options: EvaluateOptions, world: World): Promise<DryRun> {
  const session = await openSession({ ...options, planOnly: true }, world);
  try {
    const { nothing, config } = session;
    const evals = await planCosts(session, options, world);
    const [empty] = evals.length === 0 ? emptiness(session, { evals: [] }) : [];
    return {
      mode: config.mode,
      evals,
      ...(nothing !== undefined && { nothing }),
      ...(empty !== undefined && { empty }),
    };
  } finally {
    await session.close();
  }
}
