import { contentHash } from '../hash.js';
import type { JsonObject, Parameters, Prompt, TemplatePart, Tool } from '../vocabulary.js';
import type { Section } from './context.js';
import { hasMessages, roleOf } from './template-messages.js';

/** What a version is made of: all that a model can see, and nothing else. */
export interface Visible {
  template: readonly TemplatePart[];
  parameters: Parameters;
  output?: JsonObject;
  structured: Prompt['structured'];
  tools: readonly Tool[];
}

/**
 * A prompt's version: 12 hex digits over what the model can see. Two prompts with one version send the same messages for the
 * same variables. Owner, comments, the order of keys, line ends, the spelling of tags and the file a text comes from do not
 * change it; neither does white space that trimming takes off, nor `stream`, which changes the transport only.
 */
export function promptVersion(visible: Visible): string {
  const { stream: _, ...parameters } = visible.parameters;
  return contentHash({
    messages: canonicalMessages(visible.template),
    parameters,
    output: visible.structured === 'off' ? undefined : visible.output,
    tools: visible.tools,
  });
}

/** A text, a name (`v`), a section (`s`), an inverted section (`i`) or a message (`m`), without places. */
type Canonical = string | { v: string } | { s: string; p: Canonical[] } | { i: string; p: Canonical[] } | Message;
interface Message {
  m: string;
  p: Canonical[];
}

function canonicalMessages(parts: readonly TemplatePart[]): Canonical[] {
  if (!hasMessages(parts)) return [{ m: 'user', p: trimEdges(canonicalParts(parts)) }];
  return merged(parts, (part) => {
    if (part.kind === 'text') return part.text.trim() === '' ? undefined : part.text;
    if (part.kind === 'name') return { v: part.name };
    const role = part.kind === 'section' ? roleOf(part.name) : undefined;
    if (role) return { m: role, p: trimEdges(canonicalParts(part.parts)) };
    return section(part, canonicalMessages(part.parts));
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
