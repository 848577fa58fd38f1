import { relative, sep } from 'node:path';
import type { Command } from 'commander';
import { EXIT } from '../exit-codes.js';
import { type Artefact, type ArtefactOptions, writeArtefact } from '../pipeline/artefacts.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { addConfigFlag } from './command.js';

/** The flags of commands that write one file made of prompts. */
export interface ArtefactFlags {
  config?: string;
  out?: string;
  check?: boolean;
}

export function addArtefactFlags(command: Command, byDefault: string): Command {
  return addConfigFlag(command)
    .option('--out <file>', `where to, by default ${byDefault}`)
    .option('--check', 'write nothing; exit 1 when the file is not what it would be');
}

/**
 * Writes the file, or with `--check` tells whether it is what it would be.
 * @param note what else has to be done once it is written, in few words
 */
export async function runArtefact(
  name: string,
  make: (options: ArtefactOptions) => Artefact,
  { check, ...flags }: ArtefactFlags,
  world: World,
  note?: string,
): Promise<number> {
  const artefact = make({ cwd: world.cwd, ...flags });
  const path = forTerminal(relative(world.cwd, artefact.path).split(sep).join('/'));
  const count = artefact.prompts === 1 ? '1 prompt' : `${artefact.prompts} prompts`;
  if (!check) {
    await writeArtefact(artefact);
    world.stdout.write(
      artefact.there === 'current'
        ? `${path} is up to date: ${count}\n`
        : `${path}: ${count}${note ? `; ${note}` : ''}\n`,
    );
    return EXIT.passed;
  }
  if (artefact.there === 'current') {
    world.stdout.write(`${path} is up to date: ${count}\n`);
    return EXIT.passed;
  }
  const what = artefact.there === 'nothing' ? 'is not there' : 'is not of these prompts';
  const command = ['assay', name, ...Object.entries(flags).map(([flag, value]) => `--${flag} ${value}`)].join(' ');
  world.stderr.write(`${path} ${what}: run \`${forTerminal(command)}\` and commit it\n`);
  return EXIT.failed;
}
