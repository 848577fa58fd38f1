import { EXIT } from '../exit-codes.js';
import type { BisectOptions } from '../pipeline/bisect.js';
import { type BisectPlan, planBisection } from '../pipeline/bisect-plan.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { plannedTable } from './dry-run.js';
import { jsonText } from './json.js';
import { money } from './money.js';

/** `assay bisect --dry-run`: which versions, how many calls at most, and what they may cost. Calls nothing. */
export async function bisectPlanCommand(options: BisectOptions, json: boolean, world: World): Promise<number> {
  const plan = await planBisection(options, world);
  world.stdout.write(json ? jsonText(plan) : forTerminal(screen(plan)));
  return EXIT.passed;
}

function screen({ mode, good, versions, unfit, evaluations, most, untold }: BisectPlan): string {
  const passedOver = unfit.map(
    ({ version, why }) => `version ${version} cannot run the cases, and is passed over: ${why}\n`,
  );
  const others =
    untold.evaluations > evaluations
      ? [
          `for each that cannot be told another one may be: at worst ${untold.evaluations}, and ${callsOf(untold.most)}\n`,
        ]
      : [];
  const verb = mode === 'replay' ? 'are not recorded, and replay calls nothing' : 'would be made';
  return [
    plannedTable([...good, ...versions]),
    '\n',
    ...passedOver,
    `the first one is the good one; of the others at most ${evaluations} would be evaluated beside it\n`,
    `mode ${mode}: at most ${callsOf(most)} ${verb}\n`,
    ...others,
  ].join('');
}

function callsOf({ calls, graderCalls, costUsd }: BisectPlan['most']): string {
  const graders = graderCalls > 0 ? ` and ${graderCalls} of graders` : '';
  const cost = costUsd === undefined ? 'price unknown' : `about ${money(costUsd)}`;
  return `${calls} calls${graders} with all repeats (${cost})`;
}
