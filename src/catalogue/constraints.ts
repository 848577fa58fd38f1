import type { Constraint } from '../vocabulary.js';

/** A constraint with the text that it gives the reason of. */
export interface ShownConstraint extends Constraint {
  /** The line that the comment stands on, without it; where nothing else stands there, the next line. */
  text: string;
}

/**
 * Finds the text beside each `why:` comment.
 * @param read a file's text, by its path
 */
export function shownConstraints(
  constraints: readonly Constraint[],
  read: (path: string) => string,
): ShownConstraint[] {
  return constraints.map((each) => ({ ...each, text: textBeside(each, read(each.place.file)) }));
}

function textBeside({ place }: Constraint, file: string): string {
  const lines = file.split(/\r\n?|\n/);
  const before = (lines[place.line - 1] ?? '').slice(0, place.column - 1);
  const from = [(lines[place.line - 1] ?? '').slice(place.column - 1), ...lines.slice(place.line)].join('\n');
  // The comment ends where its delimiters do; those of other tags are seldom set.
  const end = from.indexOf('}}');
  const [after = '', ...next] = (end < 0 ? '' : from.slice(end + 2)).split('\n');
  const beside = `${before}${after}`.trim();
  if (beside !== '') return beside;
  return next.find((line) => line.trim() !== '' && !/^\s*\{\{!/.test(line))?.trim() ?? '';
}
