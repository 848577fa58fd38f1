import { acceptable, type Acceptance } from '../pipeline/accept.js';
import type { EvaluateOptions } from '../pipeline/options.js';
import type { TopUp } from '../pipeline/top-up.js';
import { forTerminal } from '../trust/escape.js';
import { EXIT } from '../exit-codes.js';
import type { World } from '../world.js';
import { addBoundFlags } from './asking-flags.js';
import { addExamples, addProjectFlags, type CommandDefinition } from './command.js';
import { type BoundFlags, boundOptions, withEnvFile } from './flags.js';
import { listenForInterrupt } from './interrupt.js';
import { jsonText } from './json.js';
import { budgetLine } from './money.js';
import { progress } from './progress.js';

/** `assay accept`: shows what changes in the baselines, then writes them. */
export const command: CommandDefinition = {
  define(accept) {
    addBoundFlags(addProjectFlags(accept))
      .argument('[paths...]', 'prompts (file or id), case files or folders; all that the run had by default')
      .option('--dry-run', 'show what would change, and write nothing')
      .option('--json', 'print what changes as JSON');
    addExamples(accept, [
      'assay eval && assay accept',
      'assay accept evals/support/triage.prompt.md --dry-run',
      'assay accept --max-cost 2 --env-file keys.env',
    ]);
  },
  run: (paths, flags, world) => runAccept(paths, flags, world),
};

async function runAccept(paths: string[], flags: BoundFlags, outside: World): Promise<number> {
  const world = withEnvFile(outside, flags.envFile);
  const interrupt = listenForInterrupt(world, 'stopping; press Ctrl-C again to end at once');
  const bar = progress(world);
  try {
    return await acceptRun(
      flags,
      world,
      {
        ...boundOptions(flags, world),
        paths,
        signal: interrupt.signal,
        interruptedBy: interrupt.name,
        onEstimate: (estimate) => world.stderr.write(`${budgetLine(estimate)}\n`),
        onPlanned: (trials) => bar.planned(trials),
        onResult: (result) => bar.result(result),
      },
      bar.end,
    );
  } finally {
    bar.end();
    interrupt.release();
  }
}

/** @param asked told when nothing more is asked */
async function acceptRun(
  flags: BoundFlags,
  world: World,
  options: EvaluateOptions,
  asked: () => void,
): Promise<number> {
  const dry = flags.dryRun === true;
  const run = await acceptable(options, world);
  try {
    if (!flags.json && run.topUp) world.stdout.write(forTerminal(`${costOf(run.topUp, dry)}\n`));
    const accepted = dry ? run.acceptances : await run.complete().finally(asked);
    if (!flags.json) world.stdout.write(screen(accepted, dry));
    const dropped = dry ? 0 : await run.write();
    if (flags.json) {
      const toppedUp = run.topUp ?? { trials: 0, calls: 0 };
      world.stdout.write(jsonText({ written: !dry, toppedUp, accepted, dropped }));
    } else if (dropped > 0) {
      world.stdout.write(`${dropped} recordings that nothing uses any more were dropped\n`);
    }
    return EXIT.passed;
  } finally {
    await run.close();
  }
}

/** What accepting asks for first: said before anything is asked. */
function costOf({ trials, calls, usd }: TopUp, dry: boolean): string {
  const price = usd === undefined ? 'price unknown' : `about $${usd.toFixed(usd < 1 ? 4 : 2)}`;
  const cost = calls === 0 ? 'no calls' : `at most ${calls} calls, ${price}`;
  const verb = dry ? 'would be run' : 'are run';
  return `First ${trials} more trials ${verb}, so that every case has all its repeats: ${cost}`;
}

function screen(acceptances: readonly Acceptance[], dry: boolean): string {
  const blocks = acceptances.map(({ path, changes, warnings }) => {
    const lines = changes.length > 0 ? [...changes, ...warnings] : ['nothing changes'];
    return `${path}\n${lines.map((line) => `    ${line}\n`).join('')}`;
  });
  const last = dry ? 'Nothing was written (--dry-run).' : 'Commit the baselines with the prompts they belong to.';
  return forTerminal(`${blocks.join('')}${last}\n`);
}
