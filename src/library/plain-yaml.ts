import type { Json, JsonObject } from '../vocabulary.js';
import { NOT_PLAIN, readLiteral, readPlain, readQuoted, spacesAt } from './plain-scalars.js';
import { type Path, REFUSED_KEYS } from './source.js';

/**
 * A quick reader for the YAML that people write by hand, some fifteen times as fast as the full one and ready at once: block maps
 * and lists, flow collections, quoted, plain and literal texts. It gives up at anything else, at anything doubtful and at every
 * mistake; the full reader then decides. What it does read it reads alike, which tests hold.
 */
export interface PlainYaml {
  value: Json;
  /** The offset of the member at a path, or of what is nearest around it. */
  offsetOf(path: Path, of: 'key' | 'value'): number;
}

/** Where a value and its members stand; a scalar has its offset only. Undefined: a null that nothing was written for. */
type Mark = number | Marks | undefined;
interface Marks {
  at: number;
  keys: Map<string | number, { at: number; mark: Mark }>;
}

/** Reads a document. Undefined where the full reader must be asked. @param text with LF line ends */
export function readPlainYaml(text: string): PlainYaml | undefined {
  if (FOREIGN.test(text)) return undefined;
  try {
    const { value, mark } = new PlainReader(text).document();
    return { value, offsetOf: (path, of) => offsetIn(mark, path, of) };
  } catch (error) {
    if (error === NOT_PLAIN) return undefined;
    throw error;
  }
}

/** Control characters, tabs and marks of byte order or direction of reading are the full reader's. */
const FOREIGN = /[^\P{Cc}\n]|\ufeff/u;
const DEEPEST = 50;
/** A key and its colon on one line. */
const KEY = /(?:[A-Za-z0-9_$](?:[\w./$ -]{0,200}[\w./$-])?|"[^"\\\n]{0,200}"|'[^'\n]{0,200}')(?=:(?:[ \n]|$))/y;

interface Read {
  value: Json;
  mark: Mark;
}

class PlainReader {
  private at = 0;
  /** Where the line begins that `at` is in. */
  private line = 0;

  constructor(private readonly text: string) {}

  document(): Read {
    if (this.text.startsWith('---')) throw NOT_PLAIN;
    const column = this.nextLine();
    if (column < 0) throw NOT_PLAIN;
    const read = this.block(column, -1, 0);
    if (this.at < this.text.length) throw NOT_PLAIN;
    return read;
  }

  /** What begins at the start of a line: a list, a map, or a flow collection. Afterwards the next line with content has begun. */
  private block(column: number, parent: number, depth: number): Read {
    if (depth > DEEPEST) throw NOT_PLAIN;
    if (this.isDash()) return this.list(column, depth);
    const first = this.text[this.at];
    if (first !== '{' && first !== '[') return this.map(column, depth);
    const read = this.flow(parent, depth);
    this.endLine();
    return read;
  }

  private map(column: number, depth: number): Read {
    const object: JsonObject = {};
    const marks: Marks = { at: this.at, keys: new Map() };
    do {
      const at = this.at;
      const key = this.key(object);
      this.at += 1;
      const { value, mark } = this.mapValue(column, depth);
      object[key] = value;
      marks.keys.set(key, { at, mark });
    } while (this.goesOn(column));
    return { value: object, mark: marks };
  }

  private mapValue(column: number, depth: number): Read {
    if (!this.endsLine()) return this.inline(column, depth);
    this.endLine();
    const next = this.column();
    const isList = next === column && this.isDash();
    if (next > column || isList) return this.block(next, column, depth + 1);
    return { value: null, mark: undefined };
  }

  private list(column: number, depth: number): Read {
    const list: Json[] = [];
    const marks: Marks = { at: this.at, keys: new Map() };
    do {
      if (!this.isDash()) throw NOT_PLAIN;
      const dash = this.at;
      this.at += 1;
      const { value, mark } = this.item(column, depth);
      marks.keys.set(list.length, { at: dash, mark });
      list.push(value);
    } while (this.goesOn(column, true));
    return { value: list, mark: marks };
  }

  private item(column: number, depth: number): Read {
    if (this.endsLine()) {
      this.endLine();
      const next = this.column();
      // Where an empty item stands is hard to say.
      if (next <= column) throw NOT_PLAIN;
      return this.block(next, column, depth + 1);
    }
    KEY.lastIndex = this.at;
    if (this.isDash() || KEY.test(this.text)) return this.block(this.at - this.line, column, depth + 1);
    return this.inline(column, depth);
  }

  /** A value on the line of its key or dash. @param parent the column that its further lines must be right of */
  private inline(parent: number, depth: number): Read {
    const { text, at } = this;
    const first = text[at];
    if (first === '{' || first === '[') {
      const read = this.flow(parent, depth + 1);
      this.endLine();
      return read;
    }
    if (first === '|') {
      const { value, end } = readLiteral(text, at, parent);
      this.at = end;
      this.nextLine();
      return { value, mark: at };
    }
    const { value, end } = first === '"' || first === "'" ? readQuoted(text, at) : readPlain(text, at, false);
    this.at = end;
    this.endLine();
    return { value, mark: at };
  }

