import { Option } from 'commander';
import { EXIT } from '../exit-codes.js';
import { draw, FORMATS, type GraphFormat } from '../impact/draw.js';
import { graphOf } from '../impact/graph.js';
import { openLibrary } from '../pipeline/library.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';

/** `assay graph`: what reaches what. */
export const command: CommandDefinition = {
  define(graph) {
    addConfigFlag(graph)
      .argument('[paths...]', 'prompts, case files or folders; all of the library by default')
      .addOption(new Option('--format <format>', 'how to draw it').choices(FORMATS).default('mermaid'))
      .option('--json', 'the same as --format json');
    addExamples(graph, ['assay graph evals/support', 'assay graph --format dot | dot -Tsvg > library.svg']);
  },
  run: (paths, flags, world) => run(paths, flags, world),
};

async function run(
  paths: string[],
  { config, format = 'mermaid', json }: { config?: string; format?: GraphFormat; json?: boolean },
  world: World,
): Promise<number> {
  const found = await openLibrary({ cwd: world.cwd, paths, ...(config !== undefined && { config }) }, world);
  world.stdout.write(draw(await graphOf(found), json ? 'json' : format));
  return EXIT.passed;
}
