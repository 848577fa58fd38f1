import type { Json, JsonObject } from '../vocabulary.js';
import { coreValue } from './core-value.js';
import { REFUSED_KEYS } from './source.js';

/** In UTF-16 units. For longer texts a parser is worth its start. */
const LONGEST = 20_000;
/** Collections within each other. */
const DEEPEST = 20;
/** Tabs, other line ends, what YAML forbids, and characters of two units. */
const UNUSUAL = /[^\n -~\u00A1-\u2027\u202A-\uD7FF]/;
const KEY = /[A-Za-z_$][\w$.-]{0,99}(?=:(?: |$))/y;
/** Text without quotes up to the end of its line or a comment: no colon before a blank, no indicator at its start. */
const LINE = /(?:[\w$~./+(\u00A1-\uD7FF]|-(?=[\d.]))(?:[^ :]|:(?=[^ ])| +(?=[^ :#]))*/y;
/** The same within brackets. */
const WORDS = /(?:[\w$~./+(\u00A1-\uD7FF]|-(?=[\d.]))(?:[^ :,[\]{}]|:(?=[\w/-])| +(?=[^ :#,[\]{}]))*/y;
const QUOTED = /"[^"\\]*"|'[^']*'(?!')/y;

/** Carries out of the reader that a text is not simple after all. */
const refusal = new Error('not simple');

/**
 * Reads YAML as it mostly stands in front matter and config: maps and lists by their indentation, and values that end on their line,
 * in brackets, in quotes or as they are. For an application that loads a prompt when it starts: the parsers take longer to load than
 * all the rest. That it agrees with them is tested.
 * @returns undefined for all other texts, and for mistakes
 */
export function readSimple(text: string): { value: Json } | undefined {
  if (text.length > LONGEST || UNUSUAL.test(text)) return undefined;
  try {
    return { value: new Reader(text).read() };
  } catch (error) {
    if (error === refusal) return undefined;
    throw error;
  }
}

/** A line that holds something. */
interface Line {
  text: string;
  /** Blanks before what is read next: a list's item takes its dash off. */
  indent: number;
}

class Reader {
  private readonly lines: Line[] = [];
  /** The line that is read, and the place in it. */
  private current = 0;
  private at = 0;
  private depth = 0;

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const indent = pastBlanks(line, 0);
      if (indent < line.length && line[indent] !== '#') this.lines.push({ text: line, indent });
    }
  }

  read(): Json {
    if (!this.line) return null;
    const value = this.block(0);
    if (this.line) throw refusal;
    return value;
  }

  private get line(): Line | undefined {
    return this.lines[this.current];
  }

  private block(indent: number): Json {
    if (this.line?.indent !== indent || ++this.depth > DEEPEST) throw refusal;
    const value = this.isItem() ? this.list(indent) : this.map(indent);
    this.depth -= 1;
    return value;
  }

  private isItem(): boolean {
    const { line } = this;
    return line?.text.startsWith('- ', line.indent) === true;
  }

  private list(indent: number): Json[] {
    const list: Json[] = [];
    for (let { line } = this; line?.indent === indent && this.isItem(); { line } = this) {
      const start = pastBlanks(line.text, indent + 1);
      if (match(KEY, line.text, start) === '') list.push(this.rest(line, start));
      else {
        line.indent = start;
        list.push(this.block(start));
      }
    }
    return list;
  }

  private map(indent: number): JsonObject {
    const map: JsonObject = {};
    for (let { line } = this; line?.indent === indent && !this.isItem(); { line } = this) {
      const key = this.key(line.text, indent, map);
      const start = indent + key.length + 1;
      if (!isEnd(line.text, start)) {
        map[key] = this.rest(line, pastBlanks(line.text, start));
        continue;
      }
      this.current += 1;
      const below = this.line;
      const holds = below && (below.indent > indent || (below.indent === indent && this.isItem()));
      map[key] = holds ? this.block(below.indent) : null;
    }
    return map;
  }

  private key(text: string, at: number, map: JsonObject): string {
    const key = match(KEY, text, at);
    if (key === '' || REFUSED_KEYS.has(key) || Object.hasOwn(map, key)) throw refusal;
    return key;
  }

  /** The value that is all the rest of a line. */
  private rest(line: Line, start: number): Json {
    this.at = start;
    const value = this.value(line.text, LINE);
    this.current += 1;
    // What is indented below would go on with it.
    if (!isEnd(line.text, this.at) || (this.line && this.line.indent > line.indent)) throw refusal;
    return value;
  }

  private value(text: string, words: RegExp): Json {
    const first = text[this.at];
    if (first === '[' || first === '{') {
      if (++this.depth > DEEPEST) throw refusal;
      const value = first === '[' ? this.listInBrackets(text) : this.mapInBrackets(text);
      this.depth -= 1;
      return value;
    }
    const quoted = first === '"' || first === "'";
    const written = match(quoted ? QUOTED : words, text, this.at);
    const value = quoted ? written.slice(1, -1) : coreValue(written);
    if (written === '' || value === undefined) throw refusal;
    this.at += written.length;
    return value;
  }

  private listInBrackets(text: string): Json[] {
    const list: Json[] = [];
    while (this.more(text, ']', list.length)) list.push(this.value(text, WORDS));
    return list;
  }

  private mapInBrackets(text: string): JsonObject {
    const map: JsonObject = {};
    for (let count = 0; this.more(text, '}', count); count += 1) {
      const key = this.key(text, this.at, map);
      this.at += key.length + 1;
      this.blanks(text);
      map[key] = this.value(text, WORDS);
    }
    return map;
  }

  /** Goes to the next member, or behind the bracket that ends a collection. */
  private more(text: string, end: string, count: number): boolean {
    if (count === 0) this.at += 1;
    this.blanks(text);
    const sign = text[this.at];
    if (sign === end || (count > 0 && sign === ',')) this.at += 1;
    else if (count > 0) throw refusal;
    if (sign === end) return false;
    this.blanks(text);
    return true;
  }

  private blanks(text: string): void {
    this.at = pastBlanks(text, this.at);
  }
}

/** What a sticky pattern matches at a place; empty where it does not. */
function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function pastBlanks(text: string, at: number): number {
  let past = at;
  while (text[past] === ' ') past += 1;
  return past;
}

/** Whether nothing follows on a line but a comment. */
function isEnd(text: string, at: number): boolean {
  const next = pastBlanks(text, at);
  return next === text.length || (next > at && text[next] === '#');
}
