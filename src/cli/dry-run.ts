import { EXIT } from '../exit-codes.js';
import { dryRun, type PlannedEval } from '../pipeline/dry-run.js';
import type { EvaluateOptions } from '../pipeline/options.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import type { EvalFlags } from './flags.js';
import { jsonText } from './json.js';
import { money, moreRepeats } from './money.js';
import { table } from './table.js';

/** `assay eval --dry-run`: how many calls, which, and what they may cost. Calls nothing. */
export async function dryRunCommand(options: EvaluateOptions, flags: EvalFlags, world: World): Promise<number> {
  const plan = await dryRun(options, world);
  const { mode, evals, nothing, empty } = plan;
  if (flags.json) world.stdout.write(jsonText(plan));
  else if (evals.length > 0) world.stdout.write(forTerminal(screen(mode, evals)));
  if (evals.length > 0) return EXIT.passed;
  const why = nothing ?? empty ?? 'no case is left';
  world.stderr.write(forTerminal(`nothing to run: ${why}\n`));
  return nothing === undefined ? EXIT.unverified : EXIT.passed;
}

const NUMBERS = new Set([2, 3, 4, 5, 6, 7]);

function screen(mode: string, evals: readonly PlannedEval[]): string {
  const calls = evals.reduce((sum, each) => sum + each.calls, 0);
  const trials = evals.reduce((sum, each) => sum + each.trials, 0);
  const graders = evals.reduce((sum, each) => sum + each.graderTokens, 0);
  const total = [about(evals.map((each) => each.costUsd))];
  if (graders > 0) total.push(`graders at most ${about(evals.map((each) => each.graderCostUsd))}`);
  const verb = mode === 'replay' ? 'are not recorded, and replay calls nothing' : 'would be called';
  const more = mode === 'replay' ? '' : moreRepeats(Math.max(1, ...evals.map((each) => each.times)));
  return `${plannedTable(evals)}\nmode ${mode}: ${calls} of ${trials} trials ${verb} (${total.join(', ')}${more})\n`;
}

/** A line for each eval: how many trials, how many of them are recorded, what would be called. */
export function plannedTable(evals: readonly PlannedEval[]): string {
  const rows = evals.map((each) => [
    each.prompt,
    each.model,
    String(each.trials),
    String(each.recorded),
    String(each.calls),
    each.graderCalls > 0 ? `≤ ${each.graderCalls}` : '0',
    each.inputTokens + each.outputTokens > 0 ? `${each.inputTokens} + ${each.outputTokens}` : '0',
    money(each.costUsd),
  ]);
  const head = ['prompt', 'model', 'trials', 'recorded', 'to call', 'graders', 'tokens in + out', 'about'];
  return `${table([head, ...rows], { right: NUMBERS }).join('\n')}\n`;
}

function about(costs: readonly (number | undefined)[]): string {
  if (costs.includes(undefined)) return 'price unknown';
  return `about ${money(costs.reduce((sum: number, cost) => sum + (cost ?? 0), 0))}`;
}
