import { EXIT } from '../exit-codes.js';
import { type Affected, whyOf } from '../impact/affected.js';
import { grouped } from '../lists.js';
import { changesSince } from '../pipeline/changes.js';
import { openProject } from '../pipeline/project.js';
import { affectedOf, sentence, type Since, unreadableNote } from '../pipeline/since.js';
import { forTerminal } from '../trust/escape.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { jsonText } from './json.js';
import { paint } from './paint.js';

interface AffectedFlags {
  since?: string;
  config?: string;
  json?: boolean;
}

/** `assay affected`: what a change reaches, and how. */
export const command: CommandDefinition = {
  define(affected) {
    addConfigFlag(affected)
      .argument('[paths...]', 'prompts, case files or folders; all of the library by default')
      .option('--since <ref>', 'a git ref: what changed since HEAD left it, by default the default branch')
      .option('--json', 'print { affected: [{ prompt, why: [path, …], causes: [{ change, path: [path, …] }] }] }');
    addExamples(affected, ['assay affected --since origin/main', 'assay affected --since HEAD~3 --json']);
  },
  run: (paths, flags, world) => run(paths, flags, world),
};

async function run(paths: string[], flags: AffectedFlags, world: World): Promise<number> {
  const { config, since: ref } = flags;
  const project = openProject(world.cwd, config);
  const changes = changesSince(project, ref, world.env);
  const since = await affectedOf(changes, { cwd: world.cwd, paths, ...(config !== undefined && { config }) }, world);
  const removed = paths.length > 0 ? [] : since.files.filter((file) => PROMPT.test(file) && !project.tree.has(file));
  world.stdout.write(flags.json ? json(since, removed) : screen(since, removed, world));
  return EXIT.passed;
}

const PROMPT = /\.prompt\.md$/;

/** @param removed files of prompts that are no longer there, or elsewhere */
function json({ affected }: Since, removed: readonly string[]): string {
  const list = affected.map((each) => ({
    prompt: each.prompt.id,
    why: whyOf(each),
    causes: each.causes.map(({ change, path }) => ({ change, path })),
  }));
  return jsonText({ affected: list, ...(removed.length > 0 && { removed }) });
}

function screen(since: Since & { prompts: number }, removed: readonly string[], world: World): string {
  const { bold, dim } = paint(world.stdout, world.env);
  const blocks = since.affected.map((each) => {
    const lines = waysOf(each).map(({ changes, way }) => `    ${forTerminal(way)}  ${dim(changes)}\n`);
    return `${bold(forTerminal(each.prompt.id))}\n${lines.join('')}`;
  });
  for (const file of removed) blocks.push(`${bold(forTerminal(file))}\n    no longer there\n`);
  const last = [
    ...(since.unreadable === undefined ? [] : [unreadableNote(since.unreadable)]),
    sentence(since, since.prompts),
  ];
  return `${blocks.join('')}${last.map((line) => `${forTerminal(line[0]?.toUpperCase() + line.slice(1))}.\n`).join('')}`;
}

/** One line for each way, with all that changed along it. */
function waysOf({ causes }: Affected): { way: string; changes: string }[] {
  const ways = grouped(causes, ({ path }) => path.join(' → '));
  return [...ways].map(([way, its]) => ({ way, changes: its.map(({ change }) => change).join(', ') }));
}
