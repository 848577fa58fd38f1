import type { TemplatePart } from '../vocabulary.js';
import type { Section } from './context.js';
import { hasMessages, roleOf } from './template-messages.js';

/**
 * What a model can see of a template, and nothing else: a text, a name (`v`), a section (`s`), an inverted section (`i`) or a
 * message (`m`). Without places, comments and white space that trimming takes off.
 */
export type Canonical =
  | string
  | { v: string }
  | { s: string; p: Canonical[] }
  | { i: string; p: Canonical[] }
  | Message;

interface Message {
  m: string;
  p: Canonical[];
}

/** The messages of a template as a version hashes them; between them may stand sections that hold messages. */
export function canonicalMessages(parts: readonly TemplatePart[]): Canonical[] {
  return hasMessages(parts) ? besideMessages(parts) : [{ m: 'user', p: trimEdges(canonicalParts(parts)) }];
}

function besideMessages(parts: readonly TemplatePart[]): Canonical[] {
  return merged(parts, (part) => {
    if (part.kind === 'text') return part.text.trim() === '' ? undefined : part.text;
    if (part.kind === 'name') return { v: part.name };
    const role = part.kind === 'section' ? roleOf(part.name) : undefined;
    if (role) return { m: role, p: trimEdges(canonicalParts(part.parts)) };
    return section(part, besideMessages(part.parts));
  });
}

const NOWHERE = { file: '', line: 1, column: 1 };

/** The way back: parts that render the same messages. They stand nowhere, so their problems have no places. */
export function partsOf(canonical: readonly Canonical[]): TemplatePart[] {
  return canonical.map((each): TemplatePart => {
    if (typeof each === 'string') return { kind: 'text', text: each };
    if ('v' in each) return { kind: 'name', name: each.v, place: NOWHERE };
    const parts = partsOf(each.p);
    if ('i' in each) return { kind: 'inverted', name: each.i, parts, place: NOWHERE };
    return { kind: 'section', name: 'm' in each ? each.m : each.s, parts, place: NOWHERE };
  });
}

function canonicalParts(parts: readonly TemplatePart[]): Canonical[] {
  return merged(parts, (part) => {
    if (part.kind === 'text') return part.text;
    return part.kind === 'name' ? { v: part.name } : section(part, canonicalParts(part.parts));
  });
}

/** A section without content renders nothing, whatever the variables. */
function section(part: Section, inner: Canonical[]): Canonical | undefined {
  if (inner.length === 0) return undefined;
  return part.kind === 'section' ? { s: part.name, p: inner } : { i: part.name, p: inner };
}

/** Converts each part; texts left side by side by what was dropped become one. */
function merged(parts: readonly TemplatePart[], convert: (part: TemplatePart) => Canonical | undefined): Canonical[] {
  const result: Canonical[] = [];
  for (const part of parts) {
    const next = convert(part);
    const last = result.at(-1);
    if (next === undefined || next === '') continue;
    if (typeof next === 'string' && typeof last === 'string') result[result.length - 1] = last + next;
    else result.push(next);
  }
  return result;
}

/** Takes off what trimming the rendered message takes off in any case: blanks of the text at either end. */
function trimEdges(parts: Canonical[]): Canonical[] {
  const trimmed = [...parts];
  const [first] = trimmed;
  if (typeof first === 'string') trimmed[0] = first.trimStart();
  const last = trimmed.at(-1);
  if (typeof last === 'string') trimmed[trimmed.length - 1] = last.trimEnd();
  return trimmed.filter((part) => part !== '');
}
