import type { CatalogueEntry } from '../catalogue/entry.js';
import { EXIT } from '../exit-codes.js';
import { type CatalogueOptions, readCatalogue } from '../pipeline/catalogue.js';
import { oneLine } from '../reports/ink.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { columnsOf, hanging } from './columns.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { jsonText } from './json.js';
import { paint } from './paint.js';
import { table } from './table.js';
import { problemScreen } from './trouble.js';
import { several } from './values.js';

interface ListFlags {
  config?: string;
  owner?: string[];
  tag?: string[];
  model?: string[];
  json?: boolean;
}

/** `assay list`: the prompts of the library. */
export const command: CommandDefinition = {
  define(list) {
    addConfigFlag(list)
      .argument('[paths...]', 'prompts, folders, case files or partials; all of the library by default')
      .option('--owner <name>', 'only prompts of this owner (repeatable)', several)
      .option('--tag <tag>', 'only prompts with this tag (repeatable)', several)
      .option('--model <model>', 'only prompts that run on this model; * stands for anything (repeatable)', several)
      .option('--json', 'print [{ id, version, owner, models, cases, … }]');
    addExamples(list, [
      'assay list evals/support',
      'assay list evals/_partials/tone.md        who includes it',
      "assay list --model 'openai:*' --tag routing",
      "assay list --owner '@support-platform' --json",
    ]);
  },
  run: (paths, flags, world) => run(paths, flags, world),
};

async function run(paths: string[], { config, owner, tag, model, json }: ListFlags, world: World): Promise<number> {
  const options: CatalogueOptions = {
    cwd: world.cwd,
    paths,
    ...(config !== undefined && { config }),
    ...(owner && { owners: owner }),
    ...(tag && { tags: tag }),
    ...(model && { models: model }),
  };
  const { entries, problems, notes } = await readCatalogue(options, world);
  if (json) world.stdout.write(jsonText(entries));
  else if (entries.length > 0) world.stdout.write(screen(entries, world));
  else if (problems.length === 0) world.stdout.write('No prompt matches.\n');
  for (const note of notes) world.stderr.write(`note: ${forTerminal(note)}\n`);
  if (problems.length === 0) return EXIT.passed;
  world.stderr.write(problemScreen(problems, paint(world.stderr, world.env)));
  return EXIT.usage;
}

const HEAD = ['prompt', 'version', 'owner', 'models', 'cases', 'score', 'age'];
const NUMBERS = new Set([4, 5, 6]);
/** Where a terminal is narrow, models are cut first, then owners; they are left out before ids are cut. */
const GIVE = [3, 2, 0];
const DROP = [3, 2];
const STALE = '* accepted for an earlier version, or not for every model';

function screen(entries: readonly CatalogueEntry[], world: World): string {
  const { dim } = paint(world.stdout, world.env);
  // What is piped on is not cut.
  const width = columnsOf(world.stdout, Number.POSITIVE_INFINITY);
  const [head = '', ...lines] = table([HEAD, ...entries.map(row)], {
    right: NUMBERS,
    give: GIVE,
    drop: DROP,
    width,
  });
  const stale = entries.some(({ score, current }) => score !== null && !current);
  const remark = stale ? `\n${dim(hanging(STALE, 2, width))}\n` : '';
  const count = entries.length === 1 ? '1 prompt' : `${entries.length} prompts`;
  return `${dim(head)}\n${lines.map((line) => `${line}\n`).join('')}${remark}\n${count}\n`;
}

function row({ id, version, owner, models, cases, score, current, age }: CatalogueEntry): string[] {
  const [model = '-'] = models;
  return [
    forTerminal(id),
    version,
    oneLine(owner ?? '-'),
    oneLine(models.length > 1 ? `${model} +${models.length - 1}` : model),
    cases === null ? '?' : String(cases),
    score === null ? '-' : `${percent(score)}${current ? '' : '*'}`,
    age === null ? '-' : `${age} d`,
  ];
}

/** A share as a percentage that never rounds up to all. */
export function percent(share: number): string {
  return share >= 1 ? '100 %' : `${Math.min(99.9, Math.round(share * 1000) / 10)} %`;
}
