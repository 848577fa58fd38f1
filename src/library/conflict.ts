import { templateProblems } from '../errors/templates.js';
import type { Problem } from '../vocabulary.js';

/**
 * What a merge left in a text for somebody to choose from: git's three markers, each at the beginning of a line and in this order. A
 * line of `=======` alone underlines a heading.
 * @returns undefined where there is none
 */
export function conflictIn(text: string, file: string): Problem | undefined {
  if (!text.includes('<<<<<<< ')) return undefined;
  const lines = text.split(/\r\n|\n|\r/);
  const ours = lines.findIndex((line) => line.startsWith('<<<<<<< '));
  const between = lines.findIndex((line, index) => index > ours && line === '=======');
  const theirs = lines.findIndex((line, index) => index > between && line.startsWith('>>>>>>> '));
  if (ours < 0 || between < 0 || theirs < 0) return undefined;
  return templateProblems['merge-conflict']({ file, line: ours + 1, column: 1 });
}
