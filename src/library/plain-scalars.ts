import type { Json } from '../vocabulary.js';

/** Thrown where the quick reader does not know: the full one is asked then. One object, as nobody looks into it. */
export const NOT_PLAIN = new Error('not plain');

/** A text in quotes on one line: `"…"` without a line end, `'…'` likewise. Escapes are looked at afterwards. */
const DOUBLE = /"(?:[^"\\\n]|\\[^\n])*"/y;
const SINGLE = /'(?:[^'\n]|'')*'/y;
/** The escapes that YAML and JSON share; halves of surrogate pairs are left out. */
const JSON_ESCAPES = /^(?:[^\\]|\\["\\/bfnrt]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4})*$/;

/** A text without quotes: no indicator at its start, no line end; in a flow collection it ends at one of its signs, too. */
const BLOCK_PLAIN = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[^\s,[\]{}]))[^\n]*/y;
const FLOW_PLAIN = /(?:[^\s\-?:,[\]{}#&*!|>'"%@`]|-(?=[^\s,[\]{}]))[^\n,[\]{}]*/y;
/** A colon that would make it a key. */
const KEY_LIKE = /:(?: |$)/;

/** Numbers of few digits: longer ones may lose some, which the full reader finds. */
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/;
/** All that YAML's core schema takes for a number, and more. */
const MAYBE_NUMBER = /^[-+.\d]/;
const DATE = /^\d{4}-\d\d-\d\d$/;
const WORD = /^(?:null|true|false|~)$/i;

/** A scalar, and where the text goes on behind it. */
export interface Scalar {
  value: Json;
  end: number;
}

/** Reads the quoted text that begins at an offset. @throws NOT_PLAIN */
export function readQuoted(text: string, at: number): { value: string; end: number } {
  const pattern = text[at] === '"' ? DOUBLE : SINGLE;
  pattern.lastIndex = at;
  const [source] = pattern.exec(text) ?? [];
  if (source === undefined) throw NOT_PLAIN;
  const end = at + source.length;
  if (source[0] === "'") return { value: source.slice(1, -1).replaceAll("''", "'"), end };
  if (!source.includes('\\')) return { value: source.slice(1, -1), end };
  if (!JSON_ESCAPES.test(source.slice(1, -1))) throw NOT_PLAIN;
  return { value: String(JSON.parse(source)), end };
}

/** Reads the text without quotes that begins at an offset. @throws NOT_PLAIN */
export function readPlain(text: string, at: number, inFlow: boolean): Scalar {
  const pattern = inFlow ? FLOW_PLAIN : BLOCK_PLAIN;
  pattern.lastIndex = at;
  let [source] = pattern.exec(text) ?? [];
  if (source === undefined) throw NOT_PLAIN;
  const comment = source.indexOf(' #');
  if (comment >= 0) source = source.slice(0, comment);
  source = source.trimEnd();
  if (KEY_LIKE.test(source)) throw NOT_PLAIN;
  return { value: resolved(source), end: at + source.length };
}

function resolved(source: string): Json {
  if (NUMBER.test(source)) {
    const value = Number(source);
    if (Object.is(value, -0) || source.length > 16) throw NOT_PLAIN;
    return value;
  }
  if (source === 'true') return true;
  if (source === 'false') return false;
  if (source === 'null') return null;
  if (WORD.test(source) || (MAYBE_NUMBER.test(source) && !DATE.test(source))) throw NOT_PLAIN;
  return source;
}

const LITERAL_HEAD = /\|(-?) *\n/y;
const SPACES = / */y;

/**
 * Reads the literal text (`|`, `|-`) that begins at an offset.
 * @param parent the column of what holds it: its lines stand further right
 * @returns `end`: the start of the first line behind it
 * @throws NOT_PLAIN
 */
export function readLiteral(text: string, at: number, parent: number): Scalar {
  LITERAL_HEAD.lastIndex = at;
  const head = LITERAL_HEAD.exec(text);
  if (!head) throw NOT_PLAIN;
  let start = at + head[0].length;
  const indent = spacesAt(text, start);
  if (indent <= parent) throw NOT_PLAIN;
  const lines: string[] = [];
  while (start < text.length) {
    const found = text.indexOf('\n', start);
    // Without a last line end, it depends on the kind of the text whether it gets one.
    if (found < 0) throw NOT_PLAIN;
    const spaces = spacesAt(text, start);
    const blank = start + spaces === found;
    if (blank && lines.length === 0) throw NOT_PLAIN;
    if (!blank && spaces < indent) {
      if (spaces > parent) throw NOT_PLAIN;
      break;
    }
    lines.push(text.slice(Math.min(start + indent, found), found));
    start = found + 1;
  }
  while (lines.at(-1) === '') lines.pop();
  return { value: lines.join('\n') + (head[1] === '-' ? '' : '\n'), end: start };
}

/** How many spaces stand at an offset. */
export function spacesAt(text: string, at: number): number {
  SPACES.lastIndex = at;
  SPACES.test(text);
  return SPACES.lastIndex - at;
}
