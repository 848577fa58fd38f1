import { problems as make } from '../errors.js';
import type { Json, JsonObject, Place, Problem } from '../vocabulary.js';
import { isInexact, MAX_DEPTH, type Path, type Read, REFUSED_KEYS } from './source.js';

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS: readonly [string, Json][] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/** What a look-up of a place is told: each value's path, and where its key and itself begin. */
type Seen = (path: Path, key: number, value: number) => void;

/**
 * Reads JSON (RFC 8259) more strictly than JSON.parse: a key given twice, one of the refused keys and nesting beyond the limit
 * are problems, and each problem has a place.
 * @param at the file, and the number of lines that stand before `text` in it
 */
export function readJson(text: string, at: { file: string; lineOffset?: number }): Read {
  const place = (offset: number): Place => placeAt(text, offset, at.file, at.lineOffset ?? 0);
  try {
    const value = plain(text) ?? new Reader(text, place).read();
    const find = (path: Path, of: 'key' | 'value'): number =>
      path.length === 0 ? text.search(/\S/) : findIn(text, path, of);
    return { source: { file: at.file, value, place: (path, of) => place(find(path, of ?? 'value')) } };
  } catch (error) {
    if (error instanceof Fault) return { problems: [error.problem] };
    throw error;
  }
}

/** Digits so many that a number may not be what was written. */
const LONG_NUMBER = /[\d.]{16}/;
const KEY = /"\s*:/g;

/**
 * What the platform makes of a text, ten times as fast, where it is plain that the reader would make the same of it: no refused key,
 * no deep nesting, no number that is too long or too large, and no more ends of keys in the text than there are keys. Undefined
 * where there is any doubt.
 */
function plain(text: string): Json | undefined {
  if (LONG_NUMBER.test(text)) return undefined;
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
  const keys = countKeys(value, 0);
  return keys === (text.match(KEY)?.length ?? 0) ? value : undefined;
}

/** Keys in a value; none to speak of where it is not plain. */
function countKeys(value: Json, depth: number): number {
  if (typeof value === 'number') return Number.isFinite(value) ? 0 : Number.NaN;
  if (typeof value !== 'object' || value === null) return 0;
  if (depth >= MAX_DEPTH) return Number.NaN;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) count += countKeys(item, depth + 1);
    return count;
  }
  for (const key of Object.keys(value)) {
    if (REFUSED_KEYS.has(key)) return Number.NaN;
    count += 1 + countKeys(value[key] ?? null, depth + 1);
  }
  return count;
}

/** Carries one problem out of the reader. */
class Fault extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Where an offset stands in a text. */
export function placeAt(text: string, offset: number, file: string, lineOffset: number): Place {
  let line = 1;
  let start = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', start)) {
    line++;
    start = at + 1;
  }
  return { file, line: line + lineOffset, column: offset - start + 1 };
}

/** The offset of a member, or of the nearest thing around it: found by reading once more, as places are seldom asked for. */
function findIn(text: string, path: Path, of: 'key' | 'value'): number {
  let best = -1;
  let found = 0;
  const seen: Seen = (at, key, value) => {
    if (at.length > path.length || at.length <= best || at.some((step, index) => step !== path[index])) return;
    best = at.length;
    found = of === 'key' && at.length === path.length ? key : value;
  };
  new Reader(text, (offset) => placeAt(text, offset, '', 0), seen).read();
  return found;
}

class Reader {
  private at = 0;
  private readonly path: (string | number)[] = [];

  constructor(
    private readonly text: string,
    private readonly place: (offset: number) => Place,
    private readonly seen?: Seen,
  ) {}

  read(): Json {
    this.space();
    const value = this.value(this.at);
    this.space();
    if (this.at < this.text.length) throw this.unexpected();
    return value;
  }

  private value(key: number): Json {
    const { text, at } = this;
    this.seen?.(this.path, key, at);
    const first = text[at];
    if (first === '"') return this.string();
    if (first === '{' || first === '[') {
      if (this.path.length >= MAX_DEPTH) throw new Fault(make['too-deep'](MAX_DEPTH, this.place(at)));
      return first === '{' ? this.object() : this.array();
    }
    for (const [word, value] of WORDS) {
      if (text.startsWith(word, at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  private number(): number {
    const start = this.at;
    const written = this.match(NUMBER);
    const value = Number(written);
    if (!Number.isFinite(value)) throw new Fault(make['bad-json']('the number is too large', this.place(start)));
    if (isInexact(written, value)) throw new Fault(make['inexact-number'](this.place(start)));
    return value;
  }

  private string(): string {
    const raw = this.match(STRING);
    return raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1);
  }

  private array(): Json[] {
    const list: Json[] = [];
    this.at++;
    if (this.closes(']')) return list;
    for (;;) {
      this.space();
      this.path.push(list.length);
      list.push(this.value(this.at));
      this.path.pop();
      if (this.closes(']')) return list;
      this.comma();
    }
  }

  private object(): JsonObject {
    const object: JsonObject = {};
    this.at++;
    if (this.closes('}')) return object;
    for (;;) {
      this.space();
      const start = this.at;
      const key = this.string();
      if (REFUSED_KEYS.has(key)) throw new Fault(make['forbidden-name'](key, this.place(start)));
      if (Object.hasOwn(object, key)) throw new Fault(make['duplicate-key'](key, this.place(start)));
      this.space();
      if (this.text[this.at] !== ':') throw this.unexpected();
      this.at++;
      this.space();
      this.path.push(key);
      object[key] = this.value(start);
      this.path.pop();
      if (this.closes('}')) return object;
      this.comma();
    }
  }

  private space(): void {
    while (isBlank(this.text.charCodeAt(this.at))) this.at += 1;
  }

  private closes(bracket: string): boolean {
    this.space();
    if (this.text[this.at] !== bracket) return false;
    this.at++;
    return true;
  }

  private comma(): void {
    if (this.text[this.at] !== ',') throw this.unexpected();
    this.at++;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (!found) throw this.unexpected();
    this.at = pattern.lastIndex;
    return found[0];
  }

  private unexpected(): Fault {
    const point = this.text.codePointAt(this.at);
    const what =
      point === undefined ? 'it ends too early' : `unexpected ${JSON.stringify(String.fromCodePoint(point))}`;
    return new Fault(make['bad-json'](what, this.place(this.at)));
  }
}

/** Whether a character is a blank, a line end or a tab. */
function isBlank(code: number): boolean {
  return code === 32 || code === 10 || code === 13 || code === 9;
}
