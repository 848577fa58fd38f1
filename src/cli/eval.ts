import { problems, UserError } from '../errors.js';
import { earlierReport } from '../pipeline/earlier-report.js';
import type { Conclusion } from '../pipeline/conclude.js';
import { evaluate } from '../pipeline/evaluate.js';
import type { World } from '../world.js';
import { addAskingFlags } from './asking-flags.js';
import { addExamples, addProjectFlags, type CommandDefinition } from './command.js';
import { printConclusion } from './conclusion.js';
import { type EvalFlags, evalOptions, withEnvFile } from './flags.js';
import { budgetLine } from './money.js';
import { widenHeap } from './heap.js';
import { listenForInterrupt } from './interrupt.js';
import { progress } from './progress.js';
import { shard } from './values.js';

/** `assay eval`: runs, prints the verdict. */
export const command: CommandDefinition = {
  define(eval_) {
    addAskingFlags(addProjectFlags(eval_))
      .argument('[paths...]', 'prompts, case files or folders; all of the library by default')
      .option('--refresh', 'with --mode record: record anew what is recorded already')
      .option('--since <ref>', 'only the prompts that the change since a git ref reaches')
      .option('--shard <i/n>', 'only the i-th of n parts of the cases; `assay merge` joins them and gates', shard)
      .option(
        '--baseline <file|ref>',
        'compare with this baseline file, those of a git ref, or those at the merge-base',
      )
      .option('--against <ref>', 'run the changed prompts beside their versions at a git ref, and compare the two')
      .option('--dry-run', 'show what would be called and what it may cost, and call nothing')
      .option('--resume', 'continue the run in the output folder')
      .option('--json', 'print report.json, and nothing else, to standard output');
    addExamples(eval_, [
      'assay eval evals/support/triage.prompt.md',
      "assay eval --filter 'support/*/double-*' --filter tag:critical",
      'assay eval --model openai:gpt-5-mini --mode live --repeats 3',
      'assay eval --since origin/main',
      'assay eval --baseline merge-base',
      'assay eval --against main --mode live --repeats 3',
      'assay eval --dry-run --mode record',
    ]);
  },
  run: (paths, flags, world, typed) => runEval(paths, flags, world, typed),
};

/** Fewer are over before more room for new objects would save anything. */
const MANY_TRIALS = 100;

async function runEval(paths: string[], flags: EvalFlags, outside: World, typed: readonly string[]): Promise<number> {
  const world = withEnvFile(outside, flags.envFile);
  const options = evalOptions(paths, flags, world);
  if (flags.dryRun) {
    if (flags.resume) throw new UserError([problems['flags-exclude']('--dry-run', '--resume')]);
    const { dryRunCommand } = await import('./dry-run.js');
    return dryRunCommand(options, flags, world);
  }
  const interrupt = listenForInterrupt(world);
  const bar = progress(world);
  let many = false;
  let written = false;
  const print = (conclusion: Conclusion): Promise<void> => {
    bar.end();
    written = conclusion.files.has('report.json');
    // A mode from the environment may not be there the next time.
    const { mode } = conclusion.input.config;
    const again = [...(flags.resume ? [] : ['--resume']), ...(flags.mode ? [] : ['--mode', mode]), ...typed];
    return printConclusion(conclusion, flags.json === true, world, again);
  };
  try {
    const conclusion = await evaluate(
      {
        ...options,
        signal: interrupt.signal,
        interruptedBy: interrupt.name,
        onSettled: interrupt.settled,
        onEstimate: (estimate) => world.stderr.write(`${budgetLine(estimate)}\n`),
        onPlanned: (trials) => {
          many = trials >= MANY_TRIALS;
          bar.planned(trials);
        },
        onResult: (...result) => {
          // Not before the first: V8 takes the compiled code of what is loaded to ask only under the flags it was compiled with.
          if (many) widenHeap();
          many = false;
          bar.result(...result);
        },
      },
      world,
      print,
    ).finally(bar.end);
    try {
      await print(conclusion);
    } finally {
      conclusion.close();
    }
    return conclusion.verdict.exitCode;
  } catch (error) {
    if (error instanceof UserError && !written) error.note = earlierReport(options);
    throw error;
  } finally {
    interrupt.release();
  }
}
