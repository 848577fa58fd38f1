/** A template without the lines that hold no tag, and the way back to where things stand in the whole. */
export interface TagLines {
  text: string;
  /** The offset in the whole that an offset of a tag, or of an end of a text, stands for. */
  whole(offset: number): number;
}

/** Lines that are worth leaving out, in UTF-16 units. */
const WORTH = 40;
/** What stands for them: they are not blank, and end. */
const LINES = '-\n';
/** Tags that decide what is a tag, or end in another way. */
const SPECIAL = /\{\{\s*[={]/;

/**
 * Leaves out whole lines between tags: mustache looks at each character by itself, though only blanks beside tags matter to it. The
 * same tags and texts begin and end at the same places.
 */
export function tagLines(text: string): TagLines {
  /** For each cut, the offset behind it in the short text, and what was left out up to there. */
  const cuts: number[] = [];
  const left: number[] = [];
  let short = '';
  let kept = 0;
  const leaveOut = (from: number, to: number): void => {
    const start = text.indexOf('\n', from) + 1;
    const end = text.lastIndexOf('\n', to - 1) + 1;
    if (start === 0 || end - start < WORTH) return;
    short += text.slice(kept, start) + LINES;
    kept = end;
    cuts.push(short.length);
    left.push(kept - short.length);
  };
  let position = 0;
  for (let tag = text.indexOf('{{'); tag >= 0; tag = text.indexOf('{{', position)) {
    leaveOut(position, tag);
    const end = text.indexOf('}}', tag);
    if (end < 0) return { text, whole: (offset) => offset };
    position = end + 2;
  }
  leaveOut(position, text.length);
  if (cuts.length === 0 || SPECIAL.test(text)) return { text, whole: (offset) => offset };
  return {
    text: short + text.slice(kept),
    whole: (offset) => offset + (left[lastUpTo(cuts, offset)] ?? 0),
  };
}

/** The index of the last number that is not above another, in a list that ascends; -1 where all are. */
export function lastUpTo(ascending: readonly number[], value: number): number {
  let low = -1;
  let high = ascending.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((ascending[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
