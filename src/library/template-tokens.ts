import Mustache from 'mustache';
import { renderingProblems } from '../errors/rendering.js';
import { templateProblems as problems } from '../errors/templates.js';
import type { Place, Problem } from '../vocabulary.js';
import { findFault, nameFault } from './template-faults.js';
import { lastUpTo, tagLines } from './template-lines.js';

/** A template's text as it stands in a file. `indent` was put before each of its lines and is no part of the file. */
export interface TemplateSource {
  file: string;
  text: string;
  /** Lines of the file before the text. */
  lineOffset: number;
  indent: string;
}

/** Mustache's tokens under names. Set-delimiter tags are gone. The place of a text is that of its first character that is not blank. */
export type Token =
  | { kind: 'text'; text: string; at: Place }
  | { kind: 'name'; name: string; at: Place }
  | { kind: 'section' | 'inverted'; name: string; tokens: Token[]; at: Place }
  | { kind: 'partial'; name: string; indent: string; at: Place }
  | { kind: 'comment'; text: string; at: Place };

/** The largest template file, in UTF-16 units. */
export const LARGEST_TEMPLATE = 1024 * 1024;
/** Sections and partials within each other. */
export const DEEPEST = 100;
/** Mustache's search for the end of a tag takes quadratic time over white space. */
const LONGEST_BLANK = 2000;
const TOO_BLANK = new RegExp(String.raw`\s{${LONGEST_BLANK}}`);

const writer = new Mustache.Writer();
// Its cache would keep every template for ever.
Object.assign(writer, { templateCache: undefined });

/** Line ends are LF before anything else looks at a template. */
export function normaliseLineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/**
 * Splits a template with the mustache package, which knows delimiters and standalone lines.
 * @returns tokens with their places; or the first problem that keeps the template from being read
 */
export function tokenize(source: TemplateSource): { ok: true; tokens: Token[] } | { ok: false; problem: Problem } {
  const placeAt = placer(source);
  const refuse = (what: string) => ({
    ok: false as const,
    problem: renderingProblems['template-too-large'](what, placeAt(0)),
  });
  if (source.text.length > LARGEST_TEMPLATE) return refuse(`over ${LARGEST_TEMPLATE} characters`);
  if (source.text.length >= LONGEST_BLANK && TOO_BLANK.test(source.text)) {
    return refuse(`${LONGEST_BLANK} blank characters in a row`);
  }
  const lines = tagLines(source.text);
  let spans: unknown;
  try {
    spans = writer.parse(lines.text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, problem: findFault(source.text, placeAt) ?? problems['bad-tag-name'](message, placeAt(0)) };
  }
  const faults: Problem[] = [];
  const tokens = convert(spans, { text: source.text, whole: lines.whole, placeAt, faults }, 0);
  const [fault] = faults;
  return fault ? { ok: false, problem: fault } : { ok: true, tokens };
}

/** What converting the spans of a template needs and gathers. */
interface Conversion {
  text: string;
  /** From an offset in what mustache read to one of the text. */
  whole(offset: number): number;
  placeAt(offset: number): Place;
  faults: Problem[];
}

/** The part of mustache's token arrays that is read here: [sign, value, start, end, children or indentation, tag index, text before]. */
type Span = [string, string, number, number, unknown?, unknown?, unknown?];

function convert(spans: unknown, conversion: Conversion, depth: number): Token[] {
  const { text, whole, placeAt, faults } = conversion;
  const tokens: Token[] = [];
  let keptUntil = -1;
  // The shape is mustache's own, pinned by its version and by the tests of its specification.
  for (const [sign, value, start, end, extra, tagIndex, textBefore] of spans as Span[]) {
    const from = whole(start);
    const at = placeAt(from);
    if (sign === 'text') {
      const written = text.slice(from, whole(end));
      tokens.push({ kind: 'text', text: written, at: placeAt(from + Math.max(0, written.search(/\S/))) });
      keptUntil = end;
    } else if (sign === '!') {
      tokens.push({ kind: 'comment', text: value, at });
    } else if (sign !== '=') {
      const fault = depth > DEEPEST ? tooDeep(at) : nameFault(value, sign, at);
      if (fault) faults.push(fault);
      if (depth > DEEPEST) break;
      if (sign === 'name' || sign === '&') tokens.push({ kind: 'name', name: value, at });
      if (sign === '#')
        tokens.push({ kind: 'section', name: value, tokens: convert(extra, conversion, depth + 1), at });
      if (sign === '^')
        tokens.push({ kind: 'inverted', name: value, tokens: convert(extra, conversion, depth + 1), at });
      if (sign === '>') {
        // Only a partial alone on its line indents: mustache.js would also do it after text, the specification does not.
        const alone = tagIndex === 0 && textBefore === false && keptUntil !== start;
        tokens.push({ kind: 'partial', name: value, indent: alone ? String(extra) : '', at });
      }
    }
  }
  return tokens;
}

/** Turns offsets of the text into places of the file. */
function placer(source: TemplateSource): (offset: number) => Place {
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const line = lastUpTo(starts, offset);
    const column = offset - (starts[line] ?? 0) + 1 - source.indent.length;
    return { file: source.file, line: line + 1 + source.lineOffset, column: Math.max(1, column) };
  };
}

/** Refused where recursion would end in a stack overflow. */
export function tooDeep(place: Place): Problem {
  return renderingProblems['template-too-large'](`over ${DEEPEST} sections and partials within each other`, place);
}
