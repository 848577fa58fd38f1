import { lockArtefact } from '../pipeline/artefacts.js';
import { addArtefactFlags, runArtefact } from './artefact.js';
import { addExamples, type CommandDefinition } from './command.js';

/** `assay build`: the lock file. */
export const command: CommandDefinition = {
  define(build) {
    addArtefactFlags(build, 'prompts.lock.json in the project root');
    addExamples(build, ['assay build', 'assay build --out app/prompts.lock.json', 'assay build --check']);
  },
  run: (_, flags, world) => runArtefact('build', lockArtefact, flags, world),
};
