import { spawnSync } from 'node:child_process';
import type { Project } from '../support/project.js';
import type { World } from '../../src/world.js';
import { gitIn } from '../support/repository.js';
import { type Block, blocksOf } from './pages.js';
import { assay } from './run.js';

/** A command of a page, what the page says that it prints, and what it printed. */
export interface Step {
  line: number;
  command: string;
  /** How it ended: the exit code of the last part that was run. */
  code: number;
  expected: string[];
  printed: string[];
}

/** What a walk is taken with. */
export interface WalkOptions {
  /** Of the example project whose files are saved. */
  project: string;
  env: Record<string, string>;
  world: Partial<World>;
}

/**
 * Follows a page as a reader would, from the top: saves each file of the example project where the page shows it, and runs each
 * command of a console block. A block of language `diff` changes a file. Known are `npx assay`, `git`, `node`, and settings (`export`), which the test makes itself.
 */
export async function walk(page: string, made: Project, options: WalkOptions): Promise<Step[]> {
  const steps: Step[] = [];
  for (const block of blocksOf(page)) {
    if (block.example?.project === options.project) save(made, block.example.path, block);
    if (block.language !== 'console') continue;
    for (const each of commandsOf(block.text, block.line)) {
      const { code, printed } = await obey(each.command, made, options);
      steps.push({ ...each, code, printed: linesOf(printed) });
    }
  }
  return steps;
}

/** Saves a file, or makes the change that a block of language `diff` shows. */
function save(made: Project, path: string, { text, language, page, line }: Block): void {
  if (language !== 'diff') return made.write(path, text);
  const lines = text.trimEnd().split('\n');
  const [was, is] = ['-', '+'].map((sign) =>
    lines.filter((each) => each.startsWith(' ') || each.startsWith(sign)).map((each) => `${each.slice(1)}\n`),
  );
  const [before = '', after = ''] = [was?.join(''), is?.join('')];
  const found = made.read(path).split(before);
  if (found.length !== 2) throw new Error(`${page}:${line}: ${path} does not hold once what is changed`);
  made.write(path, found.join(after));
}

function commandsOf(text: string, line: number): Pick<Step, 'line' | 'command' | 'expected'>[] {
  const found: Pick<Step, 'line' | 'command' | 'expected'>[] = [];
  for (const [index, each] of text.trimEnd().split('\n').entries()) {
    if (each.startsWith('$ '))
      found.push({ line: line + index + 1, command: each.slice(2).replace(/\s+# .*/, ''), expected: [] });
    else found.at(-1)?.expected.push(each);
  }
  return found.map((each) => ({ ...each, expected: linesOf(each.expected.join('\n')) }));
}

/** Lines without blanks at their ends, and without empty ones around them. */
function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

async function obey(command: string, made: Project, options: WalkOptions): Promise<{ code: number; printed: string }> {
  let code = 0;
  let printed = '';
  for (const part of command.split(' && ')) {
    const [program = '', ...args] = wordsOf(part);
    if (program === 'export') continue;
    if (program === 'git') {
      gitIn(made.root, ...args);
      continue;
    }
    if (program === 'npx' && args[0] === 'assay') {
      const screen = { write: (text: string) => (printed += text) };
      const world = { ...options.world, stdout: screen, stderr: screen };
      ({ code } = await assay(made.root, args.slice(1), options.env, world));
    } else if (program === 'node') {
      const ended = spawnSync(process.execPath, args, {
        cwd: made.root,
        env: { ...process.env, ...options.env },
        encoding: 'utf8',
      });
      printed += ended.stdout + ended.stderr;
      code = ended.status ?? -1;
    } else throw new Error(`the walk knows no ${program}: ${command}`);
    if (code !== 0) break;
  }
  return { code, printed };
}

/** The words of a command; quotes hold several together. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}
