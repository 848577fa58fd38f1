import { templateTags } from './template-tags.js';

/** A `why:` comment of a template. Lines and columns are counted from 0. */
export interface Reason {
  line: number;
  column: number;
  /** The line that it ends on. */
  lastLine: number;
}

/** A template's lines as far as they are words, and the comments that give reasons for them. */
export interface Reasons {
  reasons: Reason[];
  /** The lines without comments. */
  lines: string[];
  /** The lines with blanks in place of tags: words and columns are those of the file. */
  words: string[];
}

/** Finds the reasons in a template, under whatever delimiters they stand. */
export function reasonsIn(text: string): Reasons {
  const reasons: Reason[] = [];
  let [shown, words] = ['', ''];
  let [line, lineStart, position] = [0, 0, 0];
  const goTo = (offset: number): number => {
    for (let at = text.indexOf('\n', lineStart); at >= 0 && at < offset; at = text.indexOf('\n', lineStart)) {
      [line, lineStart] = [line + 1, at + 1];
    }
    return line;
  };
  for (const { sign, content, start, end } of templateTags(text)) {
    if (end < 0) break;
    const tag = text.slice(start, end);
    const said = text.slice(position, start);
    shown += said + (sign === '!' || sign === '=' ? tag.replace(/[^\n]/g, '') : tag);
    words += said + tag.replace(/[^\n]/g, ' ');
    position = end;
    if (sign !== '!' || !/^why:/i.test(content)) continue;
    const from = { line: goTo(start), column: start - lineStart };
    reasons.push({ ...from, lastLine: goTo(end) });
  }
  const rest = text.slice(position);
  return { reasons, lines: (shown + rest).split('\n'), words: (words + rest).split('\n') };
}

/** The lines that a reason can be of: its own, that before them and that after them. */
export function linesBeside({ line, lastLine }: Reason): number[] {
  return Array.from({ length: lastLine - line + 3 }, (_, index) => line - 1 + index);
}

/** Words that make a line of a template a constraint, where the policy names none. */
const WORDS = ['must', 'never', 'always', 'only', 'do not', "don't"];

/** Finds the word that makes a line a constraint. @param whys as the policy has it */
export function constraintPattern(whys: boolean | readonly string[] = true): RegExp {
  const words = typeof whys === 'boolean' ? WORDS : whys;
  const escaped = words.map((word) => word.trim().replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  // However an apostrophe is typed, it is the same word.
  const alike = escaped.map((word) => word.replace(/\s+/g, String.raw`\s+`).replace(/['’]/g, "['’]"));
  return new RegExp(String.raw`(?<![\p{L}\p{N}_])(?:${alike.join('|')})(?![\p{L}\p{N}_])`, 'iu');
}
