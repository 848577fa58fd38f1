import { Option } from 'commander';
import { UserError } from '../errors.js';
import { type Check, checkLibrary, checkOf } from '../pipeline/check.js';
import type { Finding } from '../policy/apply.js';
import { asGithub } from '../policy/formats/github.js';
import { asJson } from '../policy/formats/json.js';
import { asSarif } from '../policy/formats/sarif.js';
import { forTerminal } from '../trust/escape.js';
import { VERSION } from '../version.js';
import type { World } from '../world.js';
import { addConfigFlag, addExamples, type CommandDefinition } from './command.js';
import { paint } from './paint.js';
import { placeText } from './trouble.js';

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

interface CheckFlags {
  base?: string;
  config?: string;
  format?: (typeof FORMATS)[number];
  json?: boolean;
}

/** `assay check`: what is wrong with the library, without asking a model. */
export const command: CommandDefinition = {
  define(check) {
    addConfigFlag(check)
      .argument('[paths...]', 'prompts, case files or folders; all of the library by default')
      .option('--base <ref>', 'the git ref to compare versions with, by default the default branch')
      .addOption(new Option('--format <format>', 'how to print what is found').choices(FORMATS).default('text'))
      .addOption(new Option('--json', 'the same as --format json').conflicts('format'));
    addExamples(check, ['assay check --base origin/main', 'assay check --format sarif > check.sarif']);
  },
  run: (paths, flags, world) => run(paths, flags, world),
};

async function run(paths: string[], { config, base, format, json }: CheckFlags, world: World): Promise<number> {
  const chosen = json ? 'json' : (format ?? 'text');
  const options = { cwd: world.cwd, paths, ...(config !== undefined && { config }) };
  let check: Check;
  try {
    check = await checkLibrary(options, base, world);
  } catch (error) {
    // Whoever reads one of the other formats may read nothing else: an empty one would look like nothing was found.
    if (error instanceof UserError && chosen !== 'text') {
      world.stdout.write(print(checkOf(error, options), chosen, world));
    }
    throw error;
  }
  world.stdout.write(print(check, chosen, world));
  // Other formats have no room for what was left out, and whoever relies on them must see it, too.
  if (chosen !== 'text') world.stderr.write(notesOf(check));
  return check.exitCode;
}

function print(check: Check, format: (typeof FORMATS)[number], world: World): string {
  const { findings, prefix } = check;
  if (format === 'json') return asJson(findings);
  if (format === 'sarif') return asSarif(findings, { version: VERSION, prefix });
  return format === 'github' ? asGithub(findings, prefix) : screen(check, world);
}

function notesOf({ notes }: Check): string {
  return notes.map((note) => `note: ${forTerminal(note)}\n`).join('');
}

function screen({ findings, prompts, notes }: Check, world: World): string {
  const color = paint(world.stdout, world.env);
  const blocks = findings.map(({ place, level, message, remedy, code }) => {
    const where = place ? `${color.bold(placeText(place))}  ` : '';
    const word = level === 'error' ? color.red('error') : color.yellow('warning');
    return `${where}${word}: ${forTerminal(message)} ${color.dim(`[${code}]`)}\n    ${forTerminal(remedy)}\n`;
  });
  const lines = notes.map((note) => `note: ${forTerminal(note)}\n`);
  const gap = blocks.length > 0 ? '\n' : '';
  return `${blocks.join('')}${gap}${lines.join('')}${sentence(findings, prompts)}\n`;
}

function sentence(findings: readonly Finding[], prompts: number | undefined): string {
  const errors = findings.filter(({ level }) => level === 'error').length;
  const counts = [count(errors, 'error'), count(findings.length - errors, 'warning')].filter((each) => each !== '');
  const found = counts.length === 0 ? 'nothing to object to' : counts.join(', ');
  if (prompts === undefined) return `${found}; the policy was not applied to what cannot be read.`;
  return `${count(prompts, 'prompt') || 'No prompt'} checked: ${found}.`;
}

function count(number: number, word: string): string {
  if (number === 0) return '';
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
