import { Command, CommanderError } from 'commander';
import { EXIT } from '../exit-codes.js';
import { VERSION } from '../version.js';
import type { World } from '../world.js';
import type { CommandDefinition } from './command.js';

/** A command in the list: what it does is loaded only when it is called, so that `assay --help` loads nothing else. */
interface Entry {
  name: string;
  usage: string;
  summary: string;
  /** It may call models: a mistake that keeps it from them is told with the remark that nothing was called. */
  calls?: true;
  load(): Promise<{ command: CommandDefinition }>;
}

const COMMANDS: readonly Entry[] = [
  {
    name: 'eval',
    usage: '[paths...]',
    summary: 'run the cases, compare with the baseline, write reports, decide',
    calls: true,
    load: () => import('./eval.js'),
  },
  {
    name: 'accept',
    usage: '[paths...]',
    summary: 'make the scores of the last run the baseline',
    calls: true,
    load: () => import('./accept.js'),
  },
  {
    name: 'compare',
    usage: '<A> <B>',
    summary: 'show any two runs, baselines or commits side by side',
    load: () => import('./compare.js'),
  },
  {
    name: 'merge',
    usage: '<dirs...>',
    summary: 'join the shards of a run: one journal, one report, one verdict',
    load: () => import('./merge.js'),
  },
  {
    name: 'check',
    usage: '[paths...]',
    summary: 'check files and policy, without asking a model',
    load: () => import('./check.js'),
  },
  {
    name: 'list',
    usage: '[paths...]',
    summary: 'list the prompts: versions, owners, models, last scores',
    load: () => import('./list.js'),
  },
  {
    name: 'show',
    usage: '<prompt>',
    summary: 'show one prompt: why it is so, what it includes, how it has done',
    load: () => import('./show.js'),
  },
  {
    name: 'render',
    usage: '<prompt>',
    summary: 'print exactly what a model would get',
    load: () => import('./render.js'),
  },
  {
    name: 'diff',
    usage: '<prompt> <ref>',
    summary: 'show how a prompt differs from what it was at a commit',
    load: () => import('./diff.js'),
  },
  {
    name: 'blame',
    usage: '<prompt>',
    summary: 'list the versions of a prompt: who made them, why, and where scores fell',
    load: () => import('./blame.js'),
  },
  {
    name: 'bisect',
    usage: '<prompt>',
    summary: 'find the commit that made a prompt worse',
    calls: true,
    load: () => import('./bisect.js'),
  },
  {
    name: 'affected',
    usage: '[paths...]',
    summary: 'show which prompts a change reaches, and how',
    load: () => import('./affected.js'),
  },
  {
    name: 'graph',
    usage: '[paths...]',
    summary: 'draw what reaches what: partials, cases, models, config',
    load: () => import('./graph.js'),
  },
  {
    name: 'build',
    usage: '',
    summary: 'write prompts.lock.json, for applications without the files',
    load: () => import('./build.js'),
  },
  {
    name: 'types',
    usage: '',
    summary: 'write declarations, so that applications compile against the prompts',
    load: () => import('./types.js'),
  },
];

/**
 * Runs the command line.
 * @param args without `node` and the script
 * @returns the exit code; nothing is left running
 */
export async function run(args: readonly string[], world: World): Promise<number> {
  let code: number = EXIT.passed;
  try {
    const program = await commandLine(args, world, (result) => {
      code = result;
    });
    await program.parseAsync(isHelpForNone(args) ? args.slice(1) : args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.passed : EXIT.usage;
    const { reportTrouble } = await import('./trouble.js');
    const calls = COMMANDS.some((each) => each.name === args[0] && each.calls);
    return reportTrouble(error, world, calls);
  }
}

/** Help is asked for with a command that there is not: commander would show all, and not say what is wrong. */
function isHelpForNone([help, name]: readonly string[]): boolean {
  return help === 'help' && name !== undefined && name !== 'help' && !COMMANDS.some((each) => each.name === name);
}

/** All commands by name; the one that is called, with its flags. */
async function commandLine(args: readonly string[], world: World, done: (code: number) => void): Promise<Command> {
  const program = new Command('assay')
    .description(
      'The regression gate for prompts: runs their cases, compares the scores with a committed baseline, decides.',
    )
    .version(VERSION)
    .showHelpAfterError('(assay <command> --help shows its flags)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => world.stdout.write(text), writeErr: (text) => world.stderr.write(text) })
    .addHelpText('after', HELP_AFTER);
  const called = args[0] === 'help' ? args[1] : args[0];
  for (const { name, usage, summary, load } of COMMANDS) {
    // exitOverride and output settings are inherited only by commands made through program.command().
    const command = program
      .command(name)
      .summary(summary)
      .description(`${summary[0]?.toUpperCase()}${summary.slice(1)}.`);
    if (name !== called) {
      command.usage(usage);
      continue;
    }
    const { command: definition } = await load();
    definition.define(command);
    command.action(async () => done(await definition.run(command.args, command.opts(), world, args.slice(1))));
  }
  return program;
}

const HELP_AFTER = `
Examples:
  $ assay eval                              run every prompt from its recordings: no key, no calls
  $ assay eval evals/support --mode record  call the models for what is not recorded yet
  $ assay accept                            make the last run the baseline

Exit codes: 0 passed, 1 failed, 2 usage or input error, 3 unverified, 130/143/129 interrupted`;
