import { constraintPattern, linesBeside, type Reason, type Reasons, reasonsIn } from '../reasons.js';
import type { Constraint } from '../vocabulary.js';

/** A constraint with the text that it gives the reason of. */
export interface ShownConstraint extends Constraint {
  /**
   * The line that the comment stands on, without it; where nothing else stands there, the line before it that is a constraint without
   * another reason, or else the next line.
   */
  text: string;
}

/**
 * Finds the text beside each `why:` comment.
 * @param read the template of a file, by its path, and the number of the line it begins with
 * @param whys the words that make a line a constraint, as the policy has them
 */
export function shownConstraints(
  constraints: readonly Constraint[],
  read: (path: string) => { text: string; line: number },
  whys?: boolean | readonly string[],
): ShownConstraint[] {
  const pattern = constraintPattern(whys);
  const known = new Map<string, Reasons & { first: number }>();
  return constraints.map((each) => {
    const { file, line, column } = each.place;
    let template = known.get(file);
    if (!template) {
      const { text, line: first } = read(file);
      template = { ...reasonsIn(text), first };
      known.set(file, template);
    }
    const at = line - template.first;
    const reason = template.reasons.find((one) => one.line === at && one.column === column - 1);
    return { ...each, text: reason ? textBeside(reason, template, pattern) : '' };
  });
}

function textBeside(reason: Reason, { reasons, lines, words }: Reasons, pattern: RegExp): string {
  const { line, lastLine } = reason;
  const own = (line === lastLine ? [line] : [line, lastLine]).map((each) => lines[each] ?? '').join('');
  if (own.trim() !== '') return own.trim();
  const constrains = (each: number): boolean => pattern.test(words[each] ?? '');
  const taken = reasons.some((other) => other !== reason && other.line < line && linesBeside(other).includes(line - 1));
  if (constrains(line - 1) && !constrains(lastLine + 1) && !taken) return (lines[line - 1] ?? '').trim();
  return (
    lines
      .slice(lastLine + 1)
      .find((each) => each.trim() !== '')
      ?.trim() ?? ''
  );
}
