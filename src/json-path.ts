import type { Json } from './vocabulary.js';

/**
 * A path that can be looked up, or why it cannot be read. `overlaps`: what it finds may lie within other things that it finds, so
 * that all of it together is far larger than the value.
 */
export type CompiledPath =
  | { ok: true; find(value: Json): Json | undefined; overlaps: boolean }
  | { ok: false; message: string };

type Selector = { kind: 'name'; name: string } | { kind: 'index'; index: number } | { kind: 'all' };
type Segment = Selector & { deep: boolean };

/**
 * Reads a JSONPath: the part of RFC 9535 that has one meaning everywhere. `$` is the whole value; then any of `.name`,
 * `['name']`, `[0]`, `[-1]` (from the end), `.*` and `[*]` (all members), and once `..` before a name, an index or a `*` (at any
 * depth, the value itself included). Filters, slices and unions are refused.
 *
 * `find` gives the one value, or, where the path has a `*` or a `..`, the list of all values in document order. Nothing found is
 * `undefined` in both cases, so that an empty list never looks like an answer. Only own members of objects are seen; a name
 * finds nothing in an array or a text. A second `..` is refused because its cost grows with the square of a hostile value.
 * @param path the path as the user wrote it
 * @returns `ok: false` with a message that says where reading stopped
 */
export function compilePath(path: string): CompiledPath {
  const segments = parse(path);
  if (typeof segments === 'string') return { ok: false, message: `"${path}" is no JSONPath: ${segments}` };
  const plural = segments.some((segment) => segment.deep || segment.kind === 'all');
  return {
    ok: true,
    overlaps: segments.some(({ deep }) => deep),
    find(value) {
      let found: Json[] = [value];
      for (const segment of segments) found = step(found, segment);
      if (found.length === 0) return undefined;
      return plural ? found : found[0];
    },
  };
}

function step(values: Json[], segment: Segment): Json[] {
  const found: Json[] = [];
  for (const value of values) {
    if (segment.deep) for (const inner of descend(value)) select(inner, segment, found);
    else select(value, segment, found);
  }
  return found;
}

function select(value: Json, selector: Selector, found: Json[]): void {
  if (value === null || typeof value !== 'object') return;
  if (selector.kind === 'all') {
    for (const member of Object.values(value)) found.push(member);
  } else if (selector.kind === 'index') {
    const member = Array.isArray(value) ? value.at(selector.index) : undefined;
    if (member !== undefined) found.push(member);
  } else if (!Array.isArray(value) && Object.hasOwn(value, selector.name)) {
    const member = value[selector.name];
    if (member !== undefined) found.push(member);
  }
}

/** The value and everything below it in document order; a loop, since a model can nest deeper than a call stack goes. */
function* descend(value: Json): Generator<Json> {
  const stack: Json[] = [value];
  while (stack.length > 0) {
    const next = stack.pop() as Json;
    yield next;
    if (next === null || typeof next !== 'object') continue;
    const members = Object.values(next);
    for (let i = members.length - 1; i >= 0; i--) stack.push(members[i] as Json);
  }
}

const SHORTHAND = /[A-Za-z_\u0080-\uffff][0-9A-Za-z_\u0080-\uffff]*/y;
const INDEX = /\[\s*(0|-?[1-9][0-9]{0,15})\s*\]/y;
const ALL = /\[\s*\*\s*\]/y;
const QUOTED = /\[\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\]/y;

/** The segments of a path, or what is wrong with it. */
function parse(path: string): Segment[] | string {
  if (!path.startsWith('$')) return 'it must begin with "$", as in $.name';
  const segments: Segment[] = [];
  let at = 1;
  while (at < path.length) {
    const deep = path.startsWith('..', at);
    const dotted = deep || path[at] === '.';
    const start = at + (deep ? 2 : dotted ? 1 : 0);
    const bracket = path[start] === '[' && (deep || !dotted);
    const read = bracket ? readBracket(path, start) : dotted ? readShorthand(path, start) : undefined;
    if (!read) return unreadable(path, at);
    if (typeof read === 'string') return read;
    if (deep && segments.some((segment) => segment.deep)) return 'it has more than one ".."';
    segments.push({ ...read.selector, deep });
    at = read.end;
  }
  return segments;
}

type Read = { selector: Selector; end: number } | string | undefined;

function readShorthand(path: string, at: number): Read {
  if (path[at] === '*') return { selector: { kind: 'all' }, end: at + 1 };
  const name = match(SHORTHAND, path, at);
  return name && { selector: { kind: 'name', name: name[0] }, end: at + name[0].length };
}

function readBracket(path: string, at: number): Read {
  const all = match(ALL, path, at);
  if (all) return { selector: { kind: 'all' }, end: at + all[0].length };
  const index = match(INDEX, path, at);
  if (index) return { selector: { kind: 'index', index: Number(index[1]) }, end: at + index[0].length };
  const quoted = match(QUOTED, path, at);
  if (!quoted) return undefined;
  const name = unescape(quoted[1] ?? quoted[2] ?? '');
  if (name === undefined) return `the name in ${quoted[0]} has an escape that JSON does not know`;
  return { selector: { kind: 'name', name }, end: at + quoted[0].length };
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}

/** A quoted name without its escapes: those of JSON, and `\'`. */
function unescape(text: string): string | undefined {
  const asJson = text.replaceAll(/\\.|"/gs, (found) => (found === '"' ? '\\"' : found === "\\'" ? "'" : found));
  try {
    return JSON.parse(`"${asJson}"`) as string;
  } catch {
    return undefined;
  }
}

function unreadable(path: string, at: number): string {
  const rest = path.slice(at);
  if (/^\[\s*\?/.test(rest)) return 'filters ([?…]) are not supported';
  if (/^\[[^'"\]]*:/.test(rest)) return 'slices ([a:b]) are not supported';
  if (/^\[[^\]]*,/.test(rest)) return 'several names or indices in one bracket are not supported';
  if (rest.startsWith('-')) return `it stops at character ${at + 1}; a name with "-" is written ['like-this']`;
  return `it stops making sense at character ${at + 1}: "${rest.slice(0, 20)}"`;
}
