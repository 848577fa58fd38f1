import { Command, CommanderError, Option } from 'commander';
import { EXIT } from '../exit-codes.js';
import { VERSION } from '../version.js';
import type { World } from '../world.js';
import { count, duration, folder, mode, repeats, several } from './values.js';

/**
 * Runs the command line.
 * @param args without `node` and the script
 * @returns the exit code; nothing is left running
 */
export async function run(args: readonly string[], world: World): Promise<number> {
  let code: number = EXIT.passed;
  const program = commandLine(world, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
    // Loaded only now: `assay --help` pays for nothing it does not show.
    const { reportTrouble } = await import('./trouble.js');
    return reportTrouble(error, world);
  }
}

/** All commands and their flags. What a command does is loaded when it is called. */
function commandLine(world: World, done: (code: number) => void): Command {
  const program = new Command('assay')
    .description(
      'The regression gate for prompts: runs their cases, compares the scores with a committed baseline, decides.',
    )
    .version(VERSION)
    .showHelpAfterError('(assay <command> --help shows its flags)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .addHelpText('after', HELP_AFTER);

  // exitOverride and output settings are inherited only by commands made through program.command().
  addEval(program, world, done);
  addAccept(program, world, done);
  return program;
}

const HELP_AFTER = `
Examples:
  $ assay eval                              run every prompt from its recordings: no key, no calls
  $ assay eval evals/support --mode record  call the models for what is not recorded yet
  $ assay accept                            make the last run the baseline

Exit codes: 0 passed, 1 failed, 2 usage or input error, 3 unverified, 130/143 interrupted`;

function addEval(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('eval')
    .description('run the cases, compare with the baseline, write reports, decide')
    .argument('[paths...]', 'prompts, case files or folders; all of the library by default')
    .option('--model <provider:name>', 'run this model instead of the configured ones (repeatable)', several)
    .option('--mode <mode>', 'replay, record or live (env: ASSAY_MODE)', mode)
    .option('--refresh', 'with --mode record: record anew what is recorded already')
    .option('--repeats <n>', 'trials per case: 5, or 1..8', repeats)
    .option('--concurrency <n>', 'calls at a time', count)
    .option('--filter <pattern>', 'only cases that match a glob on prompt/case, or tag:x (repeatable)', several)
    .option('--timeout <duration>', 'for each attempt, e.g. 500ms, 30s, 2m', duration)
    .option('--max-wait <duration>', 'the longest wait that a provider may ask for', duration)
    .option('--dry-run', 'show what would be called and what it may cost, and call nothing')
    .option('--resume', 'continue the run in the output folder')
    .option('--out <dir>', 'folder for reports and the journal, by default reports in the project root', folder)
    .addOption(projectOption())
    .option('--env-file <file>', 'read environment variables (keys) from this file')
    .addOption(allowCodeOption())
    .addOption(allowHostOption())
    .option('--json', 'print report.json, and nothing else, to standard output')
    .addHelpText(
      'after',
      `
Examples:
  $ assay eval evals/support/triage.prompt.md
  $ assay eval --filter 'support/*/double-*' --filter tag:critical
  $ assay eval --model openai:gpt-5-mini --mode live --repeats 3
  $ assay eval --dry-run --mode record`,
    )
    .action(async (paths: string[], flags: object) => {
      const { evalCommand } = await import('./eval.js');
      done(await evalCommand(paths, flags, world));
    });
}

function addAccept(program: Command, world: World, done: (code: number) => void): void {
  program
    .command('accept')
    .description('make the scores of the last run the baseline, of all its prompts or of those named')
    .argument('[paths...]', 'prompts, case files or folders')
    .option('--out <dir>', 'folder of the run, by default reports in the project root', folder)
    .addOption(projectOption())
    .addOption(allowCodeOption())
    .addOption(allowHostOption())
    .option('--dry-run', 'show what would change, and write nothing')
    .option('--json', 'print what changes as JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ assay eval && assay accept
  $ assay accept evals/support/triage.prompt.md --dry-run`,
    )
    .action(async (paths: string[], flags: object) => {
      const { acceptCommand } = await import('./accept.js');
      done(await acceptCommand(paths, flags, world));
    });
}

function projectOption(): Option {
  return new Option('--config <file>', 'the config file; by default the nearest assay.config.yaml upward');
}

function allowCodeOption(): Option {
  return new Option('--allow-code', 'let exec, module and plug-ins run code of the project (env: ASSAY_ALLOW_CODE=1)');
}

function allowHostOption(): Option {
  const text = 'let providers call this host (repeatable; env: ASSAY_ALLOW_HOST, comma-separated)';
  return new Option('--allow-host <host>', text).argParser(several);
}
