import type { Conclusion } from '../pipeline/conclude.js';
import { merge } from '../pipeline/merge.js';
import type { World } from '../world.js';
import { addExamples, addProjectFlags, type CommandDefinition } from './command.js';
import { printConclusion } from './conclusion.js';
import { type ProjectFlags, projectOptions } from './flags.js';

/** `assay merge`: joins what `assay eval --shard` ran in several processes, and gates it. Calls no model. */
export const command: CommandDefinition = {
  define(merge_) {
    addProjectFlags(merge_)
      .argument('<dirs...>', 'the output folders of all shards')
      .option(
        '--baseline <file|ref>',
        'compare with this baseline file, those of a git ref, or those at the merge-base',
      )
      .option('--json', 'print report.json, and nothing else, to standard output');
    addExamples(merge_, ['assay merge shards/1 shards/2 shards/3', 'assay merge shards/* --out reports']);
  },
  run: (folders, flags, world) => runMerge(folders, flags, world),
};

async function runMerge(folders: string[], flags: ProjectFlags & { baseline?: string }, world: World): Promise<number> {
  const { baseline } = flags;
  const options = { ...projectOptions(flags, world), ...(baseline !== undefined && { baseline }) };
  const print = (conclusion: Conclusion) => printConclusion(conclusion, flags.json === true, world);
  const conclusion = await merge(folders, options, world, print);
  try {
    await print(conclusion);
  } finally {
    conclusion.close();
  }
  return conclusion.verdict.exitCode;
}
