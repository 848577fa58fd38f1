import { oneLine } from '../reports/ink.js';
import { wrapped } from '../reports/width.js';
import { forTerminal } from '../trust/escape.js';
import type { Screen } from '../world.js';

/**
 * Columns to write for.
 * @param elsewhere where there is no terminal: a file or a pipe has no width, and long lines harm nobody there
 */
export function columnsOf(screen: Screen, elsewhere = 100): number {
  return screen.isTTY ? (screen.columns ?? 80) : elsewhere;
}

/**
 * A text of anybody's in lines that fit a width, each but the first behind so many blanks. Its own line ends are blanks.
 * @param indent where its first line begins, too
 */
export function hanging(text: string, indent: number, width: number): string {
  const lines = wrapped(oneLine(text), width - indent);
  // What stands first on a line now may look like a command to a CI system.
  return lines.map(forTerminal).join(`\n${' '.repeat(indent)}`);
}
