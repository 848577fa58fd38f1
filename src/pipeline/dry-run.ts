import type { World } from '../world.js';
import { planCosts, type PlannedEval } from './cost-plan.js';
import type { EvaluateOptions } from './options.js';
import { openSession } from './session.js';

export type { PlannedEval } from './cost-plan.js';

/** Works out what a run would call, and calls nothing. */
export async function dryRun(options: EvaluateOptions, world: World): Promise<{ mode: string; evals: PlannedEval[] }> {
  const session = await openSession({ ...options, planOnly: true }, world);
  try {
    return { mode: session.config.mode, evals: await planCosts(session, options, world) };
  } finally {
    await session.close();
  }
}
