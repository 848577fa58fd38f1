import { processWorld, type World } from '../world.js';
import type { Conclusion } from './conclude.js';
import { evaluate as evaluateIn } from './evaluate.js';
import type { EvaluateOptions } from './options.js';

/**
 * Runs the evals of a project, compares with the baselines, writes the reports and decides; what `assay eval` does.
 * @param world the clock, chance and environment; the real ones unless given
 * @returns the verdict and all facts behind it; `close()` lets go of the journal
 * @throws UserError with every mistake in the project's files; nothing was called then
 */
export async function evaluate(options: EvaluateOptions, world: World = processWorld()): Promise<Conclusion> {
  return evaluateIn(options, world);
}
