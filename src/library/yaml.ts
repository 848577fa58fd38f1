import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Document, Node, Pair, Scalar } from 'yaml';
import { problems as make } from '../errors.js';
import type { Json, JsonObject, Place, Problem } from '../vocabulary.js';
import { isInexact, MAX_DEPTH, MAX_YAML, type Path, type Read, REFUSED_KEYS } from './source.js';

/** Most values that aliases may stand for in one file: far above what people write, far below what a bomb unfolds to. */
const MAX_ALIASED = 100_000;

let loaded: (typeof Yaml & { core: Yaml.Schema }) | undefined;

/** The library and its schema, which would take a third of the time of each document. A run whose files are plain needs neither. */
function yaml(): NonNullable<typeof loaded> {
  if (loaded) return loaded;
  const library = createRequire(import.meta.url)('yaml') as typeof Yaml;
  return (loaded = { ...library, core: new library.Schema({ schema: 'core' }) });
}

/**
 * Keys given twice are found below, where tags are refused, too. With a log level of `silent` a second document would be
 * left out without a word.
 */
const OPTIONS = { prettyErrors: false, strict: true, uniqueKeys: false, logLevel: 'error' } as const;

/**
 * Reads one YAML 1.2 document (core schema: dates are text, `off` is text). Not accepted: several documents, keys given twice,
 * tags, refused keys, numbers that JSON does not have or that lose digits, aliases that unfold to a bomb, deep nesting.
 * An empty document is null.
 * @param at the file, and the number of lines that stand before `text` in it
 */
export function readYaml(text: string, at: { file: string; lineOffset?: number }): Read {
  const { LineCounter, parseDocument, core } = yaml();
  const lines = new LineCounter();
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file: at.file, line: Math.max(line, 1) + (at.lineOffset ?? 0), column: Math.max(col, 1) };
  };
  if (text.length > MAX_YAML) return { problems: [make['too-large'](MAX_YAML, { file: at.file, line: 1, column: 1 })] };
  const document = parseDocument(text, { ...OPTIONS, lineCounter: lines, schema: core });
  const faults = [...document.errors, ...document.warnings].map((fault) => syntaxProblem(fault, place));
  if (faults.length > 0) return { problems: faults };
  const reader = new Values(document, place);
  const value = reader.read();
  if (reader.problems.length > 0) return { problems: reader.problems };
  return { source: { file: at.file, value, place: (path, of) => place(offsetOf(document, path, of ?? 'value')) } };
}

function syntaxProblem(
  fault: Document['errors'][number] | Document['warnings'][number],
  place: (at: number) => Place,
): Problem {
  const where = place(fault.pos[0]);
  if (fault.code === 'MULTIPLE_DOCS') return make['bad-yaml']('there is a second document; a file holds one', where);
  if (fault.code === 'IMPOSSIBLE' || fault.code === 'RESOURCE_EXHAUSTION') return make['too-deep'](MAX_DEPTH, where);
  if (fault.code === 'TAG_RESOLVE_FAILED') return make['bad-yaml'](NO_TAGS, where);
  return make['bad-yaml'](lowerFirst(fault.message.replace(/\s+/g, ' ')), where);
}

function lowerFirst(message: string): string {
  return /^[A-Z][a-z]/.test(message) ? message[0]?.toLowerCase() + message.slice(1) : message;
}

/** Turns nodes into a JSON value, counting what aliases unfold to. */
class Values {
  readonly problems: Problem[] = [];
  private aliased = 0;

  constructor(
    private readonly document: Document,
    private readonly place: (offset: number) => Place,
  ) {}

  read(): Json {
    return this.value(this.document.contents, 0, false);
  }

  private value(node: unknown, depth: number, underAlias: boolean): Json {
    const { isAlias, isMap, isScalar, isSeq } = yaml();
    if (underAlias && this.aliased++ >= MAX_ALIASED) return this.refuse(make['too-many-aliases'], node);
    if (depth > MAX_DEPTH) return this.refuse((where) => make['too-deep'](MAX_DEPTH, where), node);
    if (isAlias(node)) {
      const target = node.resolve(this.document);
      const unknown = `no anchor &${node.source} stands before this`;
      return target ? this.value(target, depth + 1, true) : this.refuse((at) => make['bad-yaml'](unknown, at), node);
    }
    if (hasTag(node)) return this.refuse((where) => make['bad-yaml'](NO_TAGS, where), node);
    if (isMap(node)) return this.map(node.items, depth, underAlias);
    if (isSeq(node)) return node.items.map((item) => this.value(item, depth + 1, underAlias));
    if (isScalar(node)) return this.scalar(node);
    return null;
  }

  private map(items: readonly Pair[], depth: number, underAlias: boolean): JsonObject {
    const object: JsonObject = {};
    const { isScalar } = yaml();
    for (const { key, value } of items) {
      const name = isScalar(key) ? keyName(key.value, key.source) : undefined;
      if (name === undefined) this.refuse((where) => make['bad-yaml']('a key must be plain text', where), key);
      else if (REFUSED_KEYS.has(name)) this.refuse((where) => make['forbidden-name'](name, where), key);
      else if (Object.hasOwn(object, name)) this.refuse((where) => make['duplicate-key'](name, where), key);
      else object[name] = this.value(value, depth + 1, underAlias);
      if (this.problems.length > 20) break;
    }
    return object;
  }

  private scalar(node: Scalar): Json {
    const { value } = node;
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value !== 'number')
      return this.refuse((where) => make['bad-yaml']('this is no JSON value', where), node);
    if (!Number.isFinite(value))
      return this.refuse((where) => make['bad-yaml'](`${value} is not a number in JSON`, where), node);
    if (isInexact(node.source ?? '', value)) return this.refuse(make['inexact-number'], node);
    return value;
  }

  private refuse(problem: (where: Place) => Problem, node: unknown): null {
    if (this.problems.length <= 20) this.problems.push(problem(this.place(startOf(node) ?? 0)));
    return null;
  }
}

const NO_TAGS = 'tags such as !name or !!set are not used here';

function hasTag(node: unknown): boolean {
  const { isMap, isScalar, isSeq } = yaml();
  return (isMap(node) || isSeq(node) || isScalar(node)) && node.tag !== undefined;
}

function keyName(value: unknown, written: string | undefined): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return written ?? String(value);
  return undefined;
}

function startOf(node: unknown): number | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range?.[0];
}

function offsetOf(document: Document, path: Path, of: 'key' | 'value'): number {
  const { isAlias, isMap, isScalar, isSeq } = yaml();
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [index, step] of path.entries()) {
    if (isAlias(node)) return offset;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && keyName(key.value, key.source) === String(step));
      if (!pair) return offset;
      const last = index === path.length - 1;
      offset = (last && of === 'key' ? undefined : valueStart(pair.value)) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

/** A null that nothing was written for has no place of its own. */
function valueStart(node: unknown): number | undefined {
  if (yaml().isScalar(node) && node.value === null && !node.source) return undefined;
  return startOf(node);
}
