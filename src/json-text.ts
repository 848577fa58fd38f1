import type { Json } from './vocabulary.js';

/** So many characters of JSON are made of what a path found that overlaps; what does not is about as long as the value. */
export const LONGEST_OVERLAP = 4_000_000;

/** An object or list that is being written. */
interface Open {
  names: readonly string[] | undefined;
  members: readonly Json[];
  at: number;
}

/**
 * The beginning of a value's JSON, as JSON.stringify writes it. The work is bound by `most`, not by the value: what a path finds
 * may hold the same members many times over, so that its JSON is longer than any text can be; and nesting goes as deep as it likes.
 * @param most characters at which writing stops
 * @param indent what each level is indented by; none: all in one line
 * @param change made to each text, names included, before it is written
 * @returns `whole: false` when the JSON is longer than `most`: then `text` is that many characters of it
 */
export function jsonStart(
  value: Json,
  most: number,
  indent = '',
  change = unchanged,
): { text: string; whole: boolean } {
  let text = '';
  // Most values are texts, and a reason names one or two for every answer.
  if (typeof value === 'string') {
    text = leaf(change(value), most);
    return text.length > most ? { text: text.slice(0, most), whole: false } : { text, whole: true };
  }
  for (const piece of pieces(value, most, indent, change)) {
    text += piece;
    if (text.length > most) return { text: text.slice(0, most), whole: false };
  }
  return { text, whole: true };
}

/** Whether a value's JSON, in one line, has more characters than `most`; the work is bound by that. */
export function isLongJson(value: Json, most: number): boolean {
  let length = 0;
  for (const piece of pieces(value, most, '', unchanged)) {
    length += piece.length;
    if (length > most) return true;
  }
  return false;
}

type Change = (text: string) => string;

function unchanged(text: string): string {
  return text;
}

function* pieces(root: Json, most: number, indent: string, change: Change): Generator<string> {
  const open: Open[] = [];
  const line = (): string => (indent === '' ? '' : `\n${indent.repeat(open.length)}`);
  const begin = (value: Json): string => {
    if (value === null || typeof value !== 'object')
      return typeof value === 'string' ? leaf(change(value), most) : leaf(value, most);
    const isList = Array.isArray(value);
    const names = isList ? undefined : Object.keys(value);
    open.push({ names, members: isList ? value : Object.values(value), at: 0 });
    return isList ? '[' : '{';
  };
  yield begin(root);
  for (let last = open.at(-1); last; last = open.at(-1)) {
    const { names, members, at } = last;
    if (at === members.length) {
      open.pop();
      yield `${at > 0 ? line() : ''}${names ? '}' : ']'}`;
      continue;
    }
    last.at += 1;
    const name = names ? `${leaf(change(names[at] ?? ''), most)}:${indent && ' '}` : '';
    yield `${at > 0 ? ',' : ''}${line()}${name}`;
    yield begin(members[at] as Json);
  }
}

/** A text is cut before it is escaped where it alone is longer than is asked for. */
function leaf(value: string | number | boolean | null, most: number): string {
  return JSON.stringify(typeof value === 'string' && value.length > most ? value.slice(0, most + 1) : value);
}

/**
 * Whether an object in a JSON text has a key twice: JSON.parse keeps the last, and with it another value than a reader may take it to
 * be.
 * @param json what JSON.parse reads
 */
export function hasKeyTwice(json: string): boolean {
  const objects: (Set<string> | undefined)[] = [];
  let text: string | undefined;
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]:,]/g)) {
    if (token === '{' || token === '[') objects.push(token === '{' ? new Set() : undefined);
    else if (token === '}' || token === ']') objects.pop();
    else if (token === ':' && text !== undefined) {
      const key = String(JSON.parse(text));
      const keys = objects.at(-1);
      if (keys?.has(key)) return true;
      keys?.add(key);
    }
    text = token.startsWith('"') ? token : undefined;
  }
  return false;
}
