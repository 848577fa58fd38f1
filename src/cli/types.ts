import { typesArtefact } from '../pipeline/artefacts.js';
import { addArtefactFlags, runArtefact } from './artefact.js';
import { addExamples, type CommandDefinition } from './command.js';

/** `assay types`: the declaration file. */
export const command: CommandDefinition = {
  define(types) {
    addArtefactFlags(types, 'prompts.d.ts in the first library folder');
    addExamples(types, ['assay types', 'assay types --out src/prompts.d.ts', 'assay types --check']);
  },
  run: (_, flags, world) => runArtefact('types', typesArtefact, flags, world, 'tsconfig.json has to include it'),
};
