import { UserError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { forTerminal } from '../trust/escape.js';
import type { Place, Problem } from '../vocabulary.js';
import type { World } from '../world.js';
import { paint } from './paint.js';

/**
 * Tells the user what went wrong, on standard error.
 * @param calls the command is one that may call models; of a mistake it is said then that none was called
 * @returns the exit code: a UserError's own; 3 for a defect of ours, since nothing could be verified
 */
export function reportTrouble(error: unknown, world: World, calls: boolean): number {
  if (error instanceof UserError) {
    const remark = calls && error.exitCode === EXIT.usage ? '; nothing was called' : '';
    world.stderr.write(problemScreen(error.problems, paint(world.stderr, world.env), remark));
    if (error.note !== undefined) world.stderr.write(`${forTerminal(error.note)}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  world.stderr.write(forTerminal(`assay: this is a defect of assay, please report it:\n${text}\n`));
  return EXIT.unverified;
}

/** All problems, each with its place first, so that editors and terminals can jump to it, and its remedy below. */
export function problemScreen(problems: readonly Problem[], color: ReturnType<typeof paint>, remark = ''): string {
  const blocks = problems.map(({ place, message, remedy }) => {
    const where = place ? `${color.bold(placeText(place))}  ` : '';
    return `${where}${color.red('error')}: ${forTerminal(message)}\n    ${forTerminal(remedy)}\n`;
  });
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return `${blocks.join('')}\n${count}${remark}.\n`;
}

/** A place as editors and terminals take it, on one line whatever the file's name holds. */
export function placeText({ file, line, column }: Place): string {
  const name = file.replace(/\p{Cc}/gu, (each) => JSON.stringify(each).slice(1, -1));
  return forTerminal(`${name}:${line}:${column}`);
}
