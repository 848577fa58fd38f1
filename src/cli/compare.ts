import { EXIT } from '../exit-codes.js';
import { compareSides } from '../pipeline/compare.js';
import { comparisonFacts, renderComparison } from '../reports/comparison.js';
import type { World } from '../world.js';
import { columnsOf } from './columns.js';
import { addExamples, type CommandDefinition } from './command.js';
import type { ProjectFlags } from './flags.js';
import { jsonText } from './json.js';
import { takesColor } from './paint.js';

/** `assay compare`: two runs, baselines or commits side by side. */
export const command: CommandDefinition = {
  define(compare) {
    compare
      .argument('<A>', 'a run (its folder, report.json or run.jsonl), a *.baseline.json, a git ref, merge-base, or .')
      .argument('<B>', 'what is compared with it, likewise')
      .option('--config <file>', 'the config file; by default the nearest assay.config.yaml upward')
      .option('--json', 'print the comparison as JSON: evals[] as in report.json');
    addExamples(compare, [
      'assay compare main .                    the accepted scores of a branch against those here',
      'assay compare merge-base reports        the last run against what was accepted where the branch began',
      'assay compare runs/monday runs/friday   two runs',
    ]);
    compare.addHelpText(
      'after',
      '\nIt informs and gates nothing. Exit codes: 0 compared, whatever the scores; 2 input error; 3 nothing could be compared',
    );
  },
  run: (sides, flags, world) => runCompare(sides, flags, world),
};

async function runCompare(sides: string[], flags: ProjectFlags, world: World): Promise<number> {
  const [before = '', after = ''] = sides;
  const options = { cwd: world.cwd, ...(flags.config !== undefined && { config: flags.config }) };
  const compared = await compareSides(before, after, options, world);
  if (flags.json) {
    world.stdout.write(jsonText(comparisonFacts(compared)));
  } else {
    const screen = { color: takesColor(world.stdout, world.env), width: columnsOf(world.stdout) };
    for (const part of renderComparison(compared, screen)) world.stdout.write(part);
  }
  if (compared.comparable) return EXIT.passed;
  world.stderr.write('Nothing could be compared: no case is the same on both sides\n');
  return EXIT.unverified;
}
