/** Marks and joiners that take no column of their own. */
const NO_COLUMN = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
/** East Asian wide and full-width characters, and emoji shown as pictures (UAX 11, UTS 51), in the blocks people use. */
const TWO_COLUMNS =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}])$/u;

/** How many columns of a terminal a text takes. */
export function widthOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

function columnsOf(character: string): number {
  if (character <= '\u02ff') return 1;
  if (NO_COLUMN.test(character)) return 0;
  return TWO_COLUMNS.test(character) ? 2 : 1;
}

/** A text cut to so many columns, with `…` where something is missing. */
export function cut(text: string, columns: number): string {
  if (text.length <= columns && text.length * 2 <= columns) return text;
  let used = 0;
  let kept = '';
  let room = '';
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) return columns < 1 ? '' : `${room}…`;
    kept += character;
    if (used <= columns - 1) room = kept;
  }
  return text;
}

/** A text with blanks behind it, up to so many columns. */
export function padded(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** A text with blanks before it, up to so many columns. */
export function rightAligned(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text;
}

/**
 * Breaks a text at blanks into lines of fewer than so many columns; a word longer than a line is broken. One column is left over: a
 * line that happens to begin like a command to a CI system is made harmless with a blank.
 */
export function wrapped(text: string, columns: number): string[] {
  const most = Math.max(8, columns - 1);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((each) => each !== '')) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) <= most) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOf(line) > most) {
      const head = headOf(line, most);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line === '' ? lines : [...lines, line];
}

function headOf(text: string, columns: number): string {
  let used = 0;
  let head = '';
  for (const character of text) {
    used += columnsOf(character);
    if (used > columns) break;
    head += character;
  }
  return head;
}