  private flow(parent: number, depth: number): Read {
    if (depth > DEEPEST) throw NOT_PLAIN;
    const isMap = this.text[this.at] === '{';
    const marks: Marks = { at: this.at, keys: new Map() };
    const object: JsonObject = {};
    const list: Json[] = [];
    const closing = isMap ? '}' : ']';
    this.at += 1;
    this.skip(parent);
    for (let more = this.text[this.at] !== closing; more; ) {
      const at = this.at;
      const key = isMap ? this.key(object) : list.length;
      if (isMap) {
        this.at += 1;
        this.skip(parent);
      }
      const { value, mark } = this.flowValue(parent, depth);
      if (typeof key === 'string') object[key] = value;
      else list.push(value);
      marks.keys.set(key, { at, mark });
      this.skip(parent);
      more = this.text[this.at] === ',';
      if (!more) continue;
      this.at += 1;
      this.skip(parent);
    }
    if (this.text[this.at] !== closing) throw NOT_PLAIN;
    this.at += 1;
    return { value: isMap ? object : list, mark: marks };
  }

  private flowValue(parent: number, depth: number): Read {
    const { text, at } = this;
    const first = text[at];
    if (first === '{' || first === '[') return this.flow(parent, depth + 1);
    const { value, end } = first === '"' || first === "'" ? readQuoted(text, at) : readPlain(text, at, true);
    this.at = end;
    return { value, mark: at };
  }

  /** A key; `at` is at its colon then. */
  private key(object: JsonObject): string {
    KEY.lastIndex = this.at;
    const [source] = KEY.exec(this.text) ?? [];
    if (source === undefined) throw NOT_PLAIN;
    const key = /^["']/.test(source) ? source.slice(1, -1) : source;
    if (REFUSED_KEYS.has(key) || Object.hasOwn(object, key)) throw NOT_PLAIN;
    this.at += source.length;
    return key;
  }

  /** Whether the line that has begun holds the next member of a collection that stands at a column. */
  private goesOn(column: number, isList = false): boolean {
    const next = this.column();
    if (next > column) throw NOT_PLAIN;
    // A list may stand at the column of the key that it belongs to: there the next key ends it.
    return next === column && (!isList || this.isDash());
  }

  private isDash(): boolean {
    const next = this.text[this.at + 1];
    return this.text[this.at] === '-' && (next === ' ' || next === '\n' || next === undefined);
  }

  /** The column of `at`, which is at the first character of a line; -1 behind the last. */
  private column(): number {
    return this.at >= this.text.length ? -1 : this.at - this.line;
  }

  /** Skips blanks. @returns whether nothing but a comment is left of the line */
  private endsLine(): boolean {
    this.at += spacesAt(this.text, this.at);
    const next = this.text[this.at];
    return next === undefined || next === '\n' || (next === '#' && this.text[this.at - 1] === ' ');
  }

  private endLine(): void {
    if (!this.endsLine()) throw NOT_PLAIN;
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end + 1;
    this.nextLine();
  }

  /** From the start of a line to the first content: blank lines and comments are skipped. @returns its column, -1 for none */
  private nextLine(): number {
    while (this.at < this.text.length) {
      this.line = this.at;
      this.at += spacesAt(this.text, this.at);
      const first = this.text[this.at];
      if (first !== undefined && first !== '\n' && first !== '#') return this.at - this.line;
      const end = this.text.indexOf('\n', this.at);
      this.at = end < 0 ? this.text.length : end + 1;
    }
    return -1;
  }

  /** Skips blanks and line ends within a flow collection. */
  private skip(parent: number): void {
    for (;;) {
      this.at += spacesAt(this.text, this.at);
      const next = this.text[this.at];
      if (next === '#') throw NOT_PLAIN;
      if (next !== '\n') return;
      const indent = spacesAt(this.text, this.at + 1);
      this.line = this.at + 1;
      this.at += 1 + indent;
      // At the margin, a line could end the document.
      if (this.text[this.at] !== '\n' && indent <= Math.max(parent, 0)) throw NOT_PLAIN;
    }
  }
}

function offsetIn(mark: Mark, path: Path, of: 'key' | 'value'): number {
  let here = mark;
  let offset = startOf(mark) ?? 0;
  for (const [index, step] of path.entries()) {
    const member = typeof here === 'object' ? here.keys.get(isIndexed(here) ? Number(step) : String(step)) : undefined;
    if (!member) return offset;
    const wantsKey = of === 'key' && index === path.length - 1 && typeof here === 'object' && !isIndexed(here);
    // An item that nothing was written for has no place, but a key has.
    const own = wantsKey ? undefined : startOf(member.mark);
    offset = own ?? (typeof here === 'object' && isIndexed(here) ? offset : member.at);
    here = member.mark;
  }
  return offset;
}

function startOf(mark: Mark): number | undefined {
  return typeof mark === 'object' ? mark.at : mark;
}

function isIndexed({ keys }: Marks): boolean {
  const [first] = keys.keys();
  return typeof first === 'number';
}
