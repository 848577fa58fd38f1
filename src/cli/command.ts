import { type Command, Option } from 'commander';
import type { World } from '../world.js';
import { folder, several } from './values.js';

/** A command: its flags, and what it does. One file per command exports one as `command`. */
export interface CommandDefinition {
  /** Adds arguments, flags and examples. */
  define(command: Command): void;
  /**
   * Does it.
   * @param positional what stood beside the flags
   * @param flags as commander names them
   * @param typed what stood behind the command's name, word by word
   * @returns the exit code
   */
  run(positional: string[], flags: object, world: World, typed: readonly string[]): Promise<number>;
}

/** The flags by which most commands find the project and its last run, and are told what it may do. */
export function addProjectFlags(command: Command): Command {
  return addTrustFlags(
    command.addOption(
      new Option('--out <dir>', 'folder of reports and journal, by default reports in the project root').argParser(
        folder,
      ),
    ),
  );
}

/** The flags by which a command that writes no reports finds the project, and is told what it may do. */
export function addTrustFlags(command: Command): Command {
  return addConfigFlag(command)
    .option('--allow-code', 'let exec, module and plug-ins run code of the project (env: ASSAY_ALLOW_CODE=1)')
    .option(
      '--allow-host <host>',
      'let providers call this host (repeatable; env: ASSAY_ALLOW_HOST, comma-separated)',
      several,
    )
    .option(
      '--allow-key <variable>',
      'let providers send this variable, though it belongs to CI or a cloud (repeatable; env: ASSAY_ALLOW_KEY)',
      several,
    );
}

/** The flag of commands that only read the library. */
export function addConfigFlag(command: Command): Command {
  return command.option('--config <file>', 'the config file; by default the nearest assay.config.yaml upward');
}

/** Examples below a command's help, one per line. */
export function addExamples(command: Command, lines: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  $ ${line}\n`).join('')}`.trimEnd());
}
