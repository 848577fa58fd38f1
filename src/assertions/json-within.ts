const OBJECT = '{';
const LIST = '[';
const SPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;

/** An object or list that reads as JSON: where it begins, and one beyond its end. */
interface Found {
  start: number;
  end: number;
}

/**
 * The first object or list in a text that reads as JSON. The time grows with the length of the text. A reading that stops says of all
 * brackets it went through that those still open read as nothing. Only brackets that it took for a part of a text are left to be
 * read from: such a reading takes for texts what the other one does not, so that no third one need go over the same part.
 */
export function jsonWithin(text: string): string | undefined {
  const known = new Uint8Array(text.length);
  let first: Found | undefined;
  for (const { index } of text.matchAll(/[{[]/g)) {
    if (known[index] === 0) {
      const found = read(text, index, known);
      if (found && (!first || found.start < first.start)) first = found;
    }
    if (first?.start === index) return text.slice(first.start, first.end);
  }
  return undefined;
}

/** What may come next. `end` closes what is open, where `closes` says that it may. */
interface Next {
  is: 'value' | 'name' | 'separator';
  closes: boolean;
}

/**
 * Reads JSON from a bracket on for as long as it is some.
 * @param known is given a 1 at each bracket that was gone through
 * @returns the leftmost object or list that came to its end
 */
function read(text: string, from: number, known: Uint8Array): Found | undefined {
  const open: number[] = [];
  let first: Found | undefined;
  let next: Next = { is: 'value', closes: false };
  let at = from;
  do {
    at = after(SPACE, text, at) ?? at;
    const sign = text[at];
    const holder = open.at(-1);
    if (next.closes && holder !== undefined && sign === (text[holder] === OBJECT ? '}' : ']')) {
      open.pop();
      at += 1;
      if (!first || holder < first.start) first = { start: holder, end: at };
      next = { is: 'separator', closes: true };
    } else if (next.is === 'separator') {
      if (sign !== ',') return first;
      at += 1;
      next = { is: holder !== undefined && text[holder] === OBJECT ? 'name' : 'value', closes: false };
    } else if (next.is === 'name') {
      const end = sign === '"' ? endOfText(text, at) : undefined;
      const colon = end === undefined ? undefined : (after(SPACE, text, end) ?? end);
      if (colon === undefined || text[colon] !== ':') return first;
      at = colon + 1;
      next = { is: 'value', closes: false };
    } else if (sign === OBJECT || sign === LIST) {
      open.push(at);
      known[at] = 1;
      at += 1;
      next = { is: sign === OBJECT ? 'name' : 'value', closes: true };
    } else {
      const end = sign === '"' ? endOfText(text, at) : after(SCALAR, text, at);
      if (end === undefined) return first;
      at = end;
      next = { is: 'separator', closes: true };
    }
  } while (open.length > 0);
  return first;
}

function after(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** One beyond the quote that closes the JSON text whose opening one stands at `start`; undefined where it is no JSON text. */
export function endOfText(text: string, start: number): number | undefined {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    if (code < BLANK) return undefined;
    const next: number | undefined = code === BACKSLASH ? after(ESCAPE, text, at) : at + 1;
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BLANK = 0x20;
